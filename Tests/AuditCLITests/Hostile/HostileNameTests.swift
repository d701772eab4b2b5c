import AuditCore
import Foundation
import Testing

/// Names that are made to be taken for something else, through the built program.
@Suite struct HostileNameTests {
  private static let noTerminal: Comment = "no `script` program here to make a terminal"
  private static let hasTerminal = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

  /// What the program writes to a terminal.
  private static func onTerminal(_ set: ExportSet, _ arguments: [String]) throws -> String {
    let words = ([Command.binary] + arguments).map(quoted).joined(separator: " ")
    return try Command.run(
      "/usr/bin/script", ["-qec", words, "/dev/null"], in: set.path, environment: ["TERM": "xterm", "NO_COLOR": "1"]
    ).out
  }

  @Test(arguments: ["a/two\nthree.png", "a/two\r\nthree.png", "a/two\rthree.png"], ["paths", "faceswap-delete"])
  func aListRefusesANameWithALineEndAndNamesIt(name: String, format: String) throws {
    let set = try ExportSet([.init("a/one.png"), .init(name)])
    let list = try set.audit("export", set.database, "--format", format, "--verdict", "all")
    #expect(list.status == 2 && list.out == "")
    let shown = name.unicodeScalars.map { $0 == "\n" ? "\\n" : $0 == "\r" ? "\\r" : String($0) }.joined()
    #expect(list.err.contains("the name '\(shown)' holds a line end") && list.err.contains("give -0"), "\(list.err)")
    let other = try set.audit("export", set.database, "--format", format, "--verdict", "all", "-0")
    #expect(other.status == 0)
    #expect(Array(other.out.utf8) == Array("a/one.png\0\(name)\0".utf8))
  }

  @Test func aListInAFileHoldsTheBytesOfTheNames() throws {
    let foreign = SamplePath(bytes: Array("a/caf".utf8) + [0xE9] + Array("\u{301}.png".utf8))
    let set = try ExportSet([.init(raw: foreign), .init("a/\u{1B}[31mred.png")])
    #expect(try set.audit("export", set.database, "-o", "list.txt").status == 0)
    #expect(try set.file("list.txt") == Array("a/\u{1B}[31mred.png\n".utf8) + foreign.bytes + [0x0A])
  }

  @Test(.enabled(if: hasTerminal, noTerminal)) func nothingThatANameHoldsActsOnATerminal() throws {
    let name = "a/\u{1B}[31m\u{9B}2J\u{1B}]0;owned\u{7}\u{202E}.png"
    let set = try ExportSet([.init(name, .drop, skew: 5), .init("a/plain.png")])
    let query = "SELECT path FROM samples"
    let commands: [[String]] =
      [
        ["export", set.database, "--verdict", "all"], ["export", set.database, "--verdict", "all", "-0"],
        ["explain", set.database, name], ["explain", set.database, name + "x"],
        ["compare", set.database, set.database],
        ["decide", set.database, name, "--verdict", "keep"], ["apply", set.database, "--symlink-to", "links"],
        ["sql", set.database, query],
      ]
      + ["csv", "jsonl", "github", "junit", "sarif", "label-studio", "fiftyone", "faceswap-delete"].map {
        ["export", set.database, "--format", $0, "--verdict", "all"]
      } + ["tsv", "csv", "json", "nl", "md"].map { ["sql", set.database, query, "--" + $0] }
    for command in commands {
      let shown = try HostileNameTests.onTerminal(set, command)
      let acting = shown.unicodeScalars.filter { scalar in
        [.control, .format].contains(scalar.properties.generalCategory) && !["\n", "\r", "\t"].contains(scalar)
      }
      #expect(acting.isEmpty && !shown.isEmpty, "\(command): \(shown)")
    }
  }

  @Test func aFormulaIsTextInATableForSpreadsheets() throws {
    let names = ["+1.png", "-x.png", "=cmd.png", "@a.png", "a.png"]
    let set = try ExportSet(names.map { .init($0, skew: -0.5) })
    func paths(_ arguments: String...) throws -> [String] {
      let run = try Command.audit(arguments, in: set.path)
      #expect(run.status == 0, "\(run.err)")
      let lines = run.out.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      let column = try #require(lines.first?.firstIndex(of: "path"))
      #expect(try lines[1][#require(lines[0].firstIndex(of: "skew"))] == "-0.5", "a number is no formula")
      return lines.dropFirst().map { String($0[column]) }
    }
    let guarded = ["'+1.png", "'-x.png", "'=cmd.png", "'@a.png", "a.png"]
    let query = "SELECT path, skew FROM samples ORDER BY path"
    #expect(try paths("export", set.database, "--format", "csv", "--verdict", "all") == guarded)
    #expect(try paths("export", set.database, "--format", "csv", "--verdict", "all", "--raw") == names)
    #expect(try paths("sql", set.database, query, "--csv") == guarded)
    #expect(try paths("sql", set.database, query, "--csv", "--raw") == names)
    #expect(try set.audit("report", set.database, "-o", "table.csv").status == 0)
    #expect(try set.text("table.csv").contains("'=cmd.png"))
    #expect(try set.audit("sql", set.database, query, "--json", "--raw").status == 2)
    #expect(try set.audit("export", set.database, "--raw").status == 2)
  }

