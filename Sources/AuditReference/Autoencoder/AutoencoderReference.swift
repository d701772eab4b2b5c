import AuditCore
import AuditDataset
package import AuditProbe

/// A small autoencoder that is trained on the dataset itself.
package struct AutoencoderReference: Reference {
  package static let info = ReferenceInfo(name: "autoencoder", word: "autoencoder", older: "autoencoder ")

  let probe: ProbeSettings
  /// Whether squared error's training weights of the low-rank model are used.
  let isWeighted: Bool

  package var identity: String {
    "autoencoder of \(AutoencoderModel.side)x\(AutoencoderModel.side), \(probe.hidden)-\(probe.code), "
      + "\(probe.epochs) epochs of \(probe.optimiser.rawValue), loss \(probe.loss.rawValue)"
      + (isWeighted ? ", weighted" : "")
  }

  package var learnsFromImages: Bool { true }

  package func prepare(_ context: PreparationContext) async throws -> Preparation {
    let trained = try await AutoencoderTraining(context, probe: probe, isWeighted: isWeighted).model()
    let reference: any PreparedReference =
      trained.model.map { PreparedAutoencoder(model: $0, settings: context.settings) } ?? NoReference()
    return Preparation(reference, isNew: trained.isNew, notes: trained.notes, trained: trained.probe)
  }

  package static func display(of run: StoredRunReference) throws -> (any ReferenceDisplay)? {
    try run.models.model(kind: StoredModel.autoencoder)
      .map { AutoencoderSource(model: try AutoencoderModel(decoding: $0), settings: run.settings) }
  }
}

/// What a person asks to be trained.
package struct AutoencoderRequest: ReferenceRequest {
  private let loss: ProbeLoss
  private let isWeighted: Bool

  package init(loss: ProbeLoss, isWeighted: Bool) { (self.loss, self.isWeighted) = (loss, isWeighted) }

  package func reference(_ context: ReferenceContext) -> any Reference {
    var settings = ProbeSettings()
    settings.loss = loss
    settings.seed = context.settings.seed
    return AutoencoderReference(probe: settings, isWeighted: isWeighted)
  }
}

/// A trained autoencoder for all samples.
struct PreparedAutoencoder: PreparedReference {
  static let kind = "autoencoder"

  let model: AutoencoderModel
  let settings: ScanSettings

  func makeSource(stop: StopRequest) -> (any ReferenceSource)? { AutoencoderSource(model: model, settings: settings) }
  var portable: PortableReference? { PortableReference(PreparedAutoencoder.kind, content: model.encoded) }
}
