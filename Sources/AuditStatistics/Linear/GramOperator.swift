import AuditCore
import CKernels

/// A square matrix, and the same in single precision for products that are corrected later.
struct SymmetricMatrix: Sendable {
  let count: Int
  /// count x count.
  let entries: [Double]
  private let singles: [Float]

  init(_ entries: [Double], count: Int) {
    precondition(entries.count == count * count)
    (self.entries, self.count) = (entries, count)
    singles = [Float](unsafeUninitializedCapacity: entries.count) { buffer, used in
      if let base = buffer.baseAddress { audit_linear_singles(entries, entries.count, base) }
      used = entries.count
    }
  }

  /// The matrix times a block, to some seven digits of what its largest numbers give.
  func roughProduct(_ block: Block, jobs: Int) -> Block {
    precondition(block.rows == count)
    return Block(bandsOf: count, columns: block.columns, jobs: jobs) { band, out in
      audit_linear_rough_product(
        singles, count, band.lowerBound, band.upperBound, count, block.values, block.stride, out, KernelChoice.scalar)
    }
  }
}

/// The covariance of weighted rows as an operator on the space of rows: B = P diag(a) G diag(a) P.
///
/// G holds inner products about some centre, a the roots of the weights, and P takes out the unit vector v, which is
/// what moving the centre to the weighted mean does: with w summing to 1, a = v = sqrt(w) gives A A' of
/// `docs/statistic.md`, 2.
struct GramOperator {
  /// G.
  let matrix: SymmetricMatrix
  let scale: [Double]
  let unit: [Double]
  let jobs: Int

  var count: Int { matrix.count }

  /// G diag(a) x.
  ///
  /// - Parameter rough: some seven digits do, which cost half as much.
  func raw(_ block: Block, rough: Bool) -> Block {
    let scaled = block.scaled(rows: scale)
    return rough ? matrix.roughProduct(scaled, jobs: jobs) : product(scaled)
  }

  /// P diag(a) y: B x when y = G diag(a) x and x has nothing along v.
  func image(ofRaw raw: Block) -> Block {
    var image = raw.scaled(rows: scale)
    image.projectOut(unit)
    return image
  }

  /// G x.
  func product(_ block: Block) -> Block {
    multiply(matrix.entries, rows: 0..<count, inner: count, by: block, jobs: jobs)
  }

  /// (a v)' G (a v), and G (a v).
  func unitMoment() -> (moment: Double, along: [Double]) {
    var column = Block(rows: count, columns: 1)
    for row in 0..<count { column[row, 0] = scale[row] * unit[row] }
    let along = product(column)
    return (column.columnProducts(along)[0], along.column(0))
  }
}

/// The rows of a range of a matrix with `inner` columns times a block.
///
/// - Returns: a block of as many rows as the range has.
func multiply(_ matrix: [Double], rows: Range<Int>, inner: Int, by block: Block, jobs: Int) -> Block {
  precondition(block.rows == inner && rows.lowerBound >= 0 && matrix.count >= rows.upperBound * inner)
  return Block(bandsOf: rows.count, columns: block.columns, jobs: jobs) { band, out in
    matrix.withPointer {
      audit_linear_product(
        $0 + rows.lowerBound * inner, inner, band.lowerBound, band.upperBound, inner, block.values, block.stride, out,
        KernelChoice.scalar)
    }
  }
}

extension Block {
  /// A block of zeros whose rows are filled in bands by several threads.
  ///
  /// - Parameter fill: gets rows and the address of the whole block.
  fileprivate init(
    bandsOf rows: Int, columns: Int, jobs: Int, _ fill: @Sendable (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) {
    self.init(rows: rows, columns: columns)
    // 64 rows at a time: 64 x 2,000 doubles are 1 MB of the matrix.
    let bands = ranges(of: rows, parts: jobs > 1 ? 8 * jobs : 1, step: 64)
    values.withMutablePointer {
      let out = SharedPointer(base: $0)
      inParallel(bands.count, jobs: jobs) { fill(bands[$0], out.base) }
    }
  }
}
