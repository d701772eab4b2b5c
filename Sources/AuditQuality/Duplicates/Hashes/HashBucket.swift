import CKernels

/// Hashes that lie together, copied side by side; one is used for all buckets of a search, so that none costs memory.
struct HashBucket {
  private(set) var entries: [UInt64] = []
  /// Four of each entry; there may be more than there are entries.
  private var words: [UInt64] = []
  private var found = [UInt32](repeating: 0, count: HashTables.bucket)

  mutating func take(_ entries: UnsafeBufferPointer<UInt64>) {
    self.entries.removeAll(keepingCapacity: true)
    self.entries.append(contentsOf: entries)
  }

  /// Those that come first before the others, both in their order.
  ///
  /// - Returns: how many come first.
  mutating func take(_ entries: UnsafeBufferPointer<UInt64>, first comesFirst: (UInt64) -> Bool) -> Int {
    self.entries.removeAll(keepingCapacity: true)
    for entry in entries where comesFirst(entry) { self.entries.append(entry) }
    let first = self.entries.count
    if first > 0, first < entries.count {
      for entry in entries where !comesFirst(entry) { self.entries.append(entry) }
    }
    return first
  }

  /// Copies the hashes of the entries.
  ///
  /// - Parameter place: where the four words of an entry begin.
  mutating func load(_ all: UnsafeBufferPointer<UInt64>, place: (UInt64) -> Int) {
    let missing = 4 * entries.count - words.count
    if missing > 0 { words.append(contentsOf: repeatElement(0, count: missing)) }
    words.withUnsafeMutableBufferPointer { words in
      for (number, entry) in entries.enumerated() {
        let from = place(entry)
        for word in 0..<4 { words[4 * number + word] = all[from + word] }
      }
    }
  }

  /// Finds which of some hashes differ from one in few bits.
  ///
  /// - Parameter count: at most `HashTables.bucket`.
  /// - Returns: how many there are; see `found`.
  mutating func near(_ one: Int, from start: Int, count: Int, radius: Int) -> Int {
    words.withUnsafeBufferPointer { words in
      guard let base = words.baseAddress else { return 0 }
      return audit_hashes_near(base + 4 * one, base + 4 * start, count, UInt32(radius), &found)
    }
  }

  /// One that was found: its place after the start, and in how many bits it differs.
  func found(_ place: Int) -> (place: Int, bits: Int) { (Int(found[place] & 0xffff), Int(found[place] >> 16)) }
}
