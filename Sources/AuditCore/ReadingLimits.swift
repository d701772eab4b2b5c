/// What a single file may cost. These change no stored score, only whether there is one, so that they are no settings of
/// a run: a later call may go on with others, and tries again what these refused.
package struct ReadingLimits: Sendable, Equatable {
  /// A larger file is not read.
  package var maxBytes = 256_000_000
  /// Seconds after which decoding one file is given up.
  package var timeout = 20.0

  package init() {}
}
