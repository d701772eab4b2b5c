/// An eye's outline: how far along it lies (-1...1) and how far below its upper and lower lid.
private struct Lids {
  let centre: Point
  let half: Float
  let upper: Float
  let lower: Float
  let tilt: Float

  @inline(__always) func place(_ point: Point) -> (along: Float, fromUpper: Float, toLower: Float) {
    let along = (point.x - centre.x) / half
    let round = max(0, 1 - along * along)
    let y = point.y - centre.y - tilt * along
    return (along, y + upper * round, lower * round - y)
  }

  @inline(__always) func distance(_ point: Point) -> Float {
    let place = place(point)
    return max(max(-place.fromUpper, -place.toLower), (abs(place.along) - 1) * half)
  }
}

extension Portrait {
  /// - Parameter side: -1 left in the picture, 1 right.
  mutating func paintEye(side: Float) {
    let open = moment.eyeOpening * (1 - 0.18 * max(0, moment.smile))
    let narrow = max(0.45, foreshortening(side * person.eyeSpread))
    let lids = Lids(
      centre: eyePoint(side: side), half: person.eyeSize.x * narrow,
      upper: person.eyeSize.y * open, lower: person.eyeSize.y * (0.25 + 0.3 * open),
      tilt: -side * person.eyeTilt * 0.12)
    paintEyeball(lids)
    paintIris(lids)
    paintLids(lids, side: side)
    paintBrow(side: side)
  }

  private mutating func paintEyeball(_ lids: Lids) {
    let light = 0.62 + 0.36 * scene.ambient + 0.12 * moment.light.x * lids.centre.x
    let pink = mix(Colour(0.93, 0.91, 0.9), person.skin, 0.12)
    canvas.paint(Extent(lids.centre, Point(lids.half + 0.03, 0.09))) { point in
      lids.distance(point)
    } colour: { point in
      let under = smoothStep(0, 0.028, lids.place(point).fromUpper)
      let corner = lids.place(point).along
      return pink * light * (0.6 + 0.4 * under) * (1 - 0.18 * corner * corner)
    }
  }

  private mutating func paintIris(_ lids: Lids) {
    let radius: Float = 0.046
    let swing = Point(moment.gaze.x * 0.028 + turn.yaw.x * 0.035, moment.gaze.y * 0.018 + 0.002)
    let centre = lids.centre + swing
    let iris = person.iris
    let extent = Extent(centre, Point(radius, radius) * 1.4)
    canvas.paint(extent, feather: 0.012) { point in
      max(ellipseDistance(point, centre, Point(radius, radius)), lids.distance(point) + 0.002)
    } colour: { point in
      let offset = point - centre
      let out = (offset * offset).sum().squareRoot() / radius
      let ring = 1 - 0.55 * smoothStep(0.7, 1, out)
      let pupil = smoothStep(0.38, 0.5, out)
      let under = 0.55 + 0.45 * smoothStep(0, 0.03, lids.place(point).fromUpper)
      return iris * (1.05 + 0.35 * offset.y / radius) * ring * pupil * under + 0.02
    }
    let glint = centre + Point(moment.light.x * 0.018, -0.014)
    canvas.paint(Extent(glint, Point(0.03, 0.03)), feather: 0.014, opacity: 0.9) { point in
      max(ellipseDistance(point, glint, Point(0.0105, 0.0105)), lids.distance(point))
    } colour: { _ in
      Colour(1, 1, 1)
    }
  }

  private mutating func paintLids(_ lids: Lids, side: Float) {
    let extent = Extent(lids.centre - Point(0, 0.02), Point(lids.half + 0.05, 0.12))
    let lash = mix(person.skin * 0.2, Colour(0.05, 0.04, 0.04), 0.7)
    let thick = 0.0065 * person.lashes
    canvas.paint(extent, feather: 0.013, opacity: 0.92) { point in
      let place = lids.place(point)
      let outward = 0.7 + 0.5 * place.along * side
      return max(abs(place.fromUpper) - thick * outward, (abs(place.along) - 1.06) * lids.half)
    } colour: { _ in
      lash
    }
    canvas.paint(extent, feather: 0.018, opacity: 0.35) { point in
      let place = lids.place(point)
      return max(abs(place.toLower) - 0.003, (abs(place.along) - 0.9) * lids.half)
    } colour: { _ in
      lash
    }
    let crease = person.skin * Colour(0.55, 0.45, 0.42)
    canvas.paint(extent, feather: 0.022, opacity: 0.5) { point in
      let place = lids.place(point)
      return max(abs(place.fromUpper + 0.024) - 0.003, (abs(place.along) - 0.95) * lids.half)
    } colour: { _ in
      crease
    }
  }

