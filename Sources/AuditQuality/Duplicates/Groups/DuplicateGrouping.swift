import AuditCore
import AuditImages

/// Makes groups of joined pictures such that no chain of small steps passes for one picture.
///
/// Every member of a group of copies is a copy of its best member. A set of joined pictures of one folder and size is a
/// run of frames instead if their names follow one another or if most of it, and at least four, is no copy of its best
/// member. Pictures that are copies of a frame stand in the group of the run and name the frame.
struct DuplicateGrouping {
  /// Groups that one set of joined pictures is split into at most; what is left then stays ungrouped.
  private static let mostParts = 100
  private static let leastChain = 4

  private let columns: DuplicateColumns
  /// Rows in the order of paths.
  private let order: [Int]
  /// Ranks of equal pictures by the first of them.
  private let classes: [Int: [Int]]
  /// The ranks that `links` calls 0, 1, ...
  private let searched: [Int]
  private let links: CopyLinks
  private var judge: CopyJudge

  init(_ search: DuplicateSearch, links: CopyLinks, judge: CopyJudge) {
    (columns, order, classes) = (search.columns, search.order, search.classes)
    (searched, self.links, self.judge) = (search.searched, links, judge)
  }

  /// A picture that the search joined to others, and how it belongs to its group.
  private struct Link {
    let picture: Int
    let kind: DuplicateGroup.Kind
    /// Another picture; nil for the best member and for frames.
    let original: Int?
  }

  mutating func groups() throws -> [DuplicateGroup] {
    var joined: [Int: [Int]] = [:]
    for picture in searched.indices where links.neighbours[picture] != nil {
      joined[links.set(of: picture), default: []].append(picture)
    }
    var parts: [[Link]] = []
    for root in joined.keys.sorted() { parts += try split(joined[root] ?? []) }
    var groups = parts.map { group($0) }
    let taken = Set(parts.joined().map { searched[$0.picture] })
    for (first, ranks) in classes where ranks.count > 1 && !taken.contains(first) {
      groups.append(group(ofEqual: ranks))
    }
    let ranks = firstRanks(of: groups)
    return groups.indices.sorted { ranks[$0] < ranks[$1] }.map { groups[$0] }
  }

  /// The rank of the first path of each group.
  private func firstRanks(of groups: [DuplicateGroup]) -> [Int] {
    var ranks = [Int](repeating: 0, count: order.count)
    for (rank, row) in order.enumerated() { ranks[row] = rank }
    return groups.map { $0.members.map { ranks[$0.row] }.min() ?? 0 }
  }

  private func row(_ picture: Int) -> Int { order[searched[picture]] }

  /// Best first: the size of which one has most detail, of that the sharp ones, of these those of which most is kept.
  /// Equally good ones in the order of paths.
  private func ranked(_ pictures: [Int]) -> [Int] {
    let qualities = pictures.map { (picture: $0, quality: MemberQuality(columns, row: row($0))) }
    let most = Dictionary(qualities.map { ($0.quality.size, $0.quality.detail) }, uniquingKeysWith: max)
    struct Key {
      let detail: Double
      let size: MemberQuality.Size
      let isSharp: Bool
      let kept: Double
      let picture: Int
    }
    let keys = qualities.map { picture, quality in
      let detail = most[quality.size] ?? quality.detail
      return Key(
        detail: detail, size: quality.size, isSharp: quality.detail >= detail - MemberQuality.aboutAsSharp,
        kept: quality.kept, picture: picture)
    }
    return keys.sorted { one, other in
      if one.detail != other.detail { return one.detail > other.detail }
      if one.size != other.size { return one.size < other.size }
      if one.isSharp != other.isSharp { return one.isSharp }
      return one.kept == other.kept ? one.picture < other.picture : one.kept > other.kept
    }.map(\.picture)
  }

  /// Runs first, then what is a copy of their frames, then groups around the best of what is left.
  private mutating func split(_ pictures: [Int]) throws -> [[Link]] {
    let ranked = ranked(pictures)
    var parts: [[Link]] = []
    var part: [Int: Int] = [:]
    for place in places(of: ranked) {
      guard let run = try run(among: place) else { continue }
      for frame in run { part[frame.picture] = parts.count }
      parts.append(run)
    }
    var rest: [Int] = []
    for picture in ranked where part[picture] == nil {
      let frames = (links.neighbours[picture] ?? []).filter { part[$0] != nil }.sorted()
      if let frame = frames.first, let number = part[frame], let kind = try judge.relation(frame, picture) {
        parts[number].append(Link(picture: picture, kind: kind, original: frame))
      } else {
        rest.append(picture)
      }
    }
    return try parts + stars(rest)
  }

