import AuditCore
import CKernels

/// The covariance of weighted rows as an operator on the space of rows: B = P diag(a) G diag(a) P.
///
/// G holds inner products about some centre, a the roots of the weights, and P takes out the unit vector v, which is
/// what moving the centre to the weighted mean does: with w summing to 1, a = v = sqrt(w) gives A A' of `skew.md` 2.2.
struct GramOperator {
  /// count x count.
  let entries: [Double]
  let count: Int
  let scale: [Double]
  let unit: [Double]
  let jobs: Int

  /// G diag(a) x.
  func raw(_ block: Block) -> Block { product(block.scaled(rows: scale)) }

  /// P diag(a) y: B x when y = G diag(a) x and x has nothing along v.
  func image(ofRaw raw: Block) -> Block {
    var image = raw.scaled(rows: scale)
    image.projectOut(unit)
    return image
  }

  /// G x.
  func product(_ block: Block) -> Block {
    multiply(entries, rows: 0..<count, inner: count, by: block, jobs: jobs)
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
  var out = Block(rows: rows.count, columns: block.columns)
  let columns = out.stride
  // 64 rows at a time: 64 x 2,000 doubles are 1 MB of the matrix.
  let bands = ranges(of: rows.count, parts: jobs > 1 ? 8 * jobs : 1, step: 64)
  out.values.withMutablePointer { target in
    matrix.withPointer { source in
      block.values.withPointer { factors in
        let (to, from, by) = (SharedPointer(base: target), SharedInput(base: source), SharedInput(base: factors))
        let first = rows.lowerBound
        inParallel(bands.count, jobs: jobs) { index in
          audit_linear_product(
            from.base + first * inner, inner, bands[index].lowerBound, bands[index].upperBound, inner, by.base,
            columns, to.base, KernelChoice.scalar)
        }
      }
    }
  }
  return out
}
