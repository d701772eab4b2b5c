package import AuditCore
import AuditDigest
package import AuditStatistics

/// What a fit is doing.
package enum FitStage: Sendable, Equatable {
  /// Inner products of all pairs of images.
  case products
  /// Reweighting round, from 0.
  case round(Int)
  /// Mean and components as pictures.
  case pictures

  /// Stages of a fit that needs every round; most need fewer.
  package static let total = RobustFit.mostRounds + 3

  /// Stages that are behind.
  package var done: Int {
    switch self {
    case .products: 0
    case .round(let round): round + 1
    case .pictures: FitStage.total - 1
    }
  }
}

/// How the rows of a subsample lie to one another: all that a fit takes, without a pixel.
package struct SubsampleGram: Sendable {
  package let gram: GramMatrix
  /// What each row is known by; see `LowRankModel.keys`.
  package let keys: [UInt64]
  /// Which rows are surely damaged; nil where nobody looked.
  package let isDamaged: [Bool]?

  /// - Parameters: as of `LowRankFit`.
  /// - Throws: `.tooFewRows`.
  package init(
    rows: [UInt8], keys: [UInt64], isDamaged: [Bool]? = nil, jobs: Int = 1, isStopped: @Sendable () -> Bool = { false }
  ) throws(FitRefusal) {
    precondition(rows.count == keys.count * LowRankModel.length)
    guard keys.count >= RobustFit.fewestRows else { throw .tooFewRows(count: keys.count) }
    (self.keys, self.isDamaged) = (keys, isDamaged)
    gram = GramMatrix(rows: rows, length: LowRankModel.length, jobs: jobs, isStopped: isStopped)
  }
}

/// A fit to a subsample and how its rows lie to one another: all that remedies are judged by, without a pixel.
package struct SubsampleFit: Sendable {
  /// What each row is known by; see `LowRankModel.keys`.
  package let keys: [UInt64]
  /// Which rows are surely damaged; nil where nobody looked.
  package let isDamaged: [Bool]?
  package let fit: RobustFit
  package let gram: GramMatrix
  /// Components that were asked for; the fit has fewer where the rows span less.
  package let rank: Int

  package var count: Int { keys.count }

  /// - Parameters and errors: as of `LowRankFit`, whose model is made from this.
  package init(
    _ subsample: SubsampleGram, rank: Int? = nil, jobs: Int = 1, isStopped: @Sendable () -> Bool = { false },
    progress: (FitStage) -> Void = { _ in }
  ) throws(FitRefusal) {
    (keys, isDamaged, gram) = (subsample.keys, subsample.isDamaged, subsample.gram)
    let witnesses = isDamaged.map { Witnesses(isDamaged: $0) }
    self.rank = rank ?? RobustFit.rank(forCount: keys.count)
    fit = try RobustFit(
      gram: gram, rank: self.rank, clumps: Clumps(in: gram, witnesses: witnesses), witnesses: witnesses,
      jobs: jobs, isStopped: isStopped,
      progress: { progress(.round($0)) })
  }

  var sums: SkewSums { SkewSums(distances: fit.orthogonalDistances, leverages: fit.leverages) }

  /// Skew of every row of the subsample, in Double.
  package var skews: [Skew] {
    let sums = sums
    return (0..<fit.count).map { row in
      Skew(
        distance: fit.orthogonalDistances[row], leverage: fit.leverages[row], nearest: fit.nearest[row], sums: sums)
    }
  }

  /// What leaving out and weighting would bring (`docs/statistic.md`, 7).
  package func gain(rule: VerdictRule, jobs: Int = 1) -> GainReport {
    GainReport([gainPart(rule: rule, jobs: jobs)].compactMap { $0 })
  }

  /// The same, to be joined with what the models of other folders say.
  ///
  /// - Parameters:
  ///   - standings: what is kept about the rows, by their keys; the others are judged by this fit.
  ///   - judged: keys of the rows that the loss is taken over; nil for all.
  /// - Returns: nil where the watch stopped it.
  package func gainPart(
    rule: VerdictRule, standings: [UInt64: RowStanding] = [:], judged: Set<UInt64>? = nil, jobs: Int = 1,
    watch: GainWatch = GainWatch()
  ) -> GainPart? {
    let own = skews.map { RowStanding(verdict: rule.verdict(of: $0), skew: $0.skew, weight: $0.trainingWeight) }
    let rows = zip(keys, own).map { standings[$0] ?? $1 }
    // What a person keeps is content, however damaged it looks.
    let damaged = isDamaged.map { zip($0, rows).map { $0 && !($1.isDecided && $1.verdict == .keep) } }
    let validation = CrossValidation(
      gram: gram, fit: fit, rank: rank, weights: rows.map(\.weight),
      crossFit: CrossFit(
        fit: fit, rule: rule, isFixed: rows.map(\.isDecided),
        witnesses: isDamaged.map { Witnesses(isDamaged: $0) }))
    return validation.part(
      skew: rows.map(\.skew), verdicts: rows.map(\.verdict),
      judged: judged.map { judged in keys.map(judged.contains) },
      damaged: damaged, jobs: jobs, watch: watch)
  }
}

