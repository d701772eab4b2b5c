package import AuditCore
import Synchronization

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
///
/// With two folds there are two networks, each trained on one half and asked about the other: a network gets used to
/// odd images that it is shown often enough, and then they no longer stand out.
package struct Probe: Sendable {
  /// How one network's training went.
  package struct Training: Sendable, Equatable, Codable {
    package let curve: [ProbeEpoch]
    package let end: ProbeEnd
    /// Move of the smoothed loss over the last window, as a share; nil where training was too short to say.
    package let lastFall: Double?
    /// Peak rate of the attempt that stayed finite; lower than asked for after `restarts`.
    package let rate: Double
    package let restarts: Int
  }

  package let settings: ProbeSettings
  /// One for each fold.
  package let networks: [ProbeNetwork]
  package let trainings: [Training]
  /// One for each row.
  package let scores: [ProbeScore]
  /// Fold of each row: its network is the one that was not trained on it (unless there is only one).
  package let foldOf: [Int]
  /// Decoder of each row.
  package let decoderOf: [Int]

  /// Fewer rows than this train one network only.
  private static let smallestForFolds = 50

  /// Trains, and scores every row.
  ///
  /// Same rows, settings and machine: same numbers to the bit, whatever `threads`.
  ///
  /// - Parameters:
  ///   - groups: one number per row, say its identity; groups of `settings.minimumGroup` images or more have a decoder
  ///     of their own, all others share one. Nil: one decoder.
  ///   - weights: training weight of each row, not negative; 0 leaves the row out of training. Nil: all 1.
  ///   - isStopped: looked at after each epoch, from several threads; true ends training with what there is.
  ///   - onProgress: called from several threads, one call at a time.
  /// - Throws: `AuditError` where there is nothing to train on, or training did not stay finite at any rate tried.
  package static func train(
    _ rows: ProbeRows, groups: [Int]? = nil, weights: [Double]? = nil, settings: ProbeSettings, threads: Int,
    isStopped: @escaping @Sendable () -> Bool = { false }, onProgress: @Sendable (ProbeProgress) -> Void
  ) throws(AuditError) -> Probe {
    precondition(groups.map { $0.count == rows.count } ?? true && weights.map { $0.count == rows.count } ?? true)
    let weights = weights.map { $0.map(Float.init) } ?? [Float](repeating: 1, count: rows.count)
    let decoderOf = decoders(groups: groups, count: rows.count, minimum: settings.minimumGroup)
    let folds = settings.folds > 1 && weights.count(where: { $0 > 0 }) >= smallestForFolds ? 2 : 1
    let second = Set(folds > 1 ? hashedIndices(count: rows.count, share: 0.5) : [])
    let foldOf = (0..<rows.count).map { second.contains($0) ? 1 : 0 }
    let board = ProbeBoard(count: folds, epochs: settings.epochs)
    let results = Mutex([Result<Fold, AuditError>?](repeating: nil, count: folds))
    inParallel(folds, threads: threads) { fold in
      let training = ProbeTraining(
        rows: rows, training: (0..<rows.count).filter { folds == 1 || foldOf[$0] != fold },
        heldOut: (0..<rows.count).filter { folds > 1 && foldOf[$0] == fold && weights[$0] > 0 }, weights: weights,
        decoderOf: decoderOf, settings: settings, threads: max(1, threads / folds), isStopped: isStopped)
      let name = settings.loss.rawValue + (folds > 1 ? ", half \(fold + 1)" : "")
      let result = train(training, scoring: (0..<rows.count).filter { foldOf[$0] == fold }) { epoch in
        board.report(training: fold, name: name, epoch, to: onProgress)
      }
      results.withLock { $0[fold] = result }
    }
    var done: [Fold] = []
    for case let result? in results.withLock({ $0 }) { done.append(try result.get()) }
    var places = [Int](repeating: 0, count: folds)
    let scores = foldOf.map { fold in
      places[fold] += 1
      return done[fold].scores[places[fold] - 1]
    }
    return Probe(
      settings: settings, networks: done.map(\.network), trainings: done.map(\.training), scores: scores,
      foldOf: foldOf, decoderOf: decoderOf)
  }

  /// What the probe makes of each of its rows: by the network that was not trained on it, where there are two.
  ///
  /// - Returns: 8-bit RGB in the layout of `rows`, which are those of `train`.
  package func reconstructions(of rows: ProbeRows, threads: Int) -> [UInt8] {
    let all = networks.map { $0.reconstructions(of: rows, decoderOf: decoderOf, threads: threads) }
    let width = rows.width
    return foldOf.enumerated().flatMap { index, fold in all[fold][(index * width)..<((index + 1) * width)] }
  }

  private struct Fold {
    let network: ProbeNetwork
    let training: Training
    /// Of the fold's rows, in their order.
    let scores: [ProbeScore]
  }

  private static func train(
    _ training: ProbeTraining, scoring indices: [Int], report: (ProbeEpoch) -> Void
  ) -> Result<Fold, AuditError> {
    Result { () throws(AuditError) -> Fold in
      let (outcome, rate, restarts) = try training.runUntilFinite(report: report)
      return Fold(
        network: outcome.network,
        training: Training(
          curve: outcome.curve, end: outcome.end, lastFall: outcome.lastFall, rate: rate, restarts: restarts),
        scores: scores(
          of: training.rows, at: indices, by: outcome.network, decoderOf: training.decoderOf,
          loss: training.settings.loss, threads: training.threads))
    }
  }

  /// Losses and gradient lengths of the rows at `indices` (ascending) at a trained network; shares are among them.
  static func scores(
    of rows: ProbeRows, at indices: [Int], by network: ProbeNetwork, decoderOf: [Int], loss: ProbeLoss, threads: Int
  ) -> [ProbeScore] {
    let pass = ProbePass(network: network, rows: rows, batch: 128, threads: threads)
    let chosen = ProbeObjective(loss, side: rows.side)
    let squared = ProbeObjective(.mse, side: rows.side)
    let absolute = ProbeObjective(.mae, side: rows.side)
    let zeros = [Double](repeating: 0, count: rows.count)
    var losses = (chosen: zeros, squared: zeros, absolute: zeros)
    var norms = (squared: zeros, absolute: zeros)
    pass.eachBatch(indices, decoderOf: decoderOf) { batch, decoder in
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
    let means = (
      squared: mean(indices.map { norms.squared[$0] }), absolute: mean(indices.map { norms.absolute[$0] })
    )
    return indices.map { index in
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
  static func hashedIndices(count: Int, share: Double) -> [Int] {
    (0..<count).filter { index in
      var random = SplitMix64(seed: UInt64(index) ^ 0xA0D1_7000_0000_0000)
      return random.uniform() < share
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
      throw .lacking(
        "the probe has no image to learn from", remedy: "give it at least one with a training weight above 0")
    }
    let asked = settings.rate ?? settings.optimiser.defaultRate
    for restarts in 0...3 {
      var slower = settings
      slower.rate = asked / Double(1 << (2 * restarts))
      let attempt = ProbeTraining(
        rows: rows, training: training, heldOut: heldOut, weights: weights, decoderOf: decoderOf, settings: slower,
        threads: threads, isStopped: isStopped)
      if let outcome = attempt.run(report: report) { return (outcome, slower.rate ?? asked, restarts) }
    }
    throw ProbeTraining.notFinite(lowest: asked / 64)
  }

  static func notFinite(lowest rate: Double) -> AuditError {
    .lacking("the probe's training did not stay finite, even at a learning rate of \(rate)", remedy: "give a lower one")
  }
}
