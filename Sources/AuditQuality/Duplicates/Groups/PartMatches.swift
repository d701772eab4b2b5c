/// For pictures of later parts of a set the closest copy in each earlier part.
///
/// What `CopyLinks` joins says little of that: of frames of one scene it knows a tree, and each part's are a run of their own.
struct PartMatches {
  private static let mostFailures = 16

  private struct Place: Hashable {
    let picture: Int32
    let part: UInt8
  }

  private struct Match {
    let other: Int
    let bits: Int
    let mirrored: Bool
  }

  /// Of each picture the parts that it and its equals lie in: bit 0 the first.
  private let parts: [UInt8]
  /// Whether anything lies in two parts.
  let isNeeded: Bool
  private var matches: [Place: Match] = [:]
  private var failures: [Place: UInt8] = [:]

  init(parts: [UInt8]) {
    self.parts = parts
    let all = parts.reduce(0, |)
    isNeeded = all & (all &- 1) != 0
  }

  /// The closest copy of a picture in a part, and how it relates to it.
  func match(of picture: Int, in part: Int) -> (other: Int, kind: DuplicateGroup.Kind)? {
    matches[Place(picture: Int32(picture), part: UInt8(part))].map { ($0.other, $0.mirrored ? .mirrored : .near) }
  }

  /// Looks at two pictures whose hashes are near, where one of them may be the closest copy of the other yet.
  mutating func consider(_ pair: HashTables.Candidate, by judge: inout CopyJudge) throws {
    guard isNeeded else { return }
    try offer(pair.first, to: pair.second, pair, by: &judge)
    try offer(pair.second, to: pair.first, pair, by: &judge)
  }

  private mutating func offer(
    _ earlier: Int, to later: Int, _ pair: HashTables.Candidate, by judge: inout CopyJudge
  ) throws {
    // An equal one in a part is closer than any other.
    var wanted = parts[earlier] & ~parts[later]
    while wanted != 0 {
      let part = UInt8(wanted.trailingZeroBitCount)
      wanted &= wanted - 1
      guard Int(parts[later]) >> (Int(part) + 1) != 0 else { continue }
      let place = Place(picture: Int32(later), part: part)
      if let known = matches[place], known.bits <= pair.bits { continue }
      guard failures[place, default: 0] < PartMatches.mostFailures else { continue }
      switch try judge.answer(pair) {
      case .copies: matches[place] = Match(other: earlier, bits: pair.bits, mirrored: pair.mirrored)
      case .strangers: failures[place, default: 0] += 1
      case .known: break
      }
    }
  }
}
