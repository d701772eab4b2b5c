import AuditCore

/// A colour in 0...1 of full scale, red, green, blue, as displayed (not linear light).
typealias Colour = SIMD3<Float>

/// A point of the drawing plane: the shorter side of the picture spans -1...1, y points down.
typealias Point = SIMD2<Float>

extension SIMD3<Float> {
  /// A colour from 8-bit code values.
  init(code red: Float, _ green: Float, _ blue: Float) { self = SIMD3(red, green, blue) / 255 }
}

/// Between `from` and `to`.
@inline(__always) func mix(_ from: Colour, _ to: Colour, _ share: Float) -> Colour { from + (to - from) * share }

/// Between `from` and `to`.
@inline(__always) func mix(_ from: Float, _ to: Float, _ share: Float) -> Float { from + (to - from) * share }

@inline(__always) func clamp(_ value: Float, _ low: Float = 0, _ high: Float = 1) -> Float {
  min(max(value, low), high)
}

/// The scalar product, added in a fixed order: `sum()` of three numbers promises none.
@inline(__always) func dot(_ left: SIMD3<Float>, _ right: SIMD3<Float>) -> Float {
  left.x * right.x + left.y * right.y + left.z * right.z
}

/// 0 below `from`, 1 above `to`, smooth between.
@inline(__always) func smoothStep(_ from: Float, _ to: Float, _ value: Float) -> Float {
  let t = clamp((value - from) / (to - from))
  return t * t * (3 - 2 * t)
}

/// 1 in the middle of an ellipse, 0 from its edge outward, smooth.
@inline(__always) func bump(_ point: Point, _ centre: Point, _ radii: Point) -> Float {
  let scaled = (point - centre) / radii
  let rest = max(0, 1 - (scaled * scaled).sum())
  return rest * rest
}

/// Nearly the signed distance to an ellipse: exact on its edge and along its axes, negative inside.
@inline(__always) func ellipseDistance(_ point: Point, _ centre: Point, _ radii: Point) -> Float {
  let offset = point - centre
  let once = offset / radii
  let twice = once / radii
  let slope = (twice * twice).sum().squareRoot()
  let level = (once * once).sum().squareRoot()
  return slope < 1e-6 ? -min(radii.x, radii.y) : level * (level - 1) / slope
}

/// The signed distance to a box with round corners, negative inside.
@inline(__always) func roundedBoxDistance(_ point: Point, _ centre: Point, _ half: Point, _ corner: Float) -> Float {
  let offset = point - centre
  let x = abs(offset.x) - half.x + corner
  let y = abs(offset.y) - half.y + corner
  let outside = Point(max(x, 0), max(y, 0))
  return (outside * outside).sum().squareRoot() + min(max(x, y), 0) - corner
}

/// The distance to the straight line between two points.
@inline(__always) func segmentDistance(_ point: Point, _ from: Point, _ to: Point) -> Float {
  let along = to - from
  let offset = point - from
  let share = clamp((offset * along).sum() / max((along * along).sum(), 1e-9))
  let rest = offset - along * share
  return (rest * rest).sum().squareRoot()
}

/// sin(2 pi turns) to 5e-6, from products alone, so that the last bit does not depend on a machine's mathematical
/// library.
package func sine(turns: Float) -> Float {
  var t = turns - turns.rounded(.down)
  if t > 0.5 { t -= 1 }
  if t > 0.25 { t = 0.5 - t } else if t < -0.25 { t = -0.5 - t }
  let x = t * 6.2831853
  let s = x * x
  return x * (1 + s * (-1.0 / 6 + s * (1.0 / 120 + s * (-1.0 / 5040 + s * (1.0 / 362_880)))))
}

package func cosine(turns: Float) -> Float { sine(turns: turns + 0.25) }

/// Smooth noise in 0...1 over the plane, one random value per unit square, by hashing the square's corner.
@inline(__always) func valueNoise(_ x: Float, _ y: Float, _ seed: UInt64) -> Float {
  let column = x.rounded(.down)
  let row = y.rounded(.down)
  let fx = x - column
  let fy = y - row
  let sx = fx * fx * (3 - 2 * fx)
  let sy = fy * fy * (3 - 2 * fy)
  let i = Int64(column)
  let j = Int64(row)
  let top = mix(cornerValue(i, j, seed), cornerValue(i + 1, j, seed), sx)
  let bottom = mix(cornerValue(i, j + 1, seed), cornerValue(i + 1, j + 1, seed), sx)
  return mix(top, bottom, sy)
}

@inline(__always) private func cornerValue(_ column: Int64, _ row: Int64, _ seed: UInt64) -> Float {
  let key = UInt64(bitPattern: column) &* 0x9E37_79B9 ^ UInt64(bitPattern: row) &* 0x85EB_CA77_C2B2 ^ seed
  return Float(SplitMix64.mixed(key) >> 40) * 0x1p-24
}
