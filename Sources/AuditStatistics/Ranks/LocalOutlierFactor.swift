import CKernels

/// How much less dense the neighbourhood of a row is than those of its nearest neighbours; about 1 inside of a crowd.
///
/// - Source: M. M. Breunig, H.-P. Kriegel, R. T. Ng, J. Sander, "LOF: identifying density-based local outliers", SIGMOD
///   2000.
package struct LocalOutlierFactor: Sendable, Equatable {
  /// Neighbours that are looked at; fewer where there are not as many rows.
  package static let neighbours = 20

  package let count: Int
  package let length: Int
  /// length x count: the columns of the rows.
  package let columns: [Double]
  /// Distance of each row to the last of its neighbours.
  package let reach: [Double]
  /// One over the mean reach distance of each row.
  package let density: [Double]

  /// - Parameter rows: at least 2 rows of one length, all finite.
  package init(fitting rows: [[Double]]) {
    precondition(rows.count > 1)
    let length = rows[0].count
    var columns = [Double](repeating: 0, count: rows.count * length)
    for (row, values) in rows.enumerated() {
      for place in 0..<length { columns[place * rows.count + row] = values[place] }
    }
    self.init(columns: columns, length: length)
  }

  private init(columns: [Double], length: Int) {
    let count = columns.count / length
    let near = (0..<count).map { row in
      nearest(to: (0..<length).map { columns[$0 * count + row] }, columns: columns, leaveOut: row)
    }
    let reach = near.map { $0[$0.count - 1].distance }
    self.init(columns: columns, reach: reach, density: near.map { meanDensity($0, reach: reach) })
  }

  /// - Parameters:
  ///   - columns: length x count, at least 2 rows.
  ///   - reach: as the property has it, like `density`.
  package init(columns: [Double], reach: [Double], density: [Double]) {
    precondition(reach.count > 1 && density.count == reach.count && columns.count % reach.count == 0)
    (count, length) = (reach.count, columns.count / reach.count)
    (self.columns, self.reach, self.density) = (columns, reach, density)
  }

  /// - Parameter member: the row that is the one judged, and not its own neighbour.
  package func factor(of row: [Double], member: Int? = nil) -> Double {
    precondition(row.count == length)
    let near = nearest(to: row, columns: columns, leaveOut: member)
    return near.reduce(0) { $0 + density[$1.row] } / Double(near.count) / meanDensity(near, reach: reach)
  }
}

private struct Neighbour {
  var row: Int
  var distance: Double
}

private func meanDensity(_ near: [Neighbour], reach: [Double]) -> Double {
  1 / (near.reduce(0) { $0 + max($1.distance, reach[$1.row]) } / Double(near.count) + 1e-10)
}

/// The nearest rows, the nearest first; of equal distances the first row.
private func nearest(to row: [Double], columns: [Double], leaveOut: Int?) -> [Neighbour] {
  let count = columns.count / row.count
  let wanted = min(LocalOutlierFactor.neighbours, count - (leaveOut == nil ? 0 : 1))
  var near: [Neighbour] = []
  near.reserveCapacity(wanted + 1)
  withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { squares in
    guard let base = squares.baseAddress else { return }
    audit_linear_squared_distances(columns, count, row.count, row, base)
    var limit = Double.infinity
    for index in 0..<count where base[index] < limit || near.count < wanted {
      if index == leaveOut { continue }
      let square = base[index]
      let place = near.lastIndex { $0.distance <= square }.map { $0 + 1 } ?? 0
      near.insert(Neighbour(row: index, distance: square), at: place)
      if near.count > wanted { near.removeLast() }
      if near.count == wanted { limit = near[wanted - 1].distance }
    }
  }
  for index in near.indices { near[index].distance = near[index].distance.squareRoot() }
  return near
}
