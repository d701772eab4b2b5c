package import AuditCore
import AuditDigest
import GRDB

/// A headline metric's place in its run.
package struct HeadlineStanding: Sendable {
  package var percentile: Double?
  package var rank: Int?
  package var share: Double?

  package init(percentile: Double? = nil, rank: Int? = nil, share: Double? = nil) {
    self.percentile = percentile
    self.rank = rank
    self.share = share
  }
}

/// One row of table `standing`.
package struct StandingRow: Sendable {
  package var headlines: [HeadlineStanding]
  package var pullSquared: Double?
  package var pullAbsolute: Double?
  package var ratio: Double?
  package var alike: Double?
  package var skew: Double?
  package var weight: Double?
  package var outlierClass: String?
  package var verdict: Verdict?
  package var why: String?

  package init(headlineCount: Int) {
    headlines = Array(repeating: HeadlineStanding(), count: headlineCount)
  }
}

extension Store {
  /// Replaces the standings of a run.
  ///
  /// - Parameter fill: sets the standing of the sample at a place; it is reused, so every field is set.
  package func writeStandings(of rows: RankRows, fill: (Int, RankRow, inout StandingRow) -> Void) throws {
    try write { database in
      // A million places in an index, one after the other in no order, cost more than to sort them once; those of a small
      // run beside a large one do not.
      let isMost = try Store.isLargePart(rows.count, in: database)
      if isMost { try database.execute(sql: "DROP INDEX IF EXISTS standing_by_skew") }
      try Store.removeStandings(of: rows.run, isMost: isMost, from: database)
      let fixed = [
        "sample_id", "pull_squared", "pull_absolute", "ratio", "alike", "skew", "weight", "outlier_class", "verdict",
        "why",
      ]
      let names = fixed + rows.headlines.flatMap(MetricColumns.headline)
      var writer = try RowWriter(
        database,
        sql: "INSERT INTO standing (\(names.map(\.quotedDatabaseIdentifier).joined(separator: ", "))) "
          + "VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))")
      var row = StandingRow(headlineCount: rows.headlines.count)
      try rows.forEach(in: database) { position, sample in
        fill(position, sample, &row)
        writer.bind(sample.id)
        writer.bind(row.pullSquared)
        writer.bind(row.pullAbsolute)
        writer.bind(row.ratio)
        writer.bind(row.alike)
        writer.bind(row.skew)
        writer.bind(row.weight)
        writer.bind(row.outlierClass)
        writer.bind(row.verdict?.rawValue)
        writer.bind(row.why)
        for headline in row.headlines {
          writer.bind(headline.percentile)
          writer.bind(headline.rank)
          writer.bind(headline.share)
        }
        try writer.insert()
      }
      if isMost { try database.execute(sql: "CREATE INDEX standing_by_skew ON standing(skew)") }
    }
  }

  /// Whether so many rows are an eighth, or more, of those in `standing`: then it is gone through as a whole. Looks at no
  /// more rows than that.
  private static func isLargePart(_ count: Int, in database: Database) throws -> Bool {
    let enough = Int64(8 * count) + 1
    let rows = try Store.rows(
      "SELECT count(*) FROM (SELECT 1 FROM standing LIMIT ?)", .integer(enough), in: database)
    return (rows.first?.values[0].wide ?? 0) < enough
  }

  /// - Parameter isMost: whether the run's rows are a large part of all: then without a list of a million row numbers. A
  ///   table that one run fills alone is emptied at once.
  private static func removeStandings(of run: Int64, isMost: Bool, from database: Database) throws {
    if try Store.rows("SELECT 1 FROM run WHERE id <> ? LIMIT 1", .integer(run), in: database).isEmpty {
      try database.execute(sql: "DELETE FROM standing")
    } else if isMost {
      try database.execute(
        sql: "DELETE FROM standing WHERE (SELECT run_id FROM sample WHERE id = sample_id) = ?", arguments: [run])
    } else {
      try database.execute(
        sql: "DELETE FROM standing WHERE sample_id IN (SELECT id FROM sample WHERE run_id = ?)", arguments: [run])
    }
  }

  /// Marks equal files: the first path of a group stays, the others point to it.
  package func markDuplicates(in run: Int64) throws {
    try write { database in
      try database.execute(
        sql: "UPDATE sample SET duplicate_of = NULL, dup_kind = NULL WHERE run_id = ? AND duplicate_of IS NOT NULL",
        arguments: [run])
      try database.execute(
        sql: """
          WITH repeated AS MATERIALIZED (
            SELECT sha256 FROM sample INDEXED BY sample_by_content WHERE run_id = ?1 AND sha256 IS NOT NULL AND bytes > 0
            GROUP BY sha256 HAVING count(*) > 1
          ),
          grouped AS (
            SELECT id, first_value(id) OVER same AS keeper, first_value(device) OVER same AS keeper_device,
              first_value(inode) OVER same AS keeper_inode
            FROM repeated JOIN sample USING (sha256) WHERE run_id = ?1 AND bytes > 0
            WINDOW same AS (PARTITION BY sha256 ORDER BY path, id)
          )
          UPDATE sample SET duplicate_of = grouped.keeper,
            dup_kind = iif(device = keeper_device AND inode = keeper_inode, 'same_file', 'exact')
          FROM grouped WHERE sample.id = grouped.id AND grouped.keeper <> grouped.id
          """,
        arguments: [run])
    }
  }

