import AuditCore
import AuditDataset
import AuditQuality

/// Tells before the first sample is scored which pictures of a set are surely damaged: where a reference model is fitted,
/// they vouch for nobody (`docs/statistic.md`, 2).
///
/// How sure that is follows from the pictures that damage was learnt from, and so does the line: what is scored later and
/// what a person asks of an issue change no model.
actor DamagedPictures {
  /// Of everything that was measured so far.
  private(set) var known: KnownPictures
  /// How sure it is of a picture, and from where on it is sure enough; nil before it was asked for.
  private var mixture: DamageMixture??
  private let model: DamageModel
  private let plan: Plan
  private let settings: ScanSettings
  private let jobs: Int
  private let risks: RiskyFiles
  private let stop: StopRequest
  private let progress: @Sendable (ScanProgress) -> Void

  init(
    _ model: DamageModel, known: KnownPictures, plan: Plan, settings: ScanSettings, jobs: Int, risks: RiskyFiles,
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) {
    (self.model, self.known, self.plan, self.settings, self.jobs) = (model, known, plan, settings, jobs)
    (self.risks, self.stop, self.progress) = (risks, stop, progress)
  }

  /// - Parameters:
  ///   - keys: what the pictures are known by.
  ///   - part: of the plan, where they lie.
  /// - Returns: for each of them; false where it cannot be measured.
  func flags(of keys: [UInt64], in part: Plan) async throws -> [Bool] {
    let mixture = try await surely()
    try await measure(keys, in: part)
    return keys.map { key in
      guard let votes = known.damage(of: key), let mixture else { return false }
      return mixture.confidence(of: votes) >= mixture.threshold
    }
  }

  private func surely() async throws -> DamageMixture? {
    if let mixture { return mixture }
    try await measure(model.keys, in: plan)
    let votes = model.keys.compactMap { known.damage(of: $0) }
    let found = DamageMixture(votes: votes, copies: model.damagedCopies)
    mixture = .some(found)
    return found
  }

  private func measure(_ keys: [UInt64], in part: Plan) async throws {
    let wanted = Set(keys.filter { known.damage(of: $0) == nil })
    guard !wanted.isEmpty else { return }
    let samples = part.samples
    let chosen = samples.chosen { wanted.contains(SampleKey(seed: settings.seed, path: samples[$0].path).value) }
    let found = try await DamageSample.measured(
      chosen.count, of: part.restricted(to: chosen), forFit: false, settings: settings, jobs: jobs, risks: risks,
      stop: stop, progress: progress)
    let keys = found.map { SampleKey(seed: settings.seed, path: $0.sample.path).value }
    known.add(found.map(\.picture), keys: keys, judgedBy: model, jobs: jobs)
  }
}
