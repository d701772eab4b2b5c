package import AuditCore
package import AuditReference
import AuditStatistics
package import AuditStore

/// From stored numbers to places, skew and verdicts: the right half of the line, which knows no pixel.
package struct RunRanking {
  let store: Store
  let run: Int64
  let headlines: [MetricInfo]
  let scale: InfluenceScale
  let thresholds: VerdictThresholds

  package init(store: Store, run: Int64, headlines: [MetricInfo], scale: InfluenceScale, thresholds: VerdictThresholds)
  {
    self.store = store
    self.run = run
    self.headlines = headlines
    self.scale = scale
    self.thresholds = thresholds
  }

  /// Reads the run's columns, writes table `standing` and the figures of the run.
  ///
  /// - Returns: for a person: why no sample has a verdict, where the model is of another kind of set.
  @discardableResult
  package func write() throws -> String? {
    let own = own
    let rows = try store.rankRows(of: run, headlines: headlines.map(\.name), identities: own.places)
    let places = try places(in: rows)
    let model = try model(of: rows)
    let influence = SampleInfluence(common: model, own: own.models)
    var coverage = ModelCoverage(model)
    var worst = try WorstSamples(rows, headlines: places.count) { sample in
      coverage.add(sample)
      return influence.skew(of: sample)
    }
    let rule = coverage.fits ? rule(count: rows.count) : nil
    try store.writeStandings(of: rows) { position, sample, row in
      for (index, place) in places.enumerated() {
        row.headlines[index] = place.standing(at: position, value: sample.metrics[index])
      }
      let skew = influence.skew(of: sample)
      influence.fill(&row, of: sample, skew: skew, rule: rule)
      if let skew { worst.add(skew, shares: row.headlines, at: position) }
    }
    var figures = figures(count: rows.count, places: places, worst: worst, model: model)
    figures["outside_cut"] = coverage.outside
    try store.write(figures: figures, to: run)
    try store.markDuplicates(in: run)
    try store.markOddShapes(in: run)
    try store.writeReasons(in: run) { ResidualReason($0, usual: $1).words }
    return coverage.refusal
  }

  private func places(in rows: RankRows) throws -> [ColumnPlaces] {
    var columns = headlines.map { _ in [Double](repeating: .nan, count: rows.count) }
    try rows.forEach { position, sample in
      for index in columns.indices { columns[index][position] = sample.metrics[index] }
    }
    return headlines.indices.map { index in
      defer { columns[index] = [] }
      return ColumnPlaces(headlines[index], values: columns[index])
    }
  }

  private func model(of rows: RankRows) throws -> ModelScale? {
    switch scale {
    case .none: return nil
    case .model(let model), .models(let model, _): return model
    case .residuals:
      var residuals: [Double] = []
      residuals.reserveCapacity(rows.count)
      try rows.forEach { _, sample in
        if !sample.orthogonalDistance.isNaN { residuals.append(sample.orthogonalDistance) }
      }
      return residuals.isEmpty
        ? nil : ModelScale(sums: SkewSums(residuals: residuals), orthogonalCut: nil, scoreCut: nil)
    }
  }

  /// The folders' own models, numbered in order of name.
  private var own: (places: [ByteKey: Int32], models: [ModelScale]) {
    guard case .models(_, let own) = scale else { return ([:], []) }
    let folders = own.sorted { $0.key < $1.key }
    let places = folders.enumerated().map { ($1.key, Int32($0)) }
    return (Dictionary(uniqueKeysWithValues: places), folders.map(\.value))
  }

  private func rule(count: Int) -> VerdictRule {
    if case .residuals = scale {
      return .residuals(
        count: count, reviewAbove: thresholds.reviewAbove,
        dropAbove: thresholds.isDropChosen ? thresholds.dropAbove : nil)
    }
    return .model(count: count, reviewAbove: thresholds.reviewAbove, dropAbove: thresholds.dropAbove)
  }

  private func figures(
    count: Int, places: [ColumnPlaces], worst: WorstSamples, model: ModelScale?
  ) -> [String: Double?] {
    var figures: [String: Double?] = [
      "scored": Double(count), "review_above": thresholds.reviewAbove,
      "drop_above": thresholds.dropAbove, "least_gain": thresholds.recommendation.leastGain,
    ]
    if let model {
      figures["cut_od"] = model.orthogonalCut
      figures["cut_sd"] = model.scoreCut
      figures["worst_images"] = Double(worst.count)
      figures["worst_pull_squared"] = worst.pullSquared
      figures["worst_pull_absolute"] = worst.pullAbsolute
      for (index, place) in places.enumerated() where place.hasShares {
        figures["worst_share_\(place.name)"] = worst.share(index)
      }
    }
    return figures
  }
}

