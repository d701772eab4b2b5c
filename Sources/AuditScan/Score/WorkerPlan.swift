package import AuditCore
import AuditDataset
import AuditImages
import AuditInference
import AuditQuality
import AuditReference
package import AuditStore
package import AuditWorker

/// What `audit worker` scores by, without a dataset and without a store.
package struct WorkerPlan: Sendable {
  package let order: ChildOrder
  /// Digest of the model; nil for none.
  package let model: String?
  /// Names of the metrics, in the order of a row's numbers.
  package let metrics: [String]
  /// What rows are merged by; nil where they belong to no plan.
  package let identity: String?
  /// Seconds after which the process of a sample is taken for hung; nil where no plan says so.
  package let timeout: Double?
  /// Which files the samples are compared with; nil where those are none.
  private let pairing: Pairing?

  /// - Parameters:
  ///   - model: file of a model of `audit fit`; nil compares pairs only.
  ///   - metrics: as for `--metrics`; no networks.
  /// - Throws: `AuditError` where the file cannot be read, or a metric is none.
  package init(model file: String?, settings: ScanSettings, metrics list: String) throws(AuditError) {
    let selection = try MetricSelection(list)
    guard selection.networks.isEmpty else {
      throw .usage(
        "--metrics: a worker runs no networks", remedy: "leave \(selection.networks[0].rawValue) out")
    }
    let found = try file.map { name throws(AuditError) in try PortableReference.model(file: name) }
    order = try ChildOrder(scoringBy: found?.reference ?? .none, settings: settings, metrics: list)
    model = found?.digest
    metrics = selection.computed.map(\.name)
    (identity, timeout, pairing) = (nil, nil, nil)
  }

  /// What parts of a planned run are scored by: its rows can be merged.
  ///
  /// - Parameters:
  ///   - plan: with its models made.
  ///   - request: of the plan.
  /// - Throws: `AuditError` where the models are not made, or a network measures.
  package init(of plan: PlannedRun, request: ScanRequest) async throws {
    try plan.requireFit()
    let store = try Store(reading: plan.database)
    let selection = try MetricSelection(request.metrics)
    let samples = try Plan(
      planned: plan.samples, root: request.files.folders.first ?? plan.dataset, rules: plan.settings.files)
    let reference = try request.reference.reference(
      ReferenceContext(plan: samples, settings: plan.settings, inference: request.inference))
    let damage =
      try request.choices.quality ? store.damageModel(of: plan.id).map { try DamageModel(decoding: $0) } : nil
    let prepared = try await reference.prepare(
      PreparationContext(
        plan: samples, settings: plan.settings, models: KeptModels(store, run: plan.id), jobs: 1, stop: StopRequest(),
        knowsDamage: damage != nil, progress: { _ in }
      ) { _ in throw WorkerPlan.refusal })
    guard selection.networks.isEmpty, let portable = prepared.reference.portable else { throw WorkerPlan.refusal }
    order = try ChildOrder(
      scoringBy: portable, settings: plan.settings, metrics: request.metrics,
      quality: request.choices.quality ? PreparedQuality(model: damage, isNew: false) : nil)
    model = try store.modelDigest(of: plan.id)
    metrics = selection.computed.map(\.name)
    identity = try store.partIdentity(of: plan.id)
    pairing = portable.terms.isOfPairs ? reference.pairing : nil
    timeout = ScoringChildren.limits(plan.settings, filesPerSample: pairing == nil ? 1 : 2).timeout
  }

  private static let refusal = AuditError.lacking(
    "a worker scores by models and files alone, and this plan needs a network",
    remedy: "score its parts with `audit score`")

  /// Opens files that somebody names.
  ///
  /// - Parameter folder: that their names are relative to; nil for the working directory, and any place from there.
  package func opening(in folder: String? = nil) -> FileOpening {
    let root = folder.map { PathText.bytes(of: $0) + [UInt8(ascii: "/")] } ?? []
    let containers = OpenContainers()
    return { [pairing] path in
      OpenedSample(
        Result { () throws(SampleIssue) in
          // A zero byte would end the name early.
          guard !path.isEmpty, !path.contains(0) else { throw SampleIssue(.open, "no name of a file") }
          guard root.isEmpty || FilePath.staysInside(path) else {
            throw SampleIssue(.open, "a path that leads out of the dataset")
          }
          return HandedFile(try containers.open(root + path))
        }, reference: pairing.flatMap { WorkerPlan.partner(of: path, $0) })
    }
  }

  private static func partner(of path: [UInt8], _ pairing: Pairing) -> (Sample, Result<HandedFile, SampleIssue>)? {
    let sample = Sample(path: SamplePath(bytes: path), bytes: 0, modified: 0)
    return pairing.reference(of: sample).map { partner in
      (partner, Result { () throws(SampleIssue) in HandedFile(try pairing.source().open(partner)) })
    }
  }
}

/// The models of a run that is only read: what is there is found, and nothing is kept.
private struct KeptModels: ModelStorage {
  private let models: RunModels

  init(_ store: Store, run: Int64) { models = RunModels(store, run: run) }

  func model(kind: String) throws -> [UInt8]? { try models.model(kind: kind) }
  func model(identity: String) throws -> [UInt8]? { try models.model(identity: identity) }
  func identities() throws -> [String] { try models.identities() }
  func keep(_ model: StoredModel) throws {}
  func keep(_ model: StoredModel, identity: String) throws {}
}
