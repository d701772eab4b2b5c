import AuditCore
package import AuditStore

extension SampleExplainer {
  /// The sample that a person means by a path: relative to the dataset, absolute, with `./`, or a name that is there
  /// only once.
  ///
  /// - Throws: `AuditError` with the nearest names where there is none, or with all where there are several.
  package func find(_ wanted: String, in store: Store, dataset: String) throws -> Int64 {
    let lookup = SampleLookup(store, run: run, dataset: dataset)
    for path in try [wanted] + SampleSpelling.candidates(for: wanted, in: dataset) {
      if let id = try lookup.id(of: path) { return id }
    }
    let wanted = SamplePath(bytes: PathText.bytes(of: wanted)).text
    let search = SampleSearch(store: store, run: run)
    let name = FilePath.name(of: wanted)
    let same = try search.paths(endingIn: name)
    if same.count == 1, case .integer(let id)? = same.first?["id"], !wanted.contains("/") { return id }
    let near = try same.isEmpty ? search.near(wanted) : same.prefix(5).compactMap { $0["path"].text }
    let elsewhere = try store.excerpt(of: run).map { ": " + $0.words } ?? ""
    let run = try store.nameAndSettings(of: run).name
    throw AuditError.unknownName(
      "no sample '\(SamplePath(wanted).printable)' in run \"\(run)\"\(elsewhere)",
      near: near.map { "'\(SamplePath($0).printable)'" },
      remedy: "they are listed by: audit sql \(quoted(store.path)) --run \(quoted(run)) \"SELECT path FROM samples\"")
  }

  /// Whether a person who types this may mean a sample.
  package func knows(_ wanted: String, in store: Store) throws -> Bool {
    let dataset = try StoredRun(in: store, named: store.nameAndSettings(of: run).name).dataset
    return try SampleLookup(store, run: run, dataset: dataset).id(of: wanted) != nil
      || SampleSearch(store: store, run: run).paths(endingIn: FilePath.name(of: wanted)).isEmpty == false
  }
}

/// Looks for paths that a person may have meant.
private struct SampleSearch {
  let store: Store
  let run: Int64

  /// Names are compared letter by letter only for so many.
  private static let most = 20_000

  func paths(endingIn name: String) throws -> [SQLRow] {
    name.isEmpty ? [] : try store.samples(of: run, endingIn: name)
  }

  /// Paths whose file names are spelled alike: of the same folder first, else of the whole run.
  func near(_ wanted: String) throws -> [String] {
    let folder = String(decoding: FilePath.folder(of: Array(wanted.utf8)), as: UTF8.self)
    let inside = try store.paths(of: run, inFolder: folder, most: SampleSearch.most)
    let found = SampleSearch.alike(wanted, in: inside)
    if !found.isEmpty { return found }
    return SampleSearch.alike(wanted, in: try store.paths(of: run, most: SampleSearch.most))
  }

  private static func alike(_ wanted: String, in paths: [String]) -> [String] {
    let byName = Dictionary(grouping: paths) { ByteKey(FilePath.name(of: $0)) }
    return Spelling.nearest(to: FilePath.name(of: wanted), in: byName.keys.sorted().map(\.text))
      .flatMap { byName[ByteKey($0)]?.prefix(2) ?? [] }
  }
}
