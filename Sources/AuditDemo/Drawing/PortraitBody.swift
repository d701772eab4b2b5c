import AuditCore

extension Portrait {
  mutating func paintBackground() {
    canvas.place(Placement())
    let scene = scene
    canvas.blend(.everything) { point, _ in mix(scene.upper, scene.lower, clamp(point.y * 0.5 + 0.5)) }
    switch scene.background {
    case .plain: canvas.blend(.everything) { _, below in mix(below, scene.upper, 0.7) }
    case .gradient: break
    case .spotlight:
      let centre = Point(moment.light.x * -0.9, -0.25)
      canvas.blend(.everything) { point, below in mix(below * 0.7, scene.accent, bump(point, centre, Point(1.7, 1.7))) }
    case .horizon: paintHorizon()
    case .panels: paintPanels()
    case .discs: paintDiscs()
    }
  }

  private mutating func paintHorizon() {
    var layout = SplitMix64(seed: scene.layoutSeed)
    let level = layout.uniform(-0.35...0.35)
    let seed = layout.next()
    let ground = scene.lower * 0.6
    canvas.paint(.everything, feather: 0.08) { point in
      level - point.y + 0.22 * (valueNoise(point.x * 2.2, 0, seed) - 0.5)
    } colour: { point in
      ground * (0.85 + 0.3 * valueNoise(point.x * 3, point.y * 6, seed))
    }
  }

  private mutating func paintPanels() {
    var layout = SplitMix64(seed: scene.layoutSeed)
    var left: Float = -1.6
    while left < 1.6 {
      let wide = layout.uniform(0.18...0.55)
      let colour = mix(scene.upper, layout.chance(0.5) ? scene.accent : scene.lower, layout.uniform(0.1...0.75))
      let centre = Point(left + wide / 2, 0)
      canvas.paint(Extent(centre, Point(wide, 3)), feather: 0.05) { point in
        abs(point.x - centre.x) - wide / 2
      } colour: {
        point in
        colour * (1 - 0.12 * point.y)
      }
      left += wide
    }
  }

  private mutating func paintDiscs() {
    var layout = SplitMix64(seed: scene.layoutSeed)
    for _ in 0..<9 {
      let centre = Point(layout.uniform(-1.2...1.2), layout.uniform(-1.1...0.7))
      let radius = layout.uniform(0.12...0.32)
      let colour = mix(scene.accent, Colour(1, 0.96, 0.88), layout.uniform(0...0.5))
      canvas.paint(Extent(centre, Point(radius, radius) * 1.2), feather: 0.07, opacity: layout.uniform(0.2...0.55)) {
        point in
        ellipseDistance(point, centre, Point(radius, radius))
      } colour: { _ in
        colour
      }
    }
  }

  mutating func paintBody() {
    paintNeck()
    paintClothes()
  }

  private mutating func paintNeck() {
    let width = person.neck
    let skin = person.skin * 0.97
    let portrait = self
    let top = person.head.y * 0.35
    canvas.paint(Extent(Point(0, 0.75), Point(0.6, 0.55))) { point in
      let flare = smoothStep(0.62, 1.05, point.y) * 0.22
      return max(abs(point.x) - width - flare, top - point.y)
    } colour: { point in
      let x = clamp(point.x / (width * 1.15), -0.95, 0.95)
      let normal = SIMD3(x, 0, (1 - x * x).squareRoot())
      let chin = portrait.person.head.y
      let shadow = 0.6 + 0.4 * smoothStep(chin - 0.02, chin + 0.24, point.y)
      return portrait.lit(skin, normal) * shadow
    }
  }

  private mutating func paintClothes() {
    let top = person.head.y + 0.2
    let wide = person.shoulders
    let scene = scene
    let light = moment.light.x
    let seed = person.textureSeed
    canvas.paint(Extent(Point(0, 1.2), Point(1.7, 0.6))) { point in
      let out = abs(point.x) / wide
      let slope = top + 0.12 * out + 0.34 * out * out * out * out
      return max(slope - point.y, Self.neckline(scene.collar, point, top))
    } colour: { point in
      let fold = 0.88 + 0.24 * valueNoise(point.x * 5 + 31, point.y * 2.4, seed)
      let stripe = scene.collar == 3 && (point.y * 9 - (point.y * 9).rounded(.down)) < 0.45
      let side = 1 + 0.22 * light * clamp(point.x / wide, -1, 1)
      return (stripe ? scene.trim : scene.clothes) * fold * side * 0.95
    }
    if scene.collar == 1 { paintCollar(top: top) }
  }

  /// Positive where the neck shows: round, shirt collar, pointed, round.
  private static func neckline(_ collar: Int, _ point: Point, _ top: Float) -> Float {
    switch collar {
    case 1, 2: 0.78 * (top + 0.3 - point.y - 1.5 * abs(point.x))
    default: -ellipseDistance(point, Point(0, top - 0.03), Point(0.33, 0.16))
    }
  }

  /// A band along the neckline.
  private mutating func paintCollar(top: Float) {
    let trim = scene.trim
    canvas.paint(Extent(Point(0, top + 0.15), Point(0.36, 0.22))) { point in
      max(abs(Self.neckline(1, point, top) + 0.035) - 0.035, top + 0.02 - point.y)
    } colour: { point in
      trim * (0.98 - 0.3 * clamp(point.y - top))
    }
  }

  mutating func paintEars() {
    guard person.hairStyle != .scarf else { return }
    let portrait = self
    for side in [Float(-1), 1] {
      let centre = Point(
        side * person.head.x * 0.99 * turn.yaw.y - turn.yaw.x * 0.16, person.head.y * 0.08 + turn.pitch.x * -0.08)
      let radii = Point(0.06, 0.125) * person.ears
      canvas.paint(Extent(centre, radii * 1.2)) { point in
        ellipseDistance(point, centre, radii)
      } colour: { point in
        let inner = bump(point, centre - Point(side * 0.005, 0), radii * 0.85)
        let normal = SIMD3<Float>(side * 0.6, 0.1, 0.79)
        return portrait.lit(portrait.person.skin * Colour(1, 0.92, 0.9), normal) * (1 - 0.28 * inner)
      }
    }
  }
}
