import AuditCore
import Foundation
import Testing

/// What a person sees at several widths of the terminal.
struct TerminalWidthTests {
  static let widths = [60, 80, 120, 200]

  /// Commands of which every line has to fit.
  private static let fitting: [[String]] = [
    ["metrics"], ["metrics", "show", "barron"], ["explain", "drop"], ["explain", "skew"], ["models"], ["help"],
    ["help", "json"], ["help", "scan"],
  ]

  @Test(arguments: widths) func wordsAndRowsAreNotBrokenByTheTerminal(width: Int) throws {
    for arguments in Self.fitting {
      let run = try Command.audit(arguments, environment: ["COLUMNS": "\(width)"])
      #expect(run.status == 0, "\(run.err)")
      for line in run.out.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("audit ") {
        #expect(TextLayout.width(String(line)) <= width, "\(arguments.joined(separator: " ")) at \(width): \(line)")
      }
    }
  }

  @Test(arguments: widths) func tablesOfARunFit(width: Int) throws {
    let set = try AskedScan.get()
    let asked: [[String]] = [
      ["sql", set.database, "SELECT path, skew, why, issues FROM flagged", "--table"],
      ["sql", set.database, "SELECT * FROM samples LIMIT 2", "--table"], ["compare", set.database],
      ["explain", set.database, SharedScan.notAFace], ["show", set.database],
    ]
    for arguments in asked {
      let run = try Command.audit(arguments, environment: ["COLUMNS": "\(width)"])
      #expect(run.status == 0, "\(run.err)")
      for line in run.out.split(separator: "\n")
      where !line.contains(/(next:|copies:|duplicates:|unreadable:|^) +audit [a-z]/) {
        // The longest word of all, a digest or a path, stands alone.
        let isOneWord = line.split(separator: " ").contains { $0.count > 40 }
        #expect(TextLayout.width(String(line)) <= width || isOneWord, "\(arguments) at \(width): \(line)")
      }
    }
  }

  @Test func aPipeGetsEveryValueWhole() throws {
    let set = try AskedScan.get()
    let run = try Command.audit(["sql", set.database, "SELECT path, sha256 FROM samples LIMIT 1", "--table"])
    #expect(run.status == 0 && !run.out.contains("…") && run.out.contains("id1/a copy, \"quoted\".png"))
  }

