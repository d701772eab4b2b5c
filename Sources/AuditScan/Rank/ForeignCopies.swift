import AuditCore
import AuditQuality
import AuditStore
import Foundation

/// Another set, in which copies of a run's pictures are looked for: the test set of a training set.
struct ForeignCopies {
  private let path: String
  private let store: Store
  private let run: Int64

  /// - Parameters:
  ///   - path: of the other set's database; its newest complete run is taken.
  ///   - own: of the database that is about to be written.
  /// - Throws: `AuditError` where it cannot be read, is the same file, or knows no copies.
  init(database path: String, beside own: String) throws {
    func file(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    guard file(path) != file(own) else {
      throw AuditError.usage(
        "--against '\(path)' is the database of this scan",
        remedy: "parts of one set, such as train/ and test/, are compared without it: `audit sql "
          + "\(quotedFile(path)) --saved leaks`")
    }
    store = try Store(reading: path)
    run = Int64(try store.runRow(named: nil)["id"].integer ?? 0)
    guard try store.knowsCopies(of: run) else {
      throw AuditError.lacking(
        "--against '\(path)': nobody has looked for copies in it", remedy: "scan its folder again, without --no-quality"
      )
    }
    try store.requireAllRows(of: run, for: "--against '\(path)'")
    self.path = path
  }

  /// For each sample of a run that the other set holds too, the closest copy there.
  func found(for run: Int64, of own: Store) throws -> [ForeignCopyRow] {
    let parts = [(store: store, run: self.run), (store: own, run: run)]
    var finder = DuplicateFinder()
    var rows: [(part: Int, id: Int64)] = []
    var paths: [SamplePath] = []
    for (place, part) in parts.enumerated() {
      try part.store.forEachCopyRow(of: part.run) { row in
        var added = DuplicateRow(row)
        added.part = place
        rows.append((place, row.id))
        if place == 0 { paths.append(row.path) }
        finder.add(added)
      }
    }
    let leaks = try finder.copiesOfFirstPart { row in
      try parts[rows[row].part].store.smallPicture(of: rows[row].id).flatMap { SmallPicture(pixels: $0) }
    }
    return leaks.map { leak in
      ForeignCopyRow(
        sample: rows[leak.row].id, database: path, path: paths[leak.other].text, kind: leak.kind.rawValue)
    }
  }
}
