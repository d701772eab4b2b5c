package import AuditCore
package import AuditImages

/// What one picture gives to the models of its set: statistics, straight lines, gradient histograms and a
/// thumbnail.
package struct PictureMeasures: Sendable, Equatable {
  /// Side of the thumbnail.
  package static let side = 32
  /// Numbers of lines.
  package static let linesLength = LineMeasure.count
  /// Numbers of a gradient histogram.
  package static let histogramLength = GradientMeasure.count
  /// Bytes of a thumbnail.
  package static let pixelsLength = 3 * side * side

  /// The values of `PictureStatistics.all`; NaN where the picture is too small to have one. Medians pass over these, and
  /// relative to a set such a picture stands at its median.
  package let statistics: [Double]
  /// Seams, tears and bars; NaN as above.
  package let lines: [Double]
  /// 576 numbers, 0...0.4.
  package let histogram: [Double]
  /// The same of the picture upside down, turned by 180 degrees, and by 90 to the left and to the right.
  package let turnedHistograms: [[Double]]
  /// 32 x 32 R G B, row by row.
  package let pixels: [UInt8]

  package init(
    statistics: [Double], lines: [Double], histogram: [Double], turnedHistograms: [[Double]], pixels: [UInt8]
  ) {
    precondition(lines.count == PictureMeasures.linesLength)
    precondition(turnedHistograms.count == Turn.allCases.count)
    precondition(turnedHistograms.allSatisfy { $0.count == histogram.count })
    precondition(pixels.count == PictureMeasures.pixelsLength)
    (self.statistics, self.lines, self.pixels) = (statistics, lines, pixels)
    (self.histogram, self.turnedHistograms) = (histogram, turnedHistograms)
  }

  /// - Parameters:
  ///   - picture: measured from the image.
  ///   - image: as it was measured; what is above 320 pixels on its long side is the caller's to scale to 256 first.
  package init(_ picture: MeasuredPicture, image: RGBImage, resizer: inout ImageResizer) {
    self.init(
      statistics: PictureStatistics.all.map { $0.value(picture) ?? .nan }, lines: picture.lines,
      histogram: picture.histogram,
      turnedHistograms: picture.turnedHistograms,
      pixels: resizer.resize(image, width: PictureMeasures.side, height: PictureMeasures.side).pixels)
  }

  /// The thumbnail turned.
  package func pixels(turned turn: Turn) -> [UInt8] {
    let last = PictureMeasures.side - 1
    return [UInt8](unsafeUninitializedCapacity: pixels.count) { out, count in
      for row in 0...last {
        for column in 0...last {
          let (fromRow, fromColumn) = turn.source(row: row, column: column, last: last)
          let (to, from) = (3 * (row * (last + 1) + column), 3 * (fromRow * (last + 1) + fromColumn))
          for channel in 0..<3 { out[to + channel] = pixels[from + channel] }
        }
      }
      count = pixels.count
    }
  }
}

/// The ways a picture may stand wrong, in the order of `MeasuredPicture.turnedHistograms`.
package enum Turn: Int, Sendable, CaseIterable {
  case upsideDown, halfTurn, left, right

  /// Where the pixel of a turned square comes from.
  fileprivate func source(row: Int, column: Int, last: Int) -> (row: Int, column: Int) {
    switch self {
    case .upsideDown: (last - row, column)
    case .halfTurn: (last - row, last - column)
    case .left: (column, last - row)
    case .right: (last - column, row)
    }
  }
}
