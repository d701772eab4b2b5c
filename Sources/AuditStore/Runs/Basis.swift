import AuditCore
import GRDB

/// Figures that are worked out from a run's results once it is scanned; what comes after makes them out of date.
package enum AdviceKind: String, Sendable, CaseIterable {
  /// What remedies are worth by linear models: tables `remedy` and `gain_curve`.
  case estimate
  /// What a trained network says of each image.
  case probe
  /// What trainings with each remedy measured.
  case compare
}

/// What figures were computed on.
package struct AdviceSample: Sendable, Equatable {
  /// Images that took part.
  package let images: Int
  /// Images that the run's model was fitted on and the run no longer holds.
  package let gone: Int
  /// Images that the model would be fitted on today, and was not.
  package let unknown: Int

  package init(images: Int, gone: Int = 0, unknown: Int = 0) {
    (self.images, self.gone, self.unknown) = (images, gone, unknown)
  }
}

/// Whether figures still belong to what the run holds.
package struct AdviceCurrency: Sendable, Equatable {
  /// What has changed since they were computed, for a person; nil where nothing has.
  package let change: String?
  /// nil where an older audit computed them.
  package let sample: AdviceSample?

  package init(change: String?, sample: AdviceSample?) {
    (self.change, self.sample) = (change, sample)
  }

  package var isCurrent: Bool { change == nil }
}

extension Store {
  /// Keeps what the figures of a run were computed from: its results, model, thresholds and decisions as they are now.
  ///
  /// - Parameter method: version of the computation.
  package func keepBasis(of advice: AdviceKind, for run: Int64, method: Int, sample: AdviceSample) throws {
    try write { database in
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO basis (run_id, advice, method, results, plan_digest, model_digest, decisions,
            last_decision, review_above, drop_above, least_gain, images, model_gone, model_unknown)
          SELECT id, ?2, ?3, digest, run.plan_digest, model_digest, decisions, last_decision, review_above, drop_above,
            least_gain, ?4, ?5, ?6
          FROM run JOIN basis_now ON run_id = id WHERE id = ?1 AND digest IS NOT NULL
          """, arguments: [run, advice.rawValue, method, sample.images, sample.gone, sample.unknown])
    }
    try settle()
  }

  /// Whether figures need not be computed again for a run that is about to end with these results.
  ///
  /// - Parameter results: what its digest will be.
  package func isCurrent(_ advice: AdviceKind, of run: Int64, method: Int, results: String) throws -> Bool {
    try rows(
      """
      SELECT 1 FROM basis JOIN basis_now AS now USING (run_id)
      WHERE run_id = ?1 AND advice = ?2 AND method = ?3 AND results = ?4 AND basis.plan_digest = now.plan_digest
        AND basis.model_digest IS now.model_digest AND basis.decisions = now.decisions
        AND basis.last_decision IS now.last_decision AND basis.review_above IS now.review_above
        AND basis.drop_above IS now.drop_above AND basis.least_gain IS now.least_gain
      """, .integer(run), .text(advice.rawValue), .integer(Int64(method)), .text(results)
    ).first != nil
  }

  /// Whether figures of a run still belong to it; a database of an older audit does not say what they came from.
  package func currency(of advice: AdviceKind, run: Int64) throws -> AdviceCurrency {
    let row =
      try names(.tables).contains("currency")
      ? rows("SELECT * FROM currency WHERE run_id = ? AND advice = ?", .integer(run), .text(advice.rawValue)).first
      : nil
    guard let row else { return AdviceCurrency(change: "an older audit computed them", sample: nil) }
    return AdviceCurrency(
      change: row["why"].text,
      sample: AdviceSample(
        images: row["images"].integer ?? 0, gone: row["model_gone"].integer ?? 0,
        unknown: row["model_unknown"].integer ?? 0))
  }
}
