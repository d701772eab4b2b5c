import AuditCore

/// What stays the same from picture to picture of one person. Lengths are in units of the drawing's plane, in which
/// a head is about 0.9 wide and 1.2 high.
struct Person {
  enum HairStyle: CaseIterable {
    case bald, buzzed, short, sidePart, quiff, curly, afro, fringe, bob, long, wavy, bun, scarf
  }
  enum Beard: CaseIterable { case none, stubble, moustache, goatee, full }
  enum Glasses: CaseIterable { case none, round, square, dark }

  let skin: Colour
  let hairColour: Colour
  let hairStyle: HairStyle
  let hairPart: Float
  let hairline: Float
  let beard: Beard
  let glasses: Glasses
  let glassesColour: Colour
  /// Half the head's width and height.
  let head: Point
  /// How much narrower the head is at the chin: 0 is an ellipse.
  let jaw: Float
  let iris: Colour
  /// Where the eyes' centres lie, as a share of half the head's width.
  let eyeSpread: Float
  let eyeSize: Point
  let eyeTilt: Float
  let browHeight: Float
  let browThickness: Float
  let browArch: Float
  let noseLength: Float
  let noseWidth: Float
  let mouthWidth: Float
  let lips: Point
  let lipColour: Colour
  let ears: Float
  let neck: Float
  let shoulders: Float
  let lashes: Float
  let freckles: Float
  let textureSeed: UInt64

  init(generator: inout SplitMix64) {
    let grownBeard = generator.chance(0.42)
    let tone = generator.unit()
    let skin = Self.skinTone(tone, generator: &generator)
    let style = Self.style(bearded: grownBeard, generator: &generator)
    self.skin = skin
    hairStyle = style
    hairColour = style == .scarf ? Self.cloth(&generator) : Self.hair(tone, generator: &generator)
    hairPart = generator.uniform(-0.6...0.6)
    hairline = generator.uniform(-0.06...0.06)
    beard = grownBeard ? generator.choice([.none, .stubble, .stubble, .moustache, .goatee, .full, .full]) : .none
    glasses = generator.chance(0.3) ? generator.choice([.round, .round, .square, .square, .square, .dark]) : .none
    glassesColour = generator.choice([Colour(code: 25, 25, 28), Colour(code: 92, 58, 34), Colour(code: 150, 148, 150)])
    head = Point(generator.uniform(0.405...0.465), generator.uniform(0.555...0.615))
    jaw = grownBeard ? generator.uniform(0.06...0.2) : generator.uniform(0.14...0.28)
    iris = Self.iris(tone, generator: &generator)
    eyeSpread = generator.uniform(0.43...0.49)
    eyeSize = Point(generator.uniform(0.098...0.116), generator.uniform(0.044...0.06))
    eyeTilt = generator.uniform(-0.12...0.1)
    browHeight = generator.uniform(0.1...0.135)
    browThickness = grownBeard ? generator.uniform(0.016...0.027) : generator.uniform(0.009...0.018)
    browArch = generator.uniform(0.008...0.03)
    noseLength = generator.uniform(0.33...0.4)
    noseWidth = generator.uniform(0.075...0.115)
    mouthWidth = generator.uniform(0.145...0.185)
    lips = Point(generator.uniform(0.026...0.044), generator.uniform(0.034...0.058))
    let rouge = grownBeard ? generator.uniform(0.2...0.4) : generator.uniform(0.35...0.85)
    lipColour = mix(skin * Colour(0.9, 0.7, 0.68), Colour(code: 168, 46, 58), rouge * 0.75)
    ears = generator.uniform(0.8...1.2)
    neck = grownBeard ? generator.uniform(0.26...0.31) : generator.uniform(0.2...0.25)
    shoulders = grownBeard ? generator.uniform(0.95...1.15) : generator.uniform(0.8...0.95)
    lashes = grownBeard ? 0.6 : generator.uniform(0.8...1.4)
    freckles = tone < 0.35 && generator.chance(0.3) ? generator.uniform(0.3...0.8) : 0
    textureSeed = generator.next()
  }

  /// From the palest to the deepest human skin, reddish or olive.
  private static func skinTone(_ tone: Float, generator: inout SplitMix64) -> Colour {
    let scale = [
      Colour(code: 246, 214, 192), Colour(code: 238, 196, 165), Colour(code: 226, 177, 138),
      Colour(code: 210, 157, 114), Colour(code: 183, 127, 84), Colour(code: 146, 94, 60), Colour(code: 108, 67, 43),
      Colour(code: 74, 46, 33),
    ]
    let place = tone * Float(scale.count - 1)
    let step = min(Int(place), scale.count - 2)
    let warmth = generator.uniform(-0.035...0.035)
    return mix(scale[step], scale[step + 1], place - Float(step)) * Colour(1 + warmth * 0.5, 1, 1 - warmth)
  }

  private static func style(bearded: Bool, generator: inout SplitMix64) -> HairStyle {
    bearded
      ? generator.choice([.bald, .buzzed, .buzzed, .short, .short, .sidePart, .sidePart, .quiff, .curly, .afro, .long])
      : generator.choice([
        .short, .curly, .afro, .fringe, .fringe, .bob, .bob, .long, .long, .long, .wavy, .wavy, .wavy, .bun, .bun,
        .scarf,
      ])
  }

  private static func hair(_ tone: Float, generator: inout SplitMix64) -> Colour {
    let dark = [Colour(code: 26, 20, 18), Colour(code: 40, 28, 22), Colour(code: 58, 38, 26)]
    let light = [
      Colour(code: 84, 54, 32), Colour(code: 118, 74, 42), Colour(code: 140, 66, 34), Colour(code: 176, 128, 72),
      Colour(code: 208, 172, 112), Colour(code: 226, 204, 160),
    ]
    let age = generator.unit()
    if age < 0.08 { return generator.choice([Colour(code: 150, 148, 146), Colour(code: 212, 210, 206)]) }
    if age > 0.96 { return generator.choice([Colour(code: 70, 90, 150), Colour(code: 176, 84, 120)]) }
    return generator.chance(0.25 + 1.1 * tone) ? generator.choice(dark) : generator.choice(light)
  }

  private static func iris(_ tone: Float, generator: inout SplitMix64) -> Colour {
    let dark = [Colour(code: 52, 32, 20), Colour(code: 84, 52, 28)]
    let light = [
      Colour(code: 108, 76, 40), Colour(code: 92, 108, 68), Colour(code: 84, 122, 158), Colour(code: 120, 140, 150),
    ]
    return generator.chance(0.2 + 1.4 * tone) ? generator.choice(dark) : generator.choice(light)
  }

  /// A fabric's colour, muted.
  static func cloth(_ generator: inout SplitMix64) -> Colour {
    hue(generator.unit(), saturation: generator.uniform(0.08...0.6), value: generator.uniform(0.2...0.85))
  }

  /// A colour by its place on the colour circle (0...1 once around), saturation and brightness.
  static func hue(_ turns: Float, saturation: Float, value: Float) -> Colour {
    func channel(_ shift: Float) -> Float {
      let place = turns + shift
      let distance = abs((place - place.rounded(.down)) * 6 - 3) - 1
      return value * (1 - saturation * (1 - clamp(distance)))
    }
    return Colour(channel(0), channel(2.0 / 3), channel(1.0 / 3))
  }
}
