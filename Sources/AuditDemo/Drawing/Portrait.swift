import AuditCore

/// One picture in the making: a person at a moment in a scene, painted from the back to the front.
struct Portrait {
  let person: Person
  let moment: Moment
  let scene: Scene
  var canvas: Canvas

  /// Sine and cosine of the pose.
  let turn: (yaw: Point, pitch: Point)

  init(person: Person, moment: Moment, scene: Scene, width: Int, height: Int) {
    self.person = person
    self.moment = moment
    self.scene = scene
    canvas = Canvas(width: width, height: height)
    turn = (
      Point(sine(turns: moment.yaw), cosine(turns: moment.yaw)),
      Point(sine(turns: moment.pitch), cosine(turns: moment.pitch))
    )
  }

  /// Paints everything.
  ///
  /// - Parameter generator: the sensor's noise, the only thing that differs between two pictures of one moment.
  mutating func developed(generator: inout SplitMix64) -> RGBImage {
    paintBackground()
    canvas.place(headPlacement)
    paintHairBehind()
    canvas.place(bodyPlacement)
    paintBody()
    canvas.place(headPlacement)
    paintEars()
    paintSkin()
    paintBeard()
    paintMouth()
    paintNose()
    for side in [Float(-1), 1] { paintEye(side: side) }
    paintHairInFront()
    if person.glasses != .none { paintGlasses() }
    finish()
    return canvas.exposed(noise: scene.noise, generator: &generator)
  }

  private var headPlacement: Placement {
    Placement(offset: moment.offset, scale: moment.scale * 1.12, roll: moment.roll)
  }

  /// The body follows the head half-way and does not lean with it.
  private var bodyPlacement: Placement {
    Placement(offset: moment.offset * 0.6, scale: moment.scale * 1.12, roll: moment.roll * 0.2)
  }

  private mutating func finish() {
    let gain = scene.tint * (scene.exposure * moment.brightness)
    canvas.place(Placement())
    canvas.blend(.everything) { point, below in below * gain * (1 - 0.09 * min((point * point).sum(), 2)) }
    canvas.soften(scene.softness)
  }

  /// Where a point of the face comes to lie when the head turns.
  ///
  /// - Parameters:
  ///   - place: on the upright head seen from the front; (1, 1) are half its width and height.
  ///   - rise: how far it stands out of the head, in half widths.
  func projected(_ place: Point, rise: Float = 0) -> Point {
    let depth = max(0, 1 - place.x * place.x - 0.5 * place.y * place.y).squareRoot() * 0.9 + rise
    let x = place.x * turn.yaw.y + depth * turn.yaw.x
    let y = place.y * turn.pitch.y + depth * turn.pitch.x * person.head.x / person.head.y
    return Point(x, y) * person.head
  }

  /// How wide something at `x` of the upright head seems when the head turns: 1 straight ahead.
  func foreshortening(_ x: Float) -> Float {
    turn.yaw.y - x / max(0.2, 1 - x * x).squareRoot() * turn.yaw.x
  }

  /// The signed distance to the head's outline, larger by `margin`.
  @inline(__always) func headDistance(_ point: Point, margin: Float = 0) -> Float {
    let level = clamp(point.y / person.head.y, -1, 1)
    let narrow = level > 0 ? 1 - person.jaw * level * level * (1.6 - 0.6 * level) : 1 + 0.1 * level * level
    let centred = Point((point.x - turn.yaw.x * 0.05) / narrow, point.y)
    return ellipseDistance(centred, Point(0, 0), person.head + margin)
  }

  /// How light falls on a surface: shadows are warmer than lights on skin.
  ///
  /// - Parameter normal: of length 1; right, up, towards the viewer.
  @inline(__always) func lit(_ colour: Colour, _ normal: SIMD3<Float>, gloss: Float = 0) -> Colour {
    let facing = dot(normal, moment.light)
    let direct = max(0, facing * 0.85 + 0.15)
    let shade = scene.ambient + (1.04 - scene.ambient) * direct
    let warm = Colour(1, 1, 1) + Colour(0.07, -0.01, -0.05) * (1 - min(direct, 1))
    let peak = max(0, facing)
    let sharp = peak * peak * peak * peak
    return colour * shade * warm + gloss * sharp * sharp * sharp
  }
}
