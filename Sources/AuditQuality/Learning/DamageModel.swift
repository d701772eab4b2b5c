package import AuditCore
package import AuditStatistics

/// A copy of a picture of the set, as it is or damaged.
package struct PlantedCopy: Sendable {
  package let measures: PictureMeasures
  /// Number of the kind of damage; nil for a harmless copy.
  package let kind: Int?
  /// The row of the picture that it is a copy of.
  package let source: Int
  /// From mild to gross, in any unit of its kind.
  package let strength: Double

  package init(measures: PictureMeasures, kind: Int?, source: Int, strength: Double) {
    (self.measures, self.kind, self.source, self.strength) = (measures, kind, source, strength)
  }
}

/// What is thought of a picture.
package struct DamageJudgement: Sendable {
  /// Share of the trees' votes for any kind of damage, 0...1.
  package let damage: Double
  /// For each kind; they add up to `damage`.
  package let kinds: [Double]
  package let oddness: Oddness
  package let place: SetPlace

  /// The kind with the most votes; nil where none has any.
  package var kind: Int? {
    guard let most = kinds.max(), most > 0 else { return nil }
    return kinds.firstIndex(of: most)
  }
}

extension PictureJudgement {
  package init(_ judgement: DamageJudgement) {
    let turned = judgement.place.turnedNearness
    self.init(
      votes: judgement.kinds, oddness: judgement.oddness.value, turned: turned.histogram + turned.pixels,
      parts: judgement.oddness.parts)
  }
}

/// Votes of a copy from trees that saw neither it, nor its source, nor another copy of that.
package struct HeldOutCopy: Sendable, Equatable {
  /// nil for a harmless copy.
  package let kind: Int?
  package let strength: Double
  /// Share of votes for any kind of damage.
  package let damage: Double
  /// Share of votes for its own kind; that for damage of a harmless one.
  package let ownKind: Double

  package init(kind: Int?, strength: Double, damage: Double, ownKind: Double) {
    (self.kind, self.strength, self.damage, self.ownKind) = (kind, strength, damage, ownKind)
  }
}

