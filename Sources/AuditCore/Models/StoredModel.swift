/// A fitted model as a database keeps it.
package struct StoredModel: Sendable {
  package static let lowRank = "low-rank"
  package static let autoencoder = "autoencoder"
  package static let damage = "damage"
  /// Of 2 to 24 images, each against the others.
  package static let leaveOneOut = "leave-one-out"

  package let digest: String
  package let kind: String
  package let rank: Int?
  package let fittedOn: Int?
  package let orthogonalCut: Double?
  package let scoreCut: Double?
  package let content: [UInt8]

  package init(
    digest: String, kind: String, rank: Int?, fittedOn: Int?, orthogonalCut: Double?, scoreCut: Double?,
    content: [UInt8]
  ) {
    self.digest = digest
    self.kind = kind
    self.rank = rank
    self.fittedOn = fittedOn
    self.orthogonalCut = orthogonalCut
    self.scoreCut = scoreCut
    self.content = content
  }
}