  private mutating func paintBrow(side: Float) {
    let eye = eyePoint(side: side)
    let narrow = max(0.5, foreshortening(side * person.eyeSpread))
    let centre = eye + Point(side * 0.012, -person.browHeight - 0.02 * moment.browRaise)
    let half = person.eyeSize.x * 1.22 * narrow
    let hair = browColour
    let person = person
    canvas.paint(Extent(centre, Point(half + 0.03, 0.1)), feather: 0.018, opacity: 0.88) { point in
      let outward = side * (point.x - centre.x) / half
      let arch = person.browArch * (1 - outward * outward) - 0.004 * outward
      let thick = person.browThickness * (1 - 0.55 * clamp(outward)) * smoothStep(1.15, 0.75, abs(outward))
      return max(abs(point.y - centre.y + arch) - thick, (abs(outward) - 1.05) * half)
    } colour: { point in
      hair * (0.85 + 0.3 * valueNoise(point.x * 60 + point.y * 30, point.y * 20, person.textureSeed))
    }
  }

  /// Brows are near the hair's colour, darker, and never the scarf's or a dye's.
  private var browColour: Colour {
    let hair = person.hairColour
    let coloured = person.hairStyle == .scarf || hair.z > hair.x + 0.1 || hair.x > hair.y * 1.9
    return coloured ? mix(person.skin * 0.3, Colour(0.12, 0.09, 0.07), 0.5) : mix(hair * 0.62, person.skin * 0.5, 0.2)
  }

  mutating func paintGlasses() {
    let frame = person.glassesColour
    let dark = person.glasses == .dark
    let corner: Float = person.glasses == .round ? 0.12 : 0.05
    let lens = person.glasses == .round ? Point(0.128, 0.122) : Point(0.145, dark ? 0.115 : 0.095)
    var inner: [Point] = []
    for side in [Float(-1), 1] {
      let narrow = max(0.55, foreshortening(side * person.eyeSpread))
      let half = Point(lens.x * narrow, lens.y)
      let centre = eyePoint(side: side) + Point(side * 0.012, 0.018)
      paintLens(centre, half, corner: min(corner, half.x), dark: dark)
      inner.append(centre - Point(side * half.x, 0.02))
      let hinge = centre + Point(side * half.x, -0.03)
      let temple = Point(side * person.head.x * turn.yaw.y - turn.yaw.x * 0.12, hinge.y - 0.01)
      paintBar(hinge, temple, frame)
    }
    paintBar(inner[0], inner[1], frame)
  }

  private mutating func paintLens(_ centre: Point, _ half: Point, corner: Float, dark: Bool) {
    let frame = person.glassesColour
    let extent = Extent(centre, half + 0.05)
    let slant = moment.light.x
    canvas.paint(extent, opacity: dark ? 0.93 : 0.07) { point in
      roundedBoxDistance(point, centre, half, corner)
    } colour: { point in
      let gleam = bump(point, centre + Point(slant * 0.05, -0.05), Point(0.09, 0.06))
      return dark ? Colour(0.07, 0.07, 0.09) + 0.3 * gleam : Colour(0.9, 0.95, 1)
    }
    canvas.paint(extent, feather: 0.012) { point in
      abs(roundedBoxDistance(point, centre, half, corner)) - 0.009
    } colour: { point in
      frame * (1 - 1.5 * (point.y - centre.y))
    }
  }

  private mutating func paintBar(_ from: Point, _ to: Point, _ colour: Colour) {
    let half = Point(abs(from.x - to.x), abs(from.y - to.y)) / 2 + 0.03
    canvas.paint(Extent((from + to) / 2, half), feather: 0.012) { point in
      segmentDistance(point, from, to) - 0.009
    } colour: { _ in
      colour
    }
  }
}
