extension ExtraTrees {
  /// Grows trees on rows with a class each.
  ///
  /// The order of the rows does not matter, and neither does the number of jobs.
  ///
  /// - Parameters:
  ///   - rows: count x features, row by row, all finite.
  ///   - labels: the class of each row, 0..<classes.
  /// - Throws: `.stopped`.
  package init(
    rows: [Float], features: Int, labels: [Int], classes: Int, settings: Settings = Settings(), jobs: Int = 1,
    isStopped: @Sendable () -> Bool = { false }
  ) throws(FitRefusal) {
    precondition(features > 0 && !labels.isEmpty && rows.count == labels.count * features)
    precondition(labels.allSatisfy { $0 >= 0 && $0 < classes })
    let table = TrainingTable(rows, features: features, labels: labels, classes: classes)
    var trees = [Tree](repeating: Tree(), count: settings.trees)
    trees.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let out = SharedPointer(base: base)
      inParallel(settings.trees, jobs: jobs) { tree in
        if isStopped() { return }
        var growth = TreeGrowth(table, settings: settings)
        out.base[tree] = growth.grow(NodeRandom(seed: settings.seed, tree: tree))
      }
    }
    if isStopped() { throw .stopped }
    self.init(features: features, classes: classes, trees: trees)
  }
}

/// What trees are grown on.
private struct TrainingTable: Sendable {
  let count: Int
  let features: Int
  let classes: Int
  /// features x count: every feature of all rows in one piece.
  let columns: [Float]
  let labels: [UInt8]

  init(_ rows: [Float], features: Int, labels: [Int], classes: Int) {
    precondition(classes <= 256, "a label is kept in a byte")
    let count = labels.count
    var columns = [Float](repeating: 0, count: rows.count)
    for row in 0..<count {
      for feature in 0..<features { columns[feature * count + row] = rows[row * features + feature] }
    }
    (self.count, self.features, self.classes, self.columns) = (count, features, classes, columns)
    self.labels = labels.map { UInt8($0) }
  }
}

/// Grows one tree, the left branch first.
private struct TreeGrowth {
  private let table: TrainingTable
  private let smallestLeaf: Int
  private let drawn: Int
  /// The rows, those of a node in one piece, and in it those of a class: so a class is counted without its label.
  private var rows: [Int32]
  private var order: [Int]
  private var scratch: [Float]
  /// Rows of the right side of a cut, until those of the left lie in front.
  private var spare: [Int32]
  private var counts: [Int32]
  /// Those above 0, in their order.
  private var present: [Int32] = []
  private var tree = ExtraTrees.Tree()

  private struct Cut {
    var feature = -1
    var threshold: Float = 0
    /// Sum over both sides of the squared counts of the classes by the rows: the larger, the purer.
    var purity = 0.0
  }

  init(_ table: TrainingTable, settings: ExtraTrees.Settings) {
    self.table = table
    smallestLeaf = max(1, settings.smallestLeaf)
    drawn = min(table.features, max(1, Int(settings.features * Double(table.features))))
    rows = (0..<Int32(table.count)).sorted { one, other in
      let (left, right) = (table.labels[Int(one)], table.labels[Int(other)])
      return left == right ? one < other : left < right
    }
    spare = rows
    order = Array(0..<table.features)
    scratch = [Float](repeating: 0, count: table.count)
    counts = [Int32](repeating: 0, count: table.classes)
  }

  mutating func grow(_ random: NodeRandom) -> ExtraTrees.Tree {
    // The right branches that wait, and the cut that each belongs to.
    var waiting: [(parent: Int, rows: Range<Int>, random: NodeRandom)] = [(-1, 0..<table.count, random)]
    while let (parent, range, random) = waiting.popLast() {
      if parent >= 0 {
        let cut = tree.nodes[parent]
        tree.nodes[parent] = .init(threshold: cut.threshold, feature: cut.feature, next: Int32(tree.nodes.count))
      }
      var (range, random) = (range, random)
      while let cut = bestCut(of: range, random) {
        let middle = part(range, by: cut)
        waiting.append((tree.nodes.count, middle..<range.upperBound, random.child(1)))
        tree.nodes.append(.init(threshold: cut.threshold, feature: Int32(cut.feature), next: 0))
        (range, random) = (range.lowerBound..<middle, random.child(0))
      }
      addLeaf()
    }
    return tree
  }

  /// A leaf of the node whose classes were counted last.
  private mutating func addLeaf() {
    tree.nodes.append(.init(threshold: 0, feature: -1, next: Int32(tree.leaves.count)))
    for label in counts.indices where counts[label] > 0 {
      tree.shares.append(.init(label: Int32(label), count: counts[label]))
    }
    tree.leaves.append(tree.shares.count)
  }

