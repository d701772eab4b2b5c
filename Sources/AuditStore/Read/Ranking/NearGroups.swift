package import AuditCore
import GRDB

/// What the search for copies is told about one sample.
package struct CopyRow: Sendable {
  package let id: Int64
  package let path: SamplePath
  package let sha256: [UInt8]?
  package let device: Int64?
  package let inode: Int64?
  package let width: Int
  package let height: Int
  /// nil where the sample could not be decoded. Its small picture is empty: that is asked for where it is needed.
  package let fingerprint: StoredFingerprint?
  package let sharpness: Double?
  package let blockiness: Double?
  /// Of the file.
  package let bytes: Int
  /// Statistics `red_white`, `green_white` and `blue_white`; empty where one is missing.
  package let white: [Double]
  /// By a list or the names of its folders; nil in rows of an older audit.
  package let split: SplitName?
}

/// A member of a group of copies or frames.
package struct NearGroupRow: Sendable {
  package let sample: Int64
  package let number: Int
  package let kind: String
  package let original: Int64?
  package let isBest: Bool
  package let reason: String?

  package init(sample: Int64, number: Int, kind: String, original: Int64?, isBest: Bool, reason: String?) {
    self.sample = sample
    self.number = number
    self.kind = kind
    self.original = original
    self.isBest = isBest
    self.reason = reason
  }
}

extension Store {
  /// Calls `body` with every sample of a run whose file was read, in the order of the paths.
  package func forEachCopyRow(of run: Int64, _ body: (CopyRow) throws -> Void) throws {
    let split = try hasColumn("split", in: "sample") ? "split" : "NULL"
    try queue.read { database in
      try RowReader(
        database,
        sql: """
          SELECT sample.id, path, path_raw, sha256, device, inode, width, height, pixels, hashes, fingerprint.contrast,
            quality.log_sharpness, (quality.block_x + quality.block_y) / 2, bytes,
            red_white, green_white, blue_white, \(split)
          FROM sample INDEXED BY sample_by_path LEFT JOIN fingerprint ON fingerprint.sample_id = sample.id
          LEFT JOIN quality ON quality.sample_id = sample.id
          WHERE run_id = ? AND sha256 IS NOT NULL AND bytes > 0 ORDER BY path, sample.id
          """, arguments: [run]
      ).forEach { row in try body(CopyRow(row)) }
    }
  }

  /// The 32 x 32 pixels of a sample; nil where they are not kept.
  package func smallPicture(of sample: Int64) throws -> [UInt8]? {
    try queue.read { database in
      var small: [UInt8]?
      try RowReader(database, sql: "SELECT small FROM fingerprint WHERE sample_id = ?", arguments: [sample])
        .forEach { small = Array($0.bytes(0)) }
      return small
    }
  }

  /// Replaces the groups of a run, and the copies that lie in two parts of it.
  package func write(
    groups: [NearGroupRow], leaks: [(sample: Int64, other: Int64, kind: String)], to run: Int64
  ) throws {
    try write { database in
      for table in ["near_group", "split_leak"] {
        try database.execute(
          sql: "DELETE FROM \(table) WHERE (SELECT run_id FROM sample WHERE id = sample_id) = ?", arguments: [run])
      }
      var writer = try RowWriter(
        database,
        sql: "INSERT INTO near_group (sample_id, number, kind, original, is_best, reason) VALUES (?, ?, ?, ?, ?, ?)")
      for row in groups {
        writer.bind(row.sample)
        writer.bind(row.number)
        writer.bind(row.kind)
        writer.bind(row.original)
        writer.bind(row.isBest ? 1 : 0)
        writer.bind(row.reason)
        try writer.insert()
      }
      var leak = try RowWriter(
        database, sql: "INSERT OR IGNORE INTO split_leak (sample_id, other_id, kind) VALUES (?, ?, ?)")
      for row in leaks {
        leak.bind(row.sample)
        leak.bind(row.other)
        leak.bind(row.kind)
        try leak.insert()
      }
    }
  }
}

extension CopyRow {
  fileprivate init(_ row: RowValues) {
    let raw = row.bytes(2)
    let pixels = row.bytes(8)
    func number(_ column: Int) -> Double? {
      let value = row.double(column)
      return value.isNaN ? nil : value
    }
    let white = (14...16).compactMap(number)
    self.init(
      id: row.integer(0),
      path: raw.isEmpty ? SamplePath(bytes: Array(row.bytes(1))) : SamplePath(bytes: Array(raw)),
      sha256: Array(row.bytes(3)), device: number(4).map { _ in row.integer(4) },
      inode: number(5).map { _ in row.integer(5) }, width: Int(row.integer(6)), height: Int(row.integer(7)),
      fingerprint: pixels.isEmpty
        ? nil
        : StoredFingerprint(
          pixels: Array(pixels), hashes: Array(row.bytes(9)), contrast: row.double(10), small: []),
      sharpness: number(11), blockiness: number(12), bytes: Int(row.integer(13)),
      white: white.count == 3 ? white : [], split: SplitName(word: String(decoding: row.bytes(17), as: UTF8.self)))
  }
}
