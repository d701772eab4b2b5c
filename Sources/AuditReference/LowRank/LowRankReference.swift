import AuditCore
import AuditDataset

/// What a low-rank model is fitted on.
package enum ModelScope: String, Sendable, CaseIterable {
  /// The whole dataset.
  case dataset
  /// Each folder of the first level that holds enough images.
  case identity
}

/// A robust low-rank model that is fitted on the dataset itself.
package struct LowRankReference: Reference, ReferenceRequest {
  package static let info = ReferenceInfo(
    name: "low-rank", word: "lowrank", older: "low-rank", method: LowRankReference.method)

  static let method =
    "Every image is compared with what a robust low-rank model of the whole set can draw of it. A sample pulls on a "
    + "squared-error model by its residual times its leverage; under absolute error every residual counts the same. "
    + "Skew is the quotient of both: how many times more squared error listens to the image, less what a look-alike in "
    + "the set explains."

  package init() {}

  package func reference(_ context: ReferenceContext) -> any Reference { self }

  package var identity: String { "low-rank" }
  package var learnsFromImages: Bool { true }

  package func prepare(_ context: PreparationContext) async throws -> Preparation {
    let fitted = try await LowRankFitting(context).model()
    return Preparation(
      fitted.reference(context.settings), fit: fitted.fit, isNew: fitted.isNew,
      notes: [fitted.refusal].compactMap { $0 })
  }

  package static func display(of run: StoredRunReference) throws -> (any ReferenceDisplay)? {
    try LowRankDisplay(run)
  }
}

/// One low-rank model for all samples.
struct PreparedLowRank: PreparedReference {
  static let kind = "model"

  let model: LowRankModel
  let settings: ScanSettings
  /// Whether its subsample is of the dataset that is scored.
  let isOfDataset: Bool

  func makeSource(stop: StopRequest) -> (any ReferenceSource)? { LowRankSource(model: model, settings: settings) }
  var influence: InfluenceScale { .model(ModelScale(model)) }
  var portable: PortableReference? { PortableReference(model) }
  var judges: RemedyModels? { isOfDataset ? RemedyModels(common: model, own: nil) : nil }
}

/// The pictures of a set that is too small for a model.
struct PreparedLeaveOneOut: PreparedReference {
  static let kind = "pictures"

  let pictures: LeaveOneOut
  let settings: ScanSettings

  func makeSource(stop: StopRequest) -> (any ReferenceSource)? {
    LeaveOneOutSource(pictures: pictures, settings: settings)
  }

  var portable: PortableReference? { PortableReference(PreparedLeaveOneOut.kind, content: pictures.encoded) }
}

/// Shows what the low-rank models of a run draw, or its median pictures.
final class LowRankDisplay: ReferenceDisplay {
  private let models: any ModelReading
  private let settings: ScanSettings
  private let common: LowRankSource?
  private let pictures: LeaveOneOutSource?
  /// Folders with a model of their own, and the one that was used last: neighbours mostly share it.
  private let identities: Set<ByteKey>
  private var own: (identity: String, source: LowRankSource)?

  init(_ run: StoredRunReference) throws {
    let settings = run.settings
    (models, self.settings) = (run.models, settings)
    common = try models.model(kind: StoredModel.lowRank)
      .map { LowRankSource(model: try LowRankModel(decoding: $0), settings: settings) }
    pictures = try models.model(kind: StoredModel.leaveOneOut)
      .map { LeaveOneOutSource(pictures: try LeaveOneOut(decoding: $0), settings: settings) }
    identities = Set(try models.identities().map(ByteKey.init))
  }

  func depiction(of sample: ShownSample) throws -> Depiction? {
    if let pictures { return pictures.depiction(of: sample) }
    return try source(identity: sample.identity)?.depiction(of: sample)
  }

  func model(identity: String?) throws -> LowRankModel? { try source(identity: identity)?.model }

  private func source(identity: String?) throws -> LowRankSource? {
    guard let identity, identities.contains(ByteKey(identity)) else { return common }
    if let own, ByteKey(own.identity) == ByteKey(identity) { return own.source }
    guard let content = try models.model(identity: identity) else { return common }
    let source = LowRankSource(model: try LowRankModel(decoding: content), settings: settings)
    own = (identity, source)
    return source
  }
}