/// One headline column's places; percentile and share follow from rank and value, so only the ranks are kept.
private struct ColumnPlaces {
  let name: String
  private let ranking: Ranking
  private let sum: Double?
  /// Below this many values a percentile would pretend precision.
  private static let fewestForPercentiles = 25
  private let hasPercentiles: Bool

  var hasShares: Bool { sum != nil }

  init(_ metric: MetricInfo, values: [Double]) {
    name = metric.name
    let worst: WorstEnd =
      switch metric.direction {
      case .lower, .none: .high
      case .higher: .low
      case .zero: .farFromZero
      }
    ranking = ranks(of: values, worst: worst)
    let defined = values.lazy.filter { !$0.isNaN }
    hasPercentiles = ranking.count >= ColumnPlaces.fewestForPercentiles
    sum = metric.direction == .lower && !defined.contains { $0 < 0 } ? defined.reduce(0, +) : nil
  }

  func standing(at position: Int, value: Double) -> HeadlineStanding {
    guard let rank = ranking.rank(at: position) else { return HeadlineStanding() }
    let share = sum.map { $0 > 0 ? value / $0 : 0 }
    return HeadlineStanding(
      percentile: hasPercentiles ? ranking.percentile(ofRank: rank) : nil, rank: Int(rank), share: share)
  }
}

/// Skew and what belongs to it, worked out from the stored distances.
private struct SampleInfluence {
  let common: ModelScale?
  /// By the numbers that the folders were given.
  let own: [ModelScale]

  private func model(of sample: RankRow) -> ModelScale? {
    own.indices.contains(Int(sample.identity)) ? own[Int(sample.identity)] : common
  }

  func skew(of sample: RankRow) -> Skew? {
    guard let model = model(of: sample), !sample.orthogonalDistance.isNaN else { return nil }
    let nearest = sample.nearestDistance
    return Skew(
      distance: sample.orthogonalDistance, leverage: sample.leverage, nearest: nearest.isNaN ? nil : nearest,
      sums: model.sums)
  }

  /// - Parameter rule: nil gives neither verdict nor weight.
  func fill(_ row: inout StandingRow, of sample: RankRow, skew: Skew?, rule: VerdictRule?) {
    row.pullSquared = skew?.pullSquared
    row.pullAbsolute = skew?.pullAbsolute
    row.ratio = skew?.ratio
    row.alike = skew?.alike
    row.skew = skew?.skew
    // Of a model that does not fit the set distances say nothing about single images, and neither would weights.
    row.weight = rule == nil ? nil : skew?.trainingWeight
    row.outlierClass = nil
    row.verdict = nil
    row.why = nil
    guard let skew, let model = model(of: sample) else { return }
    if let orthogonalCut = model.orthogonalCut, let scoreCut = model.scoreCut {
      row.outlierClass =
        OutlierClass(
          orthogonalDistance: sample.orthogonalDistance, scoreDistance: sample.scoreDistance,
          orthogonalCut: orthogonalCut, scoreCut: scoreCut
        ).rawValue
    }
    guard let rule else { return }
    let verdict = rule.verdict(of: skew)
    row.verdict = verdict
    row.why = rule.reason(for: verdict, skew: skew)
  }
}

extension VerdictRule {
  /// The rule that fired, in words.
  func reason(for verdict: Verdict, skew: Skew) -> String? {
    switch verdict {
    case .drop: "skew above \(dropAbove) and nothing else resembles it"
    case .review where skew.alike < 1: "ratio above \(reviewAbove), but the set holds look-alikes"
    case .review where skew.skew > dropAbove: "skew above \(dropAbove), but the set is too small to drop unseen"
    case .review: "ratio above \(reviewAbove)"
    case .keep: nil
    }
  }
}
