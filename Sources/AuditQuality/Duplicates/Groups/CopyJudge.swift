/// Says of two pictures whose hashes are near whether they are copies.
struct CopyJudge {
  private static let rejectedSlots = 1 << 18

  private let rule: CopyRule
  private var pictures: SmallPictureCache
  /// Pairs that failed, so that the next table does not ask again; a newer one takes an older one's place.
  private var rejected = [UInt64](repeating: .max, count: rejectedSlots)

  init(rule: CopyRule, pictures: SmallPictureCache) { (self.rule, self.pictures) = (rule, pictures) }

  /// How one picture relates to another, `near` or `mirrored`; nil where they are no copies.
  mutating func relation(_ one: Int, _ other: Int) throws -> DuplicateGroup.Kind? {
    if try isCopy(one, other, mirrored: false) { return .near }
    return try isCopy(one, other, mirrored: true) ? .mirrored : nil
  }

  enum Answer {
    case copies, strangers
    /// Strangers, as was said before.
    case known
  }

  /// Looks at a pair, unless it is remembered as one of strangers.
  mutating func answer(_ pair: HashTables.Candidate) throws -> Answer {
    let key = UInt64(pair.first) << 32 | UInt64(pair.second) << 1 | (pair.mirrored ? 1 : 0)
    let slot = Int((key &* 0x9e37_79b9_7f4a_7c15) >> 46)
    if rejected[slot] == key { return .known }
    if try isCopy(pair.first, pair.second, mirrored: pair.mirrored) { return .copies }
    rejected[slot] = key
    return .strangers
  }

  private mutating func isCopy(_ one: Int, _ other: Int, mirrored: Bool) throws -> Bool {
    guard let picture = try pictures.picture(one), let second = try pictures.picture(other) else { return false }
    return rule.accepts(
      picture.difference(
        to: second, mirrored: mirrored, aligned: rule.mostDifference, shift: rule.mostShift))
  }
}
