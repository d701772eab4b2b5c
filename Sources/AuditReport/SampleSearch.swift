import AuditCore
package import AuditStore

extension SampleExplainer {
  /// The sample that a person means by a path: relative to the dataset, absolute, with `./`, or a name that is there
  /// only once.
  ///
  /// - Throws: `AuditError.other` with the nearest names where there is none, or with all where there are several.
  package func find(_ wanted: String, in store: Store, dataset: String) throws -> Int64 {
    for path in SampleSpelling.candidates(for: wanted, in: dataset) {
      let rows = try store.rows("SELECT id FROM sample WHERE run_id = ? AND path = ?", .integer(run), .text(path))
      if case .integer(let id)? = rows.first?["id"] { return id }
    }
    let search = SampleSearch(store: store, run: run)
    let name = String(wanted.split(separator: "/").last ?? "")
    let same = try search.paths(endingIn: name)
    if same.count == 1, case .integer(let id)? = same.first?["id"], !wanted.contains("/") { return id }
    let near = try same.isEmpty ? search.near(wanted) : same.prefix(5).compactMap { $0["path"].text }
    let list = near.map { "'\(SamplePath($0).printable)'" }.joined(separator: ", ")
    let run = try store.rows("SELECT name FROM run WHERE id = ?", .integer(run)).first?["name"].text ?? ""
    throw AuditError.other(
      "no sample '\(SamplePath(wanted).printable)' in run \"\(run)\""
        + (near.isEmpty
          ? "; they are listed by: audit sql \(quoted(store.path)) --run \(quoted(run)) \"SELECT path FROM samples\""
          : "; did you mean \(list)?"))
  }
}

/// Looks for paths that a person may have meant.
private struct SampleSearch {
  let store: Store
  let run: Int64

  /// Names are compared letter by letter only for so many.
  private static let most = 20_000

  func paths(endingIn name: String) throws -> [SQLRow] {
    guard !name.isEmpty else { return [] }
    return try store.rows(
      """
      SELECT id, path FROM sample WHERE run_id = ?1 AND (path = ?2 OR substr(path, -length(?2) - 1) = '/' || ?2)
      ORDER BY path LIMIT 6
      """, .integer(run), .text(name))
  }

  /// Paths whose file names are spelled alike: of the same folder first, else of the whole run.
  func near(_ wanted: String) throws -> [String] {
    let folder = wanted.split(separator: "/").dropLast().joined(separator: "/")
    let inside = try store.rows(
      "SELECT path FROM sample WHERE run_id = ? AND folder = ? ORDER BY path LIMIT ?", .integer(run), .text(folder),
      .integer(Int64(SampleSearch.most)))
    let found = SampleSearch.alike(wanted, in: inside)
    if !found.isEmpty { return found }
    return SampleSearch.alike(
      wanted,
      in: try store.rows(
        "SELECT path FROM sample WHERE run_id = ? ORDER BY path LIMIT ?", .integer(run),
        .integer(Int64(SampleSearch.most))))
  }

  private static func alike(_ wanted: String, in rows: [SQLRow]) -> [String] {
    func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
    let paths = rows.compactMap { $0["path"].text }
    let byName = Dictionary(grouping: paths, by: name)
    return Spelling.nearest(to: name(wanted), in: byName.keys.sorted()).flatMap { byName[$0]?.prefix(2) ?? [] }
  }
}
