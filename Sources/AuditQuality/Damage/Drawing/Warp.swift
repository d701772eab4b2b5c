import AuditCore
import AuditImages
import CKernels

/// How values between pixels are made: weights of the pixels -1, 0, 1, 2 for each 256th of the way from 0 to 1.
struct Interpolation: Sendable {
  let weights: [Int16]

  static let nearest = Interpolation { $0 < 0.5 ? (0, 1, 0, 0) : (0, 0, 1, 0) }
  static let linear = Interpolation { (0, 1 - $0, $0, 0) }
  /// Keys's cubic with a = -1/2.
  static let cubic = Interpolation { t in
    let (t2, t3) = (t * t, t * t * t)
    return (-0.5 * t + t2 - 0.5 * t3, 1 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2 * t2 - 1.5 * t3, -0.5 * t2 + 0.5 * t3)
  }

  private init(_ weight: (Double) -> (Double, Double, Double, Double)) {
    weights = (0..<256).flatMap { step in
      let (a, b, c, d) = weight(Double(step) / 256)
      var parts = [a, b, c, d].map { Int16(($0 * 2048).rounded()) }
      // The largest takes what rounding left over, so that a flat picture stays as it is.
      parts[step < 128 ? 1 : 2] += 2048 - parts.reduce(0, +)
      return parts
    }
  }
}

/// Where a picture's pixels come from: `centre + turned by -angle, over scale (place - middle - shift)`.
struct Placing {
  var turn = Direction(sixteenBits: 0)
  /// Above 1 enlarges.
  var scale = 1.0
  /// Pixels to the right and down.
  var shift = (0.0, 0.0)
}

extension RGBImage {
  /// The picture turned, scaled and shifted about its middle, as large as before.
  func placed(_ placing: Placing, _ interpolation: Interpolation, border: audit_damage_border) -> RGBImage {
    let (c, s) = (placing.turn.cosine / placing.scale, placing.turn.sine / placing.scale)
    let (middleX, middleY) = (Double(width - 1) / 2, Double(height - 1) / 2)
    let (x, y) = (middleX + placing.shift.0, middleY + placing.shift.1)
    let map = audit_damage_map(
      start: (fixed(middleX - c * x - s * y), fixed(middleY + s * x - c * y)),
      right: (fixed(c), fixed(-s)), down: (fixed(s), fixed(c)))
    return warped(map, interpolation, border: border, width: width, height: height)
  }

  /// The picture at another size.
  func stretched(_ interpolation: Interpolation, width: Int, height: Int) -> RGBImage {
    let (across, down) = (Double(self.width) / Double(width), Double(self.height) / Double(height))
    let map = audit_damage_map(
      start: (fixed(across / 2 - 0.5), fixed(down / 2 - 0.5)), right: (fixed(across), 0), down: (0, fixed(down)))
    return warped(map, interpolation, border: AUDIT_DAMAGE_REPEATED, width: width, height: height)
  }

  private func warped(
    _ map: audit_damage_map, _ interpolation: Interpolation, border: audit_damage_border, width: Int, height: Int
  ) -> RGBImage {
    var map = map
    var work = [Int32](repeating: 0, count: 3 * self.width + 1)
    return RGBImage(width: width, height: height) { out in
      audit_damage_warp(
        pixels, self.width, self.height, &map, interpolation.weights, border, width, height, &work, out)
    }
  }

  /// The picture as another size has it: area means where it shrinks, cubic where it grows.
  func resized(width: Int, height: Int) -> RGBImage {
    var resizer = ImageResizer()
    return resizer.resize(self, width: width, height: height)
  }

  /// A picture whose bytes are all written by `fill`.
  init(width: Int, height: Int, fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    let bytes = 3 * width * height
    let pixels = [UInt8](unsafeUninitializedCapacity: bytes) { out, count in
      if let start = out.baseAddress { fill(start) }
      count = bytes
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  var shorterSide: Int { min(width, height) }
}

/// With 16 bits behind the point.
private func fixed(_ value: Double) -> Int64 { Int64((value * 65536).rounded()) }
