import AuditCore

/// Finds the copies in a set of pictures: rows go in one by one, groups come out.
///
/// Equal files and equal pixels are joined by their digests; of each such class the first path goes on to the search of
/// near copies (`HashTables`), which small pictures confirm (`CopyRule`). The result depends on the rows alone, not on
/// the order in which they were added, apart from the numbers that name them.
///
/// - Complexity: n log n in the number of rows, whatever they look like; see `HashTables` and `CopyLinks` for the bounds.
package struct DuplicateFinder {
  private var columns = DuplicateColumns()
  private let rule: CopyRule

  package init(rule: CopyRule = CopyRule()) { self.rule = rule }

  /// Adds a picture; its number is how many were added before.
  package mutating func add(_ row: DuplicateRow) { columns.append(row) }

  /// The groups of at least two members, in the order of their first paths.
  ///
  /// - Parameter small: the 32 x 32 pixels of a row, nil where they cannot be had; asked for only where hashes are near,
  ///   often several times.
  /// - Throws: what `small` throws.
  package func groups(small: (Int) throws -> SmallPicture?) throws -> [DuplicateGroup] {
    try withoutActuallyEscaping(small) { small in
      let order = columns.inOrderOfPaths
      let classes = equalClasses(order)
      let searched = classes.keys.sorted().filter { isSearched(order[$0]) }
      var links = CopyLinks(
        count: searched.count, rule: rule, pictures: SmallPictureCache { try small(order[searched[$0]]) })
      let tables = HashTables(words: columns.words, rows: searched.map { order[$0] }, radius: rule.radius)
      try tables.forEachCandidate { try links.consider($0) }
      var grouping = DuplicateGrouping(
        columns: columns, order: order, classes: classes, searched: searched, links: links)
      return try grouping.groups()
    }
  }

  /// Pairs of members of one group that belong to different parts of the set.
  ///
  /// - Returns: for each member and each other part named before its own (training, then validation, then the rest by
  ///   name) one pair with the best member of that part, in the order of groups and members.
  package func leaks(in groups: [DuplicateGroup]) -> [SplitLeak] {
    groups.flatMap { group in
      var best: [String: DuplicateGroup.Member] = [:]
      for member in group.members {
        if let split = columns.split(member.row), best[split] == nil { best[split] = member }
      }
      return group.members.flatMap { member -> [SplitLeak] in
        guard let own = columns.split(member.row) else { return [] }
        return best.keys.filter { DuplicateFinder.precedes($0, own) }.sorted(by: DuplicateFinder.precedes).compactMap {
          best[$0].map { SplitLeak(row: member.row, other: $0.row, kind: group.kind(between: member, and: $0)) }
        }
      }
    }
  }

  private static func precedes(_ one: String, _ other: String) -> Bool {
    func rank(_ name: String) -> Int { name == "train" ? 0 : name == "val" ? 1 : 2 }
    return (rank(one), ByteKey(one)) < (rank(other), ByteKey(other))
  }

  private func isSearched(_ row: Int) -> Bool { Double(columns.contrasts[row]) >= rule.leastContrast }

  /// Ranks of rows with equal files or pixels, by the smallest of each class; a class may have one.
  private func equalClasses(_ order: [Int]) -> [Int: [Int]] {
    var sets = DisjointSets(count: order.count)
    var byContent: [SIMD2<UInt64>: Int32] = [:]
    for (rank, row) in order.enumerated() {
      guard let content = columns.content(row) else { continue }
      if let first = byContent[content] { sets.join(Int(first), rank) } else { byContent[content] = Int32(rank) }
    }
    byContent = [:]
    var byPixels: [SIMD2<UInt64>: Int32] = [:]
    for (rank, row) in order.enumerated() where columns.hasFingerprint(row) {
      let digest = columns.digests[row]
      if let first = byPixels[digest] { sets.join(Int(first), rank) } else { byPixels[digest] = Int32(rank) }
    }
    var classes: [Int: [Int]] = [:]
    for rank in order.indices { classes[sets.root(of: rank), default: []].append(rank) }
    return classes
  }
}
