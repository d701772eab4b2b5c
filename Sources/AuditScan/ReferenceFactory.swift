import AuditCore
import AuditImages
import AuditReference
import AuditStatistics
import AuditStore

/// Makes one reference source per worker, after whatever is shared among them was made once.
struct ReferenceFactory: Sendable {
  enum Shared: Sendable {
    /// Files are only decoded: too few images to fit a model.
    case nothing
    case lowRank(LowRankModel)
    case paired(Pairing, strict: Bool)
    case single(RGBImage, path: String)
  }

  let shared: Shared
  let settings: ScanSettings

  func source() -> (any ReferenceSource)? {
    switch shared {
    case .nothing: nil
    case .lowRank(let model): LowRankSource(model: model, settings: settings)
    case .paired(let pairing, let strict): PairedSource(pairing: pairing, settings: settings, strict: strict)
    case .single(let picture, let path): SingleSource(reference: picture, path: path, settings: settings)
    }
  }

  /// Influence sums where they belong to a model; nil where the residuals of the run give them.
  var model: LowRankModel? {
    if case .lowRank(let model) = shared { model } else { nil }
  }

  /// Images that one worker scores before it hands them on.
  var chunk: Int { 16 }

  /// What a ranking takes as the scale of influence.
  var ranking: RunRanking.Scale {
    switch shared {
    case .nothing: .none
    case .lowRank(let model): .model(.init(model))
    case .paired, .single: .residuals
    }
  }

  static func single(file: String, settings: ScanSettings) throws(AuditError) -> RGBImage {
    let bytes = try ReferenceKind.content(of: file)
    do throws(SampleIssue) {
      return try decodeImage(bytes, name: file, maxPixels: settings.maxPixels, target: .max).image
    } catch {
      throw AuditError(error, file: file)
    }
  }
}

extension RunRanking.Model {
  init(_ model: LowRankModel) {
    self.init(sums: model.sums, orthogonalCut: model.orthogonalCut, scoreCut: model.scoreCut)
  }
}
