/// What a single file may cost. These change no stored score, only whether there is one: a run may go on with others, and
/// then tries again what these refused.
package struct ReadingLimits: Sendable, Equatable, Codable {
  /// A larger file is not read.
  package var maxBytes = 256_000_000
  /// Seconds after which decoding one file is given up.
  package var timeout = 20.0

  package init() {}
}
