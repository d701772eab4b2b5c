import AuditCore
import CKernels

/// Inner products of all pairs of rows about their coordinatewise median: what every weighting, fold and distance of
/// `docs/statistic.md` follows from, without touching a pixel again.
///
/// Rows are bytes, so that the raw products, the median (a half-integer at worst) and the distances between rows are
/// exact; only the division by 255² rounds. Memory: 8 count² bytes (32 MB for 2,000 rows), also while it is made.
package final class GramMatrix: Sendable {
  /// Number of rows.
  package let count: Int
  /// Numbers per row.
  package let length: Int
  /// count x count, full scale squared, row by row.
  let entries: [Double]
  /// Their diagonal: squared distances of the rows to the median.
  let squaredRadii: [Double]
  /// The median of every column, full scale.
  let centre: [Double]
  /// Squared distance of each row to the nearest other row that is farther than one code value, in code values;
  /// `Int64.max` where there is none, nil for a single row.
  private let nearestSquared: [Int64]?

  /// The largest length of a row whose inner products fit 32 bits.
  package static let longestRow = 33_025

  /// - Parameters:
  ///   - rows: count x length bytes, row by row, 255 is full scale.
  ///   - jobs: threads to use; the result is the same for any number.
  ///   - isStopped: asked between bands of rows; where it says yes, what is made is of no use.
  package init(rows: [UInt8], length: Int, jobs: Int = 1, isStopped: @Sendable () -> Bool = { false }) {
    precondition(length > 0 && length <= GramMatrix.longestRow && !rows.isEmpty && rows.count % length == 0)
    let count = rows.count / length
    self.count = count
    self.length = length
    var twice = [UInt16](repeating: 0, count: length)
    var along = [Int64](repeating: 0, count: count)
    rows.withPointer { bytes in
      twice.withMutablePointer { audit_linear_twice_medians(bytes, count, length, $0) }
      along.withMutablePointer { audit_linear_row_products(bytes, count, length, twice, $0) }
    }
    centre = twice.map { 0.5 * Double($0) / 255 }
    let four = twice.reduce(Int64(0)) { $0 + Int64($1) * Int64($1) }
    var nearestSquared: [Int64]?
    entries = [Double](unsafeUninitializedCapacity: count * count) { buffer, used in
      guard let base = buffer.baseAddress else { preconditionFailure("a matrix has at least one entry") }
      // The products lie in the second half of what becomes the entries.
      let matrix = UnsafeMutableRawPointer(base)
      let products = (matrix + 4 * count * count).bindMemory(to: Int32.self, capacity: count * count)
      GramMatrix.fill(products, of: rows, count: count, length: length, jobs: jobs, isStopped: isStopped)
      if count > 1 { nearestSquared = GramMatrix.nearest(in: products, count: count, length: length) }
      audit_linear_centred_gram(count, along, four, matrix)
      matrix.bindMemory(to: Double.self, capacity: count * count)
      used = count * count
    }
    self.nearestSquared = nearestSquared
    squaredRadii = (0..<count).map { [entries] in entries[$0 * count + $0] }
  }

  /// The same for products, made anew for whoever asks: it takes half as much memory again, which folds need for theirs.
  var matrix: SymmetricMatrix { SymmetricMatrix(entries, count: count) }

  /// Whether every row is the same picture.
  package var rowsAreEqual: Bool { squaredRadii.allSatisfy { $0 == 0 } }

  /// The squared distance in code values up to which two rows are copies of one picture: one code value in the root
  /// mean square. A copy is the same evidence once more and vouches for nothing (`docs/statistic.md`, 8).
  package static func copies(length: Int) -> Int64 { Int64(length) }

  /// A row that is nearer than this share of what a model leaves of it holds the same picture again, whatever encoder or
  /// size it went through: WebP q80, JPEG q30 and other sizes lie at 0.02 to 0.17, other frames of a film at 0.23 and more.
  private static let nearCopyShare = 0.2

  /// The squared distance in code values up to which a row vouches for nothing about one that a fitted model leaves so
  /// much of.
  ///
  /// - Parameter distance: orthogonal distance, full scale.
  package static func copies(length: Int, distance: Double) -> Int64 {
    let near = nearCopyShare * distance * 255
    return max(copies(length: length), Int64(min(near * near, Double(Int64.max / 2))))
  }

  /// Distance of each row to the nearest other row that is not the same picture again, full scale; infinite where there
  /// is none.
  ///
  /// - Parameters:
  ///   - distances: orthogonal distance of every row in the fitted model.
  ///   - others: the rows that may be nearest.
  func nearest(inModelOf distances: [Double], among others: [Int]) -> [Double] {
    distances.indices.map { nearest(to: $0, among: others, distance: distances[$0]) }
  }

  /// The same for one row, among some.
  func nearest(to row: Int, among others: [Int], distance: Double) -> Double {
    let copies = GramMatrix.copies(length: length, distance: distance)
    var least = Int64.max
    for other in others where other != row {
      let square = squaredCodeValues(row, other)
      if square > copies { least = min(least, square) }
    }
    return least == .max ? .infinity : Double(least).squareRoot() / 255
  }

  /// Exact: the products are whole numbers but for their last bits.
  private func squaredCodeValues(_ row: Int, _ other: Int) -> Int64 {
    Int64((65_025 * squaredDistance(row, other)).rounded())
  }

  /// Squared distance of two rows, full scale.
  func squaredDistance(_ row: Int, _ other: Int) -> Double {
    squaredRadii[row] + squaredRadii[other] - 2 * entries[row * count + other]
  }

  /// Distance of each row to the nearest other row that is no copy of it, full scale; infinite where there is none.
  package var nearest: [Double] {
    guard let nearestSquared else { return [Double](repeating: .infinity, count: count) }
    return nearestSquared.map { $0 == .max ? .infinity : Double($0).squareRoot() / 255 }
  }

  private static func fill(
    _ products: UnsafeMutablePointer<Int32>, of rows: [UInt8], count: Int, length: Int, jobs: Int,
    isStopped: @Sendable () -> Bool
  ) {
    products.initialize(repeating: 0, count: count * count)
    rows.withPointer { bytes in
      let shared = SharedPointer(base: products)
      let input = SharedInput(base: bytes)
      // Bands of 32 rows; the later ones are longer, and taking turns shares them out.
      let bands = ranges(of: count, parts: .max, step: 32)
      inParallel(bands.count, jobs: jobs) { index in
        if isStopped() { return }
        let band = bands[index]
        audit_linear_gram(
          input.base, count, length, band.lowerBound, band.upperBound, shared.base, KernelChoice.scalar)
      }
    }
    audit_linear_mirror(products, count)
  }

  private static func nearest(in products: UnsafePointer<Int32>, count: Int, length: Int) -> [Int64] {
    var squared = [Int64](repeating: 0, count: count)
    squared.withMutablePointer { audit_linear_nearest(products, count, copies(length: length), $0) }
    return squared
  }
}

extension Array {
  /// The elements' address for one call; the array must not be empty.
  func withPointer<Result>(_ body: (UnsafePointer<Element>) -> Result) -> Result {
    withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("an empty array has no elements to point at") }
      return body(base)
    }
  }

  /// The elements' address for one call; the array must not be empty.
  mutating func withMutablePointer<Result>(_ body: (UnsafeMutablePointer<Element>) -> Result) -> Result {
    withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("an empty array has no elements to point at") }
      return body(base)
    }
  }
}
