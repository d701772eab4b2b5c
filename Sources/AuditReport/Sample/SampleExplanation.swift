package import AuditCore
import AuditDataset
import AuditQuality
package import AuditReference
package import AuditStore

/// Everything that a store knows about one sample.
package struct SampleExplanation: Codable, Sendable {
  /// One number, and where it stands among the scored samples of the run.
  package struct Place: Codable, Sendable {
    package let name: String
    package let meaning: String
    package let unit: String
    package let value: Double
    /// 0...1 with 1 = worst; nil where the run has fewer than 25 values, or neither end is worse.
    package let percentile: Double?
    /// 1 = worst.
    package let rank: Int
    package let of: Int
  }

  /// A part of a total of the whole run.
  package struct LossShare: Codable, Sendable {
    package let name: String
    package let share: Double
    /// 1 = as much as an average image owns.
    package let averageImages: Double
  }

  package struct Decision: Codable, Sendable {
    package let verdict: String
    package let reason: String
    package let who: String
    package let at: String
  }

  package struct Trouble: Codable, Sendable {
    package let code: String
    package let severity: String
    package let detail: String
    package let meaning: String
    package let remedy: String
    /// Probability that it is so; nil where an absolute rule spoke.
    package let confidence: Double?
  }

  /// The most similar sample that is marked keep, of those that the model was fitted on.
  package struct Neighbour: Codable, Sendable {
    package let path: String
    /// In model space, full scale.
    package let distance: Double
  }

  package let schema: Int
  package let id: Int64
  package let run: String
  package let dataset: String
  package let path: String
  package let width: Int?
  package let height: Int?
  package let format: String?
  package let bytes: Int
  package let sha256: String?
  package let identity: String?
  package let pairedPath: String?
  /// The equal file that stays.
  package let duplicateOf: String?
  package let verdict: Verdict?
  package let proposal: Verdict?
  package let rule: String
  /// What its stored numbers tell of the residual; nil where it stays.
  package let reason: String?
  /// Why the verdict may not stand; nil where it does.
  package let caution: String?
  package let decision: Decision?
  package let skew: Double?
  package let ratio: Double?
  package let alike: Double?
  package let pullSquared: Double?
  package let pullAbsolute: Double?
  package let weight: Double?
  package let orthogonalDistance: Double?
  package let orthogonalCut: Double?
  package let scoreDistance: Double?
  package let scoreCut: Double?
  package let nearest: Double?
  package let outlierClass: String?
  /// Skew, pull and distances.
  package let standing: [Place]
  package let metrics: [Place]
  package let shares: [LossShare]
  /// Shares of the squared residual in a 4 x 4 grid, row by row; empty where nothing was scored.
  package let regions: [Double]
  package let border: Double?
  package let issues: [Trouble]
  package let neighbour: Neighbour?
}

/// The samples of a run that its model was fitted on.
package struct FittedSamples: Sendable {
  /// By the place of the row in the model.
  let sampleAt: [Int: (id: Int64, path: String)]

  /// Goes once over all paths of the run.
  package init(_ store: Store, run: Int64, model: LowRankModel) throws {
    let places = Dictionary(zip(model.keys, model.keys.indices)) { first, _ in first }
    var sampleAt: [Int: (id: Int64, path: String)] = [:]
    try store.forEachScoredPath(of: run) { id, path in
      guard let place = places[SampleKey(seed: model.seed, path: path).value] else { return }
      sampleAt[place] = (id, path.text)
    }
    self.sampleAt = sampleAt
  }
}

