import AuditCore
import AuditDemo
import AuditImages
import AuditReport
import AuditStore
import Foundation
import Testing

/// Every command that audit prints anywhere can be copied and run.
@Suite(.serialized) struct TaughtCommandsTests {
  @Test func everyCommandThatIsPrintedRuns() throws {
    let set = try TaughtSet.get()
    let taught = try set.taught()
    #expect(taught.count > 60, "too few commands were found: the collector is broken")
    for (command, places) in taught.sorted(by: { $0.key < $1.key }) {
      if command.contains("--feeder"), !set.hasPython { continue }
      let run = try set.run(command)
      let complaint = "\(command)\n  taught by \(places.sorted().joined(separator: ", "))\n  \(run.status) \(run.err)"
      if TaughtSet.needsNetworkFile(command) {
        #expect(run.status == 2 && run.err.contains("lpips_alex") && !run.err.contains("Usage:"), "\(complaint)")
        continue
      }
      #expect(run.status == 0 || TaughtSet.isGate(command) && run.status == 1, "\(complaint)")
      #expect(!run.err.contains("no image is selected"), "\(complaint)")
    }
  }

  /// What is between words of a sentence cannot be told from them, and is not copied whole.
  @Test func aCommandInASentenceStandsBetweenBackticks() throws {
    for text in try TaughtSet.get().texts() { #expect(Taught.loose(in: text.text) == [], "\(text.place)") }
  }
}

/// Finds commands in what audit prints.
enum Taught {
  static let names = [
    "scan", "fit", "plan", "score", "merge", "cluster", "probe", "demo", "report", "serve", "explain", "sql", "compare",
    "show", "export", "decide", "apply", "undo", "check", "metrics", "metric", "models", "completion", "help",
  ]

  static func file(_ path: String) throws -> String {
    String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
  }

  /// The code of a page, a piece a line.
  static func text(ofPage path: String) throws -> String {
    try file(path).matches(of: /<code[^>]*>([^<]*)<\/code>/).map { match in
      String(match.1).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
        .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }.joined(separator: "\n")
  }

  /// Lines without usage, which is a grammar and no command; a line that goes on is joined to the next.
  private static func lines(_ text: String) -> [String] {
    var (lines, isUsage, isOpen) = ([String](), false, false)
    for line in text.components(separatedBy: "\n") {
      if line.lowercased().hasPrefix("usage:") { isUsage = true } else if !line.hasPrefix("       ") { isUsage = false }
      if isUsage { continue }
      if isOpen {
        lines[lines.count - 1] += " " + line.trimmingPrefix(while: { $0 == " " })
      } else {
        lines.append(line)
      }
      isOpen = line.hasSuffix("|") && line.contains("audit ")
    }
    return lines
  }

  /// Commands that stand alone, behind a colon at a line's end, or between backticks.
  static func commands(in text: String) -> [String] {
    lines(text).flatMap { line -> [String] in
      let quoted = line.matches(of: /`(audit [^`]+)`/).map { String($0.1) }
      let code = line.firstMatch(of: /\ +#\ /).map { String(line[..<$0.range.lowerBound]) } ?? line
      let bare = code.replacing(/`[^`]*`/, with: "`")
      if let match = bare.firstMatch(of: /(?:^ *|: +|\| )(audit ([a-z]+)\b.*)$/), names.contains(String(match.2)),
        code.hasSuffix(match.1)
      {
        return quoted + [String(match.1)]
      }
      return quoted
    }.map { String($0.reversed().drop { $0 == " " }.reversed()) }
  }

  /// Commands in the middle of a sentence.
  static func loose(in text: String) -> [String] {
    lines(text).filter { line in
      let bare = line.replacing(/`[^`]*`/, with: "`")
      guard let match = bare.firstMatch(of: /\baudit ([a-z]+)\b/), names.contains(String(match.1)) else { return false }
      return bare.firstMatch(of: /(?:^ *|: +|\| )audit [a-z]+\b/) == nil
    }
  }
}

/// A small set under the names that help and README speak of, with two runs.
final class TaughtSet: Sendable {
  let scratch: Scratch
  var faces: String { scratch.path + "/work/faces" }
  var database: String { scratch.path + "/work/faces.audit.db" }
  private let bin: String

  /// What stands for what; longer words first.
  private static let placeholders: [(word: String, value: String)] = [
    ("REFERENCE", "faces/id014/a.png"), ("IMAGE", "faces/id014/frame_331.png"), ("JOURNAL", "aside.journal"),
    ("COMMAND", "scan"), ("FOLDER", "new"), ("OTHER", "other"), ("NAME", "huber"),
    ("PATH", "id014/frame_331.png"), ("WORD", "skew"), ("RUN", "first"), ("DB", "faces.audit.db"),
  ]

