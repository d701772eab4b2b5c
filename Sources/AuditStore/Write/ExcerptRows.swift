import AuditCore
import Foundation
import GRDB

/// Leaves of a finished run the rows that somebody will ask for.
extension Store {
  /// Keeps what is counted over all samples, and takes the rows of those out that are neither an error, nor flagged, decided
  /// about, a copy or the original of one, nor have an issue, nor are shown.
  ///
  /// Where all rows would stay nothing is done: the database is whole.
  ///
  /// What is kept is written first, in one transaction: whoever reads while rows go, or after a kill, has the same answers.
  ///
  /// - Parameters:
  ///   - place: absolute path of the file that has all rows.
  ///   - curves: JSON of what a report draws of all samples.
  ///   - shown: samples that it shows.
  package func keepExcerpt(of run: Int64, place: String, curves: String, shown: [Int64]) throws {
    let samples = try rowCount(of: run)
    let answers = try WholeQuestion.allCases.map { ($0, try JSON.sorted.encode(KeptAnswer(rows($0, of: run)))) }
    defer { try? queue.writeWithoutTransaction { try $0.execute(sql: "DROP TABLE IF EXISTS temp.staying") } }
    let isExcerpt = try write { database in
      try database.execute(sql: "CREATE TEMP TABLE staying (id INTEGER PRIMARY KEY)")
      try database.execute(
        sql: Store.staying, arguments: ["run": run, "shown": SQLValue.identifiers(shown).databaseValue])
      return try Bool.fetchOne(
        database,
        sql: "SELECT EXISTS (SELECT 1 FROM sample WHERE run_id = ? AND id NOT IN (SELECT id FROM temp.staying))",
        arguments: [run]) ?? false
    }
    guard isExcerpt else { return }
    try write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO excerpt (run_id, samples, place, curves) VALUES (?, ?, ?, ?)",
        arguments: [run, samples, place, curves])
      for (question, answer) in answers {
        try database.execute(
          sql: "INSERT OR REPLACE INTO whole_answer (run_id, question, answer) VALUES (?, ?, ?)",
          arguments: [run, question.rawValue, String(decoding: answer, as: UTF8.self)])
      }
      // Of a run of frames only some would be left: how many there are is kept above.
      try database.execute(
        sql: """
          DELETE FROM near_group WHERE kind = 'run' AND sample_id IN (SELECT id FROM sample WHERE run_id = ?)
          """, arguments: [run])
    }
    try removeOthers(of: run)
    do {
      try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
    } catch let error as DatabaseError {
      throw Store.explained(error, path: path, safe: (try? sampleCount()) ?? 0)
    }
    try settle()
  }

  /// Some at a time, so that the write-ahead log stays small.
  private func removeOthers(of run: Int64) throws {
    var last = Int64.min
    while let next = try rows(
      "SELECT max(id) FROM (SELECT id FROM sample WHERE id > ? AND +run_id = ? ORDER BY id LIMIT ?)", .integer(last),
      .integer(run), .integer(Store.removedAtOnce)
    ).first?.values[0].wide {
      try write { [last] database in
        try database.execute(
          sql: """
            DELETE FROM sample WHERE id > ? AND id <= ? AND +run_id = ? AND id NOT IN (SELECT id FROM temp.staying)
            """, arguments: [last, next, run])
      }
      last = next
    }
  }

  private static let removedAtOnce: Int64 = 50_000

  /// Samples of highest skew that stay whatever their verdict.
  private static let mostBySkew = 100

  private static let staying = """
    INSERT INTO temp.staying
    SELECT id FROM sample WHERE run_id = :run AND (status <> 'ok' OR duplicate_of NOTNULL
      OR sha256 IN (SELECT sha256 FROM decision))
    UNION SELECT duplicate_of FROM sample WHERE run_id = :run AND duplicate_of NOTNULL
    UNION SELECT sample_id FROM standing JOIN sample ON sample.id = sample_id
      WHERE run_id = :run AND verdict IN ('drop', 'review')
    UNION SELECT sample_id FROM issue JOIN sample ON sample.id = sample_id WHERE run_id = :run
    UNION SELECT sample_id FROM damage JOIN sample ON sample.id = sample_id WHERE run_id = :run
      AND confidence >= (SELECT value FROM figure WHERE figure.run_id = :run AND name = 'damaged_from')
    UNION SELECT sample_id FROM near_group JOIN sample ON sample.id = sample_id WHERE run_id = :run AND kind <> 'run'
    UNION SELECT sample_id FROM foreign_copy JOIN sample ON sample.id = sample_id WHERE run_id = :run
    UNION SELECT sample_id FROM split_leak JOIN sample ON sample.id = sample_id WHERE run_id = :run
    UNION SELECT other_id FROM split_leak JOIN sample ON sample.id = sample_id WHERE run_id = :run
    UNION SELECT sample_id FROM (
      SELECT sample_id FROM standing JOIN sample ON sample.id = sample_id
      WHERE run_id = :run AND skew IS NOT NULL ORDER BY skew DESC, path LIMIT \(mostBySkew))
    UNION SELECT value FROM json_each(:shown)
    """
}
