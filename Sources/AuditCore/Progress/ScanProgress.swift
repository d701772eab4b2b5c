/// How far a scan is; handed to a closure, drawn by whoever wants to.
package struct ScanProgress: Sendable {
  package enum Phase: String, Sendable {
    case draw, walk, read, fit, train, learn, score, merge, rank
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
