/// Which rows may vouch for others that resemble them: damaged pictures may not.
package struct Witnesses: Sendable, Equatable {
  /// For each row.
  package let mayVouch: [Bool]
  /// The rows that may, ascending.
  let rows: [Int]

  /// - Parameter isDamaged: for each row.
  package init(isDamaged: [Bool]) {
    mayVouch = isDamaged.map { !$0 }
    rows = isDamaged.indices.filter { !isDamaged[$0] }
  }

  /// Every row may.
  package init(all count: Int) { self.init(isDamaged: [Bool](repeating: false, count: count)) }

  var isEveryone: Bool { rows.count == mayVouch.count }
}

extension GramMatrix {
  /// Distance of each row to the nearest other one that may vouch for it and is no copy of it, full scale; infinite where
  /// there is none.
  func nearest(among witnesses: Witnesses) -> [Double] {
    if witnesses.isEveryone { return nearest }
    return nearest(inModelOf: [Double](repeating: 0, count: count), among: witnesses.rows)
  }
}
