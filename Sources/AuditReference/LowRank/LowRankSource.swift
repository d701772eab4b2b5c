import AuditCore
import AuditDataset
import AuditImages
import AuditStatistics

/// Compares a sample with its reconstruction by the robust low-rank model.
final class LowRankSource: ReferenceSource {
  let demand: PictureDemand
  private let size: Int
  private let seed: UInt64
  private let scorer: LowRankScorer
  let model: LowRankModel
  private var resizer = ImageResizer()

  init(model: LowRankModel, settings: ScanSettings) {
    self.model = model
    scorer = LowRankScorer(model)
    size = settings.scoringSize
    demand = .atLeast(side: size)
    // A frozen model knows its rows by its own seed.
    seed = model.seed
  }

  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison {
    let side = LowRankModel.side
    let small = resizer.resize(decoded, width: side, height: side)
    let influence = scorer.influence(of: small, key: SampleKey(seed: seed, path: sample.path).value)
    let regions = scorer.residual.withUnsafeBufferPointer { regionShares(ofResidual: $0, width: side, height: side) }
    return Comparison(
      image: resizer.resize(decoded, width: size, height: size),
      reference: resizer.enlarge(scorer.reconstruction, side: side, to: size), influence: influence, regions: regions)
  }

  /// What the model draws of a sample, in its own space.
  func depiction(of sample: ShownSample) -> Depiction {
    let side = LowRankModel.side
    // The key tells which row of the subsample is the sample itself, which changes no pixel.
    _ = scorer.influence(of: resizer.resize(sample.image, width: side, height: side), key: 0)
    return Depiction(
      reference: resizer.enlarge(scorer.reconstruction, side: side, to: side), residual: scorer.residual, side: side)
  }
}