  /// Marks pictures whose aspect ratio is more than a quarter off the median of their run.
  package func markOddShapes(in run: Int64) throws {
    try write { database in
      try database.execute(
        sql: """
          DELETE FROM issue WHERE code = 'odd_shape' AND (SELECT run_id FROM sample WHERE id = sample_id) = ?
          """,
        arguments: [run])
      guard let middle = try Store.middleAspect(of: run, in: database) else { return }
      try database.execute(
        sql: """
          INSERT INTO issue (sample_id, code, severity, detail)
          SELECT id, 'odd_shape', 'warning', width || 'x' || height || ' where the set has an aspect ratio of '
            || round(?2, 2)
          FROM sample
          WHERE run_id = ?1 AND status = 'ok'
            AND max(1.0 * width / height / ?2, ?2 / (1.0 * width / height)) > 1.25
          """,
        arguments: [run, middle])
    }
  }

  /// The upper median of width / height; nil where no picture is off by more than a quarter, as in most sets, and where
  /// most are: a set of many shapes has no odd ones.
  ///
  /// Sizes are counted as they come: there are few, and sorting a million rows for them takes longer than all else.
  private static func middleAspect(of run: Int64, in database: Database) throws -> Double? {
    var counts: [Shape: Int] = [:]
    let reader = try RowReader(
      database, sql: "SELECT width, height FROM sample WHERE run_id = ? AND status = 'ok' AND width > 0 AND height > 0",
      arguments: [run])
    try reader.forEach { row in
      counts[Shape(width: row.integer(0), height: row.integer(1)), default: 0] += 1
    }
    let aspects = counts.map { (aspect: $0.key.aspect, count: $0.value) }.sorted { $0.aspect < $1.aspect }
    let total = counts.values.reduce(0, +)
    var left = total / 2
    guard
      let middle = aspects.first(where: { aspect in
        left -= aspect.count
        return left < 0
      })?.aspect
    else { return nil }
    let odd = aspects.reduce(0) { max($1.aspect / middle, middle / $1.aspect) > 1.25 ? $0 + $1.count : $0 }
    return odd > 0 && 2 * odd <= total ? middle : nil
  }

  private struct Shape: Hashable {
    let width: Int64
    let height: Int64

    var aspect: Double { Double(width) / Double(height) }
  }

  /// Replaces the figures of a run as a whole.
  package func write(figures: [String: Double?], to run: Int64) throws {
    // Every name begins with nothing.
    try write(figures: figures, replacing: [""], to: run)
  }

  /// Replaces those figures of a run whose names begin so.
  package func write(figures: [String: Double?], replacing prefixes: [String], to run: Int64) throws {
    try write { database in
      for prefix in prefixes {
        try database.execute(
          sql: "DELETE FROM figure WHERE run_id = ? AND substr(name, 1, ?) = ?",
          arguments: [run, prefix.count, prefix])
      }
      for (name, value) in figures.sorted(by: { $0.key < $1.key }) {
        try database.execute(
          sql: "INSERT INTO figure (run_id, name, value) VALUES (?, ?, ?)", arguments: [run, name, value])
      }
    }
  }

  package func figures(of run: Int64) throws -> [String: Double] {
    let figures = try rows("SELECT name, value FROM figure WHERE run_id = ?", .integer(run))
      .compactMap { row in row["value"].real.map { (row["name"].text ?? "", $0) } }
    return Dictionary(figures) { first, _ in first }
  }

  /// SHA-256 over the results of a run in the order of the paths: content and scores, not times or row numbers.
  ///
  /// Numbers enter with 20 bits of mantissa (six digits), so that it does not hang on the last bit of a math library.
  ///
  /// - Parameter quality: whether the run looks at pictures by themselves: then what it found there enters too. What an
  ///   earlier scan left of that does not.
  package func contentDigest(of run: Int64, columns: [String], quality: Bool = false) throws -> String {
    try queue.read { database in
      let numbers =
        columns.map { "score." + $0.quotedDatabaseIdentifier }
        + ["od", "sd", "leverage", "nearest", "ratio", "alike", "skew", "weight"]
        + (quality ? ["damage.damage", "damage.oddness"] : [])
      let reader = try RowReader(
        database,
        sql: """
          SELECT path, sample.sha256, error_code, verdict, \(numbers.joined(separator: ", "))
          FROM sample LEFT JOIN score ON score.sample_id = sample.id
          LEFT JOIN influence ON influence.sample_id = sample.id LEFT JOIN standing ON standing.sample_id = sample.id
          \(quality ? "LEFT JOIN damage ON damage.sample_id = sample.id" : "")
          WHERE run_id = ? ORDER BY path, sample.id
          """,
        arguments: [run])
      var hash = SHA256Stream()
      var buffer: [UInt8] = []
      try reader.forEach { row in
        buffer.removeAll(keepingCapacity: true)
        for column in 0..<4 {
          let bytes = row.bytes(column)
          withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { buffer.append(contentsOf: $0) }
          buffer.append(contentsOf: bytes)
        }
        for column in numbers.indices {
          let bits = Float(row.double(4 + column)).bitPattern
          let rounded = (bits &+ 8) & ~15
          withUnsafeBytes(of: rounded.littleEndian) { buffer.append(contentsOf: $0) }
        }
        buffer.withUnsafeBytes { hash.update($0) }
      }
      return hash.finalHex()
    }
  }
}
