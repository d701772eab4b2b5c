import AuditCore
import CKernels

extension DamageKind {
  /// Something in front of the face, and something in its place.
  static let cover = [
    DamageKind("covered", "partly covered") { image, _, strength, random in
      image.covered(0.04 + 0.31 * strength, &random)
    },
    DamageKind("not_a_face", "not a face", hasDegrees: false, mixesAnother: true) { image, other, _, random in
      switch random.integer(below: 5) {
      case 0: image.replaced(by: .clouds(width: image.width, height: image.height, &random), &random)
      case 1: image.replaced(by: .waves(width: image.width, height: image.height, &random), &random)
      case 4: image.replaced(by: .cells(width: image.width, height: image.height, &random), &random)
      case let variant:
        other.resized(width: image.width, height: image.height).shuffled(turnsParts: variant == 3, &random)
      }
    },
  ]

  /// A second thing in the same picture.
  static let mixture = [
    DamageKind("text", "overlaid with text") { image, _, strength, random in
      let lettering = Lettering(&random, side: image.shorterSide)
      let cover = lettering.plane(width: image.width, height: image.height, &random)
      let ink: UInt8 = random.fraction() < 2.0 / 3 ? 255 : 0
      return image.inked(cover, opacity: 0.4 + 0.6 * strength, [ink, ink, ink])
    },
    DamageKind("blend", "blended with another picture", mixesAnother: true) { image, other, strength, _ in
      image.mixed(with: other, share: 0.2 + 0.3 * strength)
    },
    DamageKind("spliced", "spliced together from two pictures", mixesAnother: true) { image, other, strength, random in
      image.spliced(with: other, share: 0.15 + 0.4 * strength, &random)
    },
  ]
}

extension RGBImage {
  func inked(_ cover: Plane, opacity: Double, _ ink: [UInt8]) -> RGBImage {
    var result = self
    audit_damage_ink(&result.pixels, cover.values, width * height, UInt32((opacity * 256).rounded()), ink)
    return result
  }

  /// One or two shapes: boxes, ellipses, polygons, patches of texture.
  ///
  /// - Parameter share: of the picture that they cover, where they lie inside and apart.
  fileprivate func covered(_ share: Double, _ random: inout SplitMix64) -> RGBImage {
    let count = 1 + random.integer(below: 2)
    let area = share * Double(width * height) / Double(count)
    var result = self
    for _ in 0..<count {
      let across = min(Double(width), (area * audit_exp(random.between(-0.8, 0.8))).squareRoot())
      let down = min(Double(height), area / across)
      let middle = (random.between(0.1, 0.9) * Double(width), random.between(0.1, 0.9) * Double(height))
      let box = Box(x: middle.0 - across / 2, y: middle.1 - down / 2, width: across, height: down)
      result = result.covered(by: box, &random)
    }
    return result
  }

  private func covered(by box: Box, _ random: inout SplitMix64) -> RGBImage {
    let drawn = (0..<3).map { _ in UInt8(random.integer(below: 256)) }
    let ink = random.fraction() < 0.6 ? drawn : [0, 0, 0]
    let shape = random.integer(below: 4)
    guard shape < 3 else { return withPatch(box, ink, &random) }
    let isTextured = random.fraction() < 0.5
    var plane = Plane(width: width, height: height)
    switch shape {
    case 0: plane.fillRectangle(box)
    case 1: plane.fillEllipse(box)
    default:
      plane.fillPolygon(
        (0..<5).map { _ in
          (box.x + box.width * random.fraction(), box.y + box.height * random.fraction())
        })
    }
    guard isTextured else { return inked(plane, opacity: 1, ink) }
    let clouds = Plane.clouds(width: width, height: height, &random)
    let dark = random.between(0.3, 0.9)
    let cloth = RGBImage(clouds, dark: ink.map { dark * Double($0) }, light: ink.map { 1.2 * Double($0) + 10 })
    var result = self
    for place in 0..<width * height where plane.values[place] > 127 {
      for byte in 3 * place..<3 * place + 3 { result.pixels[byte] = cloth.pixels[byte] }
    }
    return result
  }

