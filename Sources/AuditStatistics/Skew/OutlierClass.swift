/// Where a sample lies in the robust outlier map: score distance against orthogonal distance, with both cuts.
///
/// - Source: M. Hubert, P. J. Rousseeuw, K. Vanden Branden, "ROBPCA", Technometrics 47 (2005), section 4.
package enum OutlierClass: String, Sendable, Codable, CaseIterable {
  /// Near the subspace and near its centre.
  case regular
  /// In the subspace, far out: steadies the fit.
  case goodLeverage = "good_leverage"
  /// Off the subspace above its centre.
  case orthogonal
  /// Off the subspace and far out: turns the fit.
  case badLeverage = "bad_leverage"

  package init(orthogonalDistance: Double, scoreDistance: Double, orthogonalCut: Double, scoreCut: Double) {
    self =
      switch (orthogonalDistance > orthogonalCut, scoreDistance > scoreCut) {
      case (false, false): .regular
      case (false, true): .goodLeverage
      case (true, false): .orthogonal
      case (true, true): .badLeverage
      }
  }
}
