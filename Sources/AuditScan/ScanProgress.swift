/// How far a scan is; handed to a closure, drawn by whoever wants to.
package struct ScanProgress: Sendable {
  package enum Phase: String, Sendable {
    case draw, walk, read, fit, train, learn, score, rank
  }

  package let phase: Phase
  package let done: Int
  /// nil while it is not known (walk).
  package let total: Int?
  package let errors: Int
  package let flagged: Int
  /// What else to say in a live line, such as a training's loss and rate.
  package let detail: String?

  package init(phase: Phase, done: Int, total: Int?, errors: Int = 0, flagged: Int = 0, detail: String? = nil) {
    self.phase = phase
    self.done = done
    self.total = total
    self.errors = errors
    self.flagged = flagged
    self.detail = detail
  }
}

/// The steps of a scan's last phase: the ranking, then every estimate of what remedies are worth. Their number is known
/// before the first.
struct RankSteps: Sendable {
  /// Models whose remedies are judged.
  let estimates: Int

  /// An estimate takes about as many fits.
  private static let ofEstimate = 60

  var total: Int { 1 + RankSteps.ofEstimate * estimates }

  /// - Parameters:
  ///   - estimate: the one in work, from 0.
  ///   - fits: how many of its `all` fits are done.
  func done(_ estimate: Int, fits: Int, of all: Int) -> Int {
    1 + RankSteps.ofEstimate * estimate + RankSteps.ofEstimate * fits / max(1, all)
  }
}
