package import AuditCore
import GRDB

extension Store {
  /// Writes why each sample that is marked in a run stands out.
  ///
  /// - Parameter words: nil where the numbers say nothing.
  package func writeReasons(in run: Int64, words: @Sendable (ResidualEvidence) -> String?) throws {
    let known = Set(metrics.map(\.name))
    let numbers = ["mbe", "mae", "mse"].map { known.contains($0) ? $0 : "NULL" } + RegionName.all
    let sql = """
      SELECT standing.sample_id, \(numbers.joined(separator: ", "))
      FROM standing JOIN sample ON sample.id = standing.sample_id
      LEFT JOIN score ON score.sample_id = sample.id LEFT JOIN region_share ON region_share.sample_id = sample.id
      WHERE run_id = ?1 AND verdict IN ('drop', 'review') AND standing.sample_id > ?2
      ORDER BY standing.sample_id LIMIT 2000
      """
    try write { database in
      var last: Int64 = -1
      while true {
        var found: [(id: Int64, words: String?)] = []
        let reader = try RowReader(database, sql: sql, arguments: [run, last])
        try reader.forEach { row in found.append((row.integer(0), words(ResidualEvidence(row)))) }
        guard let end = found.last?.id else { return }
        var writer = try RowWriter(database, sql: "UPDATE standing SET reason = ?2 WHERE sample_id = ?1")
        for (id, words) in found where words != nil {
          writer.bind(id)
          writer.bind(words)
          try writer.insert()
        }
        last = end
      }
    }
  }
}

extension ResidualEvidence {
  /// From columns `sample_id`, `mbe`, `mae`, `mse` and the regions.
  fileprivate init(_ row: RowValues) {
    func number(_ column: Int) -> Double? {
      let value = row.double(column)
      return value.isNaN ? nil : value
    }
    let shares = RegionName.all.indices.compactMap { number(4 + $0) }
    self.init(
      bias: number(1), absolute: number(2), squared: number(3),
      regions: shares.count == RegionName.all.count ? shares.map { $0 / 10_000 } : [])
  }
}
