import AuditCore

/// An image and its reference.
struct Pictures {
  let image: RGBImage
  let reference: RGBImage

  /// A ramp with noise and a residual of a kind that depends on the seed: small noise, unrelated noise, a gross block.
  init(width: Int, height: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var image: [UInt8] = []
    var reference: [UInt8] = []
    for place in 0..<(3 * width * height) {
      let x = place / 3 % width
      let y = place / 3 / width
      let base = 40 + (90 * x) / width + (70 * y) / height + 15 * (place % 3) + Int.random(in: 0...9, using: &random)
      let other =
        switch seed % 3 {
        case 0: base + Int.random(in: -12...15, using: &random)
        case 1: Int.random(in: 0...255, using: &random)
        default: 3 * x < width && 2 * y > height ? 250 : base + Int.random(in: -1...1, using: &random)
        }
      reference.append(UInt8(base))
      image.append(UInt8(min(max(other, 0), 255)))
    }
    self.image = RGBImage(width: width, height: height, pixels: image)
    self.reference = RGBImage(width: width, height: height, pixels: reference)
  }
}

extension RGBImage {
  /// The picture with its values moved: `place` gives, for an x, y and channel of the result, where they come from.
  func rearranged(width: Int, height: Int, _ place: (Int, Int, Int) -> (Int, Int, Int)) -> RGBImage {
    var moved: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<3 {
          let from = place(x, y, channel)
          moved.append(pixels[3 * (from.1 * self.width + from.0) + from.2])
        }
      }
    }
    return RGBImage(width: width, height: height, pixels: moved)
  }

  var mirrored: RGBImage { rearranged(width: width, height: height) { (width - 1 - $0, $1, $2) } }
  var upsideDown: RGBImage { rearranged(width: width, height: height) { ($0, height - 1 - $1, $2) } }
  var transposed: RGBImage { rearranged(width: height, height: width) { ($1, $0, $2) } }
  var channelsTurned: RGBImage { rearranged(width: width, height: height) { ($0, $1, ($2 + 1) % 3) } }
}