  /// Clouds in shades of one colour.
  private func withPatch(_ box: Box, _ ink: [UInt8], _ random: inout SplitMix64) -> RGBImage {
    let plane = Plane.clouds(width: max(1, Int(box.width)), height: max(1, Int(box.height)), &random)
    let lift = 40 * random.fraction()
    var result = self
    result.paste(
      RGBImage(plane, dark: [lift, lift, lift], light: ink.map { Double($0) + lift }),
      Int(box.x.rounded()), Int(box.y.rounded()))
    return result
  }

  fileprivate func replaced(by plane: Plane, _ random: inout SplitMix64) -> RGBImage {
    let inks = (0..<6).map { _ in random.between(0, 255) }
    let texture = RGBImage(plane, dark: Array(inks[0..<3]), light: Array(inks[3..<6]))
    // At times the picture shines through a little.
    return random.fraction() < 0.7 ? texture : mixed(with: texture, share: random.between(0.6, 0.95))
  }

  /// - Parameters:
  ///   - plane: 0 is dark, 255 light.
  ///   - dark: R G B in code values; what lies beyond 255 is capped.
  private init(_ plane: Plane, dark: [Double], light: [Double]) {
    self = RGBImage(width: plane.width, height: plane.height) { out in
      for (place, value) in plane.values.enumerated() {
        (out[3 * place], out[3 * place + 1], out[3 * place + 2]) = (value, value, value)
      }
    }
    self = mapped { channel, value in dark[channel] + (light[channel] - dark[channel]) * value / 255 }
  }

  /// Another picture on one side of a straight line, mostly along a side of the picture; at times this one shines through.
  ///
  /// - Parameter share: of the side that the line crosses.
  fileprivate func spliced(with other: RGBImage, share: Double, _ random: inout SplitMix64) -> RGBImage {
    let guest = other.resized(width: width, height: height)
    let turns = random.fraction()
    let side = random.integer(below: 4)
    let slant = turns < 0.7 ? 0 : random.between(-0.6, 0.6)
    let veil = random.fraction() < 0.75 ? 0 : random.between(0.1, 0.4)
    let mixed = veil > 0 ? mixed(with: guest, share: veil) : self
    var result = mixed
    for row in 0..<height {
      let down = (Double(row) + 0.5) / Double(height)
      for column in 0..<width {
        let across = (Double(column) + 0.5) / Double(width)
        let (along, beside) = side < 3 ? (across, down) : (down, across)
        let place = along + slant * (beside - 0.5)
        guard side % 2 == 0 ? place < share : place > 1 - share else { continue }
        let byte = 3 * (row * width + column)
        for channel in byte..<byte + 3 { result.pixels[channel] = guest.pixels[channel] }
      }
    }
    return result
  }

  /// Cut into 2 x 2 to 6 x 6 parts that change places; half of the time the cuts are blurred a little.
  fileprivate func shuffled(turnsParts: Bool, _ random: inout SplitMix64) -> RGBImage {
    let parts = 2 + random.integer(below: 5)
    let (across, down) = (width / parts, height / parts)
    var result = self
    if across > 0, down > 0 {
      var order = Array(0..<parts * parts)
      for last in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(last, random.integer(below: last + 1)) }
      for (place, source) in order.enumerated() {
        var part = cropped(source % parts * across, source / parts * down, width: across, height: down)
        if turnsParts { part = part.rearranged(mirrored: random.fraction() < 0.5, flipped: true) }
        result.paste(part, place % parts * across, place / parts * down)
      }
    }
    return random.fraction() < 0.5 ? result.blurred(deviation: Double(shorterSide) * 0.008) : result
  }
}
