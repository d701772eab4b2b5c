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
  ]
}

extension RGBImage {
  /// The picture with 41 (mild) to 10 (gross) pixels along its shorter side, at most half as many as it has.
  fileprivate func reduced(_ strength: Double) -> RGBImage {
    let side = max(1, min(41 - Int((31 * strength).rounded()), shorterSide / 2))
    return resized(width: max(1, width * side / shorterSide), height: max(1, height * side / shorterSide))
  }
}
