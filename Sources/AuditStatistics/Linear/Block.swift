import AuditCore
import CKernels

/// A few long columns: `rows` x `stride` doubles, row by row, of which the first `columns` of each row count.
///
/// The stride is a multiple of 8, one vector of the kernels; what lies beyond `columns` is zero.
struct Block: Sendable {
  let rows: Int
  let columns: Int
  let stride: Int
  var values: [Double]

  init(rows: Int, columns: Int) {
    precondition(rows > 0 && columns > 0)
    self.rows = rows
    self.columns = columns
    stride = (columns + 7) / 8 * 8
    values = [Double](repeating: 0, count: rows * stride)
  }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * stride + column] }
    set { values[row * stride + column] = newValue }
  }

  /// Repeatable numbers in -1...1 in the columns of a range.
  mutating func fill(columns range: Range<Int>) {
    values.withMutablePointer { audit_linear_fill($0, rows, stride, range.lowerBound, range.upperBound) }
  }

  /// this' x other: columns x the other's columns.
  func inner(_ other: Block) -> Block {
    var out = Block(rows: stride, columns: other.columns)
    out.values.withMutablePointer { audit_linear_inner(values, stride, other.values, other.stride, rows, $0) }
    return out
  }

  /// this x factors, for stride x n factors.
  func times(_ factors: Block) -> Block {
    var out = Block(rows: rows, columns: factors.columns)
    out.values.withMutablePointer {
      audit_linear_product(values, stride, 0, rows, stride, factors.values, factors.stride, $0, KernelChoice.scalar)
    }
    return out
  }

  /// Each row times its factor.
  func scaled(rows factors: [Double]) -> Block {
    var out = self
    out.values.withMutablePointer { audit_linear_scale_rows($0, rows, stride, factors, $0) }
    return out
  }

  /// Each column times its factor; `stride` factors.
  mutating func scale(columns factors: [Double]) {
    values.withMutablePointer { audit_linear_scale_columns($0, rows, stride, factors) }
  }

  /// Takes out of every column what lies along a unit vector.
  mutating func projectOut(_ unit: [Double]) {
    let along = weightedSums(unit)
    values.withMutablePointer { audit_linear_subtract_outer($0, rows, stride, unit, along) }
  }

  /// Takes out of every column what lies in the span of orthonormal columns.
  mutating func projectOut(_ basis: Block) {
    let along = basis.times(basis.inner(self)).values
    values.withMutablePointer { audit_linear_combine(1, $0, -1, along, 0, along, along.count, $0) }
  }

  /// The sum of the rows, each times its weight; `stride` numbers.
  func weightedSums(_ weights: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: stride)
    sums.withMutablePointer { audit_linear_weighted_sums(values, rows, stride, weights, $0) }
    return sums
  }

  /// Sums of products of equal columns; `stride` numbers.
  func columnProducts(_ other: Block) -> [Double] {
    var sums = [Double](repeating: 0, count: stride)
    sums.withMutablePointer { audit_linear_column_products(values, other.values, rows, stride, $0) }
    return sums
  }

  /// The rows of a list, in its order.
  func gathered(_ index: [Int]) -> Block {
    var out = Block(rows: index.count, columns: columns)
    out.values.withMutablePointer { audit_linear_gather(values, stride, index, index.count, $0) }
    return out
  }

  /// The first columns only, or more of them with zeros.
  func resized(columns wanted: Int) -> Block {
    guard wanted != columns else { return self }
    var out = Block(rows: rows, columns: wanted)
    for row in 0..<rows {
      for column in 0..<min(wanted, columns) { out[row, column] = self[row, column] }
    }
    return out
  }

  /// The columns of a range that begins at a multiple of 8, one vector of the kernels.
  func columns(_ range: Range<Int>) -> Block {
    precondition(range.lowerBound % 8 == 0 && range.upperBound <= columns)
    var out = Block(rows: rows, columns: range.count)
    for row in 0..<rows {
      let from = row * stride + range.lowerBound
      let to = row * out.stride
      out.values.replaceSubrange(to..<(to + range.count), with: values[from..<(from + range.count)])
    }
    return out
  }

  /// These columns, of which there is a multiple of 8, and then the others.
  func joined(with others: Block) -> Block {
    precondition(columns == stride && rows == others.rows)
    var out = Block(rows: rows, columns: columns + others.columns)
    for row in 0..<rows {
      let start = row * out.stride
      out.values.replaceSubrange(start..<(start + columns), with: values[(row * stride)..<(row * stride + columns)])
      out.values.replaceSubrange(
        (start + columns)..<(start + columns + others.columns),
        with: others.values[(row * others.stride)..<(row * others.stride + others.columns)])
    }
    return out
  }

  /// One column as a list.
  func column(_ index: Int) -> [Double] { (0..<rows).map { values[$0 * stride + index] } }
}
