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
    let names = headlines.map(\.name)
    let own = own
    let columns = try store.rankColumns(of: run, headlines: names, identities: own.places)
    let places = zip(headlines, columns.metrics).map { ColumnPlaces($0, values: $1) }
    let model = model(of: columns)
    let rule = rule(count: columns.ids.count)
    let influence = InfluenceColumns(columns, model: model, own: own.models)
    let coverage = ModelCoverage(columns, model: model)
    try store.writeStandings(ids: columns.ids, run: run, headlines: names) { position, row in
      for (index, place) in places.enumerated() { row.headlines[index] = place.standing(at: position) }
      influence.fill(&row, at: position, rule: coverage.fits ? rule : nil)
    }
    var figures = figures(columns, places: places, influence: influence, model: model)
    figures["outside_cut"] = coverage.outside
    try store.write(figures: figures, to: run)
    try store.markDuplicates(in: run)
    try store.markOddShapes(in: run)
    try store.writeReasons(in: run) { ResidualReason($0, usual: $1).words }
    return coverage.refusal
  }

  private func model(of columns: RankColumns) -> ModelScale? {
    switch scale {
    case .none: return nil
    case .model(let model), .models(let model, _): return model
    case .residuals:
      let residuals = columns.orthogonalDistance.filter { !$0.isNaN }
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
    _ columns: RankColumns, places: [ColumnPlaces], influence: InfluenceColumns, model: ModelScale?
  ) -> [String: Double?] {
    var figures: [String: Double?] = [
      "scored": Double(columns.ids.count), "review_above": thresholds.reviewAbove,
      "drop_above": thresholds.dropAbove, "least_gain": thresholds.recommendation.leastGain,
    ]
    if let model {
      figures["cut_od"] = model.orthogonalCut
      figures["cut_sd"] = model.scoreCut
      let worst = influence.worst(max(1, Int((0.01 * Double(columns.ids.count)).rounded())))
      figures["worst_images"] = Double(worst.positions.count)
      figures["worst_pull_squared"] = worst.pullSquared
      figures["worst_pull_absolute"] = worst.pullAbsolute
      for place in places where place.hasShares {
        figures["worst_share_\(place.name)"] = worst.positions.reduce(0.0) { sum, position in
          sum + (place.standing(at: position).share ?? 0)
        }
      }
    }
    return figures
  }
}

/// One headline column's places; percentile and share follow from rank and value, so only the ranks are kept.
private struct ColumnPlaces: Sendable {
  let name: String
  private let values: [Double]
  private let ranking: Ranking
  private let sum: Double?
  /// Below this many values a percentile would pretend precision.
  private static let fewestForPercentiles = 25
  private let hasPercentiles: Bool

  var hasShares: Bool { sum != nil }

  init(_ metric: MetricInfo, values: [Double]) {
    name = metric.name
    self.values = values
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

  func standing(at position: Int) -> HeadlineStanding {
    guard let rank = ranking.rank(at: position) else { return HeadlineStanding() }
    let share = sum.map { $0 > 0 ? values[position] / $0 : 0 }
    return HeadlineStanding(
      percentile: hasPercentiles ? ranking.percentile(ofRank: rank) : nil, rank: Int(rank), share: share)
  }
}

/// Skew and what belongs to it, worked out from the stored distances when it is asked for.
private struct InfluenceColumns: Sendable {
  private let columns: RankColumns
  private let common: ModelScale?
  /// By the numbers in `columns.identities`.
  private let own: [ModelScale]

  init(_ columns: RankColumns, model: ModelScale?, own: [ModelScale]) {
    self.columns = columns
    (common, self.own) = (model, own)
  }

  private func model(at position: Int) -> ModelScale? {
    guard !own.isEmpty, columns.identities[position] >= 0 else { return common }
    return own[Int(columns.identities[position])]
  }

  private func skew(at position: Int) -> Skew? {
    guard let model = model(at: position), !columns.orthogonalDistance[position].isNaN else { return nil }
    let nearest = columns.nearestDistance[position]
    return Skew(
      distance: columns.orthogonalDistance[position], leverage: columns.leverage[position],
      nearest: nearest.isNaN ? nil : nearest, sums: model.sums)
  }

  /// - Parameter rule: nil gives neither verdict nor weight.
  func fill(_ row: inout StandingRow, at position: Int, rule: VerdictRule?) {
    let skew = skew(at: position)
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
    guard let skew, let model = model(at: position) else { return }
    if let orthogonalCut = model.orthogonalCut, let scoreCut = model.scoreCut {
      row.outlierClass =
        OutlierClass(
          orthogonalDistance: columns.orthogonalDistance[position], scoreDistance: columns.scoreDistance[position],
          orthogonalCut: orthogonalCut, scoreCut: scoreCut
        ).rawValue
    }
    guard let rule else { return }
    let verdict = rule.verdict(of: skew)
    row.verdict = verdict
    row.why = rule.reason(for: verdict, skew: skew)
  }

  /// The samples of highest skew, and their part of all pull.
  func worst(_ count: Int) -> (positions: [Int], pullSquared: Double, pullAbsolute: Double) {
    var skews = [Double](repeating: .nan, count: columns.ids.count)
    var (squared, absolute) = (0.0, 0.0)
    for position in columns.ids.indices {
      guard let skew = skew(at: position) else { continue }
      squared += skew.pullSquared
      absolute += skew.pullAbsolute
      skews[position] = skew.skew
    }
    let ranking = ranks(of: skews, worst: .high)
    let positions = skews.indices.compactMap { position in
      ranking.rank(at: position).flatMap { $0 <= count ? (rank: $0, position: position) : nil }
    }.sorted { $0.rank < $1.rank }.map(\.position)
    let top = positions.compactMap { skew(at: $0) }
    return (
      positions, squared > 0 ? top.reduce(0) { $0 + $1.pullSquared } / squared : 0,
      absolute > 0 ? top.reduce(0) { $0 + $1.pullAbsolute } / absolute : 0
    )
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
