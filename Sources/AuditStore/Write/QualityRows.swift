package import AuditCore
import GRDB

/// Fills tables `quality` and `damage`.
struct QualityWriter {
  private var statistics: RowWriter
  private var judgements: RowWriter
  private var fingerprints: RowWriter

  init(_ database: Database, statistics infos: [MetricInfo]) throws {
    let names = ["sample_id"] + infos.map(\.name)
    statistics = try RowWriter(
      database,
      sql: "INSERT INTO quality (\(names.map(\.quotedDatabaseIdentifier).joined(separator: ", "))) "
        + "VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))")
    judgements = try RowWriter(
      database, sql: "INSERT INTO damage (sample_id, damage, oddness, votes, turned, parts) VALUES (?, ?, ?, ?, ?, ?)")
    fingerprints = try RowWriter(
      database, sql: "INSERT INTO fingerprint (sample_id, pixels, hashes, contrast, small) VALUES (?, ?, ?, ?, ?)")
  }

  mutating func write(_ quality: PictureQuality, of sample: Int64) throws {
    statistics.bind(sample)
    for value in quality.statistics { statistics.bind(value) }
    try statistics.insert()
    if let fingerprint = quality.fingerprint {
      fingerprints.bind(sample)
      fingerprints.bind(fingerprint.pixels)
      fingerprints.bind(fingerprint.hashes)
      fingerprints.bind(fingerprint.contrast)
      fingerprints.bind(fingerprint.small)
      try fingerprints.insert()
    }
    guard let judgement = quality.judgement else { return }
    judgements.bind(sample)
    judgements.bind(judgement.damage)
    judgements.bind(judgement.oddness)
    judgements.bind(FloatList.bytes(of: judgement.votes))
    judgements.bind(FloatList.bytes(of: judgement.turned))
    judgements.bind(FloatList.bytes(of: judgement.parts))
    try judgements.insert()
  }
}

/// Numbers as little-endian 32-bit floats.
enum FloatList {
  static func bytes(of values: [Double]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: values.map { Float($0) })
    return bytes
  }

  /// As many numbers as the bytes hold whole; 0 for what is no number, which only somebody else can have written.
  static func values(of bytes: UnsafeRawBufferPointer) -> [Double] {
    (0..<(bytes.count / 4)).map { index in
      let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
      let value = Double(Float(bitPattern: bits))
      return value.isFinite ? value : 0
    }
  }
}

/// What is known of the damage of every judged sample of a run, in the order of the paths.
package struct DamageColumns: Sendable {
  package var ids: [Int64] = []
  package var damage: [Double] = []
  /// One array per kind of damage.
  package var votes: [[Float]] = []
}

/// One sample as the rules of issues see it: its own numbers, by column.
package struct QualityRow: Sendable {
  package let id: Int64
  package let width: Int
  package let height: Int
  /// In the order of the columns that were asked for; NaN where there is none.
  package let statistics: [Double]
  /// nil where the set has no model of damage.
  package let judgement: PictureJudgement?
  package let confidence: Double?
  package let kind: String?
  /// Whether another image resembles it so much that it vouches for it, or it is a frame of a scene.
  package let hasLookAlike: Bool
}

/// An issue that a rule found in a sample.
package struct QualityFinding: Sendable {
  package let sample: Int64
  package let code: String
  package let severity: String
  package let detail: String
  package let confidence: Double?
  package let strength: Double

  package init(
    sample: Int64, code: String, severity: String, detail: String, confidence: Double?, strength: Double
  ) {
    self.sample = sample
    self.code = code
    self.severity = severity
    self.detail = detail
    self.confidence = confidence
    self.strength = strength
  }
}

extension Store {
  /// Picture statistics of every measured sample of a run, column by column; NaN where a picture is too small for one.
  package func statistics(_ names: [String], of run: Int64) throws -> [[Double]] {
    guard !names.isEmpty else { return [] }
    return try queue.read { database in
      var columns = [[Double]](repeating: [], count: names.count)
      let list = names.map { "quality." + $0.quotedDatabaseIdentifier }.joined(separator: ", ")
      try RowReader(
        database,
        sql: """
          SELECT \(list) FROM sample JOIN quality ON quality.sample_id = sample.id
          WHERE run_id = ? AND status = 'ok'
          """, arguments: [run]
      ).forEach { row in
        for column in columns.indices { columns[column].append(row.double(column)) }
      }
      return columns
    }
  }

