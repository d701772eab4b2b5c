import AuditCore
import CKernels

extension DamageKind {
  /// Too much light, and too little.
  static let exposure = [
    DamageKind("over", "overexposed") { image, _, strength, random in
      let isCurve = random.fraction() < 0.4
      let gamma = 1 / (2 + 3 * strength)
      let gain = 1.6 + 2.9 * strength
      return image.mapped { isCurve ? 255 * audit_power($0 / 255, gamma) : $0 * gain }
    },
    DamageKind("under", "underexposed") { image, _, strength, random in
      let isCurve = random.fraction() < 0.4
      let gamma = 2.2 + 3.8 * strength
      let gain = audit_power(10, -0.4 - 0.9 * strength)
      return image.mapped { isCurve ? 255 * audit_power($0 / 255, gamma) : $0 * gain }
    },
  ]

  /// Colour that is lost, tinted or counted too coarsely.
  static let colour = [
    DamageKind("gray", "gray") { image, _, strength, _ in
      // From three tenths of the strength on nothing of the colour is left.
      image.faded(min(1, 0.75 + 0.25 * strength / 0.3))
    },
    DamageKind("cast", "tinted") { image, _, strength, random in
      let amount = 0.2 + 0.6 * strength
      if random.fraction() < 0.6 {
        let hue = random.integer(below: 1 << 16)
        let gains = (0..<3).map { 1 + amount * Direction(sixteenBits: hue + $0 * 65536 / 3).cosine }
        return image.mapped { channel, value in value * gains[channel] }
      }
      let veil = (0..<3).map { _ in random.between(0, 255) }
      return image.mapped { channel, value in value + 0.6 * amount * (veil[channel] - value) }
    },
    DamageKind("posterised", "posterised") { image, _, strength, _ in
      let steps = Double(7 - min(5, Int(6 * strength)))
      return image.mapped { ($0 / 255 * steps).rounded() / steps * 255 }
    },
  ]
}

extension RGBImage {
  /// Every value replaced by a function of it, code values 0...255; halves away from zero, what lies beyond is capped.
  func mapped(_ change: (Double) -> Double) -> RGBImage {
    let table = (0..<256).map { RGBImage.code(change(Double($0))) }
    return mapped(by: table + table + table)
  }

  /// Every value replaced by a function of its channel and itself.
  func mapped(_ change: (Int, Double) -> Double) -> RGBImage {
    mapped(by: (0..<768).map { RGBImage.code(change($0 / 256, Double($0 % 256))) })
  }

  private func mapped(by tables: [UInt8]) -> RGBImage {
    var result = self
    audit_damage_look_up(&result.pixels, width * height, tables)
    return result
  }

  private static func code(_ value: Double) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }

  /// - Parameter share: of the colour that is lost.
  fileprivate func faded(_ share: Double) -> RGBImage {
    var result = self
    audit_damage_gray(&result.pixels, width * height, UInt32((share * 65536).rounded()))
    return result
  }

  /// - Parameters:
  ///   - other: of any size.
  ///   - share: of the other picture.
  func mixed(with other: RGBImage, share: Double) -> RGBImage {
    let guest = other.resized(width: width, height: height)
    var result = self
    audit_damage_mix(&result.pixels, guest.pixels, pixels.count, UInt32((share * 65536).rounded()))
    return result
  }
}
