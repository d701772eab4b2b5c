package import AuditCore
import GRDB

extension Store {
  /// Writes why each sample that is marked in a run stands out.
  ///
  /// - Parameter words: from what is stored about a sample and what is usual in those that stay; nil where the numbers
  ///   say nothing.
  package func writeReasons(
    in run: Int64, words: @Sendable (ResidualEvidence, UsualResidual) -> String?
  ) throws {
    let known = Set(metrics.map(\.name))
    let numbers = ["mbe", "mae", "laplacian_pyramid"].map { known.contains($0) ? $0 : "NULL" } + RegionName.all
    try write { database in
      let usual = try Store.usualResidual(of: run, numbers: numbers, in: database)
      let sql = """
        SELECT standing.sample_id, \(numbers.joined(separator: ", "))
        FROM standing JOIN sample ON sample.id = standing.sample_id
        LEFT JOIN score ON score.sample_id = sample.id LEFT JOIN region_share ON region_share.sample_id = sample.id
        WHERE run_id = ?1 AND verdict IN ('drop', 'review') AND standing.sample_id > ?2
        ORDER BY standing.sample_id LIMIT 2000
        """
      var writer = try RowWriter(database, sql: "UPDATE standing SET reason = ?2 WHERE sample_id = ?1")
      var last: Int64 = -1
      while true {
        var found: [(id: Int64, words: String?)] = []
        try RowReader(database, sql: sql, arguments: [run, last]).forEach { row in
          found.append((row.integer(0), words(ResidualEvidence(row), usual)))
        }
        guard let end = found.last?.id else { return }
        for (id, words) in found where words != nil {
          writer.bind(id)
          writer.bind(words)
          try writer.insert()
        }
        last = end
      }
    }
  }

  /// Means over the samples that stay.
  private static func usualResidual(
    of run: Int64, numbers: [String], in database: Database
  ) throws -> UsualResidual {
    let means = RegionName.all.map { "avg(\($0))" }.joined(separator: ", ")
    var usual = UsualResidual(absolute: nil, grain: nil, regions: [])
    try RowReader(
      database,
      sql: """
        SELECT 0, avg(\(numbers[1])), avg(\(numbers[2]) / nullif(\(numbers[1]), 0)), 0, \(means)
        FROM standing JOIN sample ON sample.id = standing.sample_id
        LEFT JOIN score ON score.sample_id = sample.id LEFT JOIN region_share ON region_share.sample_id = sample.id
        WHERE run_id = ? AND verdict = 'keep'
        """, arguments: [run]
    ).forEach { row in
      usual = UsualResidual(absolute: row.number(1), grain: row.number(2), regions: row.shares(from: 4))
    }
    return usual
  }
}

extension RowValues {
  /// nil where the value is NULL.
  fileprivate func number(_ column: Int) -> Double? {
    let value = double(column)
    return value.isNaN ? nil : value
  }

  /// Of all regions; empty where one is NULL.
  fileprivate func shares(from column: Int) -> [Double] {
    let shares = RegionName.all.indices.compactMap { number(column + $0) }
    return shares.count == RegionName.all.count ? shares.map { $0 / 10_000 } : []
  }
}

extension ResidualEvidence {
  /// From columns `sample_id`, `mbe`, `mae`, `laplacian_pyramid` and the regions.
  fileprivate init(_ row: RowValues) {
    self.init(
      bias: row.number(1), absolute: row.number(2), detail: row.number(3), regions: row.shares(from: 4))
  }
}
