package import AuditCore
import AuditStatistics
import CKernels

/// Scores one image after another against a frozen model. One per worker: it reuses its working space.
package final class LowRankScorer {
  package let model: LowRankModel
  /// Of the image scored last: 64 x 64 x 3 interleaved, in full scale, not clamped.
  package private(set) var reconstruction: [Float]
  /// Of the image scored last: image minus reconstruction, 64 x 64 x 3 interleaved, in full scale.
  package private(set) var residual: [Float]

  private var centred: [Float]
  private var lanes: [Float]
  private var scores: [Float]
  private var widened: [Int16]
  private let leverageFactors: [Double]

  package init(_ model: LowRankModel) {
    self.model = model
    reconstruction = [Float](repeating: 0, count: LowRankModel.length)
    residual = reconstruction
    centred = reconstruction
    lanes = [Float](repeating: 0, count: model.rank * Int(AUDIT_LINEAR_LANES))
    scores = [Float](repeating: 0, count: model.rank)
    widened = [Int16](repeating: 0, count: LowRankModel.length)
    leverageFactors = AuditStatistics.leverageFactors(model.eigenvalues, tail: model.tail)
  }

  /// - Parameters:
  ///   - image: 64 x 64.
  ///   - key: what the sample is known by; a row of the subsample with this key is the sample itself.
  /// - Returns: distances in model space; the nearest one only where the ratio asks for it.
  package func influence(of image: RGBImage, key: UInt64) -> Influence {
    precondition(image.width == LowRankModel.side && image.height == LowRankModel.side)
    let distance = reconstruct(image.pixels).squareRoot()
    let ratio = Skew.ratio(distance: distance, sums: model.sums)
    var (score, leverage) = (0.0, 0.0)
    for (index, value) in model.eigenvalues.enumerated() {
      let square = Double(scores[index]) * Double(scores[index])
      score += square / value
      leverage += square * leverageFactors[index]
    }
    return Influence(
      orthogonalDistance: distance, scoreDistance: score.squareRoot(), leverage: leverage.squareRoot(),
      nearestDistance: ratio > Skew.alikeAbove
        ? nearest(to: image.pixels, key: key, beyond: LowRankModel.copies(distance: distance)) : nil)
  }

  /// Fills `reconstruction` and `residual`; returns the squared length of the residual.
  private func reconstruct(_ pixels: [UInt8]) -> Double {
    let chunks = LowRankModel.length / Int(AUDIT_LINEAR_CHUNK)
    audit_linear_project(
      pixels, 1, model.mean, model.tiles, chunks, model.rank, &centred, &lanes, &scores, KernelChoice.scalar)
    return audit_linear_reconstruct(
      centred, model.mean, model.tiles, chunks, model.rank, scores, &reconstruction, &residual, KernelChoice.scalar)
  }

  /// Distance to the nearest row of the subsample that may vouch for the image and is neither itself nor the same picture
  /// again, exact but for the root.
  private func nearest(to pixels: [UInt8], key: UInt64, beyond copies: Int64) -> Double? {
    for (index, pixel) in pixels.enumerated() { widened[index] = Int16(pixel) }
    let (length, own) = (LowRankModel.length, model.placeOfKey[key])
    let squared = model.rows.withUnsafeBufferPointer { rows in
      model.squares.withUnsafeBufferPointer { squares in
        model.witnesses.reduce(Int64.max) { least, range in
          guard let rows = rows.baseAddress, let squares = squares.baseAddress else { return least }
          let leftOut = own.flatMap { range.contains($0) ? $0 - range.lowerBound : nil } ?? range.count
          return min(
            least,
            audit_linear_nearest_row(
              rows + range.lowerBound * length, squares + range.lowerBound, range.count, length, widened, leftOut,
              copies, KernelChoice.scalar))
        }
      }
    }
    return squared == .max ? nil : Double(squared).squareRoot() / 255
  }
}