  /// Those of the columns that the database has.
  package func knownStatistics(_ names: [String]) throws -> [String] {
    guard try hasTable("quality") else { return [] }
    return try names.filter { try hasColumn($0, in: "quality") }
  }

  /// Width and height that at least `share` of the measured samples of a run have; nil where there is no such size.
  package func commonSize(of run: Int64, share: Double) throws -> (width: Int, height: Int)? {
    try queue.read { database in
      var sizes: [SIMD2<Int64>: Int] = [:]
      try RowReader(
        database,
        sql: """
          SELECT width, height FROM sample JOIN quality ON quality.sample_id = sample.id
          WHERE run_id = ? AND status = 'ok'
          """, arguments: [run]
      ).forEach { sizes[SIMD2($0.integer(0), $0.integer(1)), default: 0] += 1 }
      let total = sizes.values.reduce(0, +)
      return sizes.first { Double($0.value) >= share * Double(total) }.map { (Int($0.key.x), Int($0.key.y)) }
    }
  }

  /// The samples of a run that were not measured although they were scored.
  package func unmeasured(in run: OpenRun) throws -> Set<Int64> {
    try queue.read { database in
      var found: Set<Int64> = []
      try RowReader(
        database,
        sql: """
          SELECT sample.id FROM sample LEFT JOIN quality ON quality.sample_id = sample.id
          WHERE run_id = ? AND status = 'ok' AND quality.sample_id IS NULL
          """, arguments: [run.id]
      ).forEach { found.insert($0.integer(0)) }
      return found
    }
  }

  /// The votes of a run.
  ///
  /// - Parameter kinds: how many kinds of damage a vote is about.
  package func damageColumns(of run: Int64, kinds: Int) throws -> DamageColumns {
    try queue.read { database in
      var columns = DamageColumns(votes: Array(repeating: [], count: kinds))
      try RowReader(
        database,
        sql: """
          SELECT sample.id, damage, votes FROM sample INDEXED BY sample_by_path
          JOIN damage ON damage.sample_id = sample.id WHERE run_id = ? ORDER BY path, sample.id
          """, arguments: [run]
      ).forEach { row in
        let votes = FloatList.values(of: row.bytes(2))
        columns.ids.append(row.integer(0))
        columns.damage.append(row.double(1))
        for kind in 0..<kinds { columns.votes[kind].append(kind < votes.count ? Float(votes[kind]) : 0) }
      }
      return columns
    }
  }

  /// Writes how sure it is that each sample is damaged, and the likeliest kind.
  package func write(confidence: [(sample: Int64, confidence: Double, kind: String?)], to run: Int64) throws {
    try write { database in
      var writer = try RowWriter(database, sql: "UPDATE damage SET confidence = ?, damage_kind = ? WHERE sample_id = ?")
      for row in confidence {
        writer.bind(row.confidence)
        writer.bind(row.kind)
        writer.bind(row.sample)
        try writer.insert()
      }
    }
  }

  /// Makes the verdict of samples with certain issues worse; none becomes better.
  ///
  /// - Parameter origin: what chose the codes: "profile restoration".
  package func raise(to verdict: Verdict, forIssues codes: [String], because origin: String, in run: Int64) throws {
    let better = verdict == .drop ? "verdict IS NOT 'drop'" : "(verdict IS NULL OR verdict = 'keep')"
    let marks = codes.map { _ in "?" }.joined(separator: ", ")
    try write { database in
      try database.execute(
        sql: """
          WITH found AS (
            SELECT issue.sample_id, group_concat(code, ', ') AS codes, group_concat(code || ': ' || detail, '; ') AS words
            FROM issue JOIN sample ON sample.id = issue.sample_id
            WHERE run_id = ? AND code IN (\(marks)) GROUP BY issue.sample_id
          )
          UPDATE standing SET verdict = ?, why = 'issue ' || found.codes || ' (' || ? || ')',
            reason = coalesce(reason, found.words)
          FROM found WHERE found.sample_id = standing.sample_id AND \(better)
          """,
        arguments: [run] + StatementArguments(codes) + [verdict.rawValue, origin])
    }
  }