  /// The purest of some random cuts; nil where the node becomes a leaf. Counts the classes of the node.
  private mutating func bestCut(of range: Range<Int>, _ random: NodeRandom) -> Cut? {
    countClasses(of: range)
    guard range.count >= 2 * smallestLeaf, present.count > 1 else { return nil }
    var (random, best) = (random, Cut())
    var (visited, varied) = (0, 0)
    // What is drawn must not depend on what earlier nodes drew.
    for index in order.indices { order[index] = index }
    while visited < order.count, visited < drawn || varied == 0 {
      let other = visited + random.integer(below: order.count - visited)
      order.swapAt(visited, other)
      let feature = order[visited]
      visited += 1
      let place = random.unit()
      guard let threshold = threshold(of: feature, range, at: place) else { continue }
      varied += 1
      if let purity = purity(of: range, threshold: threshold), purity > best.purity {
        best = Cut(feature: feature, threshold: threshold, purity: purity)
      }
    }
    return best.feature < 0 ? nil : best
  }

  private mutating func countClasses(of range: Range<Int>) {
    for label in counts.indices { counts[label] = 0 }
    rows.withUnsafeBufferPointer { rows in
      table.labels.withUnsafeBufferPointer { labels in
        for place in range { counts[Int(labels[Int(rows[place])])] += 1 }
      }
    }
    present.removeAll(keepingCapacity: true)
    for count in counts where count > 0 { present.append(count) }
  }

  /// A cut between the extremes of a feature, whose values stay in `scratch`; nil where all values are equal.
  private mutating func threshold(of feature: Int, _ range: Range<Int>, at place: Float) -> Float? {
    let first = feature * table.count
    let (low, high) = scratch.withUnsafeMutableBufferPointer { scratch in
      rows.withUnsafeBufferPointer { rows in
        table.columns.withUnsafeBufferPointer { columns in
          // Four at a time: each comparison would wait for the one before.
          var lows = SIMD4<Float>(repeating: .infinity)
          var highs = -lows
          var index = range.lowerBound
          while index + 4 <= range.upperBound {
            let values = SIMD4(
              columns[first + Int(rows[index])], columns[first + Int(rows[index + 1])],
              columns[first + Int(rows[index + 2])], columns[first + Int(rows[index + 3])])
            for lane in 0..<4 { scratch[index + lane] = values[lane] }
            lows.replace(with: values, where: values .< lows)
            highs.replace(with: values, where: values .> highs)
            index += 4
          }
          var (low, high) = (lows.min(), highs.max())
          while index < range.upperBound {
            let value = columns[first + Int(rows[index])]
            scratch[index] = value
            low = value < low ? value : low
            high = value > high ? value : high
            index += 1
          }
          return (low, high)
        }
      }
    }
    guard low < high else { return nil }
    let cut = low + place * (high - low)
    return cut < high ? cut : low
  }

  /// How pure both sides of a cut through the values in `scratch` are; nil where a side has too few rows.
  private func purity(of range: Range<Int>, threshold: Float) -> Double? {
    var (left, leftSquares, rightSquares) = (0, 0.0, 0.0)
    var start = range.lowerBound
    scratch.withUnsafeBufferPointer { scratch in
      present.withUnsafeBufferPointer { present in
        for count in present {
          let end = start + Int(count)
          // The sign of a difference of finite numbers, which needs no branch: one would be guessed wrong half the time.
          var beyond: UInt32 = 0
          for index in start..<end { beyond &+= (threshold - scratch[index]).bitPattern >> 31 }
          let (here, there) = (Int(count) - Int(beyond), Int(beyond))
          left += here
          leftSquares += Double(here * here)
          rightSquares += Double(there * there)
          start = end
        }
      }
    }
    let right = range.count - left
    guard min(left, right) >= smallestLeaf else { return nil }
    return leftSquares / Double(left) + rightSquares / Double(right)
  }

  /// Brings the rows of the left side to the front, each side in the order that it has; returns where the right begins.
  private mutating func part(_ range: Range<Int>, by cut: Cut) -> Int {
    let first = cut.feature * table.count
    return rows.withUnsafeMutableBufferPointer { rows in
      spare.withUnsafeMutableBufferPointer { spare in
        table.columns.withUnsafeBufferPointer { columns in
          var (front, waiting) = (range.lowerBound, 0)
          for index in range {
            let row = rows[index]
            if columns[first + Int(row)] <= cut.threshold {
              rows[front] = row
              front += 1
            } else {
              spare[waiting] = row
              waiting += 1
            }
          }
          for place in 0..<waiting { rows[front + place] = spare[place] }
          return front
        }
      }
    }
  }
}