/// Looks samples up and explains them.
package struct SampleExplainer {
  package let run: Int64
  private let store: Store
  private let runRow: SQLRow
  private let figures: [String: Double]
  /// The samples that places are counted among; nil for all of the run.
  private let compared: [Int64]?
  /// The samples of the run that its model was fitted on, where somebody keeps them.
  private let fitted: FittedSamples?

  /// Below this many values a percentile would pretend precision.
  static let fewestForPercentiles = 25

  /// - Parameters:
  ///   - compared: the samples that places are counted among, where a pass over all takes too long; nil for all.
  ///   - fitted: of this run; nil looks for them.
  /// - Throws: `AuditError` where there is no such run.
  package init(
    _ store: Store, run wanted: String?, compared: [Int64]? = nil, fitted: FittedSamples? = nil
  ) throws {
    (self.compared, self.fitted) = (compared, fitted)
    self.store = store
    runRow = try store.runRow(named: wanted)
    run = Int64(runRow["id"].integer ?? 0)
    figures = try store.figures(of: run)
  }

  /// Explains a sample.
  ///
  /// - Parameters:
  ///   - id: from `find`.
  ///   - row: the sample in model space, where its file could be read.
  package func explanation(of id: Int64, model: LowRankModel?, row: [UInt8]?) throws -> SampleExplanation {
    guard let facts = try store.facts(ofSample: id) else {
      throw AuditError.lacking("sample \(id) is gone from '\(store.path)'")
    }
    let skew = facts["skew"].real
    let proposal = facts["proposal"].text.flatMap(Verdict.init)
    let regions = try regionShares(of: id)
    let cuts = try cuts(of: facts["identity"])
    return SampleExplanation(
      schema: 1, id: id, run: runRow["name"].text ?? "", dataset: runRow["dataset"].text ?? "",
      path: facts["path"].text ?? "", width: facts["width"].integer, height: facts["height"].integer,
      format: facts["format"].text, bytes: facts["bytes"].integer ?? 0, sha256: facts["sha256"].text,
      identity: facts["identity"].text, pairedPath: facts["paired_path"].text,
      duplicateOf: try duplicate(facts["duplicate_of"]), verdict: facts["verdict"].text.flatMap(Verdict.init),
      proposal: proposal, rule: rule(facts, proposal: proposal), reason: facts["reason"].text, caution: try caution(),
      decision: try decision(on: id), skew: skew,
      ratio: facts["ratio"].real, alike: facts["alike"].real, pullSquared: facts["pull_squared"].real,
      pullAbsolute: facts["pull_absolute"].real, weight: facts["weight"].real,
      orthogonalDistance: facts["od"].real, orthogonalCut: cuts.orthogonal, scoreDistance: facts["sd"].real,
      scoreCut: cuts.score, nearest: facts["nearest"].real, outlierClass: facts["outlier_class"].text,
      standing: try places(facts, of: SampleExplainer.standing), metrics: try places(facts, of: store.metrics),
      shares: shares(facts), regions: Array(regions.dropLast()), border: regions.last, issues: try issues(of: id),
      neighbour: try model.flatMap { model in
        try (row ?? ownRow(facts, in: model)).flatMap {
          let copies = LowRankModel.copies(distance: facts["od"].real ?? 0)
          return try neighbour(of: $0, in: model, besides: id, beyond: copies)
        }
      })
  }

  private static let standing: [MetricInfo] = ["skew", "pull_squared", "pull_absolute", "od", "sd"]
    .compactMap { name in DerivedColumn.all.first { $0.name == name } }

  /// Of the folder's own model, or of the run's.
  private func cuts(of identity: SQLValue) throws -> (orthogonal: Double?, score: Double?) {
    let own = try identity.text.flatMap { try store.cuts(of: run, identity: $0) }
    return own ?? (figures["cut_od"], figures["cut_sd"])
  }

  /// The rule that gave the verdict, in words, also where nothing fired.
  private func rule(_ facts: SQLRow, proposal: Verdict?) -> String {
    if facts["status"].text == "error" { return "no scores: the file could not be used" }
    if let why = facts["why"].text { return why }
    guard proposal != nil, let ratio = facts["ratio"].real else { return "no verdict: the run has no reference model" }
    return "ratio \(fixed(ratio, 2)) is not above \(fixed(figures["review_above"] ?? 1.5, 1)): nothing to do"
  }

  private func caution() throws -> String? {
    if let excerpt = try store.excerpt(of: run) { return "places are counted among what is here: \(excerpt.words)" }
    guard runRow["status"].text != "complete" else { return try fewness() }
    return try store.unfinishedRun(named: runRow["name"].text).map {
      "the run \($0.place): places and verdicts are not those of the whole set"
    }
  }

  /// What holds for verdicts among too few images for a model; nil where there is one.
  private func fewness() throws -> String? {
    let model = try store.modelFacts(runRow["model_id"])
    guard let model, model["kind"].text == StoredModel.leaveOneOut, let count = model["fitted_on"].integer else {
      return nil
    }
    return "\(count) images are too few for a model: each is compared with the median picture of the others, and "
      + "nothing is marked worse than review"
  }

  /// Worst-first place of every number that the sample has, all in one pass over the run.
  private func places(_ facts: SQLRow, of metrics: [MetricInfo]) throws -> [SampleExplanation.Place] {
    let known = metrics.compactMap { info in facts[info.name].real.map { (info: info, value: $0) } }
    let counts = try store.placeCounts(of: known, in: run, among: compared)
    return zip(known, counts).map { item, counts in
      let (total, rank) = (counts.all, counts.worse + 1)
      let isMeant = total >= SampleExplainer.fewestForPercentiles && item.info.direction != .none && counts.differs
      let percentile = isMeant ? Double(total - rank) / Double(total - 1) : nil
      return SampleExplanation.Place(
        name: item.info.name, meaning: item.info.meaning, unit: item.info.unit, value: item.value,
        percentile: percentile,
        rank: rank, of: total)
    }
  }

  private func shares(_ facts: SQLRow) -> [SampleExplanation.LossShare] {
    let scored = figures["scored"] ?? 0
    return store.metrics.filter(\.headline).compactMap { info in
      facts["share_\(info.name)"].real.map {
        SampleExplanation.LossShare(name: info.name, share: $0, averageImages: $0 * scored)
      }
    }
  }

  /// The 16 cells and the border; empty where nothing was scored.
  private func regionShares(of id: Int64) throws -> [Double] {
    let shares = try store.regionShares(ofSample: id)
    return shares.isEmpty ? [] : RegionName.all.map { shares[$0] ?? 0 }
  }

  private func duplicate(_ id: SQLValue) throws -> String? {
    try id.wide.flatMap { try store.file(ofSample: $0)?["path"].text }
  }

  private func decision(on id: Int64) throws -> SampleExplanation.Decision? {
    try store.decision(onSample: id).map {
      SampleExplanation.Decision(
        verdict: $0["verdict"].text ?? "", reason: $0["reason"].text ?? "", who: $0["who"].text ?? "",
        at: $0["at"].text ?? "")
    }
  }

  private func issues(of id: Int64) throws -> [SampleExplanation.Trouble] {
    try store.issues(ofSample: id).map {
      let code = IssueCatalogue.info($0["code"].text ?? "")
      return SampleExplanation.Trouble(
        code: $0["code"].text ?? "", severity: $0["severity"].text ?? "", detail: $0["detail"].text ?? "",
        meaning: code?.meaning ?? "", remedy: code?.remedy ?? "", confidence: $0["confidence"].real)
    }
  }
}

