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
  /// Share of the votes for any kind of damage, 0...1.
  package let damage: Double
  /// For each kind; they add up to `damage`.
  package let kinds: [Double]
  package let oddness: Oddness
  package let place: SetPlace
}

extension PictureJudgement {
  package init(_ judgement: DamageJudgement) {
    let turned = judgement.place.turnedNearness
    self.init(
      votes: judgement.kinds, oddness: judgement.oddness.value, turned: turned.histogram + turned.pixels,
      parts: judgement.oddness.parts)
  }
}

/// Votes for a copy by who saw neither it, nor its source, nor another copy of that.
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
/// Four judges each learn without a quarter of the pictures and their copies; that quarter is judged by the one that did
/// not see it, every other picture by the mean of all four.
package struct DamageModel: Sendable, Equatable {
  package static let folds = 4

  package let kinds: Int
  package let set: SetModel
  /// What each picture that the model was fitted to is known by.
  package let keys: [UInt64]
  /// Where features and details of the pictures lie.
  let usual: Standardisation
  let judges: [FoldJudge]
  package let copies: [HeldOutCopy]
  private let rowOfKey: [UInt64: Int]

  init(
    kinds: Int, set: SetModel, keys: [UInt64], usual: Standardisation, judges: [FoldJudge], copies: [HeldOutCopy]
  ) {
    precondition(judges.count == DamageModel.folds && !keys.isEmpty)
    (self.kinds, self.set, self.keys, self.copies) = (kinds, set, keys, copies)
    (self.usual, self.judges) = (usual, judges)
    rowOfKey = Dictionary(zip(keys, keys.indices)) { first, _ in first }
  }

  /// The fold of a picture follows from what it is known by, so that neither order nor shard changes it.
  package static func fold(ofKey key: UInt64) -> Int {
    // The keys of a subsample are the smallest of all: their high bits say little.
    Int((key &* 0x9E37_79B9_7F4A_7C15) >> 62)
  }

  /// The model of a set.
  ///
  /// - Parameters: as of `learnt`.
  /// - Throws: `.tooFewRows` or `.stopped`.
  package init(
    base: [PictureMeasures], keys: [UInt64], copies: [PlantedCopy], kinds: Int, settings: ExtraTrees.Settings,
    jobs: Int = 1, isStopped: @Sendable () -> Bool = { false }
  ) throws(FitRefusal) {
    self =
      try DamageModel.learnt(
        base: base, keys: keys, copies: copies, kinds: kinds, settings: settings, jobs: jobs, isStopped: isStopped
      ).model
  }

  /// The model of a set, and what is thought of the pictures that it was learnt from.
  ///
  /// - Parameters:
  ///   - base: pictures of the set, from `RobustFit.fewestRows` up.
  ///   - keys: what each is known by (`SampleKey`).
  ///   - copies: copies of them; `source` is a row of `base`.
  ///   - kinds: kinds of damage that there are, at most 255.
  ///   - jobs: threads; the result is the same for any number.
  ///   - isStopped: asked often.
  /// - Throws: `.tooFewRows` or `.stopped`.
  package static func learnt(
    base: [PictureMeasures], keys: [UInt64], copies: [PlantedCopy], kinds: Int, settings: ExtraTrees.Settings,
    jobs: Int = 1, isStopped: @Sendable () -> Bool = { false }
  ) throws(FitRefusal) -> (model: DamageModel, judgements: [DamageJudgement]) {
    precondition(base.count == keys.count && kinds > 0 && kinds < 256)
    precondition(copies.allSatisfy { base.indices.contains($0.source) && ($0.kind ?? 0) < kinds })
    let set = try SetModel(fitting: base, jobs: jobs, isStopped: isStopped)
    let measures = base + copies.map(\.measures)
    let places = inParallelMap(measures.count, jobs: jobs) { set.place(of: measures[$0]) }
    let usual = Standardisation(
      fitting: places.prefix(base.count).map(\.described), floor: DamageModel.leastSpread)
    let rows = inParallelMap(places.count, jobs: jobs) { JudgedFeatures(places[$0].described, usual: usual) }
    let folds = keys.map(DamageModel.fold) + copies.map { DamageModel.fold(ofKey: keys[$0.source]) }
    let labels = base.map { _ in 0 } + copies.map { $0.kind.map { $0 + 1 } ?? 0 }
    let origins =
      base.map { _ in nil } + copies.map { LinearDiscriminant.Origin(row: $0.source, strength: $0.strength) }
    let judges = try FoldJudge.crossFitted(
      rows, labels: labels, classes: kinds + 1, origins: origins, folds: folds, count: DamageModel.folds,
      settings: settings, jobs: jobs, isStopped: isStopped)
    let heldOut = copies.enumerated().map { index, copy in
      let row = base.count + index
      let votes = judges[folds[row]].votes(of: rows[row])
      return HeldOutCopy(
        kind: copy.kind, strength: copy.strength, damage: min(max(1 - votes[0], 0), 1),
        ownKind: copy.kind.map { votes[$0 + 1] } ?? min(max(1 - votes[0], 0), 1))
    }
    let model = DamageModel(kinds: kinds, set: set, keys: keys, usual: usual, judges: judges, copies: heldOut)
    let judgements = inParallelMap(base.count, jobs: jobs) { model.judgement(at: places[$0], rows[$0], key: keys[$0]) }
    return (model, judgements)
  }

  /// Added to the spread of every feature: of most pictures some are all but equal.
  private static let leastSpread = 0.1

  /// - Parameter key: what the picture is known by; one that the model was fitted to is judged by who did not see it.
  package func judgement(of measures: PictureMeasures, key: UInt64?) -> DamageJudgement {
    let place = set.place(of: measures)
    return judgement(at: place, JudgedFeatures(place.described, usual: usual), key: key)
  }

  private func judgement(at place: SetPlace, _ judged: JudgedFeatures, key: UInt64?) -> DamageJudgement {
    let member = key.flatMap { rowOfKey[$0] }
    let votes = self.votes(of: judged, key: member == nil ? nil : key)
    return DamageJudgement(
      damage: min(max(1 - votes[0], 0), 1), kinds: Array(votes.dropFirst()),
      oddness: set.oddness(of: place, member: member), place: place)
  }

  private func votes(of judged: JudgedFeatures, key: UInt64?) -> [Double] {
    if let key { return judges[DamageModel.fold(ofKey: key)].votes(of: judged) }
    var sums = [Double](repeating: 0, count: kinds + 1)
    for judge in judges {
      for (label, vote) in judge.votes(of: judged).enumerated() { sums[label] += vote }
    }
    return sums.map { $0 / Double(judges.count) }
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
