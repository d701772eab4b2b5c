/// Which rows were met: one bit each, in words that are only made where a row was met, whatever its number.
struct SeenRows {
  private var words: [Int: UInt64] = [:]

  private(set) var count = 0

  mutating func insert(_ id: Int) {
    guard !contains(id) else { return }
    words[id >> 6, default: 0] |= SeenRows.bit(id)
    count += 1
  }

  func contains(_ id: Int) -> Bool { words[id >> 6, default: 0] & SeenRows.bit(id) != 0 }

  private static func bit(_ id: Int) -> UInt64 { 1 << UInt64(id & 63) }
}
