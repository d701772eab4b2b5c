import AuditCore
import CKernels

extension DamageKind {
  /// Faces where they do not belong.
  static let placement = [
    DamageKind("misaligned", "misaligned") { image, _, strength, random in
      let variant = random.fraction()
      var placing = Placing()
      if variant >= 0.33 { placing.turn = Direction(degrees: random.sign() * (12 + 48 * strength)) }
      if !(0.33..<0.5).contains(variant) { placing.scale = audit_exp(random.sign() * (0.1 + 0.6 * strength)) }
      let (towards, shift) = (random.direction(), Double(image.shorterSide) * (0.05 + 0.3 * strength))
      placing.shift = (shift * towards.cosine, shift * towards.sine)
      let borders = [AUDIT_DAMAGE_BLACK, AUDIT_DAMAGE_REPEATED, AUDIT_DAMAGE_MIRRORED]
      return image.placed(placing, .cubic, border: borders[random.integer(below: borders.count)])
    },
    DamageKind("upside_down", "upside down", hasDegrees: false) { image, _, _, random in
      image.rearranged(mirrored: random.fraction() < 0.5, flipped: true)
    },
    DamageKind("turned", "turned on its side", hasDegrees: false) { image, _, _, random in
      image.quarterTurned(toTheLeft: random.fraction() < 0.5).resized(width: image.width, height: image.height)
    },
    DamageKind("letterbox", "letterboxed") { image, _, strength, random in
      image.withBars(0.1 + 0.35 * strength, &random)
    },
  ]
}

extension RGBImage {
  /// - Parameters:
  ///   - mirrored: left becomes right.
  ///   - flipped: top becomes bottom.
  func rearranged(mirrored: Bool, flipped: Bool) -> RGBImage {
    gathered(width: width, height: height) { column, row in
      (flipped ? height - 1 - row : row) * width + (mirrored ? width - 1 - column : column)
    }
  }

  fileprivate func quarterTurned(toTheLeft: Bool) -> RGBImage {
    gathered(width: height, height: width) { column, row in
      toTheLeft ? column * width + width - 1 - row : (height - 1 - column) * width + row
    }
  }

  /// - Parameter source: the number of the pixel that comes to a column and row.
  private func gathered(width: Int, height: Int, _ source: (Int, Int) -> Int) -> RGBImage {
    pixels.withUnsafeBufferPointer { pixels in
      RGBImage(width: width, height: height) { out in
        var out = out
        for row in 0..<height {
          for column in 0..<width {
            let place = 3 * source(column, row)
            (out[0], out[1], out[2]) = (pixels[place], pixels[place + 1], pixels[place + 2])
            out += 3
          }
        }
      }
    }
  }

  /// Bars beside or above and below what is left of the picture, which is squeezed or cut.
  ///
  /// - Parameter share: of the side that the bars take.
  fileprivate func withBars(_ share: Double, _ random: inout SplitMix64) -> RGBImage {
    let isAcross = random.fraction() < 0.5
    let ink = [UInt8](arrayLiteral: 0, 0, 16, 255, 128)[random.integer(below: 5)]
    let left = isAcross ? max(1, Int(Double(width) * (1 - share))) : width
    let high = isAcross ? height : max(1, Int(Double(height) * (1 - share)))
    let variant = random.fraction()
    let place = variant < 0.6 ? 0.5 : variant < 0.8 ? 0 : 1
    let (x, y) = (Int(Double(width - left) * place), Int(Double(height - high) * place))
    let isSqueezed = random.fraction() < 0.5
    let inside = isSqueezed ? resized(width: left, height: high) : cropped(x, y, width: left, height: high)
    var result = RGBImage(width: width, height: height, pixels: [UInt8](repeating: ink, count: pixels.count))
    result.paste(inside, x, y)
    return result
  }

  /// The part whose top left pixel is (x, y); it lies inside.
  func cropped(_ x: Int, _ y: Int, width: Int, height: Int) -> RGBImage {
    precondition(x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height, "\(x), \(y)")
    return gathered(width: width, height: height) { column, row in (y + row) * self.width + x + column }
  }

  /// Lays another picture on this one, its top left pixel on (x, y), which may lie outside.
  mutating func paste(_ patch: RGBImage, _ x: Int, _ y: Int) {
    let columns = max(0, -x)..<max(max(0, -x), min(patch.width, width - x))
    for row in max(0, -y)..<max(max(0, -y), min(patch.height, height - y)) {
      let from = 3 * (row * patch.width + columns.lowerBound)
      let to = 3 * ((y + row) * width + x + columns.lowerBound)
      for byte in 0..<3 * columns.count { pixels[to + byte] = patch.pixels[from + byte] }
    }
  }
}
