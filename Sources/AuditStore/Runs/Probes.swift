import AuditCore
import GRDB

/// What a trained probe says of one image, as the store keeps it.
package struct StoredProbe: Sendable {
  package let sample: Int64
  package let shareSquared: Double?
  package let shareAbsolute: Double?
  package let skew: Double?
  package let squared: Double
  package let absolute: Double

  package init(
    sample: Int64, shareSquared: Double?, shareAbsolute: Double?, skew: Double?, squared: Double, absolute: Double
  ) {
    self.sample = sample
    self.shareSquared = shareSquared
    self.shareAbsolute = shareAbsolute
    self.skew = skew
    self.squared = squared
    self.absolute = absolute
  }
}

/// One training of an autoencoder, as the store keeps it.
package struct StoredTraining: Sendable {
  package enum Purpose: String, Sendable {
    case reference, probe, compare
  }

  /// One epoch of its learning curve. As the trainer has it, which the store does not know: what is stored must not
  /// change with the trainer.
  package struct Epoch: Sendable {
    package let epoch: Int
    package let loss: Double
    package let heldOutLoss: Double?
    package let heldOutSquared: Double?
    package let heldOutAbsolute: Double?
    package let rate: Double

    package init(
      epoch: Int, loss: Double, heldOutLoss: Double?, heldOutSquared: Double?, heldOutAbsolute: Double?, rate: Double
    ) {
      self.epoch = epoch
      self.loss = loss
      self.heldOutLoss = heldOutLoss
      self.heldOutSquared = heldOutSquared
      self.heldOutAbsolute = heldOutAbsolute
      self.rate = rate
    }
  }

  package let name: String
  package let seed: UInt64
  package let loss: String
  /// JSON.
  package let settings: String
  package let ending: String
  package let lastFall: Double?
  package let curve: [Epoch]

  package init(
    name: String, seed: UInt64, loss: String, settings: String, ending: String, lastFall: Double?, curve: [Epoch]
  ) {
    self.name = name
    self.seed = seed
    self.loss = loss
    self.settings = settings
    self.ending = ending
    self.lastFall = lastFall
    self.curve = curve
  }
}

extension Store {
  /// Replaces what a probe says of the images of a run; images that are no longer in it are left out.
  package func write(probes: [StoredProbe], to run: Int64) throws {
    try write { database in
      try database.execute(
        sql: "DELETE FROM probe WHERE sample_id IN (SELECT id FROM sample WHERE run_id = ?)", arguments: [run])
      var writer = try RowWriter(
        database,
        sql: """
          INSERT INTO probe (sample_id, probe_share_mse, probe_share_mae, probe_skew, probe_mse, probe_mae)
          SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?1 IN (SELECT id FROM sample)
          """)
      for probe in probes {
        writer.bind(probe.sample)
        writer.bind(probe.shareSquared)
        writer.bind(probe.shareAbsolute)
        writer.bind(probe.skew)
        writer.bind(probe.squared)
        writer.bind(probe.absolute)
        try writer.insert()
      }
    }
  }

  /// Replaces the trainings that a run has for one purpose, with their curves.
  package func write(trainings: [StoredTraining], purpose: StoredTraining.Purpose, to run: Int64) throws {
    try write { database in
      try database.execute(
        sql: "DELETE FROM probe_training WHERE run_id = ? AND purpose = ?", arguments: [run, purpose.rawValue])
      try database.execute(
        sql: "DELETE FROM basis WHERE run_id = ? AND advice = ?", arguments: [run, purpose.rawValue])
      for training in trainings {
        let last = training.curve.last
        try database.execute(
          sql: """
            INSERT INTO probe_training (run_id, purpose, name, seed, loss, settings, ending, last_fall,
              held_out_mse, held_out_mae) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            run, purpose.rawValue, training.name, Int64(bitPattern: training.seed), training.loss, training.settings,
            training.ending, training.lastFall, last?.heldOutSquared, last?.heldOutAbsolute,
          ])
        let id = database.lastInsertedRowID
        var writer = try RowWriter(
          database,
          sql: """
            INSERT INTO probe_epoch (training_id, epoch, loss, held_out_loss, held_out_mse, held_out_mae, rate)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        for epoch in training.curve {
          writer.bind(id)
          writer.bind(epoch.epoch)
          writer.bind(epoch.loss)
          writer.bind(epoch.heldOutLoss)
          writer.bind(epoch.heldOutSquared)
          writer.bind(epoch.heldOutAbsolute)
          writer.bind(epoch.rate)
          try writer.insert()
        }
      }
    }
  }
}
