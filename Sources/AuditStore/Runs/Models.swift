package import AuditCore
import Foundation
import GRDB

/// A remedy's value as the store keeps it.
package struct StoredRemedy: Sendable {
  package let name: String
  package let images: Int
  package let gain: Double
  package let low: Double
  package let high: Double
  package let recommended: Bool

  package init(name: String, images: Int, gain: Double, low: Double, high: Double, recommended: Bool) {
    self.name = name
    self.images = images
    self.gain = gain
    self.low = low
    self.high = high
    self.recommended = recommended
  }
}

/// A point of the gain curve as the store keeps it.
package struct StoredGainPoint: Sendable {
  package let share: Double
  package let images: Int
  package let gain: Double
  package let low: Double
  package let high: Double

  package init(share: Double, images: Int, gain: Double, low: Double, high: Double) {
    self.share = share
    self.images = images
    self.gain = gain
    self.low = low
    self.high = high
  }
}

extension Store {
  /// The content of the model of that kind that a run was scored with; nil where it has none.
  package func model(of run: Int64, kind: String = StoredModel.lowRank) throws -> [UInt8]? {
    try rows(
      "SELECT content FROM model JOIN run ON model_id = model.id WHERE run.id = ? AND kind = ?", .integer(run),
      .text(kind)
    ).first.map { $0["content"].blob ?? [] }
  }

  /// Keeps a model and makes it the run's.
  package func keep(_ model: StoredModel, for run: Int64) throws {
    try write { database in
      try Store.insert(model, into: database)
      try database.execute(
        sql: "UPDATE run SET model_id = (SELECT id FROM model WHERE digest = ?) WHERE id = ?",
        arguments: [model.digest, run])
      try Store.dropUnusedModels(in: database)
    }
  }

  /// Models of runs that were replaced, or have others now, go.
  static func dropUnusedModels(in database: Database) throws {
    try database.execute(
      sql: """
        DELETE FROM main.model WHERE id NOT IN (
          SELECT model_id FROM main.run WHERE model_id NOTNULL UNION SELECT model_id FROM main.identity_model
          UNION SELECT damage_model_id FROM main.run WHERE damage_model_id NOTNULL)
        """)
  }

  /// The content of the model that says what damage looks like in a run; nil where it has none.
  package func damageModel(of run: Int64) throws -> [UInt8]? {
    try queue.read { database in
      try Data.fetchOne(
        database, sql: "SELECT content FROM model JOIN run ON damage_model_id = model.id WHERE run.id = ? AND kind = ?",
        arguments: [run, StoredModel.damage]
      ).map { Array($0) }
    }
  }

  /// Keeps a model of damage and makes it the run's.
  package func keep(damageModel model: StoredModel, for run: OpenRun) throws {
    try write { database in
      try Store.insert(model, into: database)
      try database.execute(
        sql: "UPDATE run SET damage_model_id = (SELECT id FROM model WHERE digest = ?) WHERE id = ?",
        arguments: [model.digest, run.id])
    }
  }

  /// Keeps the model of one folder of a run.
  package func keep(_ model: StoredModel, for run: Int64, identity: String) throws {
    try write { database in
      try Store.insert(model, into: database)
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO identity_model (run_id, identity, model_id) SELECT ?, ?, id FROM model WHERE digest = ?
          """,
        arguments: [run, identity, model.digest])
    }
  }

  /// The folders of a run that have a model of their own, in order.
  package func identitiesWithModels(in run: Int64) throws -> [String] {
    try rows("SELECT identity FROM identity_model WHERE run_id = ? ORDER BY identity", .integer(run))
      .compactMap { $0["identity"].text }
  }

  /// The content of a folder's own model; nil where it has none.
  package func model(of run: Int64, identity: String) throws -> [UInt8]? {
    try rows(
      "SELECT content FROM identity_model JOIN model ON model.id = model_id WHERE run_id = ? AND identity = ?",
      .integer(run), .text(identity)
    ).first.map { $0["content"].blob ?? [] }
  }

  private static func insert(_ model: StoredModel, into database: Database) throws {
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO model (digest, kind, rank, fitted_on, cut_od, cut_sd, content)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        model.digest, model.kind, model.rank, model.fittedOn, model.orthogonalCut, model.scoreCut,
        Data(model.content),
      ])
  }

  /// Replaces what is known about remedies for a run.
  package func write(remedies: [StoredRemedy], curve: [StoredGainPoint], to run: Int64) throws {
    try write { database in
      // Until its end is written nothing says what the new figures come from.
      try database.execute(
        sql: "DELETE FROM basis WHERE run_id = ? AND advice = ?", arguments: [run, AdviceKind.estimate.rawValue])
      try database.execute(sql: "DELETE FROM remedy WHERE run_id = ?", arguments: [run])
      try database.execute(sql: "DELETE FROM gain_curve WHERE run_id = ?", arguments: [run])
      for remedy in remedies {
        try database.execute(
          sql: """
            INSERT INTO remedy (run_id, name, images, gain, low, high, recommended) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            run, remedy.name, remedy.images, remedy.gain, remedy.low, remedy.high, remedy.recommended ? 1 : 0,
          ])
      }
      for point in curve {
        try database.execute(
          sql: "INSERT INTO gain_curve (run_id, share, images, gain, low, high) VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [run, point.share, point.images, point.gain, point.low, point.high])
      }
    }
  }

  /// How many samples of a run are scored, are to be left out by a person's decision or else by the proposal, and weigh
  /// less than 1.
  package func standingCounts(of run: Int64) throws -> (scored: Int, drop: Int, weighted: Int) {
    let row = try rows(
      """
      SELECT count(*) AS scored, coalesce(sum(verdict = 'drop'), 0) AS dropped,
        coalesce(sum(weight < 1), 0) AS weighted
      FROM standing JOIN sample ON sample.id = sample_id WHERE run_id = ?
      """, .integer(run)
    ).first
    let moved = try rows(
      """
      SELECT coalesce(sum((verdict = 'drop') - (proposal = 'drop')), 0) AS moved FROM all_samples
      WHERE id IN (SELECT sample.id FROM decision JOIN sample ON sample.sha256 = decision.sha256
        WHERE run_id = ? AND undone_at IS NULL) AND proposal IS NOT NULL
      """, .integer(run)
    ).first
    return (
      row?["scored"].integer ?? 0, (row?["dropped"].integer ?? 0) + (moved?["moved"].integer ?? 0),
      row?["weighted"].integer ?? 0
    )
  }
}
