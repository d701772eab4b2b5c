import AuditCore
import AuditInference
import AuditProbe
import AuditReference
import AuditStatistics

/// Makes one reference source per worker, after whatever is shared among them was made once.
struct ReferenceFactory: Sendable {
  enum Shared: Sendable {
    /// Files are only decoded: one image, or copies of one.
    case nothing
    case lowRank(LowRankModel)
    case leaveOneOut(LeaveOneOut)
    case perIdentity(IdentityModels)
    case paired(Pairing, strict: Bool)
    case single(RGBImage, path: String)
    case onnx(OnnxModelPlan, InferenceLaunch)
    case autoencoder(AutoencoderModel)
  }

  let shared: Shared
  let settings: ScanSettings

  /// - Parameter stop: ends the reading of a reference that is in work.
  func source(stop: StopRequest = StopRequest()) -> (any ReferenceSource)? {
    switch shared {
    case .nothing: nil
    case .lowRank(let model): LowRankSource(model: model, settings: settings)
    case .leaveOneOut(let pictures): LeaveOneOutSource(pictures: pictures, settings: settings)
    case .perIdentity(let models): IdentitySource(models: models, settings: settings)
    case .paired(let pairing, let strict):
      PairedSource(pairing: pairing, settings: settings, strict: strict, stop: stop)
    case .single(let picture, let path): SingleSource(reference: picture, path: path, settings: settings)
    case .onnx(let plan, let launch): OnnxSource(plan: plan, launch: launch)
    case .autoencoder(let model): AutoencoderSource(model: model, settings: settings)
    }
  }

  /// Influence sums where they belong to a model; nil where the residuals of the run give them.
  var model: LowRankModel? {
    switch shared {
    case .lowRank(let model): model
    case .perIdentity(let models): models.common
    case .nothing, .leaveOneOut, .paired, .single, .onnx, .autoencoder: nil
    }
  }

  /// Images that one worker scores before it hands them on. Fixed by the settings alone: a network's numbers may hang
  /// on what else is in its batch.
  ///
  /// - Parameter isMeasuredByNetworks: whether networks measure, which take several pairs at once.
  func chunk(isMeasuredByNetworks: Bool) -> Int {
    guard case .onnx(let plan, let launch) = shared else {
      return isMeasuredByNetworks ? ReferenceFactory.usualChunk : ReferenceFactory.smallChunk
    }
    let batch = OnnxSource(plan: plan, launch: launch).batchSize
    return batch * ((ReferenceFactory.usualChunk + batch - 1) / batch)
  }

  private static let usualChunk = 16
  /// Where nothing is gained by many: a few slow files must not hold the rows of others up.
  private static let smallChunk = 4

  /// What a ranking takes as the scale of influence.
  var ranking: RunRanking.Scale {
    switch shared {
    case .nothing: .none
    case .lowRank(let model): .model(.init(model))
    case .perIdentity(let models): .models(common: .init(models.common), own: models.scales)
    case .leaveOneOut, .paired, .single, .onnx, .autoencoder: .residuals
    }
  }
}

extension RunRanking.Model {
  init(_ model: LowRankModel) {
    self.init(sums: model.sums, orthogonalCut: model.orthogonalCut, scoreCut: model.scoreCut)
  }
}
