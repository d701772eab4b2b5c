package import AuditCore
package import AuditStore

/// What `apply` would do: the files, and those it has to leave alone.
package struct ApplyPlan: Sendable {
  package struct Item: Sendable, Equatable {
    package let path: SamplePath
    /// nil for a sidecar.
    package let verdict: Selection.Word?
    package let bytes: Int64
    /// SHA-256 that the scan saw; nil for a sidecar.
    let sha256: String?
  }

  package let action: ApplyAction
  package let run: String
  /// Absolute paths.
  package let dataset: String
  package let target: String
  package private(set) var items: [Item] = []
  /// What is left where it is, a sentence each.
  package private(set) var skipped: [String] = []

  package var images: Int { items.reduce(0) { $0 + ($1.verdict == nil ? 0 : 1) } }
  package var sidecars: Int { items.count - images }
  package var bytes: Int64 { items.reduce(0) { $0 + $1.bytes } }

  /// - Parameters:
  ///   - target: a folder outside the dataset.
  ///   - sidecars: endings of the files that go with an image.
  ///   - given: where a person says that the images lie; nil looks for them.
  /// - Throws: `AuditError.other` where the target lies in the dataset or holds it.
  package init(
    _ action: ApplyAction, to target: String, store: Store, run name: String?, selection: Selection, sidecars: [String],
    dataset given: String? = nil
  ) throws {
    let scanned = try StoredRun(in: store, named: name)
    let place = try DatasetPlace(store, run: scanned.id, given: given)
    let run = scanned.lying(in: place.path)
    try selection.validate(in: store)
    self.action = action
    self.run = run.name
    dataset = FilePath.absolute(run.dataset)
    try DatasetGuard.refuse(target, in: scanned.dataset)
    self.target = try DatasetGuard.refuse(target, in: run.dataset)
    if FilePath.contains(self.target, dataset) {
      throw AuditError.other("'\(target)' holds the dataset; give a folder beside it")
    }
    guard place.isReachable else { throw place.refusal(for: "audit apply") }
    try collect(store, run, selection, sidecars)
  }

  private mutating func collect(_ store: Store, _ run: StoredRun, _ selection: Selection, _ endings: [String]) throws {
    let finder = Sidecars(endings: endings, dataset: dataset)
    let condition = selection.sql(run: run)
    var planned: Set<SamplePath> = []
    // A sidecar stays where an image of the same stem stays: it belongs to that one as well.
    try Store(reading: store.path).withLookup(
      """
      SELECT path FROM all_samples AS samples WHERE run_id = \(run.id) AND path > ?1 AND path < ?2
        AND NOT (\(condition)) LIMIT 1
      """
    ) { staying in
      try store.forEachRow("\(ExportRow.select("samples.sha256")) WHERE \(condition) ORDER BY path, id") { values in
        let row = ExportRow(values)
        guard let facts = FileFactsOnDisk(path(row.path)) else {
          return skipped.append("'\(row.path.printable)' is gone since the scan")
        }
        if planned.insert(row.path).inserted {
          items.append(Item(path: row.path, verdict: row.verdict, bytes: facts.bytes, sha256: row["sha256"].text))
        }
        let stem = SamplePath(bytes: FilePath.stem(of: row.path.bytes)).text
        for sidecar in finder.files(of: row.path) where !planned.contains(sidecar) {
          if let image = try staying.first(.text(stem + "."), .text(stem + "/"))?.values[0].text {
            skipped.append("'\(sidecar.printable)' stays: it belongs to '\(SamplePath(image).printable)' as well")
            continue
          }
          planned.insert(sidecar)
          items.append(
            Item(path: sidecar, verdict: nil, bytes: FileFactsOnDisk(path(sidecar))?.bytes ?? 0, sha256: nil))
        }
      }
    }
  }

  func path(_ path: SamplePath) -> [UInt8] { FilePath.joined(Array(dataset.utf8), path.bytes) }
  func place(_ path: SamplePath) -> [UInt8] { FilePath.joined(Array(target.utf8), path.bytes) }
}
