import AuditCore

/// Finds the sample that a person means by a path: relative to the dataset, or as it lies on the disk.
package struct SampleLookup {
  private let store: Store
  private let run: Int64
  private let dataset: String

  package init(_ store: Store, run: Int64, dataset: String) {
    self.store = store
    self.run = run
    self.dataset = dataset
  }

  /// - Parameter given: a path as `PathText` has it.
  /// - Returns: `sample.id`; nil where there is none.
  /// - Throws: `AuditError` where several files whose names are not UTF-8 are shown so.
  package func id(of given: String) throws -> Int64? {
    for spelling in spellings(of: given) {
      if let id = try id(at: SamplePath(bytes: spelling)) { return id }
    }
    return nil
  }

  private func spellings(of given: String) -> [[UInt8]] {
    let bytes = PathText.bytes(of: given)
    var spellings = [bytes]
    if let inside = FilePath.inside(FilePath.resolved(dataset), FilePath.resolved(given)) {
      spellings.append(PathText.bytes(of: inside))
    }
    if bytes.starts(with: "./".utf8) { spellings.append(Array(bytes.dropFirst(2))) }
    return spellings
  }

  /// The bytes decide. Only where no file has them, what is shown for a name that is not UTF-8 means that file.
  private func id(at path: SamplePath) throws -> Int64? {
    let rows = try store.rows(
      "SELECT id, path_raw FROM sample WHERE run_id = ? AND path = ? ORDER BY id", .integer(run), .text(path.text))
    let exact = rows.first { row in
      if case .blob(let raw) = row["path_raw"] { raw == path.bytes } else { path.isText }
    }
    if exact == nil, rows.count > 1 {
      let ways = rows.compactMap { $0["path_raw"].blob }.map { Escaping.shell.text($0) }
      throw AuditError.usage(
        "'\(path.printable)' may be any of \(ways.joined(separator: ", "))", remedy: "give one of these")
    }
    guard case .integer(let id)? = (exact ?? rows.first)?["id"] else { return nil }
    return id
  }
}
