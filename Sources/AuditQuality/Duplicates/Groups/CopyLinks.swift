/// Joins pictures that are copies, each once: a tree of confirmed pairs over each set of look-alikes.
///
/// In a film every frame resembles thousands, and it takes one of them to join it. So pictures at most 16 bits apart are
/// compared as they come, until one has failed against 64; of those that are farther apart each keeps the closest four that
/// it is not joined to, and these are compared at the end, the closest first.
final class CopyLinks {
  private static let mostFailures = 64
  private static let closeBits = 16
  private static let mostFar = 4

  private var sets: DisjointSets
  /// The other end of each confirmed pair.
  private(set) var neighbours: [Int: [Int]] = [:]
  private var failures: [UInt8]
  /// Of each picture the closest far ones: bits above 33, the other above 1, whether it is mirrored below.
  private var far: [UInt64]

  init(count: Int) {
    sets = DisjointSets(count: count)
    failures = [UInt8](repeating: 0, count: count)
    far = [UInt64](repeating: .max, count: count * CopyLinks.mostFar)
  }

  /// The smallest number of the look-alikes of a picture.
  func set(of picture: Int) -> Int { sets.root(of: picture) }

  /// Looks at two pictures whose hashes are near, unless it is known already what comes of it.
  func consider(_ pair: HashTables.Candidate, by judge: inout CopyJudge) throws {
    if sets.root(of: pair.first) == sets.root(of: pair.second) { return }
    if pair.bits <= CopyLinks.closeBits {
      try compare(pair, by: &judge)
    } else {
      keep(pair, of: pair.first, other: pair.second)
      keep(pair, of: pair.second, other: pair.first)
    }
  }

  /// Looks at what was put off.
  func considerFar(by judge: inout CopyJudge) throws {
    let pairs = far.indices.filter { far[$0] != .max }.map { candidate(far[$0], of: $0 / CopyLinks.mostFar) }
    for pair in pairs.sorted(by: { ($0.bits, $0.first, $0.second) < ($1.bits, $1.first, $1.second) })
    where sets.root(of: pair.first) != sets.root(of: pair.second) { try compare(pair, by: &judge) }
    far = []
  }

  private func candidate(_ kept: UInt64, of picture: Int) -> HashTables.Candidate {
    let other = Int(kept >> 1 & 0xffff_ffff)
    return HashTables.Candidate(
      first: min(picture, other), second: max(picture, other), mirrored: kept & 1 == 1, bits: Int(kept >> 33))
  }

  private func keep(_ pair: HashTables.Candidate, of picture: Int, other: Int) {
    let wanted = UInt64(pair.bits) << 33 | UInt64(other) << 1 | (pair.mirrored ? 1 : 0)
    let slots = picture * CopyLinks.mostFar..<(picture + 1) * CopyLinks.mostFar
    var worst = slots.lowerBound
    for slot in slots {
      if far[slot] == wanted { return }
      if far[slot] > far[worst] { worst = slot }
    }
    if wanted < far[worst] { far[worst] = wanted }
  }

  private func compare(_ pair: HashTables.Candidate, by judge: inout CopyJudge) throws {
    guard max(failures[pair.first], failures[pair.second]) < CopyLinks.mostFailures else { return }
    switch try judge.answer(pair) {
    case .copies:
      sets.join(pair.first, pair.second)
      neighbours[pair.first, default: []].append(pair.second)
      neighbours[pair.second, default: []].append(pair.first)
    case .strangers:
      failures[pair.first] += 1
      failures[pair.second] += 1
    case .known: break
    }
  }
}
