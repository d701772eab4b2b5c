/// A soft hill on the head that catches light.
private struct Hill {
  let centre: Point
  let radii: Point
  let height: Float
}

extension Portrait {
  mutating func paintSkin() {
    let hills = faceHills()
    let portrait = self
    let person = person
    let axis = Point(turn.yaw.x, turn.pitch.x) * -0.35
    canvas.paint(Extent(Point(0, 0), person.head + 0.1)) { point in
      portrait.headDistance(point)
    } colour: { point in
      var across = point / (person.head * Point(1.04, 1.06)) + axis
      across.y = -across.y
      for hill in hills {
        let scaled = (point - hill.centre) / hill.radii
        let rest = 1 - (scaled * scaled).sum()
        if rest > 0 {
          let slope = scaled / hill.radii * (rest * hill.height)
          across += Point(slope.x, -slope.y)
        }
      }
      let flat = min((across * across).sum(), 0.94)
      let length = max((across * across).sum(), flat)
      across *= (flat / max(length, 1e-6)).squareRoot()
      let normal = SIMD3(across.x, across.y, (1 - flat).squareRoot())
      let pores = 0.97 + 0.06 * valueNoise(point.x * 22, point.y * 22, person.textureSeed)
      return portrait.lit(person.skin * pores, normal, gloss: 0.09)
    }
    tintSkin()
    if person.freckles > 0 { paintFreckles() }
  }

  private func faceHills() -> [Hill] {
    let tip = nosePoint
    let bridge = projected(Point(0, -0.03), rise: 0.1)
    let cheekSmile = 0.03 * max(0, moment.smile)
    var hills = [
      Hill(centre: (tip + bridge) / 2 - Point(0, 0.03), radii: Point(person.noseWidth * 0.8, 0.25), height: 0.055),
      Hill(centre: tip, radii: Point(person.noseWidth * 1.05, 0.085), height: 0.06),
      Hill(centre: projected(Point(0, 0.86), rise: 0.05), radii: Point(0.15, 0.12), height: 0.045),
      Hill(centre: projected(Point(0, -0.28)), radii: Point(0.36, 0.14), height: 0.025),
      Hill(centre: projected(Point(0, 0.5), rise: 0.03), radii: Point(0.24, 0.17), height: 0.03),
    ]
    for side in [Float(-1), 1] {
      let centre = projected(Point(side * 0.56, 0.3 - cheekSmile))
      hills.append(Hill(centre: centre, radii: Point(0.2, 0.17), height: 0.035 + cheekSmile))
    }
    return hills
  }

  /// The tip of the nose.
  var nosePoint: Point { projected(Point(0, person.noseLength), rise: 0.24) }

  /// The middle of the mouth.
  var mouthPoint: Point { projected(Point(0, 0.625), rise: 0.06) }

  /// The middle of an eye.
  func eyePoint(side: Float) -> Point { projected(Point(side * person.eyeSpread, -0.04)) }

  /// Blush, hollows and the shadows of nose and lip.
  private mutating func tintSkin() {
    let mouth = mouthPoint
    for side in [Float(-1), 1] {
      let eye = eyePoint(side: side)
      canvas.tint(eye - Point(0, 0.02), Point(0.17, 0.125), Colour(0.8, 0.75, 0.74))
      canvas.tint(eye - Point(side * 0.12, 0.0), Point(0.06, 0.12), Colour(0.78, 0.72, 0.7))
      canvas.tint(projected(Point(side * 0.6, 0.36)), Point(0.2, 0.16), Colour(1.02, 0.91, 0.89))
      shadeJaw(projected(Point(side * 0.92, 0.55)))
      let fold = mouth + Point(side * (person.mouthWidth + 0.035 + 0.02 * moment.smile), -0.07)
      canvas.tint(fold, Point(0.04, 0.1), mix(Colour(1, 1, 1), Colour(0.84, 0.77, 0.75), 0.4 + 0.4 * moment.smile))
    }
    let lowerLip = mouth + Point(0, 0.05 + person.lips.y + 0.07 * moment.mouthOpening)
    canvas.tint(lowerLip, Point(0.14, 0.05), Colour(0.74, 0.68, 0.66))
    canvas.tint(mouth - Point(0, 0.085), Point(0.03, 0.06), Colour(0.88, 0.84, 0.83))
  }

