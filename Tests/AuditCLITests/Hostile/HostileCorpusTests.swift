import AuditCore
import AuditStore
import Foundation
import Testing

/// One scan of the hostile corpus, and what comes out of it.
@Suite(.serialized) struct HostileCorpusTests {
  private struct Scanned {
    let scratch: Scratch
    let corpus: HostileCorpus
    let run: Command
    let seconds: Double

    var database: String { scratch.path + "/corpus.audit.db" }
  }

  private static let scanned = Result {
    let scratch = try Scratch()
    scratch.removeAtExit()
    let corpus = try HostileCorpus(in: scratch.path + "/corpus")
    let start = ContinuousClock.now
    let run = try Command.scan("corpus", ["--jobs", "2"], in: scratch.path)
    let seconds = Double((ContinuousClock.now - start).components.seconds)
    return Scanned(scratch: scratch, corpus: corpus, run: run, seconds: seconds)
  }

  private let set: Scanned

  init() throws { set = try HostileCorpusTests.scanned.get() }

  @Test func theScanEndsWellAndInTime() {
    #expect(set.corpus.entries.count >= 300)
    #expect(set.run.status == 0, "\(set.run.err)")
    #expect(set.seconds < 60)
  }

  @Test func everyFileHasOneRowWithTheRightCode() throws {
    var found: [[UInt8]: [String]] = [:]
    for row in try Store(reading: set.database).rows("SELECT path, path_raw, status, error_code FROM sample") {
      let path = if case .blob(let raw) = row["path_raw"] { raw } else { Array((row["path"].text ?? "").utf8) }
      found[path, default: []].append(row["error_code"].text ?? row["status"].text ?? "")
    }
    for entry in set.corpus.entries {
      let name = SamplePath(bytes: entry.path).printable
      #expect(found[entry.path] == [entry.expected], "\(name)")
    }
    #expect(found.count == set.corpus.entries.count)
  }

  @Test func nothingOfANameReachesTheTerminal() throws {
    let script =
      "stty cols 200; \"$audit\" sql corpus.audit.db 'SELECT path FROM samples'; "
      + "\"$audit\" scan corpus --size 64 --metrics mse,mae"
    let file = set.scratch.path + "/typescript"
    let run = try Command.shell(
      "script -qec '\(script.replacing("'", with: "'\\''"))' \"$1\" < /dev/null", [file], in: set.scratch.path,
      environment: ["NO_COLOR": "1", "TERM": "dumb", "SHELL": "/bin/sh"])
    #expect(run.status == 0, "\(run.err)")
    // Line ends are the terminal's; the names' own are escaped.
    let typed = try #require(FileManager.default.contents(atPath: file))
    let text = String(decoding: typed, as: UTF8.self)
    #expect(text.contains("names/") && !text.contains("\n::error"))
    for scalar in text.unicodeScalars where scalar != "\r" && scalar != "\n" {
      let category = scalar.properties.generalCategory
      #expect(category != .control && category != .format, "U+\(String(scalar.value, radix: 16))")
    }
  }

  @Test func everyListIsReadBackByteForByte() throws {
    let expected = Set(set.corpus.entries.filter { $0.expected == "ok" }.map { Data($0.path) })
    let run = try Command.shell(
      "\"$audit\" export corpus.audit.db --verdict keep,review,drop -0 > list", in: set.scratch.path)
    #expect(run.status == 0, "\(run.err)")
    let list = try #require(FileManager.default.contents(atPath: set.scratch.path + "/list"))
    #expect(Set(list.split(separator: 0).map { Data($0) }) == expected)
    let refused = try Command.audit(["export", "corpus.audit.db", "--keep"], in: set.scratch.path)
    #expect(refused.status == 2 && refused.out == "" && refused.err.contains("-0"), "\(refused.err)")
  }

  @Test func whatIsMovedComesBackByteForByte() throws {
    let before = try listing()
    let move = try Command.audit(
      ["apply", "corpus.audit.db", "--verdict", "keep,review,drop", "--move-to", "aside", "--yes"], in: set.scratch.path
    )
    #expect(move.status == 0, "\(move.err)")
    #expect(try listing() != before)
    let undo = try Command.audit(["undo", "aside.journal"], in: set.scratch.path)
    #expect(undo.status == 0, "\(undo.err)")
    #expect(try listing() == before)
  }

  /// Names and kinds below the corpus, sizes, times and links of files, and the content of all that is not sparse.
  private func listing() throws -> [UInt8] {
    let script = """
      cd corpus && find . \\( -type d -printf '%p %y\\0' \\) -o -printf '%p %y %s %T@ %l\\0' | sort -z
      find . -type f -size -1000k -print0 | sort -z | xargs -0 sha256sum -z
      """
    let run = try Command.shell(script, in: set.scratch.path, environment: ["LC_ALL": "C"])
    #expect(run.status == 0, "\(run.err)")
    return Array(run.out.utf8)
  }

  @Test func aScanOfItHoldsLessThan400Megabytes() throws {
    let scratch = try Scratch()
    let peak = try Command.peakMemory(
      ["scan", set.scratch.path + "/corpus", "--jobs", "2", "--db", scratch.path + "/again.db"] + Command.quick)
    #expect(peak.status == 0)
    #expect(peak.megabytes < 400, "\(peak.megabytes) MB")
  }
}