  private struct Place: Hashable {
    let folder: SamplePath
    let width: Int32
    let height: Int32
  }

  /// Pictures of one folder and size, in the order of the best of each.
  private func places(of ranked: [Int]) -> [[Int]] {
    var numbers: [Place: Int] = [:]
    var places: [[Int]] = []
    for picture in ranked {
      let row = row(picture)
      let place = Place(
        folder: columns.path(row).folder, width: columns.widths[row], height: columns.heights[row])
      if let number = numbers[place] {
        places[number].append(picture)
      } else {
        numbers[place] = places.count
        places.append([picture])
      }
    }
    return places.filter { $0.count > 1 }
  }

  /// - Parameter ranked: of one folder and size, best first.
  /// - Returns: the frames, best first; nil where these are copies.
  private mutating func run(among ranked: [Int]) throws -> [Link]? {
    var (frames, strangers) = ([ranked[0]], 0)
    for picture in ranked.dropFirst() {
      let relation = try judge.relation(ranked[0], picture)
      if relation == .mirrored { continue }
      frames.append(picture)
      if relation == nil { strangers += 1 }
    }
    guard frames.count > 1 else { return nil }
    let isChain = frames.count >= DuplicateGrouping.leastChain && 2 * strangers >= frames.count
    guard isChain || FrameSequence.follows(frames.map { columns.path(row($0)) }) else { return nil }
    return frames.map { Link(picture: $0, kind: .run, original: nil) }
  }

  /// The best takes all that are copies of it, then the best of the rest, and so on.
  private mutating func stars(_ ranked: [Int]) throws -> [[Link]] {
    var (parts, rest, tries) = ([[Link]](), ranked, 0)
    while rest.count > 1, tries < DuplicateGrouping.mostParts {
      tries += 1
      let best = rest[0]
      var (copies, others) = ([Link](), [Int]())
      for picture in rest.dropFirst() {
        if let kind = try judge.relation(best, picture) {
          copies.append(Link(picture: picture, kind: kind, original: best))
        } else {
          others.append(picture)
        }
      }
      if let kind = copies.map(\.kind).max(by: { $0.order < $1.order }) {
        parts.append([Link(picture: best, kind: kind, original: nil)] + copies)
      }
      rest = others
    }
    return parts
  }

  private func group(_ links: [Link]) -> DuplicateGroup {
    let best = links[0]
    var others: [DuplicateGroup.Member] = []
    for link in links.dropFirst() {
      others.append(.init(row: row(link.picture), kind: link.kind, original: link.original.map(row)))
    }
    for link in links { others += copies(in: classes[searched[link.picture]] ?? []) }
    let kind = best.kind
    return DuplicateGroup(
      kind: kind,
      members: [.init(row: row(best.picture), kind: kind, original: nil)] + inOrder(others),
      reason: reason(row(best.picture), among: links.dropFirst().map { row($0.picture) }))
  }

  private func reason(_ best: Int, among others: [Int]) -> String {
    MemberQuality(columns, row: best).reason(among: others.map { MemberQuality(columns, row: $0) })
  }

  private func inOrder(_ members: [DuplicateGroup.Member]) -> [DuplicateGroup.Member] {
    let paths = Dictionary(members.map { ($0.row, columns.path($0.row)) }, uniquingKeysWith: { first, _ in first })
    return members.sorted { one, other in
      guard let left = paths[one.row], let right = paths[other.row], left != right else { return one.row < other.row }
      return left < right
    }
  }

  private func group(ofEqual ranks: [Int]) -> DuplicateGroup {
    let members = copies(in: ranks)
    let kind = members.map(\.kind).max { $0.order < $1.order } ?? .exact
    return DuplicateGroup(
      kind: kind, members: [.init(row: order[ranks[0]], kind: kind, original: nil)] + members,
      reason: "first by name, the others are no worse")
  }

  /// All of a class but its first.
  private func copies(in ranks: [Int]) -> [DuplicateGroup.Member] {
    guard let first = ranks.first.map({ order[$0] }) else { return [] }
    return ranks.dropFirst().map { rank in
      DuplicateGroup.Member(row: order[rank], kind: columns.equality(order[rank], first), original: first)
    }
  }
}
