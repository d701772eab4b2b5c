/// What colours the parts of a thumbnail have. Among aligned faces the middle is skin: it shows exchanged channels, tints
/// and negatives that the whole picture hides behind a colourful background.
enum RegionColours {
  /// Rows and columns of the thumbnail: cheeks and nose, chin and collar, above, left and right.
  private static let regions: [(rows: Range<Int>, columns: Range<Int>)] = [
    (10..<24, 11..<21), (26..<32, 8..<24), (0..<5, 0..<32), (8..<22, 0..<4), (8..<22, 28..<32),
  ]

  /// Numbers of `values`.
  static let count = 3 * regions.count + 3

  /// Luma, red less green and yellow less blue of every region, full scale; then of the middle red less green, green less
  /// blue and red less blue over luma, which light does not change.
  ///
  /// - Parameter pixels: 32 x 32 R G B, row by row.
  static func values(of pixels: [UInt8]) -> [Double] {
    let means = regions.map { mean(of: pixels, $0.rows, $0.columns) }
    let opponents = means.flatMap { [luma($0), $0.x - $0.y, ($0.x + $0.y) / 2 - $0.z] }
    let middle = means[0]
    let light = luma(middle) + 0.02
    return opponents + [middle.x - middle.y, middle.y - middle.z, middle.x - middle.z].map { $0 / light }
  }

  private static func luma(_ colour: SIMD3<Double>) -> Double {
    (299 * colour.x + 587 * colour.y + 114 * colour.z) / 1000
  }

  private static func mean(of pixels: [UInt8], _ rows: Range<Int>, _ columns: Range<Int>) -> SIMD3<Double> {
    var sum = SIMD3<Int32>(repeating: 0)
    for row in rows {
      for column in columns {
        let place = 3 * (row * PictureMeasures.side + column)
        sum &+= SIMD3(Int32(pixels[place]), Int32(pixels[place + 1]), Int32(pixels[place + 2]))
      }
    }
    return SIMD3<Double>(sum) / Double(255 * rows.count * columns.count)
  }
}
