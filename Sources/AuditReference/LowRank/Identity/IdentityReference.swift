import AuditCore
import AuditDataset

/// A low-rank model of each folder of the first level that holds enough images; the others share a model of the whole.
package struct IdentityReference: Reference, ReferenceRequest {
  package static let info = ReferenceInfo(
    name: "low-rank-per-identity", older: "low-rank per identity",
    method: LowRankReference.method
      + " Folders that hold enough images have a model of their own; the others share the model of the whole set.")

  package init() {}

  package func reference(_ context: ReferenceContext) -> any Reference { self }

  package var identity: String { "low-rank per identity" }
  package var learnsFromImages: Bool { true }

  package func prepare(_ context: PreparationContext) async throws -> Preparation {
    let fitted = try await IdentityFitting(context).models()
    let reference: any PreparedReference =
      fitted.models.map { PreparedIdentities(models: $0, settings: context.settings) }
      ?? fitted.common.reference(context.settings)
    return Preparation(reference, fit: fitted.common.fit, isNew: fitted.common.isNew, notes: fitted.notes)
  }

  package static func display(of run: StoredRunReference) throws -> (any ReferenceDisplay)? {
    try LowRankDisplay(run)
  }
}

/// A model per large folder, and one for all other samples.
struct PreparedIdentities: PreparedReference {
  let models: IdentityModels
  let settings: ScanSettings

  func makeSource(stop: StopRequest) -> (any ReferenceSource)? { IdentitySource(models: models, settings: settings) }
  var influence: InfluenceScale { .models(common: ModelScale(models.common), own: models.scales) }
  var judges: RemedyModels? { RemedyModels(common: models.common, own: models) }
}