/// A fit with its model, which holds the rows.
@dynamicMemberLookup
package struct LowRankFit: Sendable {
  package let model: LowRankModel
  package let subsample: SubsampleFit

  /// Fits the robust model to a subsample.
  ///
  /// - Parameters:
  ///   - rows: count x 12,288 bytes in the order of the subsample, which also makes the folds of `gain`.
  ///   - keys: what each row is known by; see `LowRankModel.keys`.
  ///   - isDamaged: which rows are surely damaged and vouch for nobody; nil where nobody looked.
  ///   - rank: components; nil for 32, but at most a tenth of the rows.
  ///   - seed: kept with the model, for the record.
  ///   - jobs: threads; the result is the same for any number.
  ///   - isStopped: asked often.
  /// - Throws: `FitRefusal`: fewer than 25 rows, all rows the same picture, or stopped.
  package init(
    rows: [UInt8], keys: [UInt64], isDamaged: [Bool]? = nil, rank: Int? = nil, seed: UInt64, jobs: Int = 1,
    isStopped: @Sendable () -> Bool = { false }, progress: (FitStage) -> Void = { _ in }
  ) throws(FitRefusal) {
    progress(.products)
    subsample = try SubsampleFit(
      SubsampleGram(rows: rows, keys: keys, isDamaged: isDamaged, jobs: jobs, isStopped: isStopped), rank: rank,
      jobs: jobs, isStopped: isStopped, progress: progress)
    progress(.pictures)
    let fit = subsample.fit
    let (mean, components) = fit.pixels(of: rows, in: subsample.gram)
    let parts = LowRankModel.Parts(
      seed: seed, mean: mean.map { Float($0) }, components: components.map { Float($0) },
      eigenvalues: fit.eigenvalues, tail: fit.tail, sums: subsample.sums,
      orthogonalCut: fit.orthogonalCut, scoreCut: fit.scoreCut, rows: rows, keys: keys, isDamaged: isDamaged)
    model = LowRankModel(parts, digest: hexadecimal(sha256(LowRankModel.encode(parts))))
  }

  /// What leaving out and weighting would bring (`docs/statistic.md`, 7).
  package func gain(rule: VerdictRule, jobs: Int = 1) -> GainReport { subsample.gain(rule: rule, jobs: jobs) }

  package subscript<Value>(dynamicMember member: KeyPath<SubsampleFit, Value>) -> Value { subsample[keyPath: member] }
}

/// What a row of a subsample is taken for when remedies are judged.
package struct RowStanding: Sendable, Equatable {
  /// What a person decided, or else what is proposed.
  package let verdict: Verdict
  package let skew: Double
  /// Training weight, above 0.
  package let weight: Double
  /// Whether a person did.
  package let isDecided: Bool

  package init(verdict: Verdict, skew: Double, weight: Double, isDecided: Bool = false) {
    (self.verdict, self.skew, self.weight, self.isDecided) = (verdict, skew, weight, isDecided)
  }
}

extension LowRankModel {
  /// The model alone; see `LowRankFit` for what else a fit knows.
  package static func fit(
    rows: [UInt8], keys: [UInt64], rank: Int? = nil, seed: UInt64, jobs: Int = 1,
    progress: (FitStage) -> Void = { _ in }
  ) throws(FitRefusal) -> LowRankModel {
    try LowRankFit(rows: rows, keys: keys, rank: rank, seed: seed, jobs: jobs, progress: progress).model
  }
}