  private init() throws {
    scratch = try Scratch()
    scratch.removeAtExit()
    bin = try scratch.folder("bin")
    let work = try scratch.folder("work")
    try FileManager.default.createSymbolicLink(atPath: bin + "/audit", withDestinationPath: Command.binary)
    for name in ["xdg-open", "rsync"] {
      try Files.write(Array("#!/bin/sh\n[ -t 0 ] || cat > /dev/null\n".utf8), to: bin + "/" + name)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bin + "/" + name)
    }
    // Stands for the script that reads Parquet.
    try Files.write(
      Array(("import sys; sys.argv = ['', 'new', '0']\n" + FolderFeeder.script).utf8), to: work + "/audit_parquet.py")
    let artist = FaceArtist(seed: 5, mode: .frames(people: 2, clips: 1), width: 32, height: 32)
    var generator = SplitMix64(seed: 6, keys: 1)
    for number in 0..<112 {
      var image = artist.draw(person: number % 2, clip: 0, frame: number / 2)
      if number == 3 || number == 60 {
        image = Defect.notAFace.apply(to: image, severity: .strong, using: &generator)
      }
      let name = number == 3 ? "frame_331" : number == 5 ? "a" : number == 7 ? "clip2_000331_0" : "frame_\(number)"
      try Files.write(encodePNG(image), to: work + "/faces/id01\(number % 2 + 3)/\(name).png")
    }
    for folder in ["new", "other"] { try Files.writePictures(40, to: work + "/" + folder) }
    let line = "{\"path\": \"id014/a.png\", \"verdict\": \"keep\"}\n"
    try Files.write(Array(line.utf8), to: work + "/decisions.jsonl")
    let packed = try Command.run(
      "/bin/sh", ["-c", "mkdir shards && tar -C faces -cf shards/00000.tar id013"],
      in: work)
    try #require(packed.status == 0, "\(packed.err)")
    let shards = try Command.audit(["scan", "shards", "-q"], in: work)
    try #require(shards.status == 0, "\(shards.err)")
    for (name, database) in [("first", "faces"), ("second", "faces"), ("first", "before"), ("first", "after")] {
      if name == "second" { try Files.write(encodePNG(Picture.noise(2)), to: work + "/faces/id013/frame_8.png") }
      let scan = [
        "scan", "faces", "--size", "64", "--issue-threshold", "0.3", "--name", name, "--db", database + ".audit.db",
        "-q",
      ]
      let run = try Command.audit(scan, in: work)
      try #require(run.status == 0, "\(run.err)")
    }
    let fit = try Command.audit(["fit", "faces", "-o", "model.audit", "-q"], in: work)
    try #require(fit.status == 0, "\(fit.err)")
    for step in [
      ["plan", "faces", "--size", "64", "-o", "faces.plan.db"], ["fit", "--plan", "faces.plan.db"],
      ["score", "--plan", "faces.plan.db", "--shard", "1/2"], ["score", "--plan", "faces.plan.db", "--shard", "2/2"],
    ] {
      let run = try Command.audit(step + ["-q"], in: work)
      try #require(run.status == 0, "\(run.err)")
    }
    let decide = ["decide", "faces.audit.db", "id014/clip2_000331_0.png", "--verdict", "keep"]
    try #require(try Command.audit(decide, in: work).status == 0)
    try #require(try Command.run("/bin/cp", ["-a", work, scratch.path + "/untouched"]).status == 0)
  }

  private static let shared = Result { try TaughtSet() }

  static func get() throws -> TaughtSet { try shared.get() }

  var hasPython: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") }

  static func isGate(_ command: String) -> Bool { command.contains("--fail-on") }

  static func needsNetworkFile(_ command: String) -> Bool {
    command.contains("lpips_alex") && command.contains("models ")
  }

  /// Runs a command as a shell would, in the set made anew: a database knows where its dataset lies.
  func run(_ command: String) throws -> Command {
    var script = "rm -rf work && cp -a untouched work && cd work && "
    var words = command
    for (word, value) in Self.placeholders { words.replace(try Regex("\\b\(word)\\b"), with: value) }
    if let match = words.firstMatch(of: /audit undo (\w+)\.journal/) {
      script += "audit apply faces.audit.db --symlink-to \(match.1) --verdict keep --yes > /dev/null && "
    }
    // A plan that is worked on is not replaced.
    if words.hasPrefix("audit plan ") { script += "rm -f faces.plan.* && " }
    // A server goes on until it is told to end, as Ctrl-C tells it: once, for a second time ends it at once.
    if words.hasPrefix("audit serve ") { words = "timeout --foreground --preserve-status --signal=INT 3 " + words }
    // A measure of the machine and a network that is not there are not what is asked.
    words = words.replacing(",lpips_alex", with: "")
    return try Command.run(
      "/bin/bash", ["-c", script + words], in: scratch.path,
      environment: ["PATH": bin + ":/usr/bin:/bin"])
  }

  /// Commands with the places that teach them.
  func taught() throws -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    for text in try texts() {
      for command in Taught.commands(in: text.text) { found[command, default: []].insert(text.place) }
    }
    // A bare name is a pointer to its help.
    return found.reduce(into: [:]) { all, item in
      let isName = item.key.wholeMatch(of: /audit [a-z]+( (list|show|import|verify))?/) != nil
      all[isName ? item.key + " --help" : item.key, default: []].formUnion(item.value)
    }
  }

  /// Everything that a person reads: help, summary, reports, README, explanations, complaints.
  func texts() throws -> [(place: String, text: String)] {
    var texts: [(String, String)] = []
    for path in try Self.commandPaths() {
      texts.append((path.joined(separator: " ") + " --help", try Command.audit(path + ["--help"]).out))
    }
    texts.append(("help json", try Command.audit(["help", "json"]).out))
    let readme = Checkout.root.appendingPathComponent("README.md")
    texts.append(("README", try Self.withoutDemo(Taught.file(readme.path))))
    for topic in ExplainTopic.all {
      texts.append(("explain \(topic.name)", try Command.audit(["explain", topic.name]).out))
    }
    let work = try Scratch()
    try #require(try Command.run("/bin/cp", ["-a", scratch.path + "/work/.", work.path]).status == 0)
    let scan = try Command.audit(["scan", "faces", "--size", "64", "--issue-threshold", "0.3"], in: work.path)
    texts.append(("scan", scan.out + scan.err))
    try #require(
      try Command.audit(["report", "faces.audit.db", "-o", "r.html", "-o", "r.md"], in: work.path).status == 0)
    texts.append(("page", try Taught.text(ofPage: work.path + "/r.html")))
    texts.append(("Markdown", try Taught.file(work.path + "/r.md")))
    try Command.sqlite(work.path + "/after.audit.db", "UPDATE run SET status = 'interrupted', digest = NULL")
    for arguments in Self.complaints {
      let run = try Command.audit(arguments, in: work.path)
      texts.append((arguments.joined(separator: " "), (run.out + run.err).replacing(work.path + "/", with: "")))
    }
    return texts
  }

  /// What does not go on, and what goes on with a word about it.
  private static let complaints: [[String]] = [
    [], ["scna"], ["scan"], ["scan", "nothing"],
    ["scan", "faces", "--jobs", "2000"], ["scan", "faces", "--jobs", "-1"],
    ["scan", "faces", "--rank", "8", "--name", "first"], ["scan", "faces", "--model", "a.onnx"],
    ["scan", "faces", "--metrics", "msee"], ["scan", "faces", "--metrics", "huber:d=1"],
    ["scan", "faces", "--metrics", "lpips_alex"], ["scan", "faces", "--db", "faces/x.db"],
    ["report", "faces"], ["report", "nothing.db"], ["report", "faces/id014/a.png"], ["report", "after.audit.db"],
    ["explain", "faces.audit.db"], ["explain", "faces.audit.db", "no.png"], ["explain", "nothing"],
    ["sql", "faces.audit.db"], ["sql", "faces.audit.db", "--saved", "eror"], ["sql", "faces.audit.db", "SELECT skw"],
    ["sql", "after.audit.db", "SELECT 1"], ["compare", "before.audit.db"], ["compare", "faces.audit.db", "frst"],
    ["export", "faces.audit.db", "--format", "weights"], ["export", "after.audit.db"],
    ["decide", "faces.audit.db", "keep", "id014/a.png"], ["apply", "faces.audit.db"],
    ["apply", "faces.audit.db", "--move-to", "x"],
    ["apply", "faces.audit.db", "--symlink-to", "y", "--verdict", "keep", "--yes"],
    ["undo", "decisions.jsonl"], ["check", "faces.audit.db"], ["check", "after.audit.db", "--fail-on", "drop>0"],
    ["check", "faces.audit.db", "--fail-on", "new_drop>0"], ["metrics"], ["metrics", "show", "huber:x=1"],
    ["metric", "nothing.png", "faces/id014/a.png"], ["models"], ["models", "verify"], ["models", "show", "lpips_alex"],
    ["models", "import", "decisions.jsonl"], ["fit", "faces", "-o", "model.audit"], ["demo", "faces"],
    ["probe", "faces.audit.db", "--epochs", "1"], ["plan", "faces", "-o", "faces.plan.db"],
  ]

  /// What the demo prints is run as the summary; its set is another.
  private static func withoutDemo(_ readme: String) -> String {
    readme.replacing(ReadmeDemo.place, with: "")
  }

  /// Every command with its subcommands, as the program lists them.
  static func commandPaths() throws -> [[String]] {
    struct Dump: Decodable { let command: Entry }
    struct Entry: Decodable {
      let commandName: String
      let shouldDisplay: Bool?
      let subcommands: [Entry]?
    }
    let dump = try Command.audit(["--experimental-dump-help"])
    func paths(_ entry: Entry, _ above: [String]) -> [[String]] {
      (entry.subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay != false }.flatMap { child in
        [above + [child.commandName]] + paths(child, above + [child.commandName])
      }
    }
    return [[]] + paths(try JSONDecoder().decode(Dump.self, from: Data(dump.out.utf8)).command, [])
  }
}
