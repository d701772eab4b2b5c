import AuditCore
import AuditImages
import AuditReference
import AuditStatistics
import AuditStore

/// Compares a sample of a small set with the median picture of the others.
final class LeaveOneOutSource: ReferenceSource {
  let decodingTarget: Int
  private let pictures: LeaveOneOut
  private let size: Int
  private var resizer = ImageResizer()

  init(pictures: LeaveOneOut, settings: ScanSettings) {
    self.pictures = pictures
    size = settings.scoringSize
    decodingTarget = size
  }

  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison {
    let side = LowRankModel.side
    let small = resizer.resize(decoded, width: side, height: side)
    let reference = pictures.reference(besides: SampleKey(seed: pictures.seed, path: sample.path).value)
    let residual = zip(small.pixels, reference).map { Float($0) / 255 - $1 }
    let distance = residual.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    // Without components there is no leverage, and so few pictures vouch for nothing.
    let influence = Influence(
      orthogonalDistance: distance, scoreDistance: nil, leverage: 1, nearestDistance: nil)
    return Comparison(
      image: resizer.resize(decoded, width: size, height: size),
      reference: resizer.enlarge(reference, side: side, to: size), influence: influence,
      regions: residual.withUnsafeBufferPointer { regionShares(ofResidual: $0, width: side, height: side) })
  }
}

extension StoredModel {
  init(_ pictures: LeaveOneOut) {
    self.init(
      digest: pictures.digest, kind: StoredModel.leaveOneOut, rank: 0, fittedOn: pictures.count, orthogonalCut: nil,
      scoreCut: nil, content: pictures.encoded)
  }
}
