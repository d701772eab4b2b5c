import AuditCore
import CKernels

extension DamageKind {
  /// Too much light, and too little.
  static let exposure = [
    DamageKind("over", "overexposed") { image, _, strength, random in
      let isCurve = random.fraction() < 0.4
      let gamma = 1 / (1.6 + 3.4 * strength)
      let gain = 1.35 + 3.15 * strength
      return image.mapped { isCurve ? 255 * audit_power($0 / 255, gamma) : $0 * gain }
    },
    DamageKind("under", "underexposed") { image, _, strength, random in
      let isCurve = random.fraction() < 0.4
      let gamma = 1.8 + 4.2 * strength
      let gain = audit_power(10, -0.25 - 1.05 * strength)
      return image.mapped { isCurve ? 255 * audit_power($0 / 255, gamma) : $0 * gain }
    },
  ]

  /// Colour that is lost, tinted or counted too coarsely.
  static let colour = [
    DamageKind("gray", "gray") { image, _, strength, _ in
      // From a half of the strength on nothing of the colour is left.
      image.faded(min(1, 0.6 + 0.8 * strength))
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
    DamageKind("negative", "a negative") { image, _, strength, random in
      let share = 0.65 + 0.35 * strength
      return random.fraction() < 0.7
        ? image.mapped { $0 + share * (255 - 2 * $0) }
        // Only the lights above some tone are turned: solarised.
        : image.mapped { [turn = 150 - 100 * strength] in $0 > turn ? $0 + (255 - 2 * $0) * share : $0 }
    },
    DamageKind("channels", "with its colours exchanged") { image, _, strength, random in
      let orders = [(2, 1, 0), (1, 0, 2), (0, 2, 1), (1, 2, 0), (2, 0, 1)]
      // Red and blue are what is exchanged most: programs do not agree which comes first.
      let order = orders[max(0, random.integer(below: orders.count + 3) - 3)]
      return image.withChannels(order, share: 0.5 + 0.5 * strength)
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

  /// - Parameters:
  ///   - order: which channel becomes red, green, blue.
  ///   - share: of the exchanged picture.
  fileprivate func withChannels(_ order: (Int, Int, Int), share: Double) -> RGBImage {
    var exchanged = self
    for place in stride(from: 0, to: pixels.count, by: 3) {
      exchanged.pixels[place] = pixels[place + order.0]
      exchanged.pixels[place + 1] = pixels[place + order.1]
      exchanged.pixels[place + 2] = pixels[place + order.2]
    }
    return mixed(with: exchanged, share: share)
  }

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
