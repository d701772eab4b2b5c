package import AuditCore

/// The bytes of trees: their number (4), then each from the root downwards, the left branch first.
///
///     1   feature of a cut, then its threshold: a float
///     1   255 for a leaf, then how many classes it has (1), and for each its label (1) and rows (1 to 5)
extension ExtraTrees {
  private static let leaf: UInt8 = 255
  /// A feature is kept in a byte.
  package static let mostFeatures = 255

  package func encode(to bytes: inout [UInt8]) {
    precondition(features <= ExtraTrees.mostFeatures && classes <= 256)
    bytes.append(littleEndian: UInt32(trees))
    for node in nodes {
      guard node.feature < 0 else {
        bytes.append(UInt8(node.feature))
        bytes.append(littleEndian: node.threshold.bitPattern)
        continue
      }
      let shares = shares[leaves[Int(node.next)]..<leaves[Int(node.next) + 1]]
      // A leaf of all 256 classes would need one more than fits.
      bytes += [ExtraTrees.leaf, UInt8(shares.count - 1)]
      for share in shares {
        bytes.append(UInt8(share.label))
        bytes.append(short: UInt64(share.count))
      }
    }
  }

  /// - Returns: nil where the bytes are not those of such trees.
  package init?(decoding reader: inout LittleEndianReader, features: Int, classes: Int) {
    guard let count: UInt32 = reader.next(), count > 0, Int(count) <= reader.left, reader.left <= Int32.max
    else { return nil }
    var trees: [Tree] = []
    for _ in 0..<count {
      guard let tree = Tree(decoding: &reader, features: features, classes: classes) else { return nil }
      trees.append(tree)
    }
    self.init(features: features, classes: classes, trees: trees)
  }
}

extension ExtraTrees.Tree {
  fileprivate init?(decoding reader: inout LittleEndianReader, features: Int, classes: Int) {
    // The cuts whose right branch has not come yet.
    var open: [Int] = []
    while true {
      guard let feature = reader.byte() else { return nil }
      if feature < 255 {
        guard Int(feature) < features, let threshold = reader.float(), threshold.isFinite else { return nil }
        open.append(nodes.count)
        nodes.append(.init(threshold: threshold, feature: Int32(feature), next: 0))
        continue
      }
      nodes.append(.init(threshold: 0, feature: -1, next: Int32(leaves.count)))
      guard takeLeaf(from: &reader, classes: classes) else { return nil }
      guard let parent = open.popLast() else { return }
      let cut = nodes[parent]
      nodes[parent] = .init(threshold: cut.threshold, feature: cut.feature, next: Int32(nodes.count))
    }
  }

  /// Classes ascending, as they are written.
  ///
  /// - Returns: false where the bytes are no leaf.
  private mutating func takeLeaf(from reader: inout LittleEndianReader, classes: Int) -> Bool {
    guard let more = reader.byte() else { return false }
    var last: Int32 = -1
    for _ in 0...more {
      guard let label = reader.byte(), Int(label) < classes, Int32(label) > last, let rows = reader.short(),
        let count = Int32(exactly: rows), count > 0
      else { return false }
      last = Int32(label)
      shares.append(.init(label: last, count: count))
    }
    leaves.append(shares.count)
    return true
  }
}
