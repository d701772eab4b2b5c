/// Rows about their mean, with what is known of each.
struct LabelledRows {
  /// The mean of all rows.
  let centre: [Double]
  /// count x features, less `centre`.
  let apart: [Double]
  let labels: [Int]
  let classes: Int
  let origins: [LinearDiscriminant.Origin?]

  var features: Int { centre.count }

  init(_ rows: [Double], features: Int, labels: [Int], classes: Int, origins: [LinearDiscriminant.Origin?]) {
    let centre = (0..<features).map { feature in
      stride(from: feature, to: rows.count, by: features).reduce(0) { $0 + rows[$1] } / Double(labels.count)
    }
    apart = rows.indices.map { rows[$0] - centre[$0 % features] }
    (self.centre, self.labels, self.classes, self.origins) = (centre, labels, classes, origins)
  }

  /// The mean of some rows, each times a factor.
  func mean(of members: [Int], factors: [Double]? = nil) -> [Double] {
    var sums = [Double](repeating: 0, count: features)
    for (place, row) in members.enumerated() {
      let factor = factors?[place] ?? 1
      for feature in 0..<features { sums[feature] += factor * apart[row * features + feature] }
    }
    return sums.map { $0 / Double(max(1, members.count)) }
  }

  /// Sums of products of all pairs of features.
  func products(of members: [Int]) -> Block {
    var block = Block(rows: max(1, members.count), columns: features)
    for (place, row) in members.enumerated() {
      for feature in 0..<features { block[place, feature] = apart[row * features + feature] }
    }
    return block.inner(block)
  }
}
