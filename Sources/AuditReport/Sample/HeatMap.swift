package import AuditCore

/// How large the residual is at every place, as a picture: dark where image and reference agree, bright where not.
package struct HeatMap: Sendable {
  package let width: Int
  package let height: Int
  /// Root mean square over the three channels of a pixel, in full scale.
  package let magnitudes: [Float]

  /// Residuals from here on are drawn in the brightest colour: one scale for all pictures, so that they compare.
  package static let brightest: Float = 0.4

  /// - Parameter residual: 3 x width x height, interleaved, in full scale.
  package init(residual: [Float], width: Int, height: Int) {
    precondition(residual.count == 3 * width * height)
    self.width = width
    self.height = height
    magnitudes = (0..<(width * height)).map { pixel in
      let square = residual[(3 * pixel)..<(3 * pixel + 3)].reduce(0) { $0 + $1 * $1 }
      return (square / 3).squareRoot()
    }
  }

  package var image: RGBImage {
    RGBImage(width: width, height: height, pixels: magnitudes.flatMap { HeatMap.colour($0 / HeatMap.brightest) })
  }

  /// Red, green and blue for 0...1 on a scale whose lightness only rises, so that it also reads in grey.
  package static func colour(_ value: Float) -> [UInt8] {
    let place = min(max(value, 0), 1) * Float(anchors.count - 1)
    let index = min(Int(place), anchors.count - 2)
    let part = place - Float(index)
    return (0..<3).map { channel in
      let (low, high) = (anchors[index][channel], anchors[index + 1][channel])
      return UInt8((low + part * (high - low)).rounded())
    }
  }

  /// Eight steps of "inferno" by S. van der Walt and N. Smith (matplotlib, CC0).
  private static let anchors: [[Float]] = [
    [0, 0, 4], [40, 11, 84], [101, 21, 110], [159, 42, 99], [212, 72, 66], [245, 125, 21], [250, 193, 39],
    [252, 255, 164],
  ]

  /// Mean magnitude over cells of a coarser grid, for a terminal.
  package func reduced(columns: Int, rows: Int) -> [[Float]] {
    (0..<rows).map { row in
      (0..<columns).map { column in
        let ys = (row * height / rows)..<max(row * height / rows + 1, (row + 1) * height / rows)
        let xs = (column * width / columns)..<max(column * width / columns + 1, (column + 1) * width / columns)
        let sum = ys.reduce(Float(0)) { total, y in xs.reduce(total) { $0 + magnitudes[y * width + $1] } }
        return sum / Float(ys.count * xs.count)
      }
    }
  }
}