  @Test func helpKeepsItsExamplesWhole() throws {
    let run = try Command.audit(["export", "--help"], environment: ["COLUMNS": "50"])
    #expect(run.out.contains("\n  audit export faces.audit.db --keep --format weights -o both.npy\n"))
    #expect(run.out.contains("\n      rsync -a --from0 --files-from=- faces/ clean/\n"))
    #expect(run.out.contains("\nUSAGE: audit export [<options>] <database>\n"))
    let usage = try Command.audit(["demo", "--help"], environment: ["COLUMNS": "50"])
    #expect(
      usage.out.contains(
        "\nUSAGE: audit demo [<folder>] [--count <count>]\n       [--seed <seed>] [--progress <kind>]\n"
          + "       [--color <when>] [--quiet]\n"), "\(usage.out)")
    let recipe = try Command.audit(["models", "import", "--help"], environment: ["COLUMNS": "50"])
    #expect(recipe.out.contains("\nsizes = {i: {0: \"n\", 2: \"h\", 3: \"w\"} for i in (\"reference\", \"sample\")}\n"))
  }

  @Test func everyCommandShowsAnExample() throws {
    for path in try TaughtSet.commandPaths() {
      let run = try Command.audit(path + ["--help"])
      #expect(run.out.contains(/\n +audit [a-z]/), "\(path)")
    }
  }

  @Test(arguments: [
    (["scna", "x"], "no command 'scna' of `audit`; did you mean scan?"),
    (["metrics", "shwo", "mse"], "no command 'shwo' of `audit metrics`; did you mean show?"),
    (["scan", ".", "--jobs", "-1"], "--jobs takes a whole number from 0 to 1024; got -1"),
    (["probe", "x.db", "--seeds", "-3"], "--seeds takes a number from 1 to 20; got -3"),
    (["explain", "skwe"], "no word 'skwe' to explain; did you mean skew?"),
    (["metric", "no.png", "no.png"], "no such file: 'no.png'"),
    (["sql", "no.db", "SELECT 1"], "no database at 'no.db'"), (["undo", "no.journal"], "no such file: 'no.journal'"),
    (["undo", "."], "cannot read '.': it is a folder, not a file"),
    (["scan", "--files0-from", "no.list"], "no such file: 'no.list'"),
    (["scan", ".", "--color", "alwys"], "--color does not take 'alwys'; did you mean always?"),
    (["decide", "x.db", "y", "--verdict", "x"], "--verdict does not take 'x'; it takes drop, review, keep"),
    (["export", "x.db", "--format", "wieghts"], "--format does not take 'wieghts'; did you mean weights?"),
    (["scan", ".", "--jsn"], "unknown option '--jsn'; did you mean '--json'?"),
    (["fit", ".", "-o", "x", "--jobs", "-1"], "--jobs takes a whole number from 0 to 1024; got -1"),
    (["fit", "-o", "x"], "give the folder that holds the images, or --files0-from FILE"),
    // Where another thing is wrong as well, the word that nobody knows is what went wrong.
    (["sql", "x.db", "--bogus"], "unknown option '--bogus'\nUsage: audit sql "),
    (["sql", "--svaed", "errors"], "unknown option '--svaed'; did you mean '--saved'?\nUsage: audit sql "),
    (["decide", "x.db", "y", "--verdct=keep"], "unknown option '--verdct'; did you mean '--verdict'?\n"),
    (["check", "x.db", "--fail-no", "drop>0"], "unknown option '--fail-no'; did you mean '--fail-on'?\n"),
    (["metrics", "show", "--bogus"], "unknown option '--bogus'\nUsage: audit metrics show "),
    (["decide", "x.db", "--reason=--bogus"], "give one of --verdict keep|review|drop with paths"),
    (["sql", "x.db", "--saved", "a", "--", "--bogus"], "give a query or --saved, not both"),
  ]) func aMistakeIsAnsweredWithWhatWasMeant(arguments: [String], words: String) throws {
    let run = try Command.audit(arguments)
    #expect(run.status == 2 && run.out == "" && run.err.hasPrefix("audit: \(words)"), "\(run.err)")
  }

  @Test func aRunOrAFolderThatIsNotThereIsAnsweredWithWhatIs() throws {
    let set = try AskedScan.get()
    for arguments in [
      ["explain", set.database, SharedScan.notAFace], ["report", set.database], ["show", set.database],
    ] {
      let run = try Command.audit(arguments + ["--run", "frist"])
      let words = "audit: no run \"frist\" in '\(set.database)'; did you mean first?\n"
      #expect(run.status == 2 && run.err == words, "\(run.err)")
    }
    let scratch = try Scratch()
    for arguments in [
      ["scan", try SharedScan.get().faces, "--db", "no/x.db"], ["export", set.database, "-o", "no/x.db"],
      ["report", set.database, "-o", "no/x.db.html"],
    ] {
      let run = try Command.audit(arguments, in: scratch.path)
      #expect(run.status == 2 && run.err.hasPrefix("audit: no folder 'no' to write 'no/x.db"), "\(run.err)")
    }
  }

  @Test func metricsAndFolderIssuesAreExplained() throws {
    let metric = try Command.audit(["explain", "mse"])
    #expect(metric.status == 0 && metric.out.hasPrefix("mse  mean squared residual"))
    let link = try Command.audit(["explain", "link_not_followed"])
    #expect(link.status == 0 && link.out.contains("scan with -L"))
  }

  @Test func aColumnThatIsElsewhereNamesItsView() throws {
    let set = try SharedScan.get()
    let run = try Command.audit(["sql", set.database, "SELECT path, skew FROM sample"])
    #expect(run.status == 2)
    #expect(run.err.hasPrefix("audit: no such column: skew here; it is a column of samples, flagged"), "\(run.err)")
  }

  @Test func aFolderAndADamagedDatabaseAreCalledWhatTheyAre() throws {
    let set = try SharedScan.get()
    let folder = try Command.audit(["report", set.faces])
    #expect(
      folder.status == 2
        && folder.err == "audit: '\(set.faces)' is a folder; give the database that a scan of it wrote: "
          + "'\(set.database)'\n"
    )
    let scratch = try Scratch()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: set.database)))
    for index in 4096..<bytes.count { bytes[index] = 0x5A }
    try Files.write(bytes, to: scratch.path + "/broken.db")
    let broken = try Command.audit(["sql", "broken.db", "SELECT count(*) FROM samples"], in: scratch.path)
    #expect(broken.status == 2 && broken.err.hasPrefix("audit: the database 'broken.db' is damaged ("), "\(broken.err)")
  }

  @Test func anImageIsFoundHoweverItIsTyped() throws {
    let set = try SharedScan.get()
    let path = SharedScan.notAFace
    let asked = [
      (path, set.scratch.path), ("./\(path)", set.faces), ("faces/\(path)", set.scratch.path),
      (set.faces + "/" + path, "/"), ("film_000007_0.png", set.faces + "/id2"),
      ("../id2/film_000007_0.png", set.faces + "/id1"),
    ]
    for (name, folder) in asked {
      let run = try Command.audit(["explain", set.database, name], in: folder)
      #expect(run.status == 0 && run.out.hasPrefix(path), "\(name) in \(folder): \(run.err)")
    }
  }

  @Test func aSavedPictureIsWhatItsNameSays() throws {
    let set = try SharedScan.get()
    let scratch = try Scratch()
    for (name, start) in [("x.jpg", [0xFF, 0xD8, 0xFF]), ("x.png", [0x89, 0x50, 0x4E])] as [(String, [UInt8])] {
      let run = try Command.audit(["explain", set.database, SharedScan.notAFace, "--save", name], in: scratch.path)
      #expect(run.status == 0, "\(run.err)")
      #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/" + name))).starts(with: start))
    }
    let other = try Command.audit(["explain", set.database, SharedScan.notAFace, "--save", "x.tga"], in: scratch.path)
    #expect(other.status == 2 && other.err.contains("end it in .png or .jpg"))
  }

  @Test func theJSONPageNamesEveryKeyThatIsPrinted() throws {
    let set = try AskedScan.get()
    let scratch = try Scratch()
    try FileManager.default.copyItem(atPath: set.database, toPath: scratch.path + "/copy.db")
    let help = try Command.audit(["help", "json"])
    let words = Set(help.out.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
    let asked: [[String]] = [
      ["show", set.database, "--json"], ["explain", set.database, SharedScan.notAFace, "--json"],
      ["explain", "drop", "--json"],
      ["compare", set.database, "--json"], ["metrics", "list", "--json"],
      ["check", set.database, "--fail-on", "drop>100000", "--output-format", "json"],
      ["scan", try SharedScan.get().faces, "--db", scratch.path + "/copy.db", "--size", "64", "--json"],
    ]
    for arguments in asked {
      let run = try Command.audit(arguments)
      #expect(run.status == 0, "\(run.err)")
      let value = try JSONSerialization.jsonObject(with: Data(run.out.utf8))
      let object = value as? [String: Any] ?? (value as? [[String: Any]])?.first ?? [:]
      #expect(object.count > 3)
      for key in object.keys {
        #expect(words.contains(key), "\(arguments[0]): \(key) is not in `audit help json`")
        #expect(!key.contains { $0.isUppercase }, "\(arguments[0]): \(key)")
      }
    }
  }
}
