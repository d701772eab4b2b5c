import AuditCore
import CKernels

/// How far a row lies from a subspace, and how far out inside of it.
package struct SubspaceDistances: Sendable, Equatable {
  /// To the subspace, in the unit of the rows.
  package let orthogonal: Double
  /// sqrt(sum z² / eigenvalue) inside of it.
  package let score: Double

  package init(orthogonal: Double, score: Double) { (self.orthogonal, self.score) = (orthogonal, score) }
}

/// A robust low-rank model of rows of numbers (`docs/statistic.md`, 2, where no look-alike vouches): what is kept of
/// it to judge further rows.
///
/// Where all rows are equal there is no component, and the orthogonal distance is that to the row.
package struct RowSubspace: Sendable, Equatable {
  /// Where the components begin.
  package let mean: [Double]
  /// Variances along the components, the largest first.
  package let eigenvalues: [Double]
  /// length x stride, row by row: each component a column, zeros beyond the rank.
  let components: [Double]

  package var length: Int { mean.count }
  package var rank: Int { eigenvalues.count }
  /// Columns that lie in memory, a multiple of one vector of the kernel.
  private var stride: Int { RowSubspace.stride(rank: rank) }
  private static func stride(rank: Int) -> Int { (max(rank, 1) + 7) / 8 * 8 }

  /// - Parameters:
  ///   - rows: count x length numbers, row by row, all finite; at least `RobustFit.fewestRows` rows.
  ///   - rank: components, fewer where the rows span less.
  ///   - mostRounds: reweightings, from 1, after which weights that have not settled are taken as they are.
  ///   - jobs: threads; the result is the same for any number.
  /// - Throws: `.tooFewRows` or `.stopped`.
  package init(
    fitting rows: [Double], length: Int, rank: Int, mostRounds: Int = RobustFit.mostRounds, jobs: Int = 1,
    isStopped: @Sendable () -> Bool = { false }
  ) throws(FitRefusal) {
    let count = rows.count / length
    guard count >= RobustFit.fewestRows else { throw .tooFewRows(count: count) }
    let source = CentredRows(rows, length: length)
    guard source.squaredRadii.contains(where: { $0 > 0 }) else {
      self.init(mean: source.centre, eigenvalues: [], componentRows: [])
      return
    }
    if isStopped() { throw .stopped }
    let model = try RowSubspace.settled(
      source, rank: rank, mostRounds: mostRounds, jobs: jobs, isStopped: isStopped)
    self.init(
      mean: zip(source.centre, model.mean).map { $0 + $1 }, eigenvalues: model.eigenvalues,
      componentRows: model.eigenvalues.indices.map { model.components.column($0) }.flatMap { $0 })
  }

  private static func settled(
    _ source: CentredRows, rank: Int, mostRounds: Int, jobs: Int, isStopped: () -> Bool
  ) throws(FitRefusal) -> CovarianceComponents {
    let spherical = GramWeighting.spherical(radii: source.squaredRadii.map { $0.squareRoot() })
    var first = [Double](repeating: 0, count: source.length * source.length)
    source.addMoments(
      of: Array(0..<source.count), weights: spherical.scale.map { $0 * $0 }, to: &first, jobs: jobs)
    let start = CovarianceComponents(
      of: source, weighting: spherical, moments: first, rank: rank, warm: nil, jobs: jobs)
    var moments = WeightedMoments(of: source, jobs: jobs)
    return try Reweighting(from: start, nearest: nil, mostRounds: mostRounds, isStopped: isStopped) {
      weights, warm, _ in
      CovarianceComponents(
        of: source, weighting: .weighted(weights), moments: moments.mean(under: weights), rank: rank, warm: warm,
        jobs: jobs)
    }.model
  }

  /// - Parameter componentRows: rank x length, orthonormal, row by row.
  package init(mean: [Double], eigenvalues: [Double], componentRows: [Double]) {
    precondition(componentRows.count == mean.count * eigenvalues.count && !mean.isEmpty)
    let (length, stride) = (mean.count, RowSubspace.stride(rank: eigenvalues.count))
    var components = [Double](repeating: 0, count: length * stride)
    for component in eigenvalues.indices {
      for place in 0..<length { components[place * stride + component] = componentRows[component * length + place] }
    }
    (self.mean, self.eigenvalues, self.components) = (mean, eigenvalues, components)
  }

  /// rank x length, row by row.
  package var componentRows: [Double] {
    eigenvalues.indices.flatMap { component in (0..<length).map { components[$0 * stride + component] } }
  }

  /// - Parameter row: `length` finite numbers.
  package func distances(of row: [Double]) -> SubspaceDistances {
    precondition(row.count == length)
    var scores = [Double](repeating: 0, count: stride)
    let square = scores.withMutablePointer {
      audit_linear_row_scores(row, mean, components, length, stride, $0)
    }
    return SubspaceDistances(square: square, scores: scores, eigenvalues: eigenvalues)
  }
}

