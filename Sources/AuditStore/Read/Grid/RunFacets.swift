import AuditCore
import GRDB

/// What the samples of a run are narrowed by, beside numbers.
package enum Facet: String, Sendable, CaseIterable {
  case folder, size, status, proposal, issue

  /// More values are not listed.
  private var most: Int {
    switch self {
    case .folder: 500
    case .size: 100
    case .status, .proposal, .issue: 1_000
    }
  }

  /// Of one run: `value` and `images`, the most frequent first.
  fileprivate var question: String {
    let (value, source) =
      switch self {
      case .folder: ("folder", "sample WHERE run_id = ?")
      case .size: ("width || 'x' || height", "sample WHERE run_id = ? AND width IS NOT NULL AND height IS NOT NULL")
      case .status: ("status", "sample WHERE run_id = ?")
      case .proposal:
        ("verdict", "standing JOIN sample ON sample.id = sample_id WHERE run_id = ? AND verdict IS NOT NULL")
      case .issue: ("code", "issue JOIN sample ON sample.id = sample_id WHERE run_id = ?")
      }
    return """
      SELECT \(value) AS value, count(*) AS images FROM \(source)
      GROUP BY 1 ORDER BY images DESC, value LIMIT \(most)
      """
  }
}

/// How many samples of a run have which value of its facets, and how its numbers are spread.
package struct RunFacets: Sendable, Equatable {
  package struct Value: Sendable, Equatable {
    package let value: String
    package let images: Int
  }

  /// The most frequent first.
  package fileprivate(set) var counts: [Facet: [Value]] = [:]
  /// By column: the least value, nine tenths between, and the greatest.
  package fileprivate(set) var spreads: [String: [Double]] = [:]

  /// Columns that are spread, and the tables that they lie in.
  fileprivate static let sources = [("skew", "standing"), ("damage", "damage"), ("mse", "score")]
  package static var columns: [String] { sources.map(\.0) }

  /// What was proposed, and for how many samples.
  package var proposals: [String: Int] {
    Dictionary(counts[.proposal, default: []].map { ($0.value, $0.images) }) { first, _ in first }
  }
  /// Of all samples of the run.
  package var images: Int { counts[.status, default: []].reduce(0) { $0 + $1.images } }

  /// The values of eleven places from the least to the greatest; empty where there is none.
  package static func tenths(of values: [Double]) -> [Double] {
    if values.isEmpty { return [] }
    let sorted = values.sorted()
    return (0...10).map { sorted[($0 * (sorted.count - 1) + 5) / 10] }
  }
}

extension Store {
  /// What a stored count of samples may be: sums of greater ones might be no numbers.
  static let storedCounts = 0...(1 << 40)

  /// What the ranking of a run left; nil where it is not complete, an older audit ranked it, or its counts are none.
  package func storedFacets(of run: Int64) throws -> RunFacets? {
    guard try hasTable("facet") else { return nil }
    var facets = RunFacets()
    let counted = try rows(
      """
      SELECT facet.name, value, images FROM facet JOIN run ON run.id = run_id
      WHERE run_id = ? AND run.status = 'complete' ORDER BY images DESC, value
      """, .integer(run))
    if counted.isEmpty { return nil }
    for row in counted {
      guard let facet = row["name"].text.flatMap(Facet.init), let value = row["value"].text else { continue }
      guard let images = row["images"].integer, Store.storedCounts.contains(images) else { return nil }
      facets.counts[facet, default: []].append(.init(value: value, images: images))
    }
    for row in try rows("SELECT name, value FROM spread WHERE run_id = ? ORDER BY name, tenth", .integer(run)) {
      if let name = row["name"].text, let value = row["value"].real { facets.spreads[name, default: []].append(value) }
    }
    facets.spreads = facets.spreads.filter { $0.value.count == 11 }
    return facets
  }

  /// How many samples a run has: as the ranking counted them, or by a pass over the run.
  package func images(of run: Int64) throws -> Int { try storedFacets(of: run)?.images ?? sampleCount(of: run) }

  /// The same from all samples.
  package func countedFacets(of run: Int64) throws -> RunFacets {
    var facets = RunFacets()
    for facet in Facet.allCases {
      facets.counts[facet] = try rows(facet.question, .integer(run)).compactMap { row in
        row["value"].text.map { .init(value: $0, images: row["images"].integer ?? 0) }
      }
    }
    for (column, table) in RunFacets.sources where try hasColumn(column, in: table) {
      var values: [Double] = []
      try forEachRow(
        "SELECT \(column) FROM \(table) JOIN sample ON sample.id = sample_id WHERE run_id = ?", [.integer(run)]
      ) { row in
        if let value = row.values[0].real { values.append(value) }
      }
      if !values.isEmpty { facets.spreads[column] = RunFacets.tenths(of: values) }
    }
    return facets
  }

  /// Counts the facets of a ranked run and keeps them.
  package func writeFacets(of run: Int64) throws {
    let facets = try countedFacets(of: run)
    try write { database in
      for table in ["facet", "spread"] {
        try database.execute(sql: "DELETE FROM \(table) WHERE run_id = ?", arguments: [run])
      }
      for (facet, values) in facets.counts {
        for value in values {
          try database.execute(
            sql: "INSERT INTO facet (run_id, name, value, images) VALUES (?, ?, ?, ?)",
            arguments: [run, facet.rawValue, value.value, value.images])
        }
      }
      for (column, values) in facets.spreads {
        for (tenth, value) in values.enumerated() {
          try database.execute(
            sql: "INSERT INTO spread (run_id, name, tenth, value) VALUES (?, ?, ?, ?)",
            arguments: [run, column, tenth, value])
        }
      }
    }
  }

  /// The samples of highest skew, by an index: equal ones by path.
  ///
  /// - Returns: fewer than `count` where no more have a skew; nil where an older audit made the database, without index.
  package func highestSkew(in run: Int64, count: Int) throws -> [Int64]? {
    let index = try rows("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = 'standing_by_skew'")
    if index.isEmpty { return nil }
    return try rows(
      """
      SELECT sample_id FROM standing CROSS JOIN sample ON sample.id = sample_id
      WHERE run_id = ? AND skew IS NOT NULL ORDER BY skew DESC, path LIMIT ?
      """, .integer(run), .integer(Int64(count))
    ).compactMap(\.values[0].wide)
  }
}
