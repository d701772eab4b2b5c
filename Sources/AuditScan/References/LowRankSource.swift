import AuditCore
import AuditImages
import AuditReference
import AuditStatistics

/// Compares a sample with its reconstruction by the robust low-rank model.
final class LowRankSource: ReferenceSource {
  let decodingTarget: Int
  private let size: Int
  private let seed: UInt64
  private let scorer: LowRankScorer
  private var resizer = ImageResizer()

  init(model: LowRankModel, settings: ScanSettings) {
    scorer = LowRankScorer(model)
    size = settings.scoringSize
    decodingTarget = size
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
}
