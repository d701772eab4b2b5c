import AuditCore

/// What changes from frame to frame of one person: pose, expression and light.
struct Moment {
  /// Turned to the viewer's right, nodding down, leaning; in turns.
  var yaw: Float
  var pitch: Float
  var roll: Float
  var offset: Point
  var scale: Float
  /// 0 closed ... 1 wide open.
  var mouthOpening: Float
  /// -1 sad ... 1 broad smile.
  var smile: Float
  /// 0 shut ... 1 usual.
  var eyeOpening: Float
  var gaze: Point
  var browRaise: Float
  /// Where the light comes from: right, up, towards the viewer. Its length is 1.
  var light: SIMD3<Float>
  /// How much light there is; 1 is usual.
  var brightness: Float

  /// A pose, expression and light of their own.
  init(generator: inout SplitMix64) {
    let widely = generator.chance(0.25) ? Float(1.7) : 1
    yaw = generator.uniform(-0.04...0.04) * widely
    pitch = generator.uniform(-0.025...0.025)
    roll = generator.uniform(-0.018...0.018) * widely
    offset = Point(generator.uniform(-0.05...0.05), generator.uniform(-0.04...0.05))
    scale = generator.uniform(0.95...1.08)
    mouthOpening = generator.chance(0.4) ? generator.uniform(0.15...0.8) : 0
    smile = generator.uniform(-0.25...1)
    eyeOpening = generator.uniform(0.75...1.1)
    gaze = Point(generator.uniform(-0.5...0.5), generator.uniform(-0.2...0.2))
    browRaise = generator.uniform(-0.3...0.8)
    light = Self.direction(generator.uniform(-0.8...0.8), generator.uniform(0.05...0.65))
    brightness = generator.uniform(0.94...1.06)
  }

  /// The same clip, some time later: every quantity swings slowly about where it began.
  ///
  /// - Parameters:
  ///   - seconds: since the clip began.
  ///   - clip: seeds the rhythm; one value for all frames of a clip.
  func after(seconds: Float, clip: SplitMix64) -> Moment {
    var rhythm = clip
    func swing(_ size: Float) -> Float {
      let slow = sine(turns: rhythm.unit() + seconds * rhythm.uniform(0.12...0.3))
      let quick = sine(turns: rhythm.unit() + seconds * rhythm.uniform(0.4...0.8))
      return size * (slow + 0.4 * quick)
    }
    var later = self
    later.yaw += swing(0.038)
    later.pitch += swing(0.02)
    later.roll += swing(0.008)
    later.offset += Point(swing(0.025), swing(0.018))
    later.scale += swing(0.02)
    later.mouthOpening = max(0, mouthOpening * 0.6 + swing(0.45))
    later.smile = clamp(smile * 0.7 + swing(0.35), -0.3, 1)
    let blink = rhythm.unit() + seconds * rhythm.uniform(0.25...0.4)
    later.eyeOpening = eyeOpening * (1 - 0.8 * bump(Point(blink - blink.rounded(), 0), Point(0, 0), Point(0.07, 1)))
    later.gaze += Point(swing(0.3), swing(0.12))
    later.browRaise += swing(0.3)
    later.light = Self.direction(light.x + swing(0.12), light.y + swing(0.06))
    later.brightness += swing(0.08)
    return later
  }

  private static func direction(_ right: Float, _ up: Float) -> SIMD3<Float> {
    let whole = SIMD3<Float>(right, up, 0.75)
    return whole / dot(whole, whole).squareRoot()
  }
}

/// Where a picture or a clip was taken: background, clothes, lamps and camera.
struct Scene {
  enum Background: CaseIterable { case plain, gradient, spotlight, horizon, panels, discs }

  let background: Background
  let upper: Colour
  let lower: Colour
  let accent: Colour
  let layoutSeed: UInt64
  let clothes: Colour
  let trim: Colour
  let collar: Int
  /// How much light reaches what the lamp does not, 0...1.
  let ambient: Float
  /// The colour of the whole light.
  let tint: Colour
  let exposure: Float
  /// Standard deviation of the sensor's noise, full scale.
  let noise: Float
  /// 0 sharp ... 1 soft.
  let softness: Float

  init(generator: inout SplitMix64) {
    background = generator.choice(Background.allCases)
    let turns = generator.unit()
    upper = Person.hue(turns, saturation: generator.uniform(0.05...0.5), value: generator.uniform(0.25...0.9))
    lower = Person.hue(
      turns + generator.uniform(-0.12...0.12), saturation: generator.uniform(0.05...0.5),
      value: generator.uniform(0.15...0.75))
    accent = Person.hue(
      generator.unit(), saturation: generator.uniform(0.1...0.5), value: generator.uniform(0.5...0.95))
    layoutSeed = generator.next()
    clothes = Person.cloth(&generator)
    trim = generator.chance(0.5) ? Colour(code: 236, 234, 230) : Person.cloth(&generator)
    collar = generator.integer(below: 4)
    ambient = generator.uniform(0.42...0.68)
    let warmth = generator.uniform(-0.06...0.08)
    tint = Colour(1 + warmth, 1, 1 - warmth)
    exposure = generator.uniform(0.92...1.1)
    noise = generator.uniform(0.004...0.013)
    softness = generator.uniform(0.15...0.8)
  }
}
