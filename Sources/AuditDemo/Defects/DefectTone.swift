import AuditCore

/// Defects that change each pixel by itself.
extension RGBImage {
  /// The code value nearest to a number.
  static func code(_ value: Float) -> UInt8 { UInt8(clamp(value.rounded(), 0, 255)) }

  /// Every value replaced by a function of it, code values 0...255.
  func mapped(_ change: (Float) -> Float) -> RGBImage {
    let table = (0..<256).map { Self.code(change(Float($0))) }
    return RGBImage(width: width, height: height, pixels: pixels.map { table[Int($0)] })
  }

  /// Every pixel replaced by a function of its colour (code values).
  func recoloured(_ change: (SIMD3<Float>) -> SIMD3<Float>) -> RGBImage {
    var result = self
    for start in stride(from: 0, to: pixels.count, by: 3) {
      let colour = SIMD3(Float(pixels[start]), Float(pixels[start + 1]), Float(pixels[start + 2]))
      let changed = change(colour)
      for channel in 0..<3 { result.pixels[start + channel] = Self.code(changed[channel]) }
    }
    return result
  }

  /// - Parameter deviation: of the noise, code values, independent per channel.
  func withNoise(_ deviation: Float, _ generator: inout SplitMix64) -> RGBImage {
    RGBImage(
      width: width, height: height, pixels: pixels.map { Self.code(Float($0) + deviation * generator.normal()) })
  }

  /// - Parameter share: of the pixels that turn black or white; at least one.
  func withSpecks(_ share: Float, _ generator: inout SplitMix64) -> RGBImage {
    var result = self
    let count = max(1, Int(Float(width * height) * share))
    for _ in 0..<count {
      let start = 3 * generator.integer(below: width * height)
      let value: UInt8 = generator.chance(0.5) ? 255 : 0
      for channel in 0..<3 { result.pixels[start + channel] = value }
    }
    return result
  }

  /// - Parameter share: 1 is the whole negative; 0.5 would be flat gray.
  func inverted(_ share: Float) -> RGBImage { mapped { $0 + share * (255 - 2 * $0) } }

  /// - Parameter tones: that each channel keeps, from 2.
  func posterised(_ tones: Int) -> RGBImage {
    let steps = Float(tones - 1)
    return mapped { ($0 / 255 * steps).rounded() / steps * 255 }
  }

  /// - Parameter strength: how much one channel gains and another loses.
  func withCast(_ strength: Float, _ generator: inout SplitMix64) -> RGBImage {
    let up = generator.integer(below: 3)
    let down = (up + 1 + generator.integer(below: 2)) % 3
    var gain = SIMD3<Float>(1, 1, 1)
    gain[up] = 1 + strength
    gain[down] = 1 - strength
    return recoloured { $0 * gain }
  }

  /// Half-way, wholly, and with green exchanged as well; a gray picture has nothing to exchange.
  func withSwappedChannels(_ severity: Severity) -> RGBImage {
    recoloured { colour in
      let swapped = SIMD3(colour.z, colour.y, colour.x)
      return severity.choose((colour + swapped) / 2, swapped, SIMD3(colour.z, colour.x, colour.y))
    }
  }

  /// - Parameter share: 1 leaves no colour at all.
  func gray(_ share: Float) -> RGBImage {
    recoloured { colour in
      let luma = 0.299 * colour.x + 0.587 * colour.y + 0.114 * colour.z
      return mix(colour, SIMD3(luma, luma, luma), share)
    }
  }
}
