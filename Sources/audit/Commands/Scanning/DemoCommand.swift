import ArgumentParser
import AuditCore
import AuditDataset
import AuditDemo
import AuditReport
import AuditScan
import AuditStore
import Foundation

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Draw a set of synthetic faces with planted defects, scan it, and say what was found.",
    discussion: """
      Needs no network and holds no photograph: every face is drawn from the seed.

      Examples:
        audit demo
        audit demo small-demo --count 60 --seed 3
      """)

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
    try SeedOption.check(seed)
  }

  func run() async throws {
    try FilePath.refuseNowhere(folder)
    let line = ProgressLine(mode: streams.progress, quiet: streams.quiet)
    if !streams.quiet {
      Terminal.error("audit: drawing \(count.formattedWithCommas) faces with planted defects into '\(folder)'")
    }
    let planted = try DemoSet.write(to: folder, count: count, seed: seed) { done, total in
      line.update(ScanProgress(phase: .draw, done: done, total: total))
    }
    line.finish()
    var request = ScanRequest(dataset: folder)
    request.version = Version.text
    let run = try await ScanSession(request: request, json: false, maxErrors: 1, streams: streams).run()
    if streams.quiet { return }
    let place = try DatabasePlace.resolve(dataset: try DatasetFolder.resolve(folder), explicit: nil)
    let store = try Store(reading: place.path)
    let findings = try DemoFindings(planted: planted, store: store, run: run)
    Terminal.print("\n" + findings.lines(width: Terminal.tableWidth).joined(separator: "\n"))
  }
}

/// What became of each planted defect, and what else was marked.
private struct DemoFindings {
  private var table = TextTable(
    [
      .init("planted", .text), .init("expected to pull", .prose, isOptional: true), .init("verdict"),
      .init("skew", .number, isOptional: true),
      .init("issues", .prose), .init("file", .path),
    ], indent: 2)
  private let sentences: [String]

  func lines(width: Int?) -> [String] {
    table.lines(width: width) + [""] + sentences.flatMap { TextLayout.wrapped($0, width: width ?? .max) }
  }

  init(planted: [PlantedDefect], store: Store, run: String) throws {
    var rows: [String: SQLRow] = [:]
    try store.forEachOutcome(ofRun: run) { rows[$0["path"].text ?? ""] = $0 }
    var (pulling, marked, unreadable, copies) = (0, 0, 0, 0)
    var (spoiled, found) = (0, 0)
    for defect in planted {
      let row = rows[defect.path]
      let verdict = row?["verdict"].text
      let code = row?["error_code"].text
      if defect.pullsSquaredError {
        pulling += 1
        if verdict == "drop" || verdict == "review" { marked += 1 }
      }
      if code != nil { unreadable += 1 }
      if case .picture = defect.kind {
        spoiled += 1
        if DemoFindings.isDamaged(row) { found += 1 }
      }
      if case .duplicate = defect.kind, row?["dup_kind"].text != nil { copies += 1 }
      table.add([
        String(defect.meaning.prefix { $0 != ":" }), defect.pullsSquaredError ? "yes" : "no",
        code ?? verdict ?? "-", row?["skew"].real.map { fixed($0, 1) } ?? "-",
        code == nil ? row?["issues"].text ?? "-" : "-", defect.path,
      ])
    }
    let names = Set(planted.map(\.path))
    let flagged = rows.filter { !names.contains($0.key) && $0.value["verdict"].text != "keep" }
    let dropped = flagged.values.filter { $0["verdict"].text == "drop" }.count
    sentences = [
      "Of \(pulling) planted defects that pull on squared error \(marked) were marked drop or review; "
        + "\(unreadable) unreadable \(unreadable == 1 ? "file" : "files") and \(copies) "
        + "\(copies == 1 ? "copy" : "copies") were found.",
      "Of \(rows.count - planted.count) sound faces \(dropped) were marked drop, \(flagged.count - dropped) review.",
      "Blur, darkness and other faults that a model draws easily do not pull; they are found as damage: \(found) of \(spoiled) "
        + "spoiled faces, and of the sound ones "
        + "\(rows.filter { !names.contains($0.key) && DemoFindings.isDamaged($0.value) }.count).",
    ]
  }

  private static func isDamaged(_ row: SQLRow?) -> Bool {
    (row?["confidence"].real ?? 0) >= 0.3
  }
}