  /// The side of the jaw, on the head alone and not on what lies behind it.
  private mutating func shadeJaw(_ centre: Point) {
    let radii = Point(0.14, 0.35)
    let portrait = self
    canvas.blend(Extent(centre, radii)) { point, below in
      let inside = smoothStep(0, -0.02, portrait.headDistance(point))
      return below * mix(Colour(1, 1, 1), Colour(0.84, 0.8, 0.8), bump(point, centre, radii) * inside)
    }
  }

  private mutating func paintFreckles() {
    let seed = person.textureSeed
    let strength = person.freckles
    let middle = projected(Point(0, 0.2))
    canvas.blend(Extent(middle, Point(0.34, 0.18))) { point, below in
      let spots = smoothStep(0.72, 0.85, valueNoise(point.x * 42, point.y * 42, seed))
      return below
        * mix(Colour(1, 1, 1), Colour(0.88, 0.78, 0.72), spots * strength * bump(point, middle, Point(0.34, 0.18)))
    }
  }

  mutating func paintNose() {
    let tip = nosePoint
    let wide = person.noseWidth
    let dark = person.skin * Colour(0.32, 0.22, 0.2)
    canvas.tint(tip + Point(-moment.light.x * 0.04, 0.07), Point(wide * 1.5, 0.055), Colour(0.62, 0.55, 0.53))
    for side in [Float(-1), 1] {
      let bridge = (tip + projected(Point(side * 0.1, 0.0), rise: 0.12)) / 2 + Point(side * wide * 0.7, 0)
      let shaded = clamp(0.45 - side * moment.light.x * 0.7)
      canvas.tint(bridge, Point(0.07, 0.2), mix(Colour(1, 1, 1), Colour(0.74, 0.67, 0.64), shaded))
      let wing = tip + Point(side * wide * 0.98, 0.012)
      canvas.tint(wing, Point(0.03, 0.055), Colour(0.72, 0.64, 0.62))
      let nostril = tip + Point(side * wide * 0.52, 0.045)
      canvas.paint(Extent(nostril, Point(0.06, 0.04)), feather: 0.022, opacity: 0.75) { point in
        ellipseDistance(point, nostril, Point(wide * 0.3, 0.013))
      } colour: { _ in
        dark
      }
    }
  }

  mutating func paintMouth() {
    let centre = mouthPoint
    let half = person.mouthWidth * (1 + 0.16 * moment.smile) * max(0.5, turn.yaw.y)
    let gap = 0.075 * moment.mouthOpening
    let lips = person.lips
    let curl = 0.045 * moment.smile
    let extent = Extent(centre + Point(0, 0.02), Point(half + 0.05, 0.22))
    let lip = person.lipColour
    let portrait = self
    /// Along the mouth, -1...1, and below its line.
    func along(_ point: Point) -> Point {
      let t = (point.x - centre.x) / half
      return Point(t, point.y - centre.y + curl * (t * t - 0.35))
    }
    canvas.paint(extent, feather: 0.022) { point in
      let place = along(point)
      let round = max(0, 1 - place.x * place.x)
      let bow = 1 - 0.28 * bump(Point(place.x, 0), Point(0, 0), Point(0.28, 1))
      let top = -(lips.x * bow * round.squareRoot() * 0.5 + lips.x * bow * round * 0.5) - gap * 0.2 * round
      let bottom = lips.y * round + gap * round
      return max(max(top - place.y, place.y - bottom), (abs(place.x) - 1) * half)
    } colour: { point in
      let place = along(point)
      let lower = smoothStep(-0.005, 0.01, place.y - gap * 0.5)
      let sheen = lower * bump(place, Point(portrait.moment.light.x * 0.3, gap + lips.y * 0.5), Point(0.6, 0.025))
      let normal = SIMD3<Float>(place.x * 0.4, mix(-0.35, 0.3, lower), 0.85)
      return portrait.lit(lip, normal) + 0.16 * sheen
    }
    canvas.paint(extent, feather: 0.014) { point in
      let place = along(point)
      let round = max(0, 1 - place.x * place.x)
      return max(-gap * 0.2 * round - 0.004 - place.y, place.y - gap * round - 0.003) + (abs(place.x) > 0.97 ? 0.01 : 0)
    } colour: { point in
      let place = along(point)
      let round = max(0, 1 - place.x * place.x)
      let teeth = smoothStep(0.02, 0.035, gap) * (1 - smoothStep(0.022, 0.034, place.y + gap * 0.2 * round))
      return mix(
        Colour(code: 62, 22, 24), Colour(code: 236, 230, 220) * (0.55 + 0.4 * round),
        teeth * smoothStep(0.9, 0.6, abs(place.x)))
    }
  }
}
