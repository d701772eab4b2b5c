import AuditCore
import AuditImages

extension DamageKind {
  /// Detail that was saved away.
  static let coding = [
    DamageKind("compressed", "heavily compressed") { image, _, strength, random in
      let quality = 11 - min(10, Int(11 * strength))
      let encoding: CopyEncoding =
        random.fraction() < 0.8 ? .jpeg(quality: quality, .quarter) : .webP(quality: quality)
      // A picture whose sides no codec takes stays as it is.
      return (try? encoding.passed(image)) ?? image
    },
    DamageKind("pixelated", "pixelated") { image, _, strength, _ in
      image.reduced(strength).stretched(.nearest, width: image.width, height: image.height)
    },
    DamageKind("enlarged", "enlarged from a small picture") { image, _, strength, random in
      image.reduced(strength).stretched(
        random.fraction() < 0.4 ? .linear : .cubic, width: image.width, height: image.height)
    },
    DamageKind("torn", "torn or broken off") { image, _, strength, random in
      random.fraction() < 0.75
        ? image.torn(0.1 + 0.5 * strength, &random) : image.brokenOff(0.15 + 0.6 * strength, &random)
    },
  ]
}

extension RGBImage {
  /// Bands of rows moved sideways, all round; some lose or gain light in a channel.
  ///
  /// - Parameter share: of the rows, about.
  fileprivate func torn(_ share: Double, _ random: inout SplitMix64) -> RGBImage {
    var result = self
    var left = max(1, Int(share * Double(height)))
    while left > 0 {
      let band = min(left, 1 + random.integer(below: max(1, height / 12)))
      let top = random.integer(below: max(1, height - band + 1))
      let shift = random.integer(below: width)
      let gains = (0..<3).map { _ in random.between(0.3, 1.5) }
      let isTinted = random.fraction() < 0.4
      for row in top..<top + band {
        for column in 0..<width {
          let (to, from) = (3 * (row * width + column), 3 * (row * width + (column + shift) % width))
          for channel in 0..<3 {
            let value = Double(pixels[from + channel]) * (isTinted ? gains[channel] : 1)
            result.pixels[to + channel] = UInt8(min(255, value))
          }
        }
      }
      left -= band
    }
    return result
  }

  /// What a decoder makes of a file that ends early: the rest is one tone, or the last rows over and over.
  ///
  /// - Parameter share: of the rows that are missing.
  fileprivate func brokenOff(_ share: Double, _ random: inout SplitMix64) -> RGBImage {
    let last = max(0, height - 1 - Int(share * Double(height)))
    let tone: UInt8? = random.fraction() < 0.7 ? [128, 128, 0, 255][random.integer(below: 4)] : nil
    var result = self
    for row in last + 1..<max(last + 1, height) {
      for byte in 0..<3 * width {
        result.pixels[3 * row * width + byte] = tone ?? pixels[3 * last * width + byte]
      }
    }
    return result
  }

  /// The picture with 41 (mild) to 10 (gross) pixels along its shorter side, at most half as many as it has.
  fileprivate func reduced(_ strength: Double) -> RGBImage {
    let side = max(1, min(41 - Int((31 * strength).rounded()), shorterSide / 2))
    return resized(width: max(1, width * side / shorterSide), height: max(1, height * side / shorterSide))
  }
}
