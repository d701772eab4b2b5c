import AuditStore
import Foundation
import Testing

/// What goes to which stream, in which dress.
@Suite struct ScanStreamsTests {
  /// Thirty pictures, scanned anew.
  private func scan(_ options: [String], environment: [String: String] = [:]) throws -> Command {
    let scratch = try Scratch()
    try Files.writePictures(30, to: scratch.path + "/faces")
    return try Command.scan("faces", options, in: scratch.path, environment: environment)
  }

  @Test func theSummarySaysWhatAPersonNeeds() throws {
    let run = try SharedScan.get().first
    #expect(run.status == 0)
    #expect(run.err == "", "nothing but results, and those on standard output")
    let lines = run.out.components(separatedBy: "\n")
    #expect(lines[0] == "faces  124 images   48x48 (121), 1 other size   4 identity folders")
    #expect(run.out.contains("1 file equal to another"))
    #expect(run.out.contains("model  robust low-rank, rank 12, fitted on 122 images (seed 7)"), "\(run.out)")
    #expect(run.out.contains("122 scored, 2 could not be read, in "))
    #expect(run.out.contains("2 files could not be scored: 1 not_image, 1 truncated"))
    let sentence = try #require(
      run.out.firstMatch(
        of: /The worst 0\.8 % \(1 image\) has (\d+\.\d) % of the pull on a squared-error model, (\d+\.\d) % under/))
    #expect(try #require(Double(sentence.1)) > (try #require(Double(sentence.2))))
    #expect(run.out.contains(/It owns \d+\.\d % of the squared loss and \d+\.\d % of the absolute loss/))
    #expect(run.out.contains(/drop \d+   review \d+   keep \d+/))
    let top = try #require(lines.firstIndex { $0.contains("skew") && $0.contains("pull") && $0.hasSuffix("file") })
    let rows = lines[(top + 1)...(top + 10)]
    #expect(rows.first?.contains("drop") == true && rows.allSatisfy { $0.contains("/") }, "\(rows)")
    #expect(
      Set(rows.prefix(2).compactMap { $0.split(separator: " ").last.map(String.init) }) == [
        SharedScan.notAFace, SharedScan.negative,
      ])
    #expect(lines[top + 11] == "", "ten rows, not more")
  }

  @Test func theNextCommandsCanBePastedAsTheyStand() throws {
    let set = try SharedScan.get()
    let lines = set.first.out.components(separatedBy: "\n")
    let start = try #require(lines.firstIndex { $0.contains("next:") })
    let commands = lines[start...].map {
      $0.replacingOccurrences(of: "next:", with: "").trimmingCharacters(in: .whitespaces)
    }
    .filter { $0.hasPrefix("audit ") || $0.hasPrefix("sqlite3 ") }
    #expect(commands.count >= 2)
    let scratch = try Scratch()
    for command in commands {
      if command.hasPrefix("sqlite3 "), SQLQuestionTests.sqliteIsMissing != nil { continue }
      let script = command.hasPrefix("audit ") ? "'\(Command.binary)' " + command.dropFirst(6) : command
      let run = try Command.shell(script, in: scratch.path)
      #expect(run.status == 0, "\(command): \(run.err)")
    }
  }

  @Test func quietPrintsNothing() throws {
    let run = try scan(["-q"])
    #expect(run.status == 0 && run.out == "" && run.err == "")
  }

  @Test func jsonIsOneDocumentWithTheSummary() throws {
    let run = try scan(["--json"])
    #expect(run.status == 0)
    #expect(run.err == "")
    let document = try #require(try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any])
    #expect(document["planned"] as? Int == 30)
    #expect(document["scored"] as? Int == 30)
    #expect(document["failed"] as? Int == 0)
    #expect(document["status"] as? String == "complete")
    #expect((document["digest"] as? String)?.count == 64)
    #expect((document["top"] as? [Any])?.count == 10)
    let worst = try #require(document["worst"] as? [String: Any])
    #expect(worst["images"] as? Int == 1)
  }

  @Test func aPipeGetsNeitherColourNorProgress() throws {
    let run = try scan([])
    #expect(run.err == "")
    #expect(!run.out.contains("\u{1B}") && !run.out.contains("\r"))
  }

  @Test(
    arguments: [
      ([], ["CLICOLOR_FORCE": "1"], true), (["--color", "always"], [:], true),
      (["--color", "never"], ["CLICOLOR_FORCE": "1"], false), ([], ["CLICOLOR_FORCE": "0"], false),
      ([], ["NO_COLOR": "1"], false), (["--color", "always"], ["NO_COLOR": "1"], true),
      ([], ["TERM": "xterm-256color"], false),
    ] as [([String], [String: String], Bool)])
  func colourIsForTerminalsUnlessForced(options: [String], environment: [String: String], isColoured: Bool) throws {
    let run = try scan(options, environment: environment)
    #expect(run.out.contains("\u{1B}[") == isColoured)
    #expect(!run.err.contains("\u{1B}"))
  }

  @Test func aTerminalGetsALiveLineThatVanishes() throws {
    // `script` of util-linux gives a command a terminal.
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else {
      print("skipped: no `script` program here to make a terminal")
      return
    }
    let scratch = try Scratch()
    try Files.writePictures(30, to: scratch.path + "/faces")
    func onTerminal(_ environment: [String: String]) throws -> String {
      try Command.run(
        "/usr/bin/script", ["-qec", "'\(Command.binary)' scan faces --fresh --size 64 --metrics mse,mae", "/dev/null"],
        in: scratch.path, environment: ["TERM": "xterm"].merging(environment) { $1 }
      ).out
    }
    let live = try onTerminal([:])
    #expect(live.contains("\r\u{1B}[K") && live.contains("30/30"))
    #expect(live.contains("\u{1B}[1m"), "bold on a terminal")
    let plain = try onTerminal(["NO_COLOR": "1"])
    #expect(plain.contains("\r\u{1B}[K") && !plain.contains("\u{1B}[1m"))
    let dumb = try onTerminal(["TERM": "dumb"])
    #expect(!dumb.contains("\u{1B}") && dumb.contains("30 scored"))
  }

  @Test func plainProgressIsALinePerTenth() throws {
    let run = try scan(["--progress", "plain"])
    let score = run.err.split(separator: "\n").filter { $0.hasPrefix("score") }
    #expect((1...11).contains(score.count) && score.last?.hasPrefix("score  30/30") == true, "\(run.err)")
    // The fit goes by steps, not by images.
    #expect(run.err.contains("read   30/30\n") && run.err.contains("fit    15/15\n"), "\(run.err)")
    #expect(!run.err.contains("\u{1B}") && !run.err.contains("\r"))
    #expect(!run.out.contains("score  "))
  }

  @Test func jsonProgressIsOneObjectPerLine() throws {
    let run = try scan(["--progress", "json", "--json"])
    let lines = run.err.split(separator: "\n")
    var phases: [String] = []
    for line in lines {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
      #expect(object["t"] as? String == "progress")
      #expect(object["done"] is Int && object["errors"] is Int && object["flagged"] is Int && object["rate"] is Int)
      phases.append(object["phase"] as? String ?? "")
    }
    #expect(phases.last == "rank" && phases.contains("score"))
    #expect(try JSONSerialization.jsonObject(with: Data(run.out.utf8)) is [String: Any])
  }

  @Test func progressMayBeSwitchedOff() throws {
    #expect(try scan(["--progress", "none"]).err == "")
  }

  @Test func theVersionGoesToStandardOutput() throws {
    let run = try Command.audit(["--version"])
    #expect(run.status == 0 && run.err == "")
    #expect(run.out.contains(/^\d+\.\d+\.\d+\n$/))
  }

  @Test(arguments: [
    ["--help"], ["scan", "--help"], ["sql", "--help"], ["metrics", "--help"], ["demo", "--help"], ["help", "scan"], [],
  ])
  func helpGoesToStandardOutput(arguments: [String]) throws {
    let run = try Command.audit(arguments)
    #expect(run.status == 0)
    #expect(run.err == "")
    #expect(run.out.contains("USAGE: audit"))
    #expect(run.out.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test func helpOfScanStatesTheExitStatus() throws {
    let text = try Command.audit(["scan", "--help"]).out
    for word in ["--db", "--fresh", "--jobs", "--size", "--max-pixels", "--max-errors", "--progress", "130"] {
      #expect(text.contains(word), "\(word)")
    }
  }

  @Test(
    arguments: [
      (["scan"], "audit: give the folder that holds the images, or --files0-from FILE\n"),
      (["scan", ".", "--size", "1025"], "audit: --size takes a number from 64 to 1024; got 1025"),
      (["scan", ".", "--size", "63"], "audit: --size takes a number from 64 to 1024; got 63"),
      (
        ["scan", ".", "--size", "99999999999999999999"],
        "audit: --size does not take '99999999999999999999'"
      ),
      (["scan", ".", "--jobs", "-1"], "audit: --jobs takes a whole number from 0 to 1024; got -1"),
      (["scan", ".", "--jobs", "100000"], "audit: --jobs takes a whole number from 0 to 1024; got 100000"),
      (["scan", ".", "--db", ""], "audit: --db takes the name of a file; got ''"),
      (["scan", ".", "--name", " "], "audit: --name takes a word; got ' '"),
      (["scan", ".", "--review-above", "nan"], "audit: --review-above takes a number from 1; got nan"),
      (["scan", ".", "--review-above", "inf"], "audit: --review-above takes a number from 1; got inf"),
      (
        ["scan", ".", "--drop-above", "nan"],
        "audit: --drop-above takes a number from that of --review-above; got nan"
      ),
      (
        ["scan", ".", "--drop-above", "inf"],
        "audit: --drop-above takes a number from that of --review-above; got inf"
      ),
      (["scan", ".", "--rank", "0"], "audit: --rank takes a number from 1 to 256; got 0"),
      (["scan", ".", "--sample", "24"], "audit: --sample takes a number from 25 to 20000; got 24"),
      (["scan", ".", "--max-pixels", "lots"], "audit: --max-pixels takes a number of pixels such as 64M; got 'lots'"),
      (["scan", ".", "--max-errors", "101"], "audit: --max-errors takes 0 to 100; got 101"),
      (["scan", ".", "--drop-above", "1.2"], "audit: --drop-above must not be below --review-above (1.5); got 1.2"),
      (["scan", ".", "--metrics", "mze"], "audit: --metrics: "),
      (["scan", ".", "--metrics", ","], "audit: --metrics takes"),
      (
        ["scan", ".", "--progress", "loud"], "audit: --progress does not take 'loud'; it takes auto, plain, json, none"
      ),
      (["scan", ".", "--speed"], "audit: unknown option '--speed'"), (["scna"], "audit: "),
      (["metrics", "show", "msee"], "audit: "), (["metrics", "list", "--size", "8"], "audit: --size takes"),
      (["demo", "--count", "3"], "audit: --count takes a number from 25 to 100000; got 3"),
    ])
  func usageMistakesExitWithTwoAndSayWhatWasExpected(arguments: [String], words: String) throws {
    let scratch = try Scratch()
    try Files.writePictures(1, to: scratch.path + "/x")
    let run = try Command.audit(arguments, in: scratch.path + "/x")
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(run.err.hasPrefix(words), "\(run.err)")
    #expect(try Files.names(scratch.path) == ["x"])
  }
}
