import CKernels

/// Pairs of pictures whose hashes differ in few bits, without comparing all with all.
///
/// Each of 32 tables sorts all hashes by 32 of their bits, four bytes that no other table joins. Two hashes that agree in
/// the first 16 bits of a table lie in one bucket and are compared there. A bucket of more than `bucket` hashes is split
/// by the next bits, four at a time; one that is still larger after 32 bits compares each of its hashes with the `bucket`
/// that follow in the order of rows. So the work is bounded by tables x hashes x `bucket`, whatever the pictures are.
///
/// - Complexity: 24 bytes per picture and copy of the hash; nothing that grows with the number of pairs.
/// - Source: M. Norouzi, A. Punjani, D. Fleet, "Fast search in Hamming space with multi-index hashing", CVPR 2012;
///   P. Indyk, R. Motwani, "Approximate nearest neighbors", STOC 1998 (sampled bits, which is what longer keys are).
struct HashTables {
  /// What a hash was made from.
  enum View: Int, CaseIterable {
    case upright, inset, mirrored
  }

  struct Candidate {
    let first: Int
    let second: Int
    let mirrored: Bool
    /// In how many bits they differ.
    let bits: Int
  }

  static let tables = 32
  /// Most hashes that are compared all with all.
  static let bucket = 512
  /// Bytes of a key after the table's own; the differences of all four are distinct modulo 32.
  private static let offsets = [0, 7, 28, 27]
  private static let firstBits = 16
  private static let stepBits = 4

  private let radius: Int
  /// Of each row, the four words of each view.
  private let words: [UInt64]
  private let rows: [Int]

  /// - Parameters:
  ///   - words: 12 for each row: upright, inset, mirrored.
  ///   - rows: those that are searched; a candidate names places in this list.
  ///   - radius: most bits in which a pair differs.
  init(words: [UInt64], rows: [Int], radius: Int) {
    precondition(words.count % 12 == 0 && words.count / 4 <= Int(UInt32.max), "\(words.count) words")
    (self.words, self.rows, self.radius) = (words, rows, radius)
  }

  /// Where the words of an entry begin.
  private func place(_ entry: UInt64) -> Int {
    let hash = Int(entry & 0xffff_ffff)
    return 12 * rows[hash / 3] + 4 * (hash % 3)
  }

  /// Hands over each pair in an order that depends on the hashes alone; one pair may come from several tables.
  func forEachCandidate(_ visit: (Candidate) throws -> Void) rethrows {
    var entries = [UInt64](repeating: 0, count: 3 * rows.count)
    var scratch = entries
    var bucket = Bucket()
    for table in 0..<HashTables.tables {
      fill(&entries, table: table)
      audit_sort_by_upper_half(&entries, entries.count, &scratch)
      try split(entries, 0..<entries.count, bits: HashTables.firstBits, &bucket, visit)
    }
  }

  /// Key above, number of the hash below.
  private func fill(_ entries: inout [UInt64], table: Int) {
    let places = HashTables.offsets.map { (table + $0) % 32 }
    for entry in entries.indices {
      let start = place(UInt64(entry))
      var key: UInt64 = 0
      for byte in places { key = key << 8 | words[start + byte / 8] >> UInt64(byte % 8 * 8) & 255 }
      entries[entry] = key << 32 | UInt64(entry)
    }
  }

  /// Visits each part of a range that agrees in its first `bits`.
  private func split(
    _ entries: [UInt64], _ range: Range<Int>, bits: Int, _ bucket: inout Bucket, _ visit: (Candidate) throws -> Void
  ) rethrows {
    let shift = UInt64(64 - bits)
    var start = range.lowerBound
    while start < range.upperBound {
      let prefix = entries[start] >> shift
      var end = start + 1
      while end < range.upperBound, entries[end] >> shift == prefix { end += 1 }
      if end - start > HashTables.bucket, bits < 32 {
        try split(entries, start..<end, bits: bits + HashTables.stepBits, &bucket, visit)
      } else if end - start > 1 {
        try compare(entries[start..<end], &bucket, visit)
      }
      start = end
    }
  }

  /// Hashes that lie together, in the order of rows where keys are equal.
  private struct Bucket {
    var words: [UInt64] = []
    var found = [UInt32](repeating: 0, count: HashTables.bucket)
  }

  private func compare(
    _ entries: ArraySlice<UInt64>, _ bucket: inout Bucket, _ visit: (Candidate) throws -> Void
  ) rethrows {
    bucket.words.removeAll(keepingCapacity: true)
    for entry in entries {
      let start = place(entry)
      bucket.words.append(contentsOf: words[start..<(start + 4)])
    }
    for first in 0..<(entries.count - 1) {
      let count = min(HashTables.bucket, entries.count - first - 1)
      let near = bucket.words.withUnsafeBufferPointer { words -> Int in
        guard let start = words.baseAddress else { return 0 }
        return audit_hashes_near(start + 4 * first, start + 4 * (first + 1), count, UInt32(radius), &bucket.found)
      }
      for place in 0..<near {
        let second = first + 1 + Int(bucket.found[place])
        if let pair = pair(entries[entries.startIndex + first], entries[entries.startIndex + second]) {
          try visit(pair)
        }
      }
    }
  }

  /// - Returns: nil for two views of one row, and for views that say nothing together.
  private func pair(_ first: UInt64, _ second: UInt64) -> Candidate? {
    let (one, other) = (Int(first & 0xffff_ffff), Int(second & 0xffff_ffff))
    guard one / 3 != other / 3, one % 3 != other % 3 || one % 3 == View.upright.rawValue else { return nil }
    let mirrored = one % 3 == View.mirrored.rawValue || other % 3 == View.mirrored.rawValue
    let (left, right) = (place(first), place(second))
    let bits = (0..<4).reduce(0) { $0 + (words[left + $1] ^ words[right + $1]).nonzeroBitCount }
    return Candidate(first: min(one, other) / 3, second: max(one, other) / 3, mirrored: mirrored, bits: bits)
  }
}
