import AuditCore

/// How points of a drawing's own plane lie in the picture: turned, scaled, moved.
struct Placement {
  /// Where the plane's origin lies, in units of half the picture's shorter side from its centre.
  var offset = Point(0, 0)
  var scale: Float = 1
  /// Clockwise, in turns.
  var roll: Float = 0
}

/// A rectangle of a drawing's plane, outside of which a shape certainly covers nothing.
struct Extent {
  let low: Point
  let high: Point

  init(_ centre: Point, _ half: Point) {
    low = centre - half
    high = centre + half
  }

  static let everything = Extent(Point(0, 0), Point(8, 8))
}

/// A picture in floating point on which shapes are painted by their distance functions, with smooth edges.
struct Canvas {
  let width: Int
  let height: Int
  /// `width * height` colours, row by row from the top.
  private(set) var pixels: [Colour]

  private let unit: Float
  private var turn = Point(1, 0)
  private var placement = Placement()

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    unit = Float(min(width, height)) / 2
    pixels = Array(repeating: Colour(0, 0, 0), count: width * height)
  }

  /// Shapes painted from now on lie in a plane placed like this.
  mutating func place(_ placement: Placement) {
    self.placement = placement
    turn = Point(cosine(turns: placement.roll), sine(turns: placement.roll))
  }

  /// Paints `colour` wherever `distance` is negative.
  ///
  /// - Parameter feather: over how far the edge fades, in units of the plane; at least a pixel.
  /// - Parameter opacity: 1 covers what was there.
  @inline(__always) mutating func paint(
    _ extent: Extent, feather: Float = 0, opacity: Float = 1, distance: (Point) -> Float,
    colour: (Point) -> Colour
  ) {
    let edge = max(feather, 1 / (unit * placement.scale))
    blend(extent) { point, below in
      let share = clamp(0.5 - distance(point) / edge)
      return share > 0 ? mix(below, colour(point), share * share * (3 - 2 * share) * opacity) : below
    }
  }

  /// Multiplies what is there by `factor`, most in the middle of an ellipse and not at all at its edge.
  @inline(__always) mutating func tint(_ centre: Point, _ radii: Point, _ factor: Colour) {
    blend(Extent(centre, radii)) { point, below in below * mix(Colour(1, 1, 1), factor, bump(point, centre, radii)) }
  }

  /// Replaces every colour in the extent by a function of its point and itself.
  @inline(__always) mutating func blend(_ extent: Extent, _ result: (Point, Colour) -> Colour) {
    let (columns, rows) = pixelRange(of: extent)
    let step = 1 / (unit * placement.scale)
    for row in rows {
      let dy = Float(row) + 0.5 - Float(height) / 2 - placement.offset.y * unit
      for column in columns {
        let dx = Float(column) + 0.5 - Float(width) / 2 - placement.offset.x * unit
        let point = Point(dx * turn.x + dy * turn.y, dy * turn.x - dx * turn.y) * step
        let index = row * width + column
        pixels[index] = result(point, pixels[index])
      }
    }
  }

  private func pixelRange(of extent: Extent) -> (columns: Range<Int>, rows: Range<Int>) {
    let centre = (extent.low + extent.high) / 2
    let half = (extent.high - extent.low) / 2
    let middle = placed(centre)
    let across = (abs(turn.x) * half.x + abs(turn.y) * half.y) * placement.scale * unit + 2
    let down = (abs(turn.y) * half.x + abs(turn.x) * half.y) * placement.scale * unit + 2
    return (Self.range(middle.x, across, width), Self.range(middle.y, down, height))
  }

  private func placed(_ point: Point) -> Point {
    let turned = Point(point.x * turn.x - point.y * turn.y, point.x * turn.y + point.y * turn.x)
    return (turned * placement.scale + placement.offset) * unit + Point(Float(width), Float(height)) / 2
  }

  private static func range(_ middle: Float, _ half: Float, _ count: Int) -> Range<Int> {
    let low = Int(clamp(middle - half, 0, Float(count)))
    let high = Int(clamp((middle + half).rounded(.up), 0, Float(count)))
    return low..<max(low, high)
  }

  /// Mixes every pixel with the 1-2-1 mean of its surroundings: the softness of a lens.
  mutating func soften(_ share: Float) {
    let source = pixels
    for row in 0..<height {
      let up = max(row - 1, 0) * width
      let here = row * width
      let down = min(row + 1, height - 1) * width
      for column in 0..<width {
        let left = max(column - 1, 0)
        let right = min(column + 1, width - 1)
        let corners = source[up + left] + source[up + right] + source[down + left] + source[down + right]
        let sides = source[up + column] + source[down + column] + source[here + left] + source[here + right]
        let mean = (corners + sides * 2 + source[here + column] * 4) / 16
        pixels[here + column] = mix(source[here + column], mean, share)
      }
    }
  }

  /// The picture in 8 bits, with a sensor's noise.
  ///
  /// - Parameter noise: standard deviation at mid brightness, in full scale; a fifth more or less in light and dark.
  func exposed(noise: Float, generator: inout SplitMix64) -> RGBImage {
    var bytes = [UInt8](repeating: 0, count: 3 * width * height)
    for (index, colour) in pixels.enumerated() {
      for channel in 0..<3 {
        let value = colour[channel] + noise * generator.normal() * (0.8 + 0.4 * clamp(colour[channel]))
        bytes[3 * index + channel] = UInt8(clamp((value * 255).rounded(), 0, 255))
      }
    }
    return RGBImage(width: width, height: height, pixels: bytes)
  }
}
