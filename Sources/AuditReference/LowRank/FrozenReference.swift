import AuditCore
import AuditDataset

/// A low-rank model from `audit fit`.
package struct FrozenReference: Reference {
  package static let info = ReferenceInfo(
    name: "low-rank-model", older: "low-rank model ", method: LowRankReference.method)

  private let model: LowRankModel

  init(_ model: LowRankModel) { self.model = model }

  package var identity: String { "low-rank model \(model.digest)" }

  package func prepare(_ context: PreparationContext) async throws -> Preparation {
    try context.models.keep(StoredModel(model))
    return Preparation(PreparedLowRank(model: model, settings: context.settings, isOfDataset: false))
  }

  package static func display(of run: StoredRunReference) throws -> (any ReferenceDisplay)? {
    try LowRankDisplay(run)
  }
}

/// The file that a person names.
package struct FrozenReferenceRequest: ReferenceRequest {
  private let file: String

  package init(file: String) { self.file = file }

  package func reference(_ context: ReferenceContext) throws -> any Reference {
    FrozenReference(try ModelFile.read(file))
  }
}
