/// A loss rho of one residual, its derivative psi (the influence function) and the weight psi(r) / r.
///
/// The residual is image minus reference in full scale, -1...1. psi says how hard one residual pulls at a fit; the
/// weight is what the residual counts in an iteratively reweighted least squares fit of the reference, where the
/// squared loss has weight 2 everywhere.
package struct Loss: Sendable {
  package let name: String
  /// Parameter values by name.
  package let parameters: [String: Double]
  package let rho: @Sendable (Double) -> Double
  package let psi: @Sendable (Double) -> Double
  /// The largest |psi|, what happens far away, and the breakdown point of a location fit with this loss.
  package let robustness: String

  /// What stands in for |r| in the weight where it would divide by less: a thousandth of a code value.
  package static let smallestResidual = 1e-3 / 255

  /// psi(r) / r, finite everywhere.
  package func weight(_ residual: Double) -> Double {
    let away =
      abs(residual) >= Loss.smallestResidual
      ? residual : (residual < 0 ? -Loss.smallestResidual : Loss.smallestResidual)
    return psi(away) / away
  }
}

extension Loss {
  /// The residual that separates ordinary reconstruction error from an outlier: 12.75 code values.
  ///
  /// On images in 0...1 a library default such as delta = 1 never leaves the quadratic zone.
  package static let scale = 0.05

  /// Every loss with its standard parameters, for tables and plots.
  package static let all: [Loss] = [
    squared, absolute, huber(), smoothL1(), pinball(), logCosh(), charbonnier(), barron(), smoothLoss, tukey(),
    cauchy(), gemanMcClure(), imae(), imaeLinear(),
  ]
}
