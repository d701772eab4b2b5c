import AuditCore
package import AuditStore
import Foundation

/// Writes what a run found in a form that another program takes. Rows stream: memory does not grow with them.
package struct Export {
  let request: ExportRequest
  let store: Store
  /// With the folder in which its files lie now.
  let run: StoredRun
  let place: DatasetPlace
  let selection: Selection
  /// The files that go with an image.
  let sidecars: Sidecars

  /// - Throws: `AuditError` where the request cannot be met; nothing was written then.
  package init(_ request: ExportRequest, store: Store) throws {
    self.request = request
    self.store = store
    let scanned = try StoredRun(in: store, named: request.run)
    place = try DatasetPlace(store, run: scanned.id, given: request.dataset)
    run = scanned.lying(in: place.path)
    selection = Selection(
      request.verdicts ?? request.format.usualSelection(hasCondition: request.condition != nil),
      condition: request.condition, isOneOfEach: request.isOneOfEach)
    sidecars = request.sidecars ?? request.format.usualSidecars
    try selection.validate(in: store, run: run.id)
    for folder in Set([scanned.dataset, place.path]) { try Export.check(request, dataset: folder) }
    if request.format.place == .folder, !place.isReachable {
      throw place.refusal(for: "--format \(request.format.name)")
    }
    if request.format.options.contains(.needsFiles), place.isOfContainers {
      throw place.containerRefusal(for: "--format \(request.format.name)")
    }
  }

  private static func check(_ request: ExportRequest, dataset: String) throws {
    let format = request.format
    if format.place != .stream, request.output == nil {
      throw AuditError.usage("--format \(format.name) makes files", remedy: "say where with \(format.exampleOutput)")
    }
    if let sidecars = request.sidecars, !sidecars.isEmpty, !format.options.contains(.sidecars) {
      let able = ExportFormats.all.filter { $0.options.contains(.sidecars) }.map(\.name).joined(separator: ", ")
      throw AuditError.usage("--sidecars means files that go with an image, for \(able); not \(format.name)")
    }
    if request.isNulSeparated, !format.options.contains(.nul) {
      throw AuditError.usage("-0 is for lists of paths (paths, faceswap-delete); not \(format.name)")
    }
    if request.isRaw, !format.options.contains(.raw) {
      throw AuditError.usage("--raw is for --format csv; not \(format.name)")
    }
    if let output = request.output { try DatasetGuard.refuse(output, in: dataset) }
  }

  /// - Parameter standardOutput: the descriptor that is written to where no output was named.
  /// - Throws: `ClosedPipe` where the reader has gone.
  package func write(standardOutput: Int32) throws -> ExportOutcome {
    var outcome = try request.format.write(self, standardOutput: standardOutput)
    if let unfinished = try store.unfinishedRun(named: run.name) {
      outcome.notes.append("\(unfinished.sentence); images without a verdict count as keep")
    }
    if let left = try passedOver() { outcome.notes.append(left) }
    return outcome
  }

  /// What the condition takes and the format's usual verdicts do not: nobody would know of it otherwise.
  private func passedOver() throws -> String? {
    guard request.condition != nil, request.verdicts == nil, !selection.words.isEmpty,
      try store.excerpt(of: run.id) == nil
    else { return nil }
    let all = Selection([], condition: request.condition, isOneOfEach: request.isOneOfEach)
    let left = try store.verdictCounts(all, of: run.id).sorted { $0.key < $1.key }.compactMap { word, count in
      selection.words.map(\.rawValue).contains(word) ? nil : "\(word) \(count.formattedWithCommas)"
    }
    guard !left.isEmpty else { return nil }
    let usual = selection.words.map(\.rawValue).joined(separator: ",")
    return "the condition holds for others too (\(left.joined(separator: ", "))), and --format "
      + "\(request.format.name) takes \(usual); --verdict says otherwise"
  }

  /// Refuses a list whose lines would not be its names.
  ///
  /// - Throws: `AuditError` that names the first of the selected images whose name holds a line end.
  func refuseLineEnds(_ remedy: String) throws {
    guard let found = try store.firstWithLineEnd(selection, of: run.id) else { return }
    throw AuditError.lacking(
      "the name '\(found.printable)' holds a line end, and a line of the list holds a name", remedy: remedy)
  }

  /// The folder, relative to the dataset, that holds every PNG of the run; nil where there are several.
  func folderOfPNGs() throws -> SamplePath? {
    let found = try store.pngOfEachFolder(of: run.id)
    guard found.count == 1, let path = found[0], FilePath.staysInside(path.bytes) else {
      return found.isEmpty ? SamplePath(bytes: []) : nil
    }
    return SamplePath(bytes: FilePath.folder(of: path.bytes))
  }

  func output(_ standardOutput: Int32) throws -> Output {
    if let path = request.output { return try Output(path: path) }
    try DatasetGuard.refuseRedirection(of: standardOutput, into: run.dataset)
    return Output(descriptor: standardOutput)
  }

  /// The absolute path of the folder that the export makes.
  ///
  /// - Throws: `AuditError` where it lies in the dataset, holds it, or is not empty.
  func newFolder() throws -> String {
    let output = request.output ?? ""
    let target = try DatasetGuard.refuse(output, in: run.dataset)
    if FilePath.contains(target, FilePath.resolved(run.dataset)) {
      throw AuditError.placeRefused(path: output, finding: "holds the dataset", remedy: "give a folder beside it")
    }
    if let there = try? FileManager.default.contentsOfDirectory(atPath: target), !there.isEmpty {
      throw AuditError.placeRefused(
        path: output, finding: "is not empty", safe: .nothingOverwritten, remedy: "give a new folder")
    }
    return target
  }

  /// Asks for the selected images.
  func query(_ columns: [ExportColumn] = [.named("id")], order: ExportQuery.Order = .path) -> ExportQuery {
    ExportQuery(selection, of: run.id, columns: columns, order: order)
  }

  func stream(_ format: some RowFormat, to output: Output) throws -> ExportOutcome {
    var format = format
    var (outcome, leadingOut) = (ExportOutcome(), 0)
    try store.forEachSelected(
      query(format.columns, order: format.order),
      onColumns: { format.begin(&output.text, columns: $0) },
      { row in
        if row.leadsOut {
          leadingOut += 1
        } else if format.add(row, to: &output.text) {
          outcome.images += 1
        }
        try output.flushIfFull()
      })
    format.end(&output.text)
    try output.finish()
    outcome.notes = format.notes + ExportRow.leadingOut(leadingOut)
    return outcome
  }

  /// How many of the selected samples have which verdict.
  func counts() throws -> [Selection.Word: Int] {
    try store.verdictCounts(selection, of: run.id).reduce(into: [:]) { counts, found in
      if let word = Selection.Word(rawValue: found.key) { counts[word] = found.value }
    }
  }
}

/// A format that is made row by row.
protocol RowFormat {
  /// What it wants to know of a sample.
  var columns: [ExportColumn] { get }
  var order: ExportQuery.Order { get }
  /// What a person should know once all rows are written.
  var notes: [String] { get }
  mutating func begin(_ text: inout TextBuffer, columns: [String])
  /// - Returns: whether the row is part of the export.
  mutating func add(_ row: ExportRow, to text: inout TextBuffer) -> Bool
  mutating func end(_ text: inout TextBuffer)
}

extension RowFormat {
  var order: ExportQuery.Order { .path }
  var notes: [String] { [] }
  mutating func begin(_ text: inout TextBuffer, columns: [String]) {}
  mutating func end(_ text: inout TextBuffer) {}
}
