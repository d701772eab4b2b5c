/// Extremely randomised trees: each votes with the shares of the classes in the leaf that a row falls into.
///
/// At every node some features are drawn, each gets one cut, drawn between its extremes in the node, and the cut with
/// the lowest Gini impurity is taken. Every tree sees all rows.
/// - Source: P. Geurts, D. Ernst, L. Wehenkel, Mach. Learn. 63 (2006), 3-42.
package struct ExtraTrees: Sendable, Equatable {
  package struct Settings: Sendable {
    package var trees = 40
    /// Share of the features that a node draws, at least one.
    package var features = 0.25
    /// Fewest rows of a leaf.
    package var smallestLeaf = 2
    package var seed: UInt64 = 0

    package init(seed: UInt64 = 0) { self.seed = seed }
  }

  /// A cut, or a leaf.
  package struct Node: Sendable, Equatable {
    /// Rows up to it go to the next node, the others to node `next`.
    package let threshold: Float
    /// -1 for a leaf.
    package let feature: Int32
    /// Of a leaf: its number.
    package let next: Int32
  }

  /// Rows of a class in a leaf.
  package struct Share: Sendable, Equatable {
    package let label: Int32
    package let count: Int32
  }

  package let features: Int
  package let classes: Int
  /// Trees one after the other, each from the root downwards with the left branch first.
  package let nodes: [Node]
  /// The node that each tree begins at.
  package let roots: [Int]
  package let shares: [Share]
  /// Where the shares of each leaf begin, and where those of the last one end.
  package let leaves: [Int]
  /// What each share of a leaf votes, in the order of `shares`.
  private let votes: [Double]

  init(features: Int, classes: Int, trees: [Tree]) {
    (self.features, self.classes) = (features, classes)
    var (nodes, roots, shares, leaves) = ([Node](), [Int](), [Share](), [0])
    nodes.reserveCapacity(trees.reduce(0) { $0 + $1.nodes.count })
    leaves.reserveCapacity(trees.reduce(1) { $0 + $1.leaves.count })
    shares.reserveCapacity(trees.reduce(0) { $0 + $1.shares.count })
    for tree in trees {
      let (first, firstLeaf) = (nodes.count, leaves.count - 1)
      roots.append(first)
      nodes += tree.nodes.map { node in
        let next = Int(node.next) + (node.feature < 0 ? firstLeaf : first)
        return Node(threshold: node.threshold, feature: node.feature, next: Int32(next))
      }
      let before = shares.count
      shares += tree.shares
      for end in tree.leaves { leaves.append(before + end) }
    }
    var votes: [Double] = []
    votes.reserveCapacity(shares.count)
    for leaf in 1..<leaves.count {
      let own = leaves[leaf - 1]..<leaves[leaf]
      let rows = Double(own.reduce(0) { $0 + Int(shares[$1].count) })
      for share in own { votes.append(Double(shares[share].count) / rows) }
    }
    (self.nodes, self.roots, self.shares, self.leaves) = (nodes, roots, shares, leaves)
    self.votes = votes
  }

  /// One tree, its nodes and leaves counted from 0.
  struct Tree: Sendable {
    var nodes: [Node] = []
    var shares: [Share] = []
    /// Where the shares of each leaf end.
    var leaves: [Int] = []
  }

  package var trees: Int { roots.count }

  /// The mean vote of the trees for every class; they add up to 1.
  ///
  /// - Parameter row: `features` finite numbers.
  package func votes(of row: [Float]) -> [Double] {
    precondition(row.count == features)
    var sums = [Double](repeating: 0, count: classes)
    nodes.withUnsafeBufferPointer { nodes in
      row.withUnsafeBufferPointer { row in
        for root in roots {
          var place = root
          var node = nodes[place]
          while node.feature >= 0 {
            place = row[Int(node.feature)] <= node.threshold ? place + 1 : Int(node.next)
            node = nodes[place]
          }
          let leaf = Int(node.next)
          for share in leaves[leaf]..<leaves[leaf + 1] { sums[Int(shares[share].label)] += votes[share] }
        }
      }
    }
    return sums.map { $0 / Double(trees) }
  }
}
