import AuditCore
import AuditStore

/// Paths relative to the dataset, one a line or NUL-separated, each followed by its sidecars.
struct PathList {
  private let export: Export

  init(_ export: Export) { self.export = export }

  func write(to output: Output) throws -> ExportOutcome {
    var outcome = ExportOutcome()
    var sidecarCount = 0
    let isNul = export.request.isNulSeparated
    if !isNul { try export.refuseLineEnds("give -0, which ends each name with NUL, or rename the file") }
    func add(_ path: SamplePath) {
      output.text.add(path.bytes)
      output.text.add(byte: isNul ? 0 : UInt8(ascii: "\n"))
    }
    let leadingOut = try export.forEachImage { row, sidecars in
      outcome.images += 1
      add(row.path)
      sidecarCount += sidecars.count
      sidecars.forEach(add)
      try output.flushIfFull()
    }
    try output.finish()
    if sidecarCount > 0 { outcome.notes.append("\(counted(sidecarCount, "sidecar")) listed beside the images") }
    outcome.notes += ExportRow.leadingOut(leadingOut)
    return outcome
  }
}

extension Export {
  /// The selected images in the order of their paths, each with the sidecars that go with it.
  ///
  /// A sidecar that is itself a selected sample, or that an image before it has taken along, is left out.
  /// - Returns: how many paths were left out since they would lead out of the dataset.
  func forEachImage(
    _ columns: [ExportColumn] = [.named("id")], _ body: (ExportRow, [SamplePath]) throws -> Void
  ) throws -> Int {
    var leadingOut = 0
    try store.withSelected(query(columns)) { images in
      var finder = SidecarFinder(sidecars, dataset: run.dataset) { try images.isChosen($0) != nil }
      try images.forEach { row in
        if row.leadsOut {
          leadingOut += 1
          return
        }
        let found = try finder.sidecars(of: row.path).filter { try images.isChosen($0) != true }
        let twins = try found.isEmpty ? [] : finder.twins(of: row.path)
        let isTaken = try twins.contains { try $0 < row.path && images.isChosen($0) == true }
        try body(row, isTaken ? [] : found)
      }
    }
    return leadingOut
  }
}

struct PathsFormat: ExportFormat {
  let name = "paths"
  let meaning = "paths relative to the dataset, a line each; NUL with -0"
  let options: Set<ExportOption> = [.sidecars, .nul]

  /// A list under a condition is an answer to that question; a training set stays one.
  func usualSelection(hasCondition: Bool) -> [Selection.Word] { hasCondition ? [] : .staying }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try PathList(export).write(to: export.output(standardOutput))
  }
}
