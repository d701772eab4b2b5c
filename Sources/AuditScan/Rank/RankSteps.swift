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