  /// Proposes all but the best of each group of copies for leaving out; frames of one scene stay.
  package func dropCopies(in run: Int64) throws {
    try write { database in
      try database.execute(
        sql: """
          UPDATE standing SET verdict = 'drop', why = 'copy of another picture (' || near_group.kind || ')',
            reason = coalesce(standing.reason, 'copy of ' || other.path)
          FROM near_group JOIN sample ON sample.id = near_group.sample_id
          JOIN sample AS other ON other.id = near_group.original
          WHERE near_group.sample_id = standing.sample_id AND sample.run_id = ? AND verdict IS NOT 'drop'
          """, arguments: [run])
    }
  }

  /// What the usual picture of a run has, instead of what an earlier ranking found.
  package func write(setIssues: [(code: String, detail: String)], to run: Int64) throws {
    try write { database in
      try database.execute(sql: "DELETE FROM set_issue WHERE run_id = ?", arguments: [run])
      for issue in setIssues {
        try database.execute(
          sql: "INSERT INTO set_issue (run_id, code, detail) VALUES (?, ?, ?)",
          arguments: [run, issue.code, issue.detail])
      }
    }
  }

  /// Takes away how sure it is that samples are damaged.
  package func removeConfidence(of run: Int64) throws {
    try write { database in
      try database.execute(
        sql: """
          UPDATE damage SET confidence = NULL, damage_kind = NULL
          WHERE confidence IS NOT NULL AND (SELECT run_id FROM sample WHERE id = sample_id) = ?
          """, arguments: [run])
    }
  }

  /// Asks every measured sample of a run, in the order of the paths, and keeps what is found instead of what an earlier
  /// ranking found.
  ///
  /// - Parameters:
  ///   - codes: of the issues that are taken away first.
  ///   - statistics: columns of `quality` that the rules look at.
  package func writeFindings(
    in run: Int64, replacing codes: [String], statistics: [String], _ find: @Sendable (QualityRow) -> [QualityFinding]
  ) throws {
    try write { database in
      let marks = codes.map { _ in "?" }.joined(separator: ", ")
      try database.execute(
        sql: "DELETE FROM issue WHERE code IN (\(marks)) AND (SELECT run_id FROM sample WHERE id = sample_id) = ?",
        arguments: StatementArguments(codes) + [run])
      var writer = try RowWriter(
        database,
        sql:
          "INSERT OR IGNORE INTO issue (sample_id, code, severity, detail, confidence, strength) VALUES (?, ?, ?, ?, ?, ?)"
      )
      let columns = statistics.map { ", quality." + $0.quotedDatabaseIdentifier }.joined()
      try RowReader(
        database,
        sql: """
          SELECT sample.id, width, height, votes, turned, parts, oddness, confidence, damage_kind,
            coalesce(nearest <= 0.8 * od, 0) OR coalesce(near_group.kind = 'run', 0)\(columns)
          FROM sample INDEXED BY sample_by_path JOIN quality ON quality.sample_id = sample.id
          LEFT JOIN damage ON damage.sample_id = sample.id
          LEFT JOIN influence ON influence.sample_id = sample.id
          LEFT JOIN near_group ON near_group.sample_id = sample.id
          WHERE run_id = ? AND status = 'ok' ORDER BY path, sample.id
          """, arguments: [run]
      ).forEach { row in
        for finding in find(QualityRow(row, statistics: statistics.count)) {
          writer.bind(finding.sample)
          writer.bind(finding.code)
          writer.bind(finding.severity)
          writer.bind(finding.detail)
          writer.bind(finding.confidence)
          writer.bind(finding.strength)
          try writer.insert()
        }
      }
    }
  }
}

extension QualityRow {
  fileprivate init(_ row: RowValues, statistics count: Int) {
    let votes = FloatList.values(of: row.bytes(3))
    let confidence = row.double(7)
    let kind = String(decoding: row.bytes(8), as: UTF8.self)
    self.init(
      id: row.integer(0), width: Int(row.integer(1)), height: Int(row.integer(2)),
      statistics: (0..<count).map { row.double(10 + $0) },
      judgement: votes.isEmpty
        ? nil
        : PictureJudgement(
          votes: votes, oddness: row.double(6), turned: FloatList.values(of: row.bytes(4)),
          parts: FloatList.values(of: row.bytes(5))),
      confidence: confidence.isNaN ? nil : confidence, kind: kind.isEmpty ? nil : kind,
      hasLookAlike: row.integer(9) == 1)
  }
}
