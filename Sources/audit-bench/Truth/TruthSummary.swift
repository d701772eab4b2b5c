import AuditCore
import AuditStatistics
import Foundation

/// How often estimates were right over several draws of a set.
struct TruthSummary {
  /// For a person, a line for each remedy.
  let table: [String]

  init(_ truths: [Truth]) {
    let names = truths[0].lines.filter { line in truths.contains { $0[line.name]?.estimate != nil } }.map(\.name)
    let cameras = truths.compactMap(\.camera)
    let marked =
      cameras.isEmpty
      ? []
      : [
        "of \(cameras.reduce(0) { $0 + $1.images }) images of second cameras \(cameras.reduce(0) { $0 + $1.drop }) are "
          + "marked drop and \(cameras.reduce(0) { $0 + $1.review }) review"
      ]
    table =
      ["in \(truths.count) draws of \(truths[0].set)"] + names.flatMap { TruthSummary.lines($0, truths) } + marked
  }

  private static func lines(_ name: String, _ truths: [Truth]) -> [String] {
    let lines = truths.compactMap { $0[name] }
    let advised = truths.filter { $0.recommended == name }
    let costing = advised.count { ($0[name]?.truth.gain ?? 0) < 0 }
    let estimates = lines.compactMap(\.estimate?.gain)
    return [
      "\(name): \(hits(lines, \.truth)), estimated \(mean(estimates)) % on average; recommended \(advised.count)"
        + (costing > 0 ? ", \(costing) of them at a cost" : "")
    ]
      + (lines.contains { $0.everyPicture != nil }
        ? [
          "  on every image: \(hits(lines, \.everyPicture))",
          "  the same, each with at most \(Int(Judge.mostMediansOfWhole)) median losses: "
            + hits(lines, \.everyPictureCounted),
          predictions(lines),
        ] : [])
  }

  /// How often estimates are close to a truth, and their intervals hold it.
  private static func hits(_ lines: [TruthLine], _ truth: (TruthLine) -> Gain?) -> String {
    let draws = lines.compactMap { line in
      line.estimate.flatMap { estimate in truth(line).map { (estimate: estimate, truth: $0.gain) } }
    }
    let close = draws.count { isClose($0.estimate.gain, to: $0.truth) }
    let holding = draws.count { $0.estimate.low <= $0.truth && $0.truth <= $0.estimate.high }
    return "close \(close) of \(draws.count), interval holds the truth \(holding), true \(mean(draws.map(\.truth))) %"
  }

  /// How often the other fifths of a draw are close to what the one shows that an estimate is held against: one fifth
  /// says no more than that, and no estimate can be asked to know more.
  private static func predictions(_ lines: [TruthLine]) -> String {
    let pairs = lines.filter { $0.estimate != nil }.compactMap { line in
      line.otherFifths.map { (predicted: $0.gain, truth: line.truth.gain) }
    }
    let close = pairs.count { isClose($0.predicted, to: $0.truth) }
    return "  predicted by the other fifths: close in \(close) of \(pairs.count)"
  }

  private static func mean(_ values: [Double]) -> String {
    String(format: "%.1f", 100 * values.reduce(0, +) / Double(values.count))
  }

  /// Within a third of the truth, or two points.
  private static func isClose(_ estimate: Double, to truth: Double) -> Bool {
    abs(estimate - truth) <= max(abs(truth) / 3, 0.02)
  }
}
