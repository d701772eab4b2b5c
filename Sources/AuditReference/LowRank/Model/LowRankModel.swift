import AuditCore
package import AuditStatistics
import CKernels

/// The frozen reference model of a run: what every worker scores with (`docs/statistic.md`, 2 to 5).
///
/// Model space is 64 x 64 RGB, interleaved, value / 255: rows of 12,288 numbers. Its numbers are Float here; the fit
/// was made in Double.
package struct LowRankModel: Sendable {
  /// Width and height of model space.
  package static let side = 64
  /// Numbers per row.
  package static let length = 3 * side * side
  /// The squared distance in code values up to which a row is the same picture again as one that the model leaves so
  /// much of, full scale.
  package static func copies(distance: Double) -> Int64 { GramMatrix.copies(length: length, distance: distance) }

  package let seed: UInt64
  /// `length` numbers, 0...1.
  package let mean: [Float]
  /// rank x length, orthonormal, row by row.
  package let components: [Float]
  /// Variances along the components, the largest first.
  package let eigenvalues: [Double]
  /// Mean of the variances beyond the components.
  package let tail: Double
  package let sums: SkewSums
  /// Lines of the outlier map.
  package let orthogonalCut: Double
  package let scoreCut: Double
  /// count x length bytes: the subsample that the model was fitted to.
  package let rows: [UInt8]
  /// What each row of the subsample is known by: the first 64 bits of the hash of its path. A sample with the key of a
  /// row is that row, and not its own neighbour.
  package let keys: [UInt64]
  /// Which rows are surely damaged: they vouch for nobody. nil where nobody looked when the model was fitted.
  package let isDamaged: [Bool]?
  /// SHA-256 of `encoded()`, 64 hexadecimal digits.
  package let digest: String

  /// The components in tiles, as the kernels read them.
  let tiles: [Float]
  /// |x|² of each row, code values squared.
  let squares: [Int32]
  let placeOfKey: [UInt64: Int]
  /// The rows that may vouch for an image, as few ranges as there are.
  let witnesses: [Range<Int>]

  package var rank: Int { eigenvalues.count }
  package var count: Int { keys.count }

  /// The numbers that the file format holds; the rest follows from them.
  struct Parts {
    var seed: UInt64
    var mean: [Float]
    var components: [Float]
    var eigenvalues: [Double]
    var tail: Double
    var sums: SkewSums
    var orthogonalCut: Double
    var scoreCut: Double
    var rows: [UInt8]
    var keys: [UInt64]
    var isDamaged: [Bool]?
  }

  /// - Parameter digest: of the bytes that `encode` makes of the parts.
  init(_ parts: Parts, digest: String) {
    precondition(parts.mean.count == LowRankModel.length && !parts.keys.isEmpty && !parts.eigenvalues.isEmpty)
    precondition(parts.components.count == parts.eigenvalues.count * LowRankModel.length)
    precondition(parts.rows.count == parts.keys.count * LowRankModel.length)
    precondition(parts.isDamaged.map { $0.count == parts.keys.count } ?? true)
    (seed, mean, components) = (parts.seed, parts.mean, parts.components)
    (eigenvalues, tail, sums) = (parts.eigenvalues, parts.tail, parts.sums)
    (orthogonalCut, scoreCut, rows, keys) = (parts.orthogonalCut, parts.scoreCut, parts.rows, parts.keys)
    isDamaged = parts.isDamaged
    witnesses = LowRankModel.ranges(parts.isDamaged.map { $0.map { !$0 } } ?? parts.keys.map { _ in true })
    self.digest = digest
    tiles = LowRankModel.tiled(parts.components, rank: parts.eigenvalues.count)
    var squares = [Int32](repeating: 0, count: parts.keys.count)
    squares.withUnsafeMutableBufferPointer { out in
      if let base = out.baseAddress {
        audit_linear_squares(parts.rows, parts.keys.count, LowRankModel.length, base)
      }
    }
    self.squares = squares
    placeOfKey = Dictionary(zip(parts.keys, parts.keys.indices)) { first, _ in first }
  }

  /// Where a list is true.
  private static func ranges(_ isIn: [Bool]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for place in isIn.indices where isIn[place] {
      if let last = ranges.last, last.upperBound == place {
        ranges[ranges.count - 1] = last.lowerBound..<place + 1
      } else {
        ranges.append(place..<place + 1)
      }
    }
    return ranges
  }

  /// For each chunk of 64 numbers of a row the components one after the other.
  private static func tiled(_ components: [Float], rank: Int) -> [Float] {
    let chunk = Int(AUDIT_LINEAR_CHUNK)
    var tiles: [Float] = []
    tiles.reserveCapacity(components.count)
    for start in stride(from: 0, to: length, by: chunk) {
      for component in 0..<rank {
        tiles += components[(component * length + start)..<(component * length + start + chunk)]
      }
    }
    return tiles
  }

  /// Pull, ratio, alike, skew and training weight of a scored sample.
  package func skew(orthogonalDistance: Double, leverage: Double, nearestDistance: Double?) -> Skew {
    Skew(distance: orthogonalDistance, leverage: leverage, nearest: nearestDistance, sums: sums)
  }
}
