import AuditCore
import CKernels

extension DamageKind {
  /// What a sensor or a faulty transmission adds.
  static let grain = [
    DamageKind("noise", "noisy") { image, _, strength, random in
      let deviation = audit_power(10, 1.2 + 0.8 * strength)
      let variant = random.fraction()
      return image.withNoise(
        deviation: deviation, isGray: variant < 0.3, growsWithLight: variant >= 0.7, seed: random.seed())
    },
    DamageKind("salt_pepper", "speckled") { image, _, strength, random in
      var result = image
      let share = UInt32(audit_power(10, -2 + 1.3 * strength) * 0x1p32)
      audit_damage_specks(&result.pixels, image.width * image.height, random.seed(), share)
      return result
    },
  ]
}

extension RGBImage {
  /// - Parameters:
  ///   - deviation: of the noise, code values; where `growsWithLight`, that in a gray of 115.
  ///   - isGray: whether all channels of a pixel have the same.
  fileprivate func withNoise(deviation: Double, isGray: Bool, growsWithLight: Bool, seed: UInt32) -> RGBImage {
    // What the kernel draws has a standard deviation of 147.8.
    let scale = (0..<256).map { value in
      let growth = growsWithLight ? (Double(value) / 128 + 0.1).squareRoot() : 1
      return Int32((deviation * growth / 147.8 * 65536).rounded())
    }
    var result = self
    audit_damage_noise(&result.pixels, width * height, seed, scale, isGray ? 1 : 0)
    return result
  }
}
