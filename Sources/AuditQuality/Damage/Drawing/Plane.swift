import AuditCore
import CKernels

/// A part of a picture, in pixels; may reach beyond it.
struct Box {
  let x: Double
  let y: Double
  let width: Double
  let height: Double
}

/// One byte for each pixel: how much of something is there.
struct Plane {
  let width: Int
  let height: Int
  var values: [UInt8]

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    values = [UInt8](repeating: 0, count: width * height)
  }

  /// Light and dark at five sizes, the large ones strongest, from 0 to 255.
  static func clouds(width: Int, height: Int, _ random: inout SplitMix64) -> Plane {
    var sum = [Float](repeating: 0, count: width * height)
    var strength: Float = 1
    for octave in 1...5 {
      strength /= 1.6
      let side = 1 << octave + 1
      let grid = (0..<side * side).map { _ in strength * random.unit() }
      var line = [Float](repeating: 0, count: side)
      audit_damage_add_grid(&sum, width, height, grid, side, &line)
    }
    var plane = Plane(width: width, height: height)
    audit_damage_stretch(sum, sum.count, &plane.values)
    return plane
  }

  /// 3 to 30 waves across the picture, in any direction.
  static func waves(width: Int, height: Int, _ random: inout SplitMix64) -> Plane {
    let direction = random.direction()
    // 65536ths of a turn, of which 8 bits are looked up.
    let turns = random.between(3, 30) * 65536 / Double(width)
    let (right, down) = (Int(turns * direction.cosine), Int(turns * direction.sine))
    let shades = (0..<256).map { UInt8(127.5 + 127.5 * Direction(sixteenBits: $0 << 8).sine) }
    var plane = Plane(width: width, height: height)
    for row in 0..<height {
      for column in 0..<width {
        plane.values[row * width + column] = shades[(right * column + down * row) >> 8 & 255]
      }
    }
    return plane
  }

  /// A grid of 3 to 30 cells across, each light or dark, or of any shade.
  static func cells(width: Int, height: Int, _ random: inout SplitMix64) -> Plane {
    let across = 3 + random.integer(below: 28)
    let side = max(1, width / across)
    let isShaded = random.fraction() < 0.5
    let columns = width / side + 1
    let shades = (0..<columns * (height / side + 1)).map { _ -> UInt8 in
      let shade = random.integer(below: 256)
      return isShaded ? UInt8(shade) : shade < 128 ? 0 : 255
    }
    var plane = Plane(width: width, height: height)
    for row in 0..<height {
      for column in 0..<width { plane.values[row * width + column] = shades[row / side * columns + column / side] }
    }
    return plane
  }

  mutating func fillRectangle(_ box: Box) {
    fillRows(box) { _ in (box.x, box.x + box.width) }
  }

  mutating func fillEllipse(_ box: Box) {
    fillRows(box) { y in
      let down = (y - box.y - box.height / 2) / (box.height / 2)
      let half = box.width / 2 * max(0, 1 - down * down).squareRoot()
      return (box.x + box.width / 2 - half, box.x + box.width / 2 + half)
    }
  }

  /// The inside of a closed line: what an odd number of its sides lies to the left of.
  mutating func fillPolygon(_ corners: [(Double, Double)]) {
    let sides = zip(corners, corners.dropFirst() + corners.prefix(1))
    for row in 0..<height {
      let y = Double(row)
      let crossings = sides.compactMap { from, to -> Double? in
        guard (from.1 <= y) != (to.1 <= y) else { return nil }
        return from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0)
      }.sorted()
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) { fill(row, crossings[pair], crossings[pair + 1]) }
    }
  }

  mutating func draw(from start: (Double, Double), to end: (Double, Double), radius: Double) {
    audit_damage_stroke(
      &values, width, height, Float(start.0), Float(start.1), Float(end.0), Float(end.1), Float(radius))
  }

  /// - Parameter span: from where to where a row at that height is filled.
  private mutating func fillRows(_ box: Box, _ span: (Double) -> (Double, Double)) {
    for row in 0..<height where Double(row) >= box.y && Double(row) < box.y + box.height {
      let (left, right) = span(Double(row))
      fill(row, left, right)
    }
  }

  private mutating func fill(_ row: Int, _ left: Double, _ right: Double) {
    let first = Int(min(max(left.rounded(.up), 0), Double(width)))
    let end = Int(min(max(right.rounded(.up), 0), Double(width)))
    for column in first..<max(first, end) { values[row * width + column] = 255 }
  }
}
