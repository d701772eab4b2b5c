package import AuditCore
import GRDB

/// The stored numbers of one scored sample that a ranking needs. NaN = not defined.
package struct RankRow {
  package fileprivate(set) var id: Int64 = 0
  /// Values of the headline metrics, in the order that was asked for.
  package fileprivate(set) var metrics: [Double]
  package fileprivate(set) var orthogonalDistance = Double.nan
  package fileprivate(set) var scoreDistance = Double.nan
  package fileprivate(set) var leverage = Double.nan
  package fileprivate(set) var nearestDistance = Double.nan
  /// Number that the sample's folder was given; -1 where it has none.
  package fileprivate(set) var identity: Int32 = -1
}

/// The scored samples of a run in the order of their paths, read anew as often as somebody goes through them: kept in
/// memory a million of them would take more than all that ranks them.
package struct RankRows {
  /// How many there are. No more are handed out, whatever another program does to the database meanwhile.
  package let count: Int
  let run: Int64
  let headlines: [String]
  private let store: Store
  private let identities: [ByteKey: Int32]

  fileprivate init(_ store: Store, run: Int64, headlines: [String], identities: [ByteKey: Int32]) throws {
    (self.store, self.run, self.headlines, self.identities) = (store, run, headlines, identities)
    count =
      try store.rows("SELECT count(*) FROM sample WHERE run_id = ? AND status = 'ok'", .integer(run))
      .first?.values[0].integer ?? 0
  }

  /// - Parameter body: gets the place of each row, from 0, and the row.
  package func forEach(_ body: (Int, RankRow) throws -> Void) throws {
    try store.queue.read { try forEach(in: $0, body) }
  }

  func forEach(in database: Database, _ body: (Int, RankRow) throws -> Void) throws {
    let reader = try RowReader(
      database,
      sql: """
        SELECT sample.id, od, sd, leverage, nearest
          \(headlines.map { ", " + $0.quotedDatabaseIdentifier }.joined())
          \(identities.isEmpty ? "" : ", identity")
        FROM sample INDEXED BY sample_by_path
        LEFT JOIN score ON score.sample_id = sample.id LEFT JOIN influence ON influence.sample_id = sample.id
        WHERE run_id = ? AND status = 'ok' ORDER BY path, sample.id LIMIT ?
        """,
      arguments: [run, count])
    var row = RankRow(metrics: headlines.map { _ in .nan })
    var position = 0
    try reader.forEach { values in
      row.id = values.integer(0)
      row.orthogonalDistance = values.double(1)
      row.scoreDistance = values.double(2)
      row.leverage = values.double(3)
      row.nearestDistance = values.double(4)
      for index in headlines.indices { row.metrics[index] = values.double(5 + index) }
      if !identities.isEmpty {
        let name = String(decoding: values.bytes(5 + headlines.count), as: UTF8.self)
        row.identity = identities[ByteKey(name)] ?? -1
      }
      try body(position, row)
      position += 1
    }
  }
}

extension Store {
  /// What a ranking needs of the scored samples of a run.
  ///
  /// - Parameter identities: a number for each folder that has a model of its own.
  package func rankRows(
    of run: Int64, headlines: [String], identities: [ByteKey: Int32] = [:]
  ) throws -> RankRows {
    try RankRows(self, run: run, headlines: headlines, identities: identities)
  }
}
