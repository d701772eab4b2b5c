import AuditDemo
import AuditImages
import Foundation
import Testing

/// Copies within a set and in another one, and what a scan, a gate and weights make of them and of damage.
@Suite struct CopiesTests {
  /// Drawn faces 0 to `count` of a seed.
  private static func draw(
    _ count: Int, into folder: String, seed: UInt64 = 5, also: (Int) throws -> [String: [UInt8]] = { _ in [:] }
  )
    throws
  {
    let artist = FaceArtist(seed: seed, mode: .portraits, width: 64, height: 64)
    for number in 0..<count {
      try Files.write(encodePNG(artist.draw(number)), to: "\(folder)/\(1000 + number).png")
      for (name, bytes) in try also(number) { try Files.write(bytes, to: "\(folder)/\(name)") }
    }
  }

  private static func face(_ number: Int, seed: UInt64 = 5) throws -> [UInt8] {
    try encodeJPEG(FaceArtist(seed: seed, mode: .portraits, width: 64, height: 64).draw(number), quality: 60)
  }

  private static let usual = ["-q", "--size", "64", "--jobs", "1"]

  @Test func picturesOfAnotherSetAreNamedAndGated() throws {
    let scratch = try Scratch()
    try Self.draw(30, into: scratch.path + "/train")
    try Self.draw(26, into: scratch.path + "/test", seed: 8) { $0 == 3 ? ["leak.jpg": try Self.face(4)] : [:] }
    let train = try Command.audit(["scan", "train", "--issue-threshold", "0.3"] + Self.usual, in: scratch.path)
    #expect(train.status == 0, "\(train.err)")
    let scan = ["scan", "test", "--against", "train.audit.db"] + Self.usual
    let test = try Command.audit(scan, in: scratch.path)
    #expect(test.status == 0, "\(test.err)")
    #expect(
      try Command.sqlite(scratch.path + "/test.audit.db", "SELECT * FROM q_leaks")
        == "leak.jpg|train.audit.db: 1004.png|near\n")
    let show = try Command.audit(["show", "test.audit.db"], in: scratch.path)
    #expect(show.out.contains("1 picture with a copy in the other set"), "\(show.out)")
    _ = try Command.audit(["report", "test.audit.db", "-o", "page.html"], in: scratch.path)
    let page = try String(contentsOfFile: scratch.path + "/page.html", encoding: .utf8)
    let parts = [
      "<a href=\"#copies\">", "<section id=\"copies\">", "id=\"leaks\"", "near: 1004.png in train.audit.db<",
    ]
    for part in parts {
      #expect(page.contains(part), "\(part)")
    }
    let gate = try Command.audit(["check", "test.audit.db", "--fail-on", "leaks>0"], in: scratch.path)
    #expect(gate.status == 1 && gate.out.contains("1 of 27"), "\(gate.out)\(gate.err)")
    let itself = try Command.audit(["scan", "test", "--against", "test.audit.db"] + Self.usual, in: scratch.path)
    let hint = try #require(itself.err.firstMatch(of: /`audit (sql [^`]*)`/)?.1)
    let answer = try Command.audit(hint.split(separator: " ").map(String.init), in: scratch.path)
    #expect(answer.status == 0 && answer.out.contains("leak.jpg"), "\(hint): \(answer.err)")
    try Command.sqlite(scratch.path + "/test.audit.db", "DROP VIEW q_leaks; DROP TABLE foreign_copy")
    let older = try Command.audit(["check", "test.audit.db", "--fail-on", "leaks>0"], in: scratch.path)
    #expect(older.status == 0, "\(older.err)")
    for file in try FileManager.default.contentsOfDirectory(atPath: scratch.path) where file.hasPrefix("test.audit") {
      try FileManager.default.removeItem(atPath: scratch.path + "/" + file)
    }
    _ = try Command.audit(scan, in: scratch.path)
    let without = try Command.audit(["scan", "test", "--issue-threshold", "0.3"] + Self.usual, in: scratch.path)
    #expect(without.status == 0, "\(without.err)")
    #expect(try Command.sqlite(scratch.path + "/test.audit.db", "SELECT count(*) FROM q_leaks") == "0\n")
  }

  @Test func aDatabaseThatCannotAnswerIsRefusedBeforeAnythingIsScored() throws {
    let scratch = try Scratch()
    try Self.draw(26, into: scratch.path + "/train")
    try Self.draw(26, into: scratch.path + "/test", seed: 8)
    _ = try Command.audit(["scan", "train", "--no-quality"] + Self.usual, in: scratch.path)
    let sentences = [
      "train.audit.db": "nobody has looked for copies in it", "test.audit.db": "is the database of this scan",
      "nowhere.db": "no database at 'nowhere.db'",
    ]
    for (database, words) in sentences {
      let run = try Command.audit(["scan", "test", "--against", database] + Self.usual, in: scratch.path)
      #expect(run.status == 2 && run.err.contains(words), "\(database): \(run.err)")
      #expect(!FileManager.default.fileExists(atPath: scratch.path + "/test.audit.db"))
    }
  }

  @Test func copiesCountAsDropWhereThatIsAskedFor() throws {
    let scratch = try Scratch()
    try Self.draw(30, into: scratch.path + "/faces") { $0 == 3 ? ["copy.jpg": try Self.face(3)] : [:] }
    let dropped = "SELECT path, why, reason FROM samples WHERE why LIKE 'copy%'"
    _ = try Command.audit(["scan", "faces", "--drop-duplicates"] + Self.usual, in: scratch.path)
    #expect(
      try Command.sqlite(scratch.path + "/faces.audit.db", dropped)
        == "copy.jpg|copy of another picture (near)|copy of 1003.png\n")
    #expect(
      try Command.sqlite(scratch.path + "/faces.audit.db", "SELECT verdict FROM samples WHERE path = '1003.png'")
        != "drop\n")
    _ = try Command.audit(["scan", "faces", "--issue-threshold", "0.3"] + Self.usual, in: scratch.path)
    #expect(try Command.sqlite(scratch.path + "/faces.audit.db", dropped) == "", "it is asked for each time")
  }

  @Test func weightsFallWithTheProbabilityOfDamageWhereThatIsAskedFor() throws {
    let set = try ExportSet([
      .init("a/sound.png", weight: 0.8), .init("a/spoiled.png", weight: 0.8), .init("a/unknown.png", weight: 0.5),
    ])
    func weights(_ options: String...) throws -> Command {
      try Command.audit(
        ["export", set.database, "--format", "weights", "-o", set.path + "/w.npy", "-q"] + options, in: set.path)
    }
    let unknown = try weights("--weigh-damage")
    #expect(unknown.status == 2 && unknown.err.contains("was not estimated"), "\(unknown.err)")
    _ = try Command.sqlite(
      set.database,
      """
      INSERT INTO damage (sample_id, damage, oddness, votes, turned, parts, confidence)
      SELECT id, 0.5, 1, x'', x'', x'', iif(path = 'a/spoiled.png', 0.75, 0) FROM sample WHERE path <> 'a/unknown.png'
      """)
    #expect(try weights("--weigh-damage").status == 0)
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: set.path + "/w.npy")).suffix(24))
    let read = bytes.withUnsafeBytes { raw in (0..<3).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
    #expect(zip(read, [0.8, 0.2, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 } && read.count == 3, "\(read)")
    let other = try set.audit("export", set.database, "--weigh-damage")
    #expect(other.status == 2 || other.status == 64, "\(other.err)")
  }
}