/// What damage looks like in a set, learnt from damaged copies of its own pictures (`docs/damage.md`).
///
/// Four forests are each grown without a quarter of the pictures and their copies; that quarter is judged by the forest
/// that did not see it, every other picture by the mean of all four.
package struct DamageModel: Sendable, Equatable {
  package static let folds = 4

  package let kinds: Int
  package let set: SetModel
  /// What each picture that the model was fitted to is known by.
  package let keys: [UInt64]
  package let forests: [ExtraTrees]
  package let copies: [HeldOutCopy]
  private let rowOfKey: [UInt64: Int]

  package init(kinds: Int, set: SetModel, keys: [UInt64], forests: [ExtraTrees], copies: [HeldOutCopy]) {
    precondition(forests.count == DamageModel.folds && !keys.isEmpty)
    (self.kinds, self.set, self.keys, self.forests, self.copies) = (kinds, set, keys, forests, copies)
    rowOfKey = Dictionary(zip(keys, keys.indices)) { first, _ in first }
  }

  /// The fold of a picture follows from what it is known by, so that neither order nor shard changes it.
  package static func fold(ofKey key: UInt64) -> Int {
    // The keys of a subsample are the smallest of all: their high bits say little.
    Int((key &* 0x9E37_79B9_7F4A_7C15) >> 62)
  }

  /// - Parameters:
  ///   - base: pictures of the set, from `RobustFit.fewestRows` up.
  ///   - keys: what each is known by (`SampleKey`).
  ///   - copies: copies of them; `source` is a row of `base`.
  ///   - kinds: kinds of damage that there are, at most 255.
  ///   - jobs: threads; the result is the same for any number.
  ///   - isStopped: asked often.
  /// - Throws: `.tooFewRows` or `.stopped`.
  package init(
    base: [PictureMeasures], keys: [UInt64], copies: [PlantedCopy], kinds: Int, settings: ExtraTrees.Settings,
    jobs: Int = 1, isStopped: @Sendable () -> Bool = { false }
  ) throws(FitRefusal) {
    precondition(base.count == keys.count && kinds > 0 && kinds < 256)
    precondition(copies.allSatisfy { base.indices.contains($0.source) && ($0.kind ?? 0) < kinds })
    let set = try SetModel(fitting: base, jobs: jobs, isStopped: isStopped)
    let measures = base + copies.map(\.measures)
    let rows = inParallelMap(measures.count, jobs: jobs) { set.place(of: measures[$0]).features.map { Float($0) } }
    let folds = keys.map(DamageModel.fold) + copies.map { DamageModel.fold(ofKey: keys[$0.source]) }
    let labels = base.map { _ in 0 } + copies.map { $0.kind.map { $0 + 1 } ?? 0 }
    var forests: [ExtraTrees] = []
    for fold in 0..<DamageModel.folds {
      let others = folds.indices.filter { folds[$0] != fold }
      // Keys are hashes: all in one fold is all but impossible, and then there is nobody else to learn from.
      let seen = others.isEmpty ? Array(folds.indices) : others
      var settings = settings
      settings.seed &+= UInt64(fold)
      forests.append(
        try ExtraTrees(
          rows: seen.flatMap { rows[$0] }, features: SetPlace.featureCount, labels: seen.map { labels[$0] },
          classes: kinds + 1, settings: settings, jobs: jobs, isStopped: isStopped))
    }
    let heldOut = copies.enumerated().map { index, copy in
      let row = base.count + index
      let votes = forests[folds[row]].votes(of: rows[row])
      return HeldOutCopy(
        kind: copy.kind, strength: copy.strength, damage: 1 - votes[0],
        ownKind: copy.kind.map { votes[$0 + 1] } ?? 1 - votes[0])
    }
    self.init(kinds: kinds, set: set, keys: keys, forests: forests, copies: heldOut)
  }

  /// - Parameter key: what the picture is known by; one that the model was fitted to is judged by the trees that did not
  ///   see it.
  package func judgement(of measures: PictureMeasures, key: UInt64?) -> DamageJudgement {
    let member = key.flatMap { rowOfKey[$0] }
    let place = set.place(of: measures)
    let votes = self.votes(of: place.features.map { Float($0) }, key: member == nil ? nil : key)
    return DamageJudgement(
      damage: 1 - votes[0], kinds: Array(votes.dropFirst()), oddness: set.oddness(of: place, member: member),
      place: place)
  }

  private func votes(of row: [Float], key: UInt64?) -> [Double] {
    if let key { return forests[DamageModel.fold(ofKey: key)].votes(of: row) }
    var sums = [Double](repeating: 0, count: kinds + 1)
    for forest in forests {
      for (label, vote) in forest.votes(of: row).enumerated() { sums[label] += vote }
    }
    return sums.map { $0 / Double(forests.count) }
  }

  /// Cross-fitted votes for damage of all damaged copies.
  package var damagedCopies: [Double] { copies.filter { $0.kind != nil }.map(\.damage) }

  /// Cross-fitted votes for a kind of the copies that were damaged in this way.
  package func copies(of kind: Int) -> [Double] { copies.filter { $0.kind == kind }.map(\.ownKind) }

  /// Share of the held-out copies of a kind whose votes for damage reach a threshold: the recall on this very set.
  ///
  /// - Parameter third: 0 for the mildest third of the strengths, 2 for the grossest; nil for all.
  /// - Returns: nil where there are no such copies.
  package func recall(of kind: Int, third: Int? = nil, threshold: Double) -> Double? {
    let ordered = copies.filter { $0.kind == kind }.sorted { ($0.strength, $0.damage) < ($1.strength, $1.damage) }
    let part = third.map { ordered[($0 * ordered.count / 3)..<(($0 + 1) * ordered.count / 3)] } ?? ordered[...]
    return part.isEmpty ? nil : Double(part.count { $0.damage >= threshold }) / Double(part.count)
  }
}
