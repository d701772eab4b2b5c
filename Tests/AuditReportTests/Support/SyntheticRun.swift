import AuditCore
import AuditMetrics
import AuditReference
import AuditScan
import AuditStatistics
import AuditStore
import Foundation

/// A run of made-up numbers, written through the store as a scan does: no picture is decoded.
struct SyntheticRun {
  /// The samples that stand out: about one in 250.
  let database: String
  let count: Int

  /// - Parameters:
  ///   - names: path of the sample at a position; by default in 1,000 identity folders.
  ///   - opened: called with the new run before anything is in it.
  ///   - unreadable: every so many samples one cannot be read; 0 for none.
  @discardableResult
  init(
    at database: String, count: Int, seed: UInt64 = 11, dataset: String = "/nowhere/faces", unreadable: Int = 997,
    names: (Int) -> SamplePath = SyntheticRun.usualName, opened: (Store, OpenRun) throws -> Void = { _, _ in }
  ) throws {
    self.database = database
    self.count = count
    let metrics = MetricRegistry.all.map(\.info)
    let headlines = metrics.filter(\.headline)
    let store = try Store(
      path: database, metrics: metrics, derived: DerivedColumn.all + headlines.flatMap(DerivedColumn.standing))
    var settings = ScanSettings()
    settings.metrics = metrics.map(\.identity)
    let run = try store.openRun(
      RunRequest(
        dataset: dataset, name: nil, fresh: true, settings: settings, planDigest: "synthetic", planned: count,
        version: "test"))
    try opened(store, run)
    var random = SplitMix64(seed: seed)
    var batch: [(SampleRow, SamplePlace)] = []
    for position in 0..<count {
      batch.append(
        SyntheticRun.row(
          names(position), metrics: metrics, isUnreadable: unreadable > 0 && position % unreadable == unreadable - 1,
          random: &random))
      if batch.count == 5_000 || position == count - 1 {
        try store.append(batch, columns: metrics.map(\.name), to: run)
        batch.removeAll(keepingCapacity: true)
      }
    }
    let sums = SkewSums(count: 2_000, pull: 2_000 * 4 * 1.1, leverage: 2_000 * 1.1, medianDistance: 4)
    try RunRanking(
      store: store, run: run.id, headlines: headlines,
      scale: .model(ModelScale(sums: sums, orthogonalCut: 7, scoreCut: 8)), thresholds: VerdictThresholds()
    ).write()
    try SyntheticRun.writeGain(store, run: run.id, count: count)
    try store.finish(run, digest: "synthetic")
    try store.keepBasis(of: .estimate, for: run.id, method: 1, sample: AdviceSample(images: 2_000))
  }

  static func usualName(_ position: Int) -> SamplePath {
    SamplePath("id\(position % 1_000)/clip\(position / 1_000 % 7)_\(String(1_000_000 + position).dropFirst()).jpg")
  }

  private static func row(
    _ path: SamplePath, metrics: [MetricInfo], isUnreadable: Bool, random: inout SplitMix64
  ) -> (SampleRow, SamplePlace) {
    var row = SampleRow(sample: Sample(path: path, bytes: 20_000, modified: 1))
    row.sha256 = (0..<4).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
    let text = path.text
    let parts = text.split(separator: "/")
    let place = SamplePlace(
      folder: parts.dropLast().joined(separator: "/"), identity: parts.count > 1 ? String(parts[0]) : nil, source: nil,
      faceIndex: nil)
    if isUnreadable {
      row.issues = [SampleIssue(.truncated, "at byte 5,000 of 17,000")]
      return (row, place)
    }
    row.facts = FileFacts(format: .jpeg, width: 256, height: 256)
    let badness = random.share() < 0.004 ? 2 + 3 * random.share() : 0.6 + 0.8 * random.share()
    row.scores = metrics.map { _ in 0.01 * badness * badness * (0.5 + random.share()) }
    let distance = 4 * badness
    row.influence = Influence(
      orthogonalDistance: distance, scoreDistance: 3 + 6 * random.share(), leverage: 0.6 + random.share(),
      nearestDistance: badness > 1.5 ? distance * (random.share() < 0.5 ? 0.9 : 0.5) : nil)
    row.regions = Array(repeating: 1.0 / 16, count: 16) + [0.3]
    return (row, place)
  }

  private static func writeGain(_ store: Store, run: Int64, count: Int) throws {
    let counts = try store.standingCounts(of: run)
    let gains = [0.0025: 0.05, 0.005: 0.08, 0.01: 0.1, 0.02: 0.11, 0.03: 0.112, 0.05: 0.115, 0.075: 0.117, 0.1: 0.118]
    try store.write(
      remedies: [
        StoredRemedy(name: "drop", images: counts.drop, gain: 0.08, low: 0.07, high: 0.09, recommended: true),
        StoredRemedy(name: "weights", images: counts.weighted, gain: 0.06, low: 0.05, high: 0.07, recommended: false),
      ],
      curve: gains.sorted { $0.key < $1.key }.map { share, gain in
        StoredGainPoint(
          share: share, images: Int((share * Double(counts.scored)).rounded()), gain: gain, low: gain - 0.01,
          high: gain + 0.01)
      }, to: run)
  }
}

extension SplitMix64 {
  /// 0..<1.
  fileprivate mutating func share() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}

/// A folder of its own for one test, gone with it.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("audit-report-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
