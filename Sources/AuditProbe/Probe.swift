package import AuditCore

/// A moment of a training, for a live line.
package struct ProbeProgress: Sendable {
  /// What is trained, of how many: 0 of 1 unless several trainings are compared.
  package let training: Int
  package let trainings: Int
  package let name: String
  package let epoch: ProbeEpoch
  package let epochs: Int
  /// Of all the work, 0...1.
  package let fractionDone: Double
}

/// What the trained network says about one image.
package struct ProbeScore: Sendable, Equatable, Codable {
  /// Mean chosen loss, squared and absolute residual over the picture's values, in full scale.
  package let loss: Double
  package let squared: Double
  package let absolute: Double
  /// Length of the image's gradient over the mean length, under squared and under absolute error: 1 is the average
  /// image's pull. Nil where no image has a gradient.
  package let shareSquared: Double?
  package let shareAbsolute: Double?
  /// shareSquared / shareAbsolute: how many times more squared error listens to the image than absolute error would.
  package let skew: Double?
}

/// A small autoencoder trained on the dataset itself, and what it says about each image.
package struct Probe: Sendable {
  package let network: ProbeNetwork
  package let settings: ProbeSettings
  /// Peak rate of the training that stayed finite; lower than asked for after `restarts`.
  package let rate: Double
  package let restarts: Int
  package let curve: [ProbeEpoch]
  package let end: ProbeEnd
  /// Fall of the smoothed loss over the last window, as a share; nil where training was too short to say.
  package let lastFall: Double?
  /// One for each row.
  package let scores: [ProbeScore]
  /// Decoder of each row.
  package let decoderOf: [Int]

  /// Trains on all rows (but the held-out ones) and scores every row.
  ///
  /// Same rows, settings and machine: same numbers to the bit, whatever `threads`.
  ///
  /// - Parameters:
  ///   - groups: one number per row, say its identity; groups of `settings.minimumGroup` images or more have a decoder
  ///     of their own, all others share one. Nil: one decoder.
  ///   - weights: training weight of each row, not negative; 0 leaves the row out of training. Nil: all 1.
  /// - Throws: `.other` where there is nothing to train on, or training did not stay finite at any rate tried.
  package static func train(
    _ rows: ProbeRows, groups: [Int]? = nil, weights: [Double]? = nil, settings: ProbeSettings, threads: Int,
    onProgress: (ProbeProgress) -> Void
  ) throws(AuditError) -> Probe {
    precondition(groups.map { $0.count == rows.count } ?? true && weights.map { $0.count == rows.count } ?? true)
    let heldOut = heldOutIndices(count: rows.count, share: settings.heldOutShare) { _ in true }
    let watched = Set(heldOut)
    let decoderOf = decoders(groups: groups, count: rows.count, minimum: settings.minimumGroup)
    let training = ProbeTraining(
      rows: rows, training: (0..<rows.count).filter { !watched.contains($0) }, heldOut: heldOut,
      weights: weights.map { $0.map(Float.init) } ?? [Float](repeating: 1, count: rows.count), decoderOf: decoderOf,
      settings: settings, threads: max(1, threads))
    let (outcome, used, restarts) = try training.runUntilFinite { epoch in
      onProgress(
        ProbeProgress(
          training: 0, trainings: 1, name: settings.loss.rawValue, epoch: epoch, epochs: settings.epochs,
          fractionDone: Double(epoch.epoch) / Double(settings.epochs)))
    }
    return Probe(
      network: outcome.network, settings: settings, rate: used, restarts: restarts, curve: outcome.curve,
      end: outcome.end, lastFall: outcome.lastFall,
      scores: scores(
        of: rows, by: outcome.network, decoderOf: decoderOf, loss: settings.loss, threads: max(1, threads)),
      decoderOf: decoderOf)
  }

  /// Losses and gradient lengths of every row at a trained network.
  static func scores(
    of rows: ProbeRows, by network: ProbeNetwork, decoderOf: [Int], loss: ProbeLoss, threads: Int
  ) -> [ProbeScore] {
    let pass = ProbePass(network: network, rows: rows, batch: 128, threads: threads)
    let chosen = ProbeObjective(loss, side: rows.side)
    let squared = ProbeObjective(.mse, side: rows.side)
    let absolute = ProbeObjective(.mae, side: rows.side)
    let zeros = [Double](repeating: 0, count: rows.count)
    var losses = (chosen: zeros, squared: zeros, absolute: zeros)
    var norms = (squared: zeros, absolute: zeros)
    pass.eachBatch(Array(0..<rows.count), decoderOf: decoderOf) { batch, decoder in
      pass.forward(batch, decoder: decoder, keepRows: true)
      let ofChosen = pass.losses(batch, chosen)
      let ofSquared = pass.losses(batch, squared)
      let ofAbsolute = pass.losses(batch, absolute)
      let normsSquared = pass.gradientNorms(batch, decoder: decoder, squared)
      let normsAbsolute = pass.gradientNorms(batch, decoder: decoder, absolute)
      for (place, index) in batch.enumerated() {
        losses.chosen[index] = ofChosen[place]
        losses.squared[index] = ofSquared[place]
        losses.absolute[index] = ofAbsolute[place]
        norms.squared[index] = normsSquared[place]
        norms.absolute[index] = normsAbsolute[place]
      }
    }
    let means = (squared: mean(norms.squared), absolute: mean(norms.absolute))
    return (0..<rows.count).map { index in
      let shareSquared = means.squared > 0 ? norms.squared[index] / means.squared : nil
      let shareAbsolute = means.absolute > 0 ? norms.absolute[index] / means.absolute : nil
      return ProbeScore(
        loss: losses.chosen[index], squared: losses.squared[index], absolute: losses.absolute[index],
        shareSquared: shareSquared, shareAbsolute: shareAbsolute, skew: quotient(shareSquared, shareAbsolute))
    }
  }

  private static func quotient(_ above: Double?, _ below: Double?) -> Double? {
    guard let above, let below, below > 0 else { return nil }
    return above / below
  }

  private static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  /// A fixed part of the rows, chosen by a hash of the row number: the same for every seed and setting.
  static func heldOutIndices(count: Int, share: Double, where isCandidate: (Int) -> Bool) -> [Int] {
    (0..<count).filter { index in
      var random = SeededRandom(seed: UInt64(index) ^ 0xA0D1_7000_0000_0000)
      return random.uniform() < min(max(share, 0), 0.5) && isCandidate(index)
    }
  }

  /// Decoders for groups of at least `minimum` rows (at most 31 of them, the largest), one more for all others.
  static func decoders(groups: [Int]?, count: Int, minimum: Int) -> [Int] {
    guard let groups else { return [Int](repeating: 0, count: count) }
    var sizes: [Int: Int] = [:]
    for group in groups { sizes[group, default: 0] += 1 }
    let own = sizes.filter { $0.value >= minimum }
      .sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(31).map(\.key).sorted()
    let shares = sizes.count > own.count
    let decoder = Dictionary(uniqueKeysWithValues: own.enumerated().map { ($1, $0 + (shares ? 1 : 0)) })
    return groups.map { decoder[$0] ?? 0 }
  }
}

extension ProbeTraining {
  /// Trains; where a loss is not finite, begins anew with a quarter of the rate, three times at most.
  func runUntilFinite(
    report: (ProbeEpoch) -> Void
  ) throws(AuditError) -> (outcome: Outcome, rate: Double, restarts: Int) {
    guard training.contains(where: { weights[$0] > 0 }) else {
      throw .other("the probe has no image to learn from; give it at least one with a training weight above 0")
    }
    let asked = settings.rate ?? settings.defaultRate
    for restarts in 0...3 {
      var slower = settings
      slower.rate = asked / Double(1 << (2 * restarts))
      let attempt = ProbeTraining(
        rows: rows, training: training, heldOut: heldOut, weights: weights, decoderOf: decoderOf, settings: slower,
        threads: threads)
      if let outcome = attempt.run(report: report) { return (outcome, slower.rate ?? asked, restarts) }
    }
    throw .other("the probe's training did not stay finite, even at a learning rate of \(asked / 64); give a lower one")
  }
}
