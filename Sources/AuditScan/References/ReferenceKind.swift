import AuditCore
import AuditImages
package import AuditInference
package import AuditProbe

/// What a low-rank model is fitted on.
package enum ModelScope: String, Sendable, CaseIterable {
  /// The whole dataset.
  case dataset
  /// Each folder of the first level that holds enough images.
  case identity
}

/// What the samples of a scan are compared with.
package enum ReferenceKind: Sendable, Equatable {
  /// A robust low-rank model that is fitted on the dataset itself.
  case lowRank
  /// The same on each folder of the first level that holds enough images; the others share a model of the whole.
  case lowRankPerIdentity
  /// A low-rank model from `audit fit`.
  case frozen(file: String)
  /// A folder with one reference per sample.
  case paired(folder: String, by: PairingRule, strict: Bool)
  /// One picture for all.
  case single(file: String)
  /// The user's image-to-image network.
  case onnx(file: String, options: OnnxOptions)
  /// A small autoencoder that is trained on the dataset itself.
  case autoencoder(loss: ProbeLoss, weighted: Bool)
}

extension AuditError {
  /// Trouble with a file that the user named, and without which the command cannot go on.
  init(_ issue: SampleIssue, file: String) {
    self =
      issue.code == .gone
      ? .fileNotFound(path: file)
      : .unreadable(
        path: file, cause: issue.code.meaning + (issue.detail.isEmpty ? "" : " (\(issue.detail))"))
  }
}
