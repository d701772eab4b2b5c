/// Which rows were met: one bit each.
struct SeenRows {
  private var words: [UInt64] = []

  mutating func insert(_ id: Int) {
    guard id >= 0 else { return }
    if words.count <= id / 64 { words += [UInt64](repeating: 0, count: id / 64 + 1 - words.count) }
    words[id / 64] |= 1 << UInt64(id % 64)
  }

  func contains(_ id: Int) -> Bool {
    id >= 0 && id / 64 < words.count && words[id / 64] & (1 << UInt64(id % 64)) != 0
  }
}
