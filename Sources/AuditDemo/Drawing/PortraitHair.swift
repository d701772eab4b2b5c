extension Portrait {
  /// What hangs behind neck and shoulders, and the volume around the head.
  mutating func paintHairBehind() {
    switch person.hairStyle {
    case .bald, .buzzed, .short, .sidePart, .quiff: break
    case .curly: paintVolume(Point(0, -0.2), person.head * Point(1.16, 0.86) + 0.03, rough: 0.07, depth: 0.88)
    case .afro: paintVolume(Point(0, -0.24), person.head * Point(1.5, 1.1) + 0.02, rough: 0.05, depth: 0.9)
    case .bun: paintVolume(Point(-turn.yaw.x * 0.5, -person.head.y - 0.1), Point(0.19, 0.16), rough: 0.02)
    case .fringe, .bob: paintCurtain(width: 1.2, bottom: 0.62, wave: 0.01)
    case .long: paintCurtain(width: 1.18, bottom: 1.25, wave: 0.015)
    case .wavy: paintCurtain(width: 1.28, bottom: 1.1, wave: 0.05)
    case .scarf: paintVolume(Point(0, 0.05), person.head * Point(1.2, 1.16) + 0.06, rough: 0)
    }
  }

  private mutating func paintVolume(_ centre: Point, _ radii: Point, rough: Float, depth: Float = 0.72) {
    let seed = person.textureSeed
    let portrait = self
    canvas.paint(Extent(centre, radii * 1.3), feather: rough > 0.03 ? 0.04 : 0) { point in
      let bumps = rough > 0 ? rough * (valueNoise(point.x * 9, point.y * 9, seed) - 0.35) : 0
      return ellipseDistance(point, centre, radii) - bumps
    } colour: { point in
      let place = (point - centre) / radii
      return portrait.strands(point, place, depth: depth)
    }
  }

  private mutating func paintCurtain(width: Float, bottom: Float, wave: Float) {
    let seed = person.textureSeed
    let portrait = self
    let half = person.head.x * width + 0.03
    let top = -person.head.y - 0.07
    let back = -turn.yaw.x * 0.2
    canvas.paint(Extent(Point(0, 0.3), Point(half + 0.25, 1.15)), feather: 0.02) { point in
      let swell = wave * sine(turns: point.y * 2.2 + (point.x > 0 ? 0.3 : 0)) + 0.05 * smoothStep(-0.2, 0.8, point.y)
      let ragged = 0.06 * valueNoise(point.x * 14, 0, seed)
      let x = point.x - back
      let crown = ellipseDistance(Point(x, point.y), Point(0, top + half * 1.05), Point(half, half * 1.05))
      let column = max(abs(x) - half - swell, max(top + half * 1.05 - point.y, point.y - bottom - ragged))
      return min(crown, column)
    } colour: { point in
      portrait.strands(point, Point(point.x / half, point.y * 0.5), depth: 0.62)
    }
  }

  /// Hair in the light: strands that run downward, a band of shine, darker towards the edge.
  @inline(__always) func strands(_ point: Point, _ place: Point, depth: Float) -> Colour {
    let x = clamp(place.x, -0.97, 0.97)
    let normal = SIMD3(x, clamp(-place.y, -0.7, 0.7) * 0.6, (1 - x * x).squareRoot())
    if person.hairStyle == .scarf {
      let fold = 0.85 + 0.3 * valueNoise(point.x * 7 + point.y * 6, point.y * 2 - point.x * 2, person.textureSeed)
      return lit(person.hairColour * fold * depth, normal)
    }
    let curly = person.hairStyle == .afro || person.hairStyle == .curly
    let noise =
      curly
      ? curls(point)
      : valueNoise((point.x + 0.12 * place.x * point.y) * 34, point.y * 2.5, person.textureSeed)
    let shine = curly ? 0 : bump(point, Point(moment.light.x * 0.25, -person.head.y * 0.8), Point(0.42, 0.2))
    return lit(person.hairColour * (0.72 + 0.56 * noise) * depth, normal) + person.hairColour * (0.5 * shine * noise)
      + 0.05 * shine
  }

  /// Two sizes of noise, turned against the pixel grid.
  @inline(__always) private func curls(_ point: Point) -> Float {
    let turned = Point(point.x * 0.8 + point.y * 0.6, point.y * 0.8 - point.x * 0.6)
    let coarse = valueNoise(turned.x * 13, turned.y * 13, person.textureSeed)
    return 0.55 * coarse + 0.45 * valueNoise(point.x * 27, point.y * 27, person.textureSeed &+ 1)
  }

  /// The cap on the skull with its hairline, over the face.
  mutating func paintHairInFront() {
    switch person.hairStyle {
    case .bald: break
    case .buzzed: paintCap(margin: 0.012, edge: -0.5, sides: 0.5, power: 3, opacity: 0.8)
    case .short: paintCap(margin: 0.05, edge: -0.52, sides: 0.5, power: 4)
    case .sidePart: paintCap(margin: 0.06, edge: -0.5, sides: 0.5, power: 3, slant: 0.13)
    case .quiff: paintCap(margin: 0.085, edge: -0.58, sides: 0.5, power: 4)
    case .curly: paintCap(margin: 0.07, edge: -0.45, sides: 0.7, power: 3, ragged: 0.09)
    case .afro: paintCap(margin: 0.1, edge: -0.52, sides: 0.55, power: 3, ragged: 0.05)
    case .fringe: paintCap(margin: 0.07, edge: -0.24, sides: 1.0, power: 6, ragged: 0.05)
    case .bob: paintCap(margin: 0.07, edge: -0.52, sides: 1.25, power: 2.2, slant: 0.12)
    case .long: paintCap(margin: 0.06, edge: -0.56, sides: 1.5, power: 2.6, parted: true)
    case .wavy: paintCap(margin: 0.08, edge: -0.52, sides: 1.4, power: 2.6, slant: 0.16, ragged: 0.03)
    case .bun: paintCap(margin: 0.035, edge: -0.58, sides: 0.6, power: 3)
    case .scarf: paintScarf()
    }
  }

  /// - Parameters:
  ///   - margin: how thick the hair lies on the skull.
  ///   - edge: the hairline in the middle, as a share of half the head's height.
  ///   - sides: how much further down it reaches at the temples, same unit.
  ///   - power: how late it falls; 2 is a bow, more is squarer.
  ///   - slant: how much lower it lies on the side away from the parting.
  private mutating func paintCap(
    margin: Float, edge: Float, sides: Float, power: Float, slant: Float = 0, ragged: Float = 0.02,
    parted: Bool = false,
    opacity: Float = 1
  ) {
    let portrait = self
    let person = person
    let head = person.head
    let shift = Point(turn.yaw.x * head.x * 0.8, turn.pitch.x * head.x * 0.9)
    let middle = (edge + person.hairline) * head.y + shift.y
    let lean: Float = person.hairPart < 0 ? -1 : 1
    let cubic = power > 3.5
    canvas.paint(Extent(Point(0, 0), head + margin + 0.12), feather: 0.022, opacity: opacity) { point in
      let x = (point.x - shift.x * 0.7) / head.x
      let t = min(abs(x - (parted ? person.hairPart * 0.3 : 0)), 1.15)
      let fall = cubic ? t * t * t * t : (power < 2.4 ? t * t : t * t * t)
      let rough = ragged * (valueNoise(point.x * 16, point.y * 3, person.textureSeed) - 0.5) * 2
      let line = middle + head.y * (sides * fall + slant * lean * (x - 0.2 * lean)) + rough
      let outer = portrait.headDistance(Point(point.x, point.y * (point.y < 0 ? 0.985 : 1)), margin: margin)
      return max(outer, point.y - line)
    } colour: { point in
      portrait.strands(point, point / (head + margin), depth: 1)
    }
  }

  /// A cloth with an oval opening for the face, down to the chest.
  private mutating func paintScarf() {
    let portrait = self
    let head = person.head
    let opening = Point(turn.yaw.x * 0.16, 0.07 + turn.pitch.x * 0.1)
    canvas.paint(Extent(Point(0, 0.4), Point(0.8, 1.2))) { point in
      let cloth = ellipseDistance(point, Point(0, 0.03), head * Point(1.16, 1.14) + 0.04)
      let drape = max(abs(point.x) - 0.34 - 0.5 * max(0, point.y - 0.45), 0.35 - point.y)
      let hole = ellipseDistance(point, opening, head * Point(0.88, 0.9))
      return max(min(cloth, drape), -hole)
    } colour: { point in
      let hole = ellipseDistance(point, opening, head * Point(0.88, 0.9))
      return portrait.strands(point, point / (head * 1.3), depth: 0.75 + 0.25 * smoothStep(0, 0.09, hole))
    }
  }

  mutating func paintBeard() {
    switch person.beard {
    case .none: break
    case .stubble: paintBeard(from: 0.3, opacity: 0.24, feather: 0.12)
    case .moustache: paintMoustache()
    case .goatee:
      paintMoustache()
      paintChinBeard()
    case .full:
      paintBeard(from: 0.42, opacity: 0.93, feather: 0.04)
      paintMoustache()
    }
  }

  private var beardColour: Colour {
    person.hairStyle == .scarf ? person.skin * 0.3 : mix(person.hairColour * 0.85, person.skin * 0.4, 0.15)
  }

  private mutating func paintBeard(from level: Float, opacity: Float, feather: Float) {
    let portrait = self
    let head = person.head
    let hair = beardColour
    let mouth = mouthPoint
    let margin: Float = opacity > 0.5 ? 0.03 : 0
    canvas.paint(Extent(Point(0, 0.3), Point(head.x + 0.1, head.y)), feather: feather, opacity: opacity) { point in
      let x = (point.x - portrait.turn.yaw.x * 0.2) / head.x
      let line = head.y * (level + 0.12 - 0.5 * min(x * x * x * x, 0.8)) - 0.03 * (1 - x * x)
      let around = ellipseDistance(point, mouth + Point(0, 0.02), Point(0.15, 0.05))
      return max(max(portrait.headDistance(point, margin: margin), line - point.y), -around * 0.8 - 0.005)
    } colour: { point in
      let noise = valueNoise(point.x * 30, point.y * 14, portrait.person.textureSeed)
      let x = clamp(point.x / head.x, -0.95, 0.95)
      let normal = SIMD3(x * 0.8, -0.25, (1 - 0.64 * x * x).squareRoot())
      return portrait.lit(hair * (0.75 + 0.5 * noise), normal)
    }
  }

  private mutating func paintMoustache() {
    let centre = mouthPoint - Point(0, 0.048 + person.lips.x * 0.3)
    let half = person.mouthWidth * 1.02
    let hair = beardColour
    let seed = person.textureSeed
    let curl = 0.03 * moment.smile
    canvas.paint(Extent(centre, Point(half + 0.05, 0.12)), feather: 0.024, opacity: 0.93) { point in
      let t = (point.x - centre.x) / half
      let y = point.y - centre.y - 0.03 * t * t + curl * t * t
      return max(abs(y) - 0.026 * (1 - 0.55 * t * t), (abs(t) - 1) * half)
    } colour: { point in
      hair * (0.75 + 0.5 * valueNoise(point.x * 34, point.y * 12, seed))
    }
  }

  private mutating func paintChinBeard() {
    let mouth = mouthPoint
    let centre = projected(Point(0, 0.9), rise: 0.05)
    let hair = beardColour
    let seed = person.textureSeed
    let portrait = self
    canvas.paint(Extent(centre, Point(0.26, 0.24)), feather: 0.035, opacity: 0.92) { point in
      let patch = ellipseDistance(point, centre, Point(0.15, 0.135))
      let around = ellipseDistance(point, mouth + Point(0, 0.03), Point(0.14, 0.06))
      return max(max(patch, -around), portrait.headDistance(point, margin: 0.03))
    } colour: { point in
      hair * (0.75 + 0.5 * valueNoise(point.x * 30, point.y * 14, seed))
    }
  }
}
