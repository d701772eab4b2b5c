import AuditCore
import AuditStatistics

/// What is told of a picture, as trees and as a discriminant take it.
struct JudgedFeatures: Sendable {
  /// As they are: trees cut them anywhere.
  let features: [Float]
  /// Features and details, bent so that what lies far out does not outweigh everything else, and the sizes of the features:
  /// damage lies on both sides of what is usual.
  let curves: [Double]

  /// - Parameters:
  ///   - described: features and details (`SetPlace.described`).
  ///   - usual: where those of the set lie.
  init(_ described: [Double], usual: Standardisation) {
    features = described.prefix(SetPlace.featureCount).map { Float($0) }
    let bent = usual.standardised(described).map { areaSine($0) }
    curves = bent + bent.prefix(SetPlace.featureCount).map(abs)
  }

  /// Numbers of what `usual` is fitted to.
  static let standardisedCount = SetPlace.featureCount + SetPlace.detailCount
  static let curveCount = standardisedCount + SetPlace.featureCount
}

/// Judges the pictures of a fold, having learnt from the others: by trees and by a linear discriminant. Trees see where two
/// features have to come together, the discriminant what many of them tell a little of.
struct FoldJudge: Sendable, Equatable {
  let trees: ExtraTrees
  let discriminant: LinearDiscriminant
  /// What a vote for a sound picture counts, from 1 up: more copies of every kind do not make damage likelier.
  let soundWeight: Double

  /// With up to so many copies of a kind votes are taken as they are.
  private static let usualCopies = 33.0
  /// No set has as many copies; a file may say anything.
  private static let mostSoundWeight = 1e6
  /// What neither of both has a vote for is possible all the same.
  private static let least = 1e-3

  /// Votes for every class: the geometric mean of both, so that a class needs both; they add up to 1.
  ///
  /// They are those of classes as large as with 33 copies of each kind: M. Saerens, P. Latinne, C. Decaestecker, "Adjusting
  /// the outputs of a classifier to new a priori probabilities", Neural Computation 14 (2002).
  /// - Source: C. Genest, J. V. Zidek, "Combining probability distributions", Statistical Science 1 (1986), 114-135: the
  ///   logarithmic opinion pool.
  func votes(of judged: JudgedFeatures) -> [Double] {
    var means = zip(trees.votes(of: judged.features), discriminant.votes(of: judged.curves)).map {
      (($0 + FoldJudge.least) * ($1 + FoldJudge.least)).squareRoot()
    }
    means[0] *= soundWeight
    let sum = means.reduce(0, +)
    return means.map { $0 / sum }
  }
}

extension FoldJudge {
  /// A judge for each fold, none of which has seen a row of it.
  ///
  /// - Parameters:
  ///   - rows: what is learnt from; at least one.
  ///   - labels: the class of each.
  ///   - origins: what each copy was made from; nil for a picture as it is.
  ///   - folds: the fold of each, 0..<count.
  /// - Throws: `.stopped`.
  static func crossFitted(
    _ rows: [JudgedFeatures], labels: [Int], classes: Int, origins: [LinearDiscriminant.Origin?], folds: [Int],
    count: Int, settings: ExtraTrees.Settings, jobs: Int, isStopped: @Sendable () -> Bool
  ) throws(FitRefusal) -> [FoldJudge] {
    let discriminants = LinearDiscriminant.crossFitted(
      rows: rows.flatMap(\.curves), features: JudgedFeatures.curveCount, labels: labels, classes: classes,
      origins: origins, parts: folds, count: count)
    let soundWeight = soundWeight(labels: labels, classes: classes)
    var judges: [FoldJudge] = []
    for (fold, discriminant) in discriminants.enumerated() {
      let others = folds.indices.filter { folds[$0] != fold }
      // Keys are hashes: all in one fold is all but impossible, and then there is nobody else to learn from.
      let seen = others.isEmpty ? Array(folds.indices) : others
      var settings = settings
      settings.seed &+= UInt64(fold)
      let trees = try ExtraTrees(
        rows: seen.flatMap { rows[$0].features }, features: SetPlace.featureCount, labels: seen.map { labels[$0] },
        classes: classes, settings: settings, jobs: jobs, isStopped: isStopped)
      judges.append(FoldJudge(trees: trees, discriminant: discriminant, soundWeight: soundWeight))
    }
    return judges
  }

  private static func soundWeight(labels: [Int], classes: Int) -> Double {
    var counts = [Int](repeating: 0, count: classes)
    for label in labels { counts[label] += 1 }
    let copies = counts.dropFirst().filter { $0 > 0 }
    return max(1, Double(copies.reduce(0, +)) / Double(max(1, copies.count)) / usualCopies)
  }

  func encode(to bytes: inout [UInt8]) {
    trees.encode(to: &bytes)
    discriminant.encode(to: &bytes)
    bytes.append(littleEndian: [soundWeight])
  }

  init?(decoding reader: inout LittleEndianReader, classes: Int) {
    guard let trees = ExtraTrees(decoding: &reader, features: SetPlace.featureCount, classes: classes),
      let discriminant = LinearDiscriminant(
        decoding: &reader, features: JudgedFeatures.curveCount, classes: classes),
      let soundWeight = reader.doubles(1)?.first, (1...FoldJudge.mostSoundWeight).contains(soundWeight)
    else { return nil }
    self.init(trees: trees, discriminant: discriminant, soundWeight: soundWeight)
  }
}
