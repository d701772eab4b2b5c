import ArgumentParser
import AuditCore
import AuditMetrics
import AuditReference
import AuditScan
import AuditStatistics
import AuditStore
import Foundation

struct RankCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rank", abstract: "Rank a run of synthetic rows; nothing is decoded.")

  @Option(help: "Rows.")
  var rows = 1_000_000

  @Option(help: "Keep the database here.")
  var db: String?

  @Option(help: "Exit with 1 where ranking takes more CPU seconds.")
  var maxSeconds: Double?

  @Option(help: "Exit with 1 where the process held more memory, in megabytes.")
  var maxMegabytes: Double?

  func run() throws {
    let scratch = NSTemporaryDirectory() + "audit-bench-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let store = try Store(
      path: db ?? scratch + "/rank.db", metrics: MetricRegistry.all.map(\.info), derived: DerivedColumn.all)
    let run = try store.openRun(
      RunRequest(
        dataset: "/synthetic", name: nil, fresh: true, settings: ScanSettings(), planDigest: "", planned: rows,
        version: "bench"))
    let writing = try cpu { try write(to: store, run) }
    BenchLine("append", ("seconds", writing), ("rows", Double(rows))).print()
    let ranking = RunRanking(
      store: store, run: run.id, headlines: MetricRegistry.all.map(\.info).filter(\.headline),
      scale: .model(
        ModelScale(
          sums: SkewSums(count: 2_000, pull: 3_000, leverage: 2_000, medianDistance: 1.4), orthogonalCut: 3,
          scoreCut: 8)),
      thresholds: VerdictThresholds())
    let before = peakMemory()
    let seconds = try cpu { try ranking.write() }
    BenchLine(
      "rank", ("seconds", seconds), ("rows", Double(rows)), ("peak_MB", Double(peakMemory()) / 1e6),
      ("peak_before_MB", Double(before) / 1e6)
    ).print()
    let peak = Double(peakMemory()) / 1e6
    let digest = try cpu { _ = try store.contentDigest(of: run.id, columns: MetricRegistry.defaults.map(\.info.name)) }
    BenchLine("digest", ("seconds", digest), ("rows", Double(rows))).print()
    try store.finish(run, digest: "bench")
    if seconds > maxSeconds ?? .infinity || peak > maxMegabytes ?? .infinity { throw ExitCode(1) }
  }

  private func write(to store: Store, _ run: OpenRun) throws {
    let columns = MetricRegistry.defaults.map(\.info.name)
    var generator = Lehmer(state: 7)
    var batch: [(SampleRow, SamplePlace)] = []
    for index in 0..<rows {
      let name = String(index)
      let folder = "id\(index / 500)"
      let padded = String(repeating: "0", count: 8 - name.count) + name
      var row = SampleRow(
        sample: Sample(path: SamplePath("\(folder)/\(padded).jpg"), bytes: 17_000, modified: 1))
      row.sha256 = (0..<32).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 24) }
      row.facts = FileFacts(format: .jpeg, width: 256, height: 256)
      let spread = 1 + Double(generator.next() % 1000) / 500 + (index % 997 == 0 ? 4 : 0)
      row.scores = columns.map { _ in spread * Double(1 + generator.next() % 1000) / 20_000 }
      row.influence = Influence(
        orthogonalDistance: spread, scoreDistance: 5, leverage: Double(1 + generator.next() % 200) / 100,
        nearestDistance: spread > 2.25 ? spread : nil)
      batch.append((row, SamplePlace(folder: folder, identity: folder, source: nil, faceIndex: nil)))
      if batch.count == 500 || index == rows - 1 {
        try store.append(batch, columns: columns, to: run)
        batch.removeAll(keepingCapacity: true)
      }
    }
  }
}

/// A small generator: the rows are the same on every machine.
struct Lehmer {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