  @Test func anErrorIsOneLineWhateverTheNameSays() throws {
    let run = try Command.audit(["scan", "no\nsuch: \u{1B}[2Jfolder"])
    #expect(run.status == 2 && run.out == "")
    #expect(run.err.hasPrefix("audit: no such folder: 'no\\nsuch: \\u{1b}[2Jfolder'"), "\(run.err)")
    #expect(run.err.filter { $0 == "\n" }.count == 1)
  }

  private static let latin = SamplePath(bytes: Array("a/caf".utf8) + [0xE9] + Array(".png".utf8))

  /// Runs a line of bash, in which `$audit` is the program.
  private static func bash(_ line: String, in folder: String) throws -> Command {
    try Command.run("/bin/bash", ["-c", line], in: folder, environment: ["audit": Command.binary])
  }

  private static func decisions(_ set: ExportSet) throws -> [String] {
    try Command.sqlite(
      set.database,
      "SELECT DISTINCT path_raw IS NOT NULL FROM decision JOIN sample USING (sha256) WHERE undone_at IS NULL ORDER BY 1"
    ).split(separator: "\n").map(String.init)
  }

  @Test func aNameThatIsNotUTF8IsNamedByItsBytesOrAsItIsShown() throws {
    for word in ["$'a/caf\\351.png'", "'a/caf\\xE9.png'", "$'./faces/a/caf\\351.png'", "$'caf\\xE9.png'"] {
      let set = try ExportSet([.init(raw: latin(), .drop), .init("a/plain.png")])
      let explained = try HostileNameTests.bash("\"$audit\" explain faces.audit.db \(word)", in: set.path)
      #expect(explained.status == 0 && explained.out.contains("a/caf\\xE9.png"), "\(word): \(explained.err)")
      if word.hasPrefix("$'caf") { continue }
      let decided = try HostileNameTests.bash("\"$audit\" decide faces.audit.db --verdict keep \(word)", in: set.path)
      #expect(decided.status == 0, "\(word): \(decided.err)")
      #expect(try HostileNameTests.decisions(set) == ["1"])
    }
  }

  private func latin() -> SamplePath { HostileNameTests.latin }

  @Test func theBytesTellANameFromItsTwinThatLooksLikeIt() throws {
    for (word, isRaw) in [("$'a/caf\\351.png'", "1"), ("'a/caf\\xE9.png'", "0")] {
      let set = try ExportSet([
        .init(raw: latin(), .drop, content: "one"), .init("a/caf\\xE9.png", .drop, content: "other"),
      ])
      let decided = try HostileNameTests.bash("\"$audit\" decide faces.audit.db --verdict keep \(word)", in: set.path)
      #expect(decided.status == 0, "\(word): \(decided.err)")
      #expect(try HostileNameTests.decisions(set) == [isRaw], "\(word)")
    }
  }

  @Test func aFolderWhoseNameIsNotUTF8IsScannedAndExplained() throws {
    let scratch = try Scratch()
    try Files.writePictures(30, to: scratch.path + "/faces")
    let run = try HostileNameTests.bash(
      """
      mv faces $'f\\351' && "$audit" scan $'f\\351' --size 64 --metrics mse,mae && ls -b &&
      "$audit" explain 'f\\xE9.audit.db' 0003.ppm --save strip.png && "$audit" report 'f\\xE9.audit.db' -o page.html &&
      "$audit" explain 'f\\xE9.audit.db' $'f\\351/0004.ppm' && "$audit" sql 'f\\xE9.audit.db' "SELECT 1" --no-header
      """, in: scratch.path)
    #expect(run.status == 0, "\(run.out) \(run.err)")
    #expect(run.out.contains("f\\\\xE9.audit.db") && !run.out.contains("\u{FFFD}"), "\(run.out)")
    #expect(FileManager.default.fileExists(atPath: scratch.path + "/strip.png"))
    let page = try String(contentsOfFile: scratch.path + "/page.html", encoding: .utf8)
    #expect(page.contains("data:image/"), "the page holds the pictures")
    let inside = try HostileNameTests.bash(
      "\"$audit\" report 'f\\xE9.audit.db' -o $'f\\351/page.html'", in: scratch.path)
    #expect(inside.status == 2 && inside.err.contains("f\\xE9/page.html' is not UTF-8"), "\(inside.err)")
  }

  @Test func theOfferedCommandsNameTheWorstImageWhateverItIsCalled() throws {
    let names: [[UInt8]] = [
      Array("'\u{301}; touch owned; '.ppm".utf8), Array("-x$(touch owned).ppm".utf8),
      [0xE9, 0x27, 0x0A] + Array(".ppm".utf8),
    ]
    for name in names {
      let (scratch, faces) = try Scratch.withFaces(40)
      try Files.write(Picture.ppm(Picture.noise(1)), toRawPath: Array((faces + "/").utf8) + name)
      let run = try Command.scan("faces", in: scratch.path)
      let line = try #require(run.out.split(separator: "\n").first { $0.contains("audit explain") })
      let start = try #require(line.range(of: "audit explain"))
      let explained = try HostileNameTests.bash(
        "audit() { \"\(Command.binary)\" \"$@\"; }; \(line[start.lowerBound...])", in: scratch.path)
      let shown = SamplePath(bytes: name).printable
      #expect(explained.status == 0 && explained.out.hasPrefix(shown), "\(line): \(explained.err)")
      #expect(!FileManager.default.fileExists(atPath: scratch.path + "/owned"))
    }
  }
}
