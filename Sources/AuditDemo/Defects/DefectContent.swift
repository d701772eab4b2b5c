import AuditCore

/// Defects that put something else into the picture.
extension RGBImage {
  /// A bar across, a hand or microphone, or a box, in a colour of its own.
  ///
  /// - Parameter share: of the picture that is covered, roughly.
  func occluded(_ share: Float, _ generator: inout SplitMix64) -> RGBImage {
    let kind = generator.integer(below: 3)
    let tone = Person.hue(generator.unit(), saturation: generator.uniform(0...0.7), value: generator.uniform(0.05...1))
    let seed = generator.next()
    let centre = Point(generator.uniform(-0.35...0.35), generator.uniform(-0.3...0.4))
    let side = share.squareRoot()
    let tilt = generator.uniform(-0.08...0.08)
    let turn = Point(cosine(turns: tilt), sine(turns: tilt))
    return redrawn { column, row in
      let offset = place(column, row) - centre
      let turned = Point(offset.x * turn.x + offset.y * turn.y, offset.y * turn.x - offset.x * turn.y)
      let distance =
        switch kind {
        case 0: abs(turned.y) - share
        case 1: ellipseDistance(turned, Point(0, 0), Point(side * 1.28, side))
        default: roundedBoxDistance(turned, Point(0, 0), Point(side * 1.1, side * 0.92), 0.04)
        }
      let cover = clamp(0.5 - distance * Float(min(width, height)) / 2)
      let texture = 0.75 + 0.4 * valueNoise(turned.x * 9, turned.y * 9, seed) - 0.2 * turned.y
      return mix(colour(column, row), tone * (255 * texture), cover)
    }
  }

  /// Where a pixel lies: -1...1 along either side.
  func place(_ column: Int, _ row: Int) -> Point {
    Point((Float(column) + 0.5) / Float(width), (Float(row) + 0.5) / Float(height)) * 2 - 1
  }

  /// - Parameter share: of the side that each of the two bars covers; at least a pixel.
  func withBars(_ share: Float, _ generator: inout SplitMix64) -> RGBImage {
    let across = generator.chance(0.7)
    let length = across ? height : width
    let bar = min(max(1, Int((share * Float(length)).rounded())), max(1, length / 2))
    return redrawn { column, row in
      let place = across ? row : column
      return place < bar || place >= length - bar ? SIMD3(2, 2, 2) : colour(column, row)
    }
  }

  /// Text, tiles, checks or clouds.
  ///
  /// - Parameter opacity: 1 leaves nothing of the picture.
  func replaced(_ opacity: Float, _ generator: inout SplitMix64) -> RGBImage {
    let kind = generator.integer(below: 4)
    let dark = Person.hue(generator.unit(), saturation: generator.uniform(0...0.8), value: generator.uniform(0...0.35))
    let light = Person.hue(
      generator.unit(), saturation: generator.uniform(0...0.4), value: generator.uniform(0.75...1))
    let seed = generator.next()
    let cells = Float(5 + generator.integer(below: 8))
    return redrawn { column, row in
      let point = (place(column, row) + 1) * cells
      let ink =
        switch kind {
        case 0: Self.text(point, seed)
        case 1: Self.tiles(point)
        case 2: Self.checks(point)
        default: Self.clouds(point, seed)
        }
      return mix(colour(column, row), mix(light, dark, ink) * 255, opacity)
    }
  }

  /// Lines of invented letters: 1 is ink.
  private static func text(_ point: Point, _ seed: UInt64) -> Float {
    let line = Int(point.y * 0.8)
    let inLine = point.y * 0.8 - Float(line)
    let letter = Int(point.x * 1.6)
    let inLetter = point.x * 1.6 - Float(letter)
    guard inLine > 0.25, inLine < 0.85, inLetter < 0.8 else { return 0 }
    let glyph = SplitMix64.mixed(seed &+ UInt64(line * 977 + letter))
    guard glyph % 6 != 0 else { return 0 }
    let stroke = Int((inLine - 0.25) * 6.6) * 3 + Int(inLetter * 3.7)
    return glyph >> (8 + stroke) & 1 == 1 ? 1 : 0
  }

  /// One to three lines of invented letters, white or black.
  func captioned(_ opacity: Float, _ generator: inout SplitMix64) -> RGBImage {
    let seed = generator.next()
    let size = generator.uniform(0.5...1.3)
    let tilt = generator.uniform(-0.1...0.1)
    let turn = Point(cosine(turns: tilt), sine(turns: tilt))
    let lines = 1 + generator.integer(below: 3)
    let ink: Float = generator.chance(0.7) ? 255 : 0
    let start = 3.2 + generator.uniform(0.05...0.75) * 8 / size
    return redrawn { column, row in
      let offset = place(column, row)
      let turned = Point(offset.x * turn.x + offset.y * turn.y, offset.y * turn.x - offset.x * turn.y)
      let point = (turned + 1) * (5 / size) + 4
      let line = Int(point.y * 0.8 - start)
      guard point.y * 0.8 >= start, line < lines else { return colour(column, row) }
      return mix(colour(column, row), SIMD3(ink, ink, ink), opacity * Self.text(point, seed))
    }
  }

  /// Bricks with joints.
  private static func tiles(_ point: Point) -> Float {
    let course = point.y.rounded(.down)
    let x = point.x * 0.5 + (course * 0.5 - (course * 0.5).rounded(.down))
    let joint = min(point.y - course, (x - x.rounded(.down)) * 2)
    return joint < 0.16 ? 0 : 0.75
  }

  private static func checks(_ point: Point) -> Float { (Int(point.x) + Int(point.y)) % 2 == 0 ? 1 : 0 }

  private static func clouds(_ point: Point, _ seed: UInt64) -> Float {
    let coarse = valueNoise(point.x * 0.5, point.y * 0.5, seed)
    return smoothStep(0.25, 0.75, 0.6 * coarse + 0.4 * valueNoise(point.x * 1.7, point.y * 1.7, seed &+ 1))
  }

  /// A third of another picture; a half; two thirds of it and its ghost on the rest.
  func blended(with other: RGBImage?, _ severity: Severity, _ generator: inout SplitMix64) -> RGBImage {
    let fromLeft = generator.chance(0.5)
    let seed = generator.next()
    let guest = guest(other, seed)
    let share = severity.choose(Float(0.34), 0.5, 0.67)
    let ghost = severity.choose(Float(0), 0, 0.35)
    return redrawn { column, row in
      let across = (Float(column) + 0.5) / Float(width)
      let taken = fromLeft ? across < share : across > 1 - share
      return mix(colour(column, row), guest.colour(column, row), taken ? 1 : ghost)
    }
  }

  /// - Parameter share: of the other picture.
  func ghosted(by other: RGBImage?, _ share: Float, _ generator: inout SplitMix64) -> RGBImage {
    let guest = guest(other, generator.next())
    return redrawn { column, row in mix(colour(column, row), guest.colour(column, row), share) }
  }

  /// The other picture, or a drawn face where there is none.
  private func guest(_ other: RGBImage?, _ seed: UInt64) -> RGBImage {
    let guest = other ?? FaceArtist(seed: seed, width: width, height: height).draw(0)
    precondition(guest.width == width && guest.height == height, "both pictures of a blend have one size")
    return guest
  }
}
