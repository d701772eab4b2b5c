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
    try export.forEachImage { row, sidecars in
      outcome.images += 1
      add(row.path)
      sidecarCount += sidecars.count
      sidecars.forEach(add)
      try output.flushIfFull()
    }
    try output.finish()
    if sidecarCount > 0 { outcome.notes.append("\(counted(sidecarCount, "sidecar")) listed beside the images") }
    return outcome
  }
}

extension Export {
  /// The selected images in the order of their paths, each with the sidecars that go with it.
  ///
  /// A sidecar that is itself a selected sample, or that an image before it has taken along, is left out.
  func forEachImage(columns: String = "samples.id", _ body: (ExportRow, [SamplePath]) throws -> Void) throws {
    let condition = selection.sql(run: run)
    let sql = "\(ExportRow.select(columns)) WHERE \(condition) ORDER BY path, id"
    let finder = Sidecars(endings: sidecars, dataset: run.dataset)
    guard !finder.endings.isEmpty else {
      return try store.forEachRow(sql) { try body(ExportRow($0), []) }
    }
    // A second connection: the first is busy with the rows.
    try Store(reading: store.path).withLookup(
      """
      SELECT 1 FROM all_samples AS samples
      WHERE \(condition) AND (path = ?1 OR (path > ?2 AND path < ?3)) LIMIT 1
      """
    ) { taken in
      try store.forEachRow(sql) { values in
        let row = ExportRow(values)
        let stem = SamplePath(bytes: FilePath.stem(of: row.path.bytes)).text
        let sidecars = try finder.files(of: row.path).filter { sidecar in
          try taken.first(.text(sidecar.text), .text(stem + "."), .text(row.path.text)) == nil
        }
        try body(row, sidecars)
      }
    }
  }
}
