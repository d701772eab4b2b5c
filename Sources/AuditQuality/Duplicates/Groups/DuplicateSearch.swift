import AuditCore

/// Rows in the order of their paths, what is equal joined, and which of them near copies are looked for among.
struct DuplicateSearch {
  let columns: DuplicateColumns
  /// Rows in the order of paths.
  let order: [Int]
  /// Ranks of equal pictures by the first of them; a class may have one.
  let classes: [Int: [Int]]
  /// Ranks of the first pictures of classes; links and matches call them 0, 1, ...
  private(set) var searched: [Int]
  private let rule: CopyRule

  init(_ columns: DuplicateColumns, rule: CopyRule) {
    (self.columns, self.rule) = (columns, rule)
    let order = columns.inOrderOfPaths
    let classes = DuplicateSearch.equalClasses(order, columns)
    (self.order, self.classes) = (order, classes)
    searched = classes.keys.sorted().filter { Double(columns.contrasts[order[$0]]) >= rule.leastContrast }
  }

  func judge(_ small: @escaping (Int) throws -> SmallPicture?) -> CopyJudge {
    CopyJudge(rule: rule, pictures: SmallPictureCache { [order, searched] in try small(order[searched[$0]]) })
  }

  var tables: HashTables {
    HashTables(words: columns.words, rows: searched.map { order[$0] }, radius: rule.radius)
  }

  /// Of each picture that is searched the parts of the set that it and its equals lie in: bit 0 the first.
  var parts: [UInt8] { searched.map(parts) }

  private func parts(of rank: Int) -> UInt8 {
    (classes[rank] ?? []).reduce(0) { bits, rank in columns.part(order[rank]).map { bits | 1 << UInt8($0) } ?? bits }
  }

  /// Keeps what lies in one part alone, those of the first part before all others.
  ///
  /// - Returns: how many lie in the first part.
  mutating func keepUnmatched() -> Int {
    let parts = parts
    let first = searched.indices.filter { parts[$0] == 1 }.map { searched[$0] }
    let others = searched.indices.filter { parts[$0] != 1 && parts[$0].nonzeroBitCount == 1 }.map { searched[$0] }
    searched = first + others
    return first.count
  }

  /// - Parameter matches: of near copies.
  func leaks(by matches: PartMatches) -> [SplitLeak] {
    guard columns.hasParts else { return [] }
    let numbers = Dictionary(uniqueKeysWithValues: searched.enumerated().map { ($1, $0) })
    let firsts = classes.mapValues(firstOfEachPart)
    var leaks: [(rank: Int, leak: SplitLeak)] = []
    for (first, ranks) in classes {
      let equals = firsts[first] ?? []
      for rank in ranks {
        for part in 0..<(columns.part(order[rank]) ?? 0) {
          let equal = equals[part].map { (rank: $0, kind: columns.equality(order[rank], order[$0])) }
          let near = numbers[first].flatMap { matches.match(of: $0, in: part) }.flatMap { match in
            firsts[searched[match.other]]?[part].map { (rank: $0, kind: match.kind) }
          }
          guard let other = equal ?? near else { continue }
          leaks.append((rank, SplitLeak(row: order[rank], other: order[other.rank], kind: other.kind)))
        }
      }
    }
    return leaks.sorted { ($0.rank, $0.leak.other) < ($1.rank, $1.leak.other) }.map(\.leak)
  }

  /// The first of some ranks in each part of the set.
  private func firstOfEachPart(_ ranks: [Int]) -> [Int?] {
    var firsts = [Int?](repeating: nil, count: DuplicateColumns.mostParts)
    for rank in ranks {
      if let part = columns.part(order[rank]), firsts[part] == nil { firsts[part] = rank }
    }
    return firsts
  }

  private static func equalClasses(_ order: [Int], _ columns: DuplicateColumns) -> [Int: [Int]] {
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

extension DuplicateColumns {
  /// How two pictures are equal: one file, files of equal bytes, or equal pixels.
  func equality(_ one: Int, _ other: Int) -> DuplicateGroup.Kind {
    if let file = file(one), file == self.file(other) { return .sameFile }
    if let content = content(one), content == self.content(other) { return .exact }
    return .pixels
  }
}