extension SampleExplainer {
  /// The sample's own row of the subsample, where it is in it: its picture without its file.
  private func ownRow(_ facts: SQLRow, in model: LowRankModel) throws -> [UInt8]? {
    guard let id = facts["id"].wide, let path = try store.file(ofSample: id)?.samplePath else { return nil }
    return model.keys.firstIndex(of: SampleKey(seed: model.seed, path: path).value).map { place in
      Array(model.rows[(place * LowRankModel.length)..<((place + 1) * LowRankModel.length)])
    }
  }

  private func neighbour(
    of row: [UInt8], in model: LowRankModel, besides id: Int64, beyond copies: Int64
  ) throws -> SampleExplanation.Neighbour? {
    var sampleAt = try (fitted ?? FittedSamples(store, run: run, model: model)).sampleAt
    sampleAt = sampleAt.filter { $1.id != id }
    let ordinary = Set(try store.kept(among: sampleAt.values.map(\.id).sorted()))
    let squares = squaredDistances(from: row, to: model)
    // A copy vouches for nothing, and shows nothing that the sample itself does not.
    if try store.excerpt(of: run) != nil { return nil }
    let best = sampleAt.filter { place, sample in
      ordinary.contains(sample.id) && squares[place] > copies
    }.min { left, right in
      (squares[left.key], left.value.path) < (squares[right.key], right.value.path)
    }
    return best.map { place, sample in
      SampleExplanation.Neighbour(path: sample.path, distance: Double(squares[place]).squareRoot() / 255)
    }
  }

  /// Squared distance to every row of the subsample, in code values.
  private func squaredDistances(from row: [UInt8], to model: LowRankModel) -> [Int] {
    model.rows.withUnsafeBufferPointer { rows in
      row.withUnsafeBufferPointer { row in
        (0..<model.count).map { place in
          var sum: Int32 = 0
          // 12,288 squares of at most 65,025 stay below 2^31.
          for index in 0..<LowRankModel.length {
            let difference = Int32(row[index]) - Int32(rows[place * LowRankModel.length + index])
            sum &+= difference &* difference
          }
          return Int(sum)
        }
      }
    }
  }
}
