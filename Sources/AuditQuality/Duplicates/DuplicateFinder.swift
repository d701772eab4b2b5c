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

  /// The groups of at least two members, in the order of their first paths, and what was found in two parts of the set:
  /// for each picture and each earlier part its closest copy there, in the order of paths.
  ///
  /// - Parameter small: the 32 x 32 pixels of a row, nil where they cannot be had; asked for only where hashes are near,
  ///   often several times.
  /// - Throws: what `small` throws.
  package func copies(
    small: (Int) throws -> SmallPicture?
  ) throws -> (groups: [DuplicateGroup], leaks: [SplitLeak]) {
    try withoutActuallyEscaping(small) { small in
      let search = DuplicateSearch(columns, rule: rule)
      var judge = search.judge(small)
      let links = CopyLinks(count: search.searched.count)
      var matches = PartMatches(parts: search.parts)
      // The closest copy in another part may be one that is joined already.
      try search.tables.forEachCandidate(among: matches.isNeeded ? .all : .apart(links.set)) { pair in
        try links.consider(pair, by: &judge)
        try matches.consider(pair, by: &judge)
      }
      try links.considerFar(by: &judge)
      var grouping = DuplicateGrouping(search, links: links, judge: judge)
      return (try grouping.groups(), search.leaks(by: matches))
    }
  }

  /// For each picture of a later part its closest copy in the first part, without a look at any other pair.
  ///
  /// - Parameter small: like that of `copies`.
  package func copiesOfFirstPart(small: (Int) throws -> SmallPicture?) throws -> [SplitLeak] {
    try withoutActuallyEscaping(small) { small in
      var search = DuplicateSearch(columns, rule: rule)
      let ends = search.keepUnmatched()
      var judge = search.judge(small)
      var matches = PartMatches(parts: search.parts)
      try search.tables.forEachCandidate(among: .across(ends)) { try matches.consider($0, by: &judge) }
      return search.leaks(by: matches)
    }
  }
}
