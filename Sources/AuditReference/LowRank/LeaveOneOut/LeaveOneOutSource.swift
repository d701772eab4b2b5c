import AuditCore
import AuditDataset
import AuditImages
import AuditStatistics

/// Compares a sample of a small set with the median picture of the others.
final class LeaveOneOutSource: ReferenceSource {
  let demand: PictureDemand
  private let pictures: LeaveOneOut
  private let size: Int
  private var resizer = ImageResizer()

  init(pictures: LeaveOneOut, settings: ScanSettings) {
    self.pictures = pictures
    size = settings.scoringSize
    demand = .atLeast(side: size)
  }

  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison {
    let side = LowRankModel.side
    let (reference, residual) = median(besides: sample.path, decoded)
    let distance = residual.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    // Without components there is no leverage, and so few pictures vouch for nothing.
    let influence = Influence(
      orthogonalDistance: distance, scoreDistance: nil, leverage: 1, nearestDistance: nil)
    return Comparison(
      image: resizer.resize(decoded, width: size, height: size),
      reference: resizer.enlarge(reference, side: side, to: size), influence: influence,
      regions: residual.withUnsafeBufferPointer { regionShares(ofResidual: $0, width: side, height: side) })
  }

  /// The median of the others, and what the sample differs from it by, in model space.
  private func median(besides path: SamplePath, _ decoded: RGBImage) -> (reference: [Float], residual: [Float]) {
    let small = resizer.resize(decoded, width: LowRankModel.side, height: LowRankModel.side)
    let reference = pictures.reference(besides: SampleKey(seed: pictures.seed, path: path).value)
    return (reference, zip(small.pixels, reference).map { Float($0) / 255 - $1 })
  }

  func depiction(of sample: ShownSample) -> Depiction {
    let side = LowRankModel.side
    let (reference, residual) = median(besides: sample.path, sample.image)
    return Depiction(reference: resizer.enlarge(reference, side: side, to: side), residual: residual, side: side)
  }
}

extension StoredModel {
  init(_ pictures: LeaveOneOut) {
    self.init(
      digest: pictures.digest, kind: StoredModel.leaveOneOut, rank: 0, fittedOn: pictures.count, orthogonalCut: nil,
      scoreCut: nil, content: pictures.encoded)
  }
}
