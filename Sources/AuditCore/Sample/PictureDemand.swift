/// How much of a picture somebody needs. A decoder may scale a large file down, as far as all who see it have enough.
package enum PictureDemand: Sendable, Equatable {
  /// A side in pixels that the picture will be resized to; what is decoded has twice that on both sides, or all it has.
  case atLeast(side: Int)
  /// Every pixel of the file.
  case whole

  /// Side that measuring a picture by itself takes. Every reading of a dataset takes at least that, also where nothing
  /// is measured: scores must not hang on it.
  package static let measuringSide = 128

  /// What is enough for both.
  package func and(_ other: PictureDemand) -> PictureDemand {
    guard case .atLeast(let side) = self, case .atLeast(let otherSide) = other else { return .whole }
    return .atLeast(side: max(side, otherSide))
  }

  /// For a decoder: `Int.max` keeps every picture whole.
  package var side: Int {
    switch self {
    case .atLeast(let side): side
    case .whole: .max
    }
  }
}
