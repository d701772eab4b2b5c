import CKernels

/// Pairs of pictures whose hashes differ in few bits, without comparing all with all.
///
/// Each of 32 tables sorts all hashes by 32 of their bits, four bytes that no other table joins. Two hashes that agree in
/// the first 16 bits of a table lie in one bucket and are compared there. A bucket of more than `bucket` hashes is split
/// by the next bits, four at a time; one that is still larger after 32 bits compares each of its hashes with the `window`
/// that follow in the order of rows. So the work is bounded by tables x hashes x `bucket`, whatever the pictures are; and
/// pairs of the set that most of a bucket has been joined to are left out.
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

  /// Which pairs are looked at.
  enum Pairs {
    case all
    /// Those of one of the first rows, which are so many, and one of the others.
    case across(Int)
    /// Those that are not of one set, whose number a row has by now; others may come too.
    case apart((_ row: Int) -> Int)
  }

  static let tables = 32
  /// Most hashes that are compared all with all.
  static let bucket = 512
  /// Hashes that each of a larger bucket, whose keys are equal, is compared with.
  private static let window = 64
  /// Bucket from which it pays to look whether most of it is joined already.
  private static let crowd = 32
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
  func forEachCandidate(among pairs: Pairs = .all, _ visit: (Candidate) throws -> Void) rethrows {
    var entries = [UInt64](repeating: 0, count: 3 * rows.count)
    var scratch = entries
    var bucket = HashBucket()
    for table in 0..<HashTables.tables {
      fill(&entries, table: table)
      audit_sort_by_upper_half(&entries, entries.count, &scratch)
      try entries.withUnsafeBufferPointer { entries in
        try split(entries, 0..<entries.count, bits: HashTables.firstBits, pairs, &bucket, visit)
      }
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
    _ entries: UnsafeBufferPointer<UInt64>, _ range: Range<Int>, bits: Int, _ pairs: Pairs,
    _ bucket: inout HashBucket, _ visit: (Candidate) throws -> Void
  ) rethrows {
    let shift = UInt64(64 - bits)
    var start = range.lowerBound
    while start < range.upperBound {
      let prefix = entries[start] >> shift
      var end = start + 1
      while end < range.upperBound, entries[end] >> shift == prefix { end += 1 }
      if end - start > HashTables.bucket, bits < 32 {
        try split(entries, start..<end, bits: bits + HashTables.stepBits, pairs, &bucket, visit)
      } else if end - start > 1 {
        try compare(UnsafeBufferPointer(rebasing: entries[start..<end]), pairs, &bucket, visit)
      }
      start = end
    }
  }

  /// - Parameter entries: that lie together, in the order of rows where keys are equal.
  private func compare(
    _ entries: UnsafeBufferPointer<UInt64>, _ pairs: Pairs, _ bucket: inout HashBucket,
    _ visit: (Candidate) throws -> Void
  ) rethrows {
    switch pairs {
    case .all:
      bucket.take(entries)
      try compareAll(first: entries.count, &bucket, visit)
    case .across(let ends):
      let side = bucket.take(entries) { row($0) < ends }
      guard side > 0, side < entries.count else { return }
      let most = reach(entries.count)
      load(&bucket)
      for first in 0..<side {
        // Where the sides are long, what stands at the same part of both.
        let start = side + first * (entries.count - side) / side - most / 2
        try compare(first, with: max(side, min(start, entries.count - most)), most: most, &bucket, visit)
      }
    case .apart(let set):
      guard entries.count > HashTables.crowd else {
        bucket.take(entries)
        return try compareAll(first: entries.count, &bucket, visit)
      }
      let common = HashTables.commonest(entries) { set(row($0)) }
      let others = bucket.take(entries) { set(row($0)) != common }
      if others > 0 { try compareAll(first: others, &bucket, visit) }
    }
  }

  private func row(_ entry: UInt64) -> Int { Int(entry & 0xffff_ffff) / 3 }

  /// How many hashes one of a bucket is compared with at most.
  private func reach(_ count: Int) -> Int { count > HashTables.bucket ? HashTables.window : HashTables.bucket }

  /// What more than half of the numbers are, if any is.
  private static func commonest(_ entries: UnsafeBufferPointer<UInt64>, _ number: (UInt64) -> Int) -> Int {
    var (candidate, lead) = (-1, 0)
    for entry in entries {
      let number = number(entry)
      if lead == 0 { candidate = number }
      lead += number == candidate ? 1 : -1
    }
    return candidate
  }

  private func load(_ bucket: inout HashBucket) {
    words.withUnsafeBufferPointer { words in bucket.load(words) { place($0) } }
  }

  /// Compares each of the first hashes of a bucket with those that follow it.
  private func compareAll(
    first count: Int, _ bucket: inout HashBucket, _ visit: (Candidate) throws -> Void
  ) rethrows {
    load(&bucket)
    let most = reach(bucket.entries.count)
    for first in 0..<min(count, bucket.entries.count - 1) {
      try compare(first, with: first + 1, most: most, &bucket, visit)
    }
  }

  /// Compares one hash of a bucket with those from a place on.
  private func compare(
    _ first: Int, with start: Int, most: Int, _ bucket: inout HashBucket, _ visit: (Candidate) throws -> Void
  ) rethrows {
    let near = bucket.near(first, from: start, count: min(most, bucket.entries.count - start), radius: radius)
    for place in 0..<near {
      let (other, bits) = bucket.found(place)
      if let pair = pair(bucket.entries[first], bucket.entries[start + other], bits: bits) { try visit(pair) }
    }
  }

  /// - Returns: nil for two views of one row, and for views that say nothing together.
  private func pair(_ first: UInt64, _ second: UInt64, bits: Int) -> Candidate? {
    let (one, other) = (Int(first & 0xffff_ffff), Int(second & 0xffff_ffff))
    guard one / 3 != other / 3, one % 3 != other % 3 || one % 3 == View.upright.rawValue else { return nil }
    let mirrored = one % 3 == View.mirrored.rawValue || other % 3 == View.mirrored.rawValue
    return Candidate(first: min(one, other) / 3, second: max(one, other) / 3, mirrored: mirrored, bits: bits)
  }
}
