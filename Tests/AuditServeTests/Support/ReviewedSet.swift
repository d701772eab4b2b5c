import Foundation
import Testing

/// Drawn faces that were scanned, and a database of their own to decide in.
final class ReviewedSet {
  private let folder: String
  var database: String { folder + "/review.db" }

  /// Drawn and scanned once for all tests; who decides does so in a copy of the database.
  private static let drawn = Result<String, any Error> {
    let folder = try fresh()
    try audit(["demo", folder + "/set", "--quiet"])
    return folder
  }

  /// - Parameter named: what the first images of a small set are called instead.
  init(runs: Int = 1, named: [(name: String, words: String)] = []) throws {
    folder = try ReviewedSet.fresh()
    guard !named.isEmpty else {
      let drawn = try ReviewedSet.drawn.get()
      try FileManager.default.copyItem(atPath: drawn + "/set.audit.db", toPath: database)
      for run in 1..<runs { try scan(drawn + "/set", as: "run\(run)") }
      return
    }
    try ReviewedSet.audit(["demo", folder + "/set", "--count", "60", "--quiet"])
    let images = try FileManager.default.contentsOfDirectory(atPath: folder + "/set/id1").sorted()
    try #require(images.count > named.count)
    for ((name, _), image) in zip(named, images) {
      try FileManager.default.moveItem(atPath: "\(folder)/set/id1/\(image)", toPath: "\(folder)/set/\(name)")
    }
    try scan(folder + "/set", as: "named")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private static func fresh() throws -> String {
    let folder = FileManager.default.temporaryDirectory.path + "/audit-review-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  private func scan(_ set: String, as name: String) throws {
    try ReviewedSet.audit(["scan", set, "--db", database, "--name", name, "--quiet"])
  }

  func exported() throws -> Set<String> {
    Set(try ReviewedSet.audit(["export", database, "--keep"]).split(whereSeparator: \.isNewline).map(String.init))
  }

  func column(_ question: String) throws -> [String] {
    try ReviewedSet.audit(["sql", database, question, "--csv", "--no-header"]).split(whereSeparator: \.isNewline)
      .map(String.init)
  }

  @discardableResult
  private static func audit(_ arguments: [String]) throws -> String {
    let run = try Started.run(RunningServer.binary, arguments)
    try #require(run.status == 0, "audit \(arguments): \(run.err)")
    return run.out
  }
}
