import AuditCore
import CKernels

extension DamageKind {
  /// What a lens or a moving camera does.
  static let focus = [
    DamageKind("blur", "blurred") { image, _, strength, _ in
      image.blurred(deviation: Double(image.shorterSide) * audit_power(10, -2.1 + 0.9 * strength))
    },
    DamageKind("motion", "blurred by motion") { image, _, strength, random in
      let length = Int(Double(image.shorterSide) * (0.03 + 0.09 * strength))
      return image.smeared(length: min(max(3, length), 256), along: random.direction())
    },
  ]
}

extension RGBImage {
  /// Nearly a Gaussian blur: three box means along each axis.
  ///
  /// - Parameter deviation: standard deviation, pixels.
  /// - Source: P. Gwosdek et al., SSVM 2011, for the width of the boxes.
  func blurred(deviation: Double) -> RGBImage {
    let passes = 3.0
    let variance = deviation * deviation / passes
    let whole = (((12 * variance + 1).squareRoot() - 1) / 2).rounded(.down)
    let part =
      (2 * whole + 1) * (whole * (whole + 1) - 3 * variance) / (6 * (variance - (whole + 1) * (whole + 1)))
    let inner = (0x1p24 / (2 * (whole + part) + 1)).rounded(.down)
    let edge = ((0x1p24 - (2 * whole + 1) * inner) / 2).rounded(.down)
    let box = audit_damage_box(reach: Int(whole), inner: UInt32(inner), edge: UInt32(edge))
    var work = [UInt8](repeating: 0, count: 4 * (width + 2 * box.reach + 2) + pixels.count)
    var sums = [UInt32](repeating: 0, count: 3 * width)
    var result = self
    audit_damage_blur(&result.pixels, width, height, box, Int32(passes), &work, &sums)
    return result
  }

  /// Mean along a line of whole pixels through each pixel.
  ///
  /// - Parameter length: 1...256 pixels.
  func smeared(length: Int, along direction: Direction) -> RGBImage {
    let steps = (0..<length).map { Double($0) - Double(length - 1) / 2 }
    let across = steps.map { Int32(($0 * direction.cosine).rounded()) }
    let down = steps.map { Int32(($0 * direction.sine).rounded()) }
    let reach = (length + 1) / 2
    var work = [UInt8](repeating: 0, count: 3 * (width + 2 * reach) * (height + 2 * reach))
    var result = self
    audit_damage_smear(&result.pixels, width, height, across, down, length, reach, &work)
    return result
  }
}
