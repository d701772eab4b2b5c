import AuditCore
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
      ["in \(truths.count) draws of \(truths[0].set)"] + names.map { TruthSummary.line($0, truths) } + marked
  }

  private static func line(_ name: String, _ truths: [Truth]) -> String {
    let draws = truths.compactMap { truth in
      truth[name].flatMap { line in line.estimate.map { (estimate: $0, truth: line.truth.gain) } }
    }
    let close = draws.count { isClose($0.estimate.gain, to: $0.truth) }
    let holding = draws.count { $0.estimate.low <= $0.truth && $0.truth <= $0.estimate.high }
    let advised = truths.filter { $0.recommended == name }
    let costing = advised.count { ($0[name]?.truth.gain ?? 0) < 0 }
    func mean(_ values: [Double]) -> String {
      String(format: "%.1f", 100 * values.reduce(0, +) / Double(values.count))
    }
    return "\(name): close \(close) of \(draws.count), interval holds the truth \(holding), estimated "
      + "\(mean(draws.map(\.estimate.gain))) % on average, true \(mean(draws.map(\.truth))) %; recommended \(advised.count)"
      + (costing > 0 ? ", \(costing) of them at a cost" : "")
  }

  /// Within a third of the truth, or two points.
  private static func isClose(_ estimate: Double, to truth: Double) -> Bool {
    abs(estimate - truth) <= max(abs(truth) / 3, 0.02)
  }
}
