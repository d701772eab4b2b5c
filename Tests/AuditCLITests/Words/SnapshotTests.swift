import AuditDemo
import AuditImages
import AuditStore
import Foundation
import Testing

/// What people and programs see, as it was looked at and found good. One after another, since a scan locks its database.
@Suite(.serialized) struct SnapshotTests {
  private static let shown: [[String]] = [
    ["show", "faces.audit.db"], ["compare", "faces.audit.db", "first", "second"],
    ["sql", "faces.audit.db", "SELECT path, skew, verdict, reason, issues FROM flagged ORDER BY path", "--table"],
    ["sql", "faces.audit.db", "--saved", "sizes", "--table"], ["explain", "faces.audit.db", SharedScan.notAFace],
    ["explain", "drop"], ["metrics"], ["metrics", "show", "huber"],
  ]

  @Test(arguments: TerminalWidthTests.widths) func aTerminalOfThisWidthShowsWhatWasSeen(width: Int) throws {
    let set = try SnapshotSet.get()
    var text = try set.printed(["scan", "faces", "--name", "second", "--size", "64"], width: width)
    for arguments in Self.shown { text += try set.printed(arguments, width: width) }
    text += try set.comparison(width: width)
    try Snapshot("columns-\(width).txt").expect(text)
  }

  @Test func programsGetTheKeysThatTheyGot() throws {
    let set = try SnapshotSet.get()
    let pair = ["faces/" + SharedScan.notAFace, "faces/" + SharedScan.negative]
    let asked: [[String]] = [
      ["scan", "faces", "--name", "second", "--size", "64", "--json"], ["show", "faces.audit.db", "--json"],
      ["explain", "faces.audit.db", SharedScan.notAFace, "--json"], ["explain", "drop", "--json"],
      ["explain", "mse", "--json"], ["compare", "faces.audit.db", "first", "second", "--json"],
      ["check", "faces.audit.db", "--fail-on", "drop>1000", "--output-format", "json"],
      ["metrics", "list", "--json"], ["metric"] + pair + ["--json"],
      ["sql", "faces.audit.db", "SELECT path, skew FROM samples", "--json"],
      ["sql", "faces.audit.db", "SELECT path, skew FROM samples", "--nl"],
      ["export", "faces.audit.db", "--format", "jsonl"], ["report", "faces.audit.db", "-o", "report.json"],
    ]
    var text = ""
    for arguments in asked {
      let run = try set.run(arguments)
      try #require(run.status == 0, "\(arguments): \(run.err)")
      let document = arguments[0] == "report" ? try Taught.file(set.path + "/report.json") : run.out
      text += "$ audit \(arguments.joined(separator: " "))\n" + (try JSONShape(document).text) + "\n"
    }
    #expect(!text.contains(/(^|\n)[^$ ]*[a-z][A-Z]/), "a key is not in snake_case")
    try Snapshot("json.txt").expect(text)
  }

  @Test func helpSaysWhatItSaid() throws {
    let paths = try TaughtSet.commandPaths().map { $0 + ["--help"] } + [["help", "json"]]
    let text = try paths.map { arguments in
      let run = try Command.audit(arguments, environment: ["COLUMNS": "80"])
      return "$ audit \(arguments.joined(separator: " "))\n" + run.out + "\n"
    }.joined()
    try Snapshot("help.txt").expect(text)
  }

  @Test func aDifferenceNamesTheLinesThatWentAndCame() {
    #expect(
      Snapshot.difference(["a", "b", "c"], ["a", "x", "c", "d"])
        == """
        - 2: b
        + 2: x
        + 4: d
        """)
  }
}

/// Drawn faces that were scanned twice, one face spoiled in between, asked from the folder that holds them: no path of
/// this machine is printed.
private final class SnapshotSet: Sendable {
  let path: String
  private let scratch: Scratch

  private init() throws {
    scratch = try Scratch()
    scratch.removeAtExit()
    path = scratch.path
    try SharedScan.draw(into: path + "/faces")
    let scan = ["scan", "faces", "--size", "64", "-q", "--name"]
    let first = try Command.audit(scan + ["first"], in: path)
    try #require(first.status == 0, "\(first.err)")
    try Files.write(encodePNG(Picture.noise(8, width: 48, height: 48)), to: path + "/faces/" + SharedScan.spoiledLater)
    let second = try Command.audit(scan + ["second"], in: path)
    try #require(second.status == 0, "\(second.err)")
  }

  private static let shared = Result { try SnapshotSet() }

  static func get() throws -> SnapshotSet { try shared.get() }

  func run(_ arguments: [String], width: Int? = nil) throws -> Command {
    try Command.audit(arguments, in: path, environment: width.map { ["COLUMNS": "\($0)"] } ?? [:])
  }

  /// The command and what it prints, times apart.
  func printed(_ arguments: [String], width: Int) throws -> String {
    let run = try run(arguments, width: width)
    try #require(run.status == 0, "\(arguments): \(run.err)")
    let text = run.out.replacing(/in [0-9.]+ s\b/, with: "in 0.0 s")
      .replacing(/\n  dataset  [^\n]+/, with: "\n  dataset  /set/faces")
    return "$ audit \(arguments.joined(separator: " "))\n" + text + "\n"
  }

  /// A short training; a copy of the database, since what it finds would stand in the summary.
  func comparison(width: Int) throws -> String {
    let copy = try scratch.folder("probe-\(width)")
    let copied = try Command.run("/bin/cp", ["faces.audit.db", copy + "/faces.audit.db"], in: path)
    try #require(copied.status == 0, "\(copied.err)")
    let probe = ["probe", "faces.audit.db", "--compare", "--epochs", "2", "--seeds", "2", "--dataset", "../faces"]
    let run = try Command.audit(probe, in: copy, environment: ["COLUMNS": "\(width)"])
    try #require(run.status == 0, "\(run.err)")
    // A training's last digits hang on the processor.
    let text = run.out.replacing(/[0-9]/, with: "0")
    return "$ audit \(probe.joined(separator: " "))\n" + text + "\n"
  }
}
