import ArgumentParser
import AuditCore
import AuditDemo
import AuditReport
import AuditScan
import AuditStore
import Foundation

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Draw a set of synthetic faces with planted defects, scan it, and say what was found.",
    discussion: "Needs no network and holds no photograph: every face is drawn from the seed.")

  @Argument(help: ArgumentHelp("The folder to make (default: audit-demo here).", valueName: "folder"))
  var folder = "audit-demo"

  @Option(help: "How many faces.")
  var count = 300

  @Option(help: "Draws the faces and chooses the defects.")
  var seed: UInt64 = 7

  @OptionGroup var streams: StreamOptions

  func validate() throws {
    if !(25...100_000).contains(count) {
      throw ValidationError("--count takes a number from 25 to 100000; got \(count)")
    }
  }

  func run() async throws {
    let line = ProgressLine(mode: streams.progress, quiet: streams.quiet)
    if !streams.quiet { Terminal.error("audit: drawing \(count) faces with planted defects into '\(folder)'") }
    let planted = try DemoSet.write(to: folder, count: count, seed: seed) { done, total in
      line.update(ScanProgress(phase: .draw, done: done, total: total))
    }
    line.finish()
    var request = ScanRequest(dataset: folder)
    request.version = Version.text
    try await ScanSession(request: request, json: false, maxErrors: 1, streams: streams).run()
    if streams.quiet { return }
    let place = try DatabasePlace.resolve(dataset: try DatasetFolder.resolve(folder), explicit: nil)
    let store = try Store(reading: place.path)
    Terminal.print("\n" + (try DemoFindings(planted: planted, store: store)).lines.joined(separator: "\n"))
  }
}

/// What became of each planted defect, and what else was marked.
private struct DemoFindings {
  let lines: [String]

  init(planted: [PlantedDefect], store: Store) throws {
    var rows: [String: SQLRow] = [:]
    try store.forEachRow("SELECT path, verdict, skew, error_code, duplicate_of, dup_kind FROM samples") { row in
      rows[row["path"].text ?? ""] = row
    }
    var table = [["planted", "expected to pull", "verdict", "skew", "file"]]
    var (pulling, marked, unreadable, copies) = (0, 0, 0, 0)
    for defect in planted {
      let row = rows[defect.path]
      let verdict = row?["verdict"].text
      let code = row?["error_code"].text
      if defect.pullsSquaredError {
        pulling += 1
        if verdict == "drop" || verdict == "review" { marked += 1 }
      }
      if code != nil { unreadable += 1 }
      if case .duplicate = defect.kind, row?["dup_kind"].text != nil { copies += 1 }
      table.append([
        String(defect.meaning.prefix { $0 != ":" }), defect.pullsSquaredError ? "yes" : "no",
        code ?? verdict ?? "-", row?["skew"].real.map { fixed($0, 1) } ?? "-", defect.path,
      ])
    }
    let names = Set(planted.map(\.path))
    let flagged = rows.filter { !names.contains($0.key) && $0.value["verdict"].text != "keep" }
    let dropped = flagged.values.filter { $0["verdict"].text == "drop" }.count
    lines =
      TextTable.lines(table).map { "  " + $0 } + [
        "",
        "Of \(pulling) planted defects that pull on squared error \(marked) were marked drop or review; "
          + "\(unreadable) unreadable \(unreadable == 1 ? "file" : "files") and \(copies) "
          + "\(copies == 1 ? "copy" : "copies") were found.",
        "Of \(rows.count - planted.count) sound faces \(dropped) were marked drop, \(flagged.count - dropped) review.",
        "Blur, darkness and other faults that a model draws easily do not pull, and are not what this scan looks for.",
      ]
  }
}
