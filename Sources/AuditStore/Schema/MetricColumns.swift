import AuditCore
import AuditSchema
import Foundation
import GRDB

/// Columns that follow from the registry: `score`, the headline part of `standing`, table `metric`, and the views.
enum MetricColumns {
  /// The three columns of a headline metric in `standing`.
  static func headline(_ name: String) -> [String] { ["pct_\(name)", "rank_\(name)", "share_\(name)"] }

  /// Adds what is missing, drops nothing, and describes every column in table `metric`.
  static func add(
    metrics: [MetricInfo], derived: [MetricInfo], statistics: [MetricInfo], to database: Database
  ) throws {
    try addMissing(metrics.map { ($0.name, "REAL") }, to: "score", in: database)
    try addMissing(statistics.map { ($0.name, "REAL") }, to: "quality", in: database)
    let standing = metrics.filter(\.headline).flatMap { metric in
      zip(headline(metric.name), ["REAL", "INTEGER", "REAL"]).map { ($0, $1) }
    }
    try addMissing(standing, to: "standing", in: database)
    let statement = try database.makeStatement(
      sql: """
        INSERT INTO metric (name, kind, position, version, family, unit, low, high, direction, meaning, formula, source,
          parameters, headline) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, position = excluded.position,
          version = excluded.version, family = excluded.family, unit = excluded.unit, low = excluded.low,
          high = excluded.high, direction = excluded.direction, meaning = excluded.meaning,
          formula = excluded.formula, source = excluded.source, parameters = excluded.parameters,
          headline = excluded.headline
        """)
    for (kind, infos) in [("score", metrics), ("standing", derived), ("quality", statistics)] {
      for (position, info) in infos.enumerated() {
        try statement.execute(arguments: try arguments(of: info, kind: kind, position: position))
      }
    }
  }

  /// The metrics that the database itself describes, in the order of their columns.
  static func stored(in database: Database) throws -> [MetricInfo] {
    try Store.rows("SELECT * FROM metric WHERE kind = 'score' ORDER BY position, name", in: database).compactMap(info)
  }

  /// Drops the views that an audit made and makes today's anew over today's columns. A user's own views stay.
  ///
  /// - Throws: `AuditError` where a user's view or table has a name that is now one of ours.
  static func makeViews(_ database: Database, path: String) throws {
    let names = viewNames
    let made = Set(try found("SELECT name FROM own_view", in: database))
    for name in try found("SELECT name FROM sqlite_schema WHERE type = 'view'", in: database) {
      if made.contains(name) { try database.execute(sql: "DROP VIEW \(name.quotedDatabaseIdentifier)") }
    }
    let taken = try found("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')", in: database)
    if let name = names.first(where: taken.contains) {
      throw AuditError.wrongFile(
        path: path, finding: "holds a \(name) of your own, and audit has a view of that name now",
        remedy: "rename yours, or give another --db")
    }
    try createViews(database)
    try database.execute(sql: "DELETE FROM own_view")
    for name in names { try database.execute(sql: "INSERT INTO own_view (name) VALUES (?)", arguments: [name]) }
  }

  private static func found(_ sql: String, in database: Database) throws -> [String] {
    try Store.rows(sql, in: database).compactMap(\.values[0].text)
  }

  /// The names of the views that the schema makes, in order.
  static var viewNames: [String] {
    AuditSchema.views.matches(of: /CREATE VIEW (\w+)/).map { String($0.1) }
  }

  private static func createViews(_ database: Database) throws {
    let scores = try database.columns(in: "score").map(\.name).filter { $0 != "sample_id" }
    let standings = try database.columns(in: "standing").map(\.name)
      .filter { name in ["pct_", "rank_", "share_"].contains { name.hasPrefix($0) } }
    let long = scores.map { name in
      "SELECT sample_id, '\(name)' AS metric, \(name.quotedDatabaseIdentifier) AS value FROM score "
        + "WHERE \(name.quotedDatabaseIdentifier) IS NOT NULL"
    }
    let regions = RegionName.all.map { name in
      "SELECT sample_id, '\(name)' AS region, \(name) / 10000.0 AS share_se FROM region_share"
    }
    let sql = AuditSchema.views
      .replacing("{score_columns}", with: scores.map(\.quotedDatabaseIdentifier).joined(separator: ", "))
      .replacing("{standing_columns}", with: standings.map(\.quotedDatabaseIdentifier).joined(separator: ", "))
      .replacing("{score_long}", with: long.joined(separator: "\nUNION ALL "))
      .replacing("{region_long}", with: regions.joined(separator: "\nUNION ALL "))
    try database.execute(sql: sql)
  }

  private static func addMissing(_ columns: [(String, String)], to table: String, in database: Database) throws {
    let present = Set(try database.columns(in: table).map(\.name))
    for (name, type) in columns where !present.contains(name) {
      try database.execute(sql: "ALTER TABLE \(table) ADD COLUMN \(name.quotedDatabaseIdentifier) \(type)")
    }
  }

  private static func arguments(of info: MetricInfo, kind: String, position: Int) throws -> StatementArguments {
    let parameters = String(decoding: try JSON.sorted.encode(info.parameters), as: UTF8.self)
    return [
      info.name, kind, position, info.version, info.family.rawValue, info.unit, finite(info.range.lowerBound),
      finite(info.range.upperBound), info.direction.rawValue, info.meaning, info.formula, info.source, parameters,
      info.headline,
    ]
  }

  private static func finite(_ bound: Double) -> Double? { bound.isFinite ? bound : nil }

  /// nil where the row names no metric; for the rest of what is missing stands what says least.
  private static func info(of row: SQLRow) -> MetricInfo? {
    guard let name = row["name"].text else { return nil }
    let (low, high) = (row["low"].real ?? -.infinity, row["high"].real ?? .infinity)
    let parameters = Data((row["parameters"].text ?? "").utf8)
    return MetricInfo(
      name: name, version: row["version"].integer ?? 0,
      family: row["family"].text.flatMap(MetricInfo.Family.init) ?? .optional, unit: row["unit"].text ?? "",
      range: low <= high ? low...high : -.infinity ... .infinity,
      direction: row["direction"].text.flatMap(MetricInfo.Direction.init) ?? .none,
      meaning: row["meaning"].text ?? "", formula: row["formula"].text ?? "", source: row["source"].text ?? "",
      parameters: (try? JSON.reader.decode([String: Double].self, from: parameters)) ?? [:],
      headline: row["headline"].integer == 1)
  }
}

enum JSON {
  /// Equal values give equal text. A parameter may be infinite, which JSON has no number for.
  static var sorted: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  static var reader: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}
