/// Joins pictures that are copies, each once: a tree of confirmed pairs over each set of look-alikes.
///
/// A picture that fails against 64 candidates is compared only with closer ones from then on (at most 16 bits apart), and
/// with none after 512: in a film every frame resembles thousands, and it takes one of them to join it.
struct CopyLinks {
  private static let mostFailures = 64
  private static let mostCloseFailures = 512
  private static let closeBits = 16
  private static let rejectedSlots = 1 << 18

  private let rule: CopyRule
  private var pictures: SmallPictureCache
  private var sets: DisjointSets
  /// The other end of each confirmed pair.
  private(set) var neighbours: [Int: [Int]] = [:]
  private var failures: [UInt16]
  /// Pairs that failed, so that the next table does not ask again; a newer one takes an older one's place.
  private var rejected = [UInt64](repeating: .max, count: rejectedSlots)

  init(count: Int, rule: CopyRule, pictures: SmallPictureCache) {
    (self.rule, self.pictures) = (rule, pictures)
    sets = DisjointSets(count: count)
    failures = [UInt16](repeating: 0, count: count)
  }

  /// The smallest number of the look-alikes of a picture.
  mutating func root(of picture: Int) -> Int { sets.root(of: picture) }

  /// How one picture relates to another, `near` or `mirrored`; nil where they are no copies.
  mutating func relation(_ one: Int, _ other: Int) throws -> DuplicateGroup.Kind? {
    if try isCopy(one, other, mirrored: false) { return .near }
    return try isCopy(one, other, mirrored: true) ? .mirrored : nil
  }

  /// Looks at two pictures whose hashes are near, unless it is known already what comes of it.
  mutating func consider(_ pair: HashTables.Candidate) throws {
    if sets.root(of: pair.first) == sets.root(of: pair.second) { return }
    let most = pair.bits <= CopyLinks.closeBits ? CopyLinks.mostCloseFailures : CopyLinks.mostFailures
    guard max(failures[pair.first], failures[pair.second]) < most else { return }
    let key = UInt64(pair.first) << 32 | UInt64(pair.second) << 1 | (pair.mirrored ? 1 : 0)
    let slot = Int((key &* 0x9e37_79b9_7f4a_7c15) >> 46)
    if rejected[slot] == key { return }
    if try isCopy(pair.first, pair.second, mirrored: pair.mirrored) {
      sets.join(pair.first, pair.second)
      neighbours[pair.first, default: []].append(pair.second)
      neighbours[pair.second, default: []].append(pair.first)
    } else {
      rejected[slot] = key
      failures[pair.first] += 1
      failures[pair.second] += 1
    }
  }

  private mutating func isCopy(_ one: Int, _ other: Int, mirrored: Bool) throws -> Bool {
    guard let picture = try pictures.picture(one), let second = try pictures.picture(other) else { return false }
    return rule.accepts(picture.difference(to: second, mirrored: mirrored))
  }
}
