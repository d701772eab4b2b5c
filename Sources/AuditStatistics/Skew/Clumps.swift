/// Rows that hold one picture several times, each through another encoder or size, far from all others: in a fit they are
/// one observation, however often somebody saved them.
///
/// Six files of one negative make a component of their own among a few hundred frames, and the model draws what it should
/// leave. Such files lie within a tenth of their distance to the median picture, and nothing else lies near; where other
/// pictures of the thing fill the gap, each row counts by itself.
package struct Clumps: Sendable {
  /// Weight of each row before anything is known of it: 1 over the number of rows that it is one observation with.
  let shares: [Double]
  /// Distance of each row to the nearest other one that is no copy of it, full scale.
  let nearest: [Double]

  /// As shares of the distance to the median picture: the same picture again is nearer than the first, and everything
  /// else is farther than the second.
  private static let (reach, gap) = (0.1, 0.5)

  /// - Parameter witnesses: the rows that may vouch for others.
  package init(in gram: GramMatrix, witnesses: Witnesses? = nil) {
    let witnesses = witnesses ?? Witnesses(all: gram.count)
    let typical = median(gram.squaredRadii) ?? 0
    var (shares, nearest) = ([Double](repeating: 1, count: gram.count), gram.nearest(among: witnesses))
    for row in 0..<gram.count where gram.squaredRadii[row] > typical {
      let radius = gram.squaredRadii[row]
      var (members, beyond, vouching) = (1, Double.infinity, Double.infinity)
      for other in 0..<gram.count where other != row {
        let square = gram.squaredDistance(row, other)
        if square <= Clumps.reach * Clumps.reach * radius {
          members += 1
        } else {
          beyond = min(beyond, square)
          if witnesses.mayVouch[other] { vouching = min(vouching, square) }
        }
      }
      guard members > 1, beyond > Clumps.gap * Clumps.gap * radius else { continue }
      (shares[row], nearest[row]) = (1 / Double(members), vouching.squareRoot())
    }
    (self.shares, self.nearest) = (shares, nearest)
  }

  /// Every row counts by itself.
  init(none gram: GramMatrix, witnesses: Witnesses) {
    (shares, nearest) = ([Double](repeating: 1, count: gram.count), gram.nearest(among: witnesses))
  }

  init(shares: [Double], nearest: [Double]) { (self.shares, self.nearest) = (shares, nearest) }
}