extension SubspaceDistances {
  /// - Parameters:
  ///   - square: squared distance to the mean.
  ///   - scores: along each component; further ones do not count.
  init(square: Double, scores: [some BinaryFloatingPoint], eigenvalues: [Double]) {
    var (rest, sum) = (square, 0.0)
    for (score, value) in zip(scores, eigenvalues) {
      let share = Double(score) * Double(score)
      rest -= share
      sum += share / value
    }
    // What the components leave of a row that they meet exactly is rounding of either sign.
    self.init(orthogonal: rest > 1e-12 * square ? rest.squareRoot() : 0, score: sum.squareRoot())
  }
}

/// A robust low-rank model of rows of bytes, in single precision, to judge further rows with.
package struct ByteSubspace: Sendable, Equatable {
  /// 0...1.
  package let mean: [Float]
  package let eigenvalues: [Double]
  /// For each chunk of 64 numbers of a row the components one after the other.
  package let tiles: [Float]

  /// Rows have a multiple of this many bytes.
  package static let chunk = Int(AUDIT_LINEAR_CHUNK)
  package var length: Int { mean.count }
  package var rank: Int { eigenvalues.count }

  /// - Parameters:
  ///   - rows: count x length bytes; length is a multiple of `chunk`.
  ///   - rank: components, fewer where the rows span less; none where all rows are equal.
  ///   - mostRounds: as of `RowSubspace`.
  /// - Throws: `.tooFewRows` or `.stopped`.
  package init(
    fitting rows: [UInt8], length: Int, rank: Int, mostRounds: Int = RobustFit.mostRounds, jobs: Int = 1,
    isStopped: @Sendable () -> Bool = { false }
  ) throws(FitRefusal) {
    let gram = GramMatrix(rows: rows, length: length, jobs: jobs, isStopped: isStopped)
    guard !gram.rowsAreEqual || gram.count < RobustFit.fewestRows else {
      self.init(mean: gram.centre.map { Float($0) }, eigenvalues: [], tiles: [])
      return
    }
    let fit = try RobustFit(
      gram: gram, rank: rank, lookAlikesVouch: false, mostRounds: mostRounds, jobs: jobs, isStopped: isStopped)
    let (mean, components) = fit.pixels(of: rows, in: gram)
    var tiles: [Float] = []
    tiles.reserveCapacity(components.count)
    for start in stride(from: 0, to: length, by: ByteSubspace.chunk) {
      for component in 0..<fit.rank {
        let first = component * length + start
        tiles += components[first..<(first + ByteSubspace.chunk)].map { Float($0) }
      }
    }
    self.init(mean: mean.map { Float($0) }, eigenvalues: fit.eigenvalues, tiles: tiles)
  }

  /// - Parameter tiles: as the property has them.
  package init(mean: [Float], eigenvalues: [Double], tiles: [Float]) {
    precondition(mean.count % ByteSubspace.chunk == 0 && tiles.count == mean.count * eigenvalues.count)
    (self.mean, self.eigenvalues, self.tiles) = (mean, eigenvalues, tiles)
  }

  /// Where rows lie. Those of a picture and its turns are told together, which takes half as long.
  package func positions(of rows: [[UInt8]]) -> [Position] {
    precondition(rows.allSatisfy { $0.count == length })
    let (count, width) = (rows.count, max(rank, 1))
    var centred = [Float](repeating: 0, count: count * length)
    var lanes = [Float](repeating: 0, count: count * width * Int(AUDIT_LINEAR_LANES))
    var scores = [Float](repeating: 0, count: count * width)
    audit_linear_project(
      rows.flatMap { $0 }, count, mean, tiles.isEmpty ? mean : tiles, length / ByteSubspace.chunk, rank, &centred,
      &lanes, &scores, KernelChoice.scalar)
    return rows.indices.map { row in
      let scores = Array(scores[row * rank..<(row + 1) * rank])
      let square = centred.withUnsafeBufferPointer { centred in
        centred.baseAddress.map { audit_linear_squared_length($0 + row * length, length) } ?? 0
      }
      return Position(
        distances: SubspaceDistances(square: square, scores: scores, eigenvalues: eigenvalues),
        coordinates: zip(scores, eigenvalues).map { Double($0) / $1.squareRoot() })
    }
  }

  package struct Position: Sendable {
    /// In full scale (1 = 255 code values in one number).
    package let distances: SubspaceDistances
    /// Along each component, in standard deviations of the rows that were fitted.
    package let coordinates: [Double]
  }

  package func distances(of row: [UInt8]) -> SubspaceDistances { positions(of: [row])[0].distances }
}
