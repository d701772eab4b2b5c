import AuditCore
import CKernels

/// Where edges lie and which way they go, at 64 x 64: 8 x 8 cells of 9 orientations, also of the picture turned.
///
/// - Source: Dalal and Triggs 2005 (histograms of oriented gradients), each cell over the norm of its 3 x 3 cells.
struct GradientMeasure {
  static let cells = 8
  static let bins = 9
  static let count = cells * cells * bins

  /// Cell by cell from the top left, 0...0.4.
  private(set) var upright = [Double](repeating: 0, count: count)
  /// Luma at 64 x 64, 0...255000.
  private(set) var luma = [Int32](repeating: 0, count: MeasuredPicture.smallSide * MeasuredPicture.smallSide)
  private var quarter = [Double](repeating: 0, count: count)
  private var raw = [Double](repeating: 0, count: count)

  mutating func load(_ small: RGBImage) {
    audit_quality_luma(small.pixels, luma.count, &luma)
    audit_quality_gradients(luma, &raw, &quarter)
    audit_quality_normalise(raw, &upright)
    var normalised = raw
    audit_quality_normalise(quarter, &normalised)
    quarter = normalised
  }

  /// The histograms of the picture upside down, turned by 180 degrees, and by 90 to the left and to the right.
  ///
  /// A turn moves the cells, and every direction with them; nothing has to be measured again.
  var turned: [[Double]] {
    [(upright, Moves.upsideDown), (upright, Moves.halfTurn), (quarter, Moves.left), (quarter, Moves.right)]
      .map { values, sources in sources.map { values[$0] } }
  }

  /// The histogram of the mirrored picture as the reference statistic has it: cells and orientations from left to right.
  var mirrored: [Double] { Moves.mirrored.map { upright[$0] } }

  /// For each place of a histogram the place that its value comes from.
  private enum Moves {
    static let upsideDown = sources { (last - $0, $1, (bins - $2) % bins) }
    static let halfTurn = sources { (last - $0, last - $1, $2) }
    static let left = sources { ($1, last - $0, $2) }
    static let right = sources { (last - $1, $0, $2) }
    static let mirrored = sources { ($0, last - $1, (bins - $2) % bins) }

    private static let last = cells - 1

    /// - Parameter source: row, column and orientation of the value that belongs to a row, column and orientation.
    private static func sources(_ source: (Int, Int, Int) -> (Int, Int, Int)) -> [Int] {
      (0..<GradientMeasure.count).map { place in
        let (row, column, bin) = source(place / bins / cells, place / bins % cells, place % bins)
        return (row * cells + column) * bins + bin
      }
    }
  }
}
