/// How far a scan is; handed to a closure, drawn by whoever wants to.
package struct ScanProgress: Sendable {
  package enum Phase: String, Sendable {
    case draw, walk, fit, score, rank
  }

  package let phase: Phase
  package let done: Int
  /// nil while it is not known (walk).
  package let total: Int?
  package let errors: Int
  package let flagged: Int

  package init(phase: Phase, done: Int, total: Int?, errors: Int = 0, flagged: Int = 0) {
    self.phase = phase
    self.done = done
    self.total = total
    self.errors = errors
    self.flagged = flagged
  }
}
