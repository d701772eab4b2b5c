import AuditCore
import Glibc

/// The pose of a head from the 68 landmarks of its face.
///
/// A rigid head of typical proportions is laid over twelve landmarks that move little with the expression, under scaled
/// orthographic projection: least squares give two rows of an affine matrix, which are made orthonormal. On a head of
/// other proportions, seen in perspective, yaw and roll come within 3 degrees and pitch within 7 of the true ones up to
/// 45 degrees of yaw; FaceSwap and DeepFaceLab, which solve for perspective, differ from each other by as much.
///
/// - Input: 68 points (x, y) in pixels of the source frame, y down, in the order of iBUG 300-W.
/// - Source: D. F. DeMenthon, L. S. Davis, "Model-based object pose in 25 lines of code", IJCV 15, 1995 (its first step);
///   angles of R = Rz(roll) Ry(yaw) Rx(-pitch).
enum PoseEstimate {
  private struct Point {
    let landmark: Int
    let x, y, z: Double
  }

  /// Millimetres from the middle of the face: x to the right of the picture, y down, z away from the camera.
  private static let head: [Point] = centred([
    // Outer and inner corners of the eyes.
    Point(landmark: 36, x: -45, y: -36, z: 8), Point(landmark: 45, x: 45, y: -36, z: 8),
    Point(landmark: 39, x: -16, y: -35, z: -3), Point(landmark: 42, x: 16, y: -35, z: -3),
    // Root and tip of the nose, its wings, and where it meets the lip.
    Point(landmark: 27, x: 0, y: -38, z: -16), Point(landmark: 30, x: 0, y: -6, z: -38),
    Point(landmark: 31, x: -14, y: 5, z: -17), Point(landmark: 35, x: 14, y: 5, z: -17),
    Point(landmark: 33, x: 0, y: 7, z: -25),
    // Corners of the mouth, and the chin.
    Point(landmark: 48, x: -27, y: 30, z: -5), Point(landmark: 54, x: 27, y: 30, z: -5),
    Point(landmark: 8, x: 0, y: 76, z: -3),
  ])

  private static func centred(_ points: [Point]) -> [Point] {
    let count = Double(points.count)
    let (x, y, z) = points.reduce((0.0, 0.0, 0.0)) { ($0.0 + $1.x, $0.1 + $1.y, $0.2 + $1.z) }
    return points.map { Point(landmark: $0.landmark, x: $0.x - x / count, y: $0.y - y / count, z: $0.z - z / count) }
  }

  /// nil where the points are not 68, not finite, or lie in one place or line.
  static func pose(of landmarks: [(x: Double, y: Double)]) -> FacePose? {
    guard landmarks.count == 68 else { return nil }
    let chosen = head.map { landmarks[$0.landmark] }
    guard chosen.allSatisfy({ abs($0.x) < 1e7 && abs($0.y) < 1e7 }) else { return nil }
    guard let right = unit(fit(chosen.map(\.x))), let down = unit(fit(chosen.map(\.y))) else { return nil }
    let skewness = dot(right, down)
    guard abs(skewness) < 0.9, let first = unit(right - down * (skewness / 2)),
      let second = unit(down - right * (skewness / 2))
    else { return nil }
    let away = cross(first, second)
    let degrees = 180 / Double.pi
    return FacePose(
      yaw: asin(max(-1, min(1, -away.x))) * degrees, pitch: -atan2(away.y, away.z) * degrees,
      roll: atan2(second.x, first.x) * degrees)
  }

  /// The vector whose inner products with the head's points come nearest to the values, their mean left out.
  private static func fit(_ values: [Double]) -> SIMD3<Double> {
    let mean = values.reduce(0, +) / Double(values.count)
    var moments = SIMD3<Double>()
    for (point, value) in zip(head, values) { moments += SIMD3(point.x, point.y, point.z) * (value - mean) }
    return inverse.0 * moments.x + inverse.1 * moments.y + inverse.2 * moments.z
  }

  /// Columns of the inverse of the sum of outer products of the head's points.
  private static let inverse: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) = {
    var sum = (SIMD3<Double>(), SIMD3<Double>(), SIMD3<Double>())
    for point in head {
      let vector = SIMD3(point.x, point.y, point.z)
      sum.0 += vector * point.x
      sum.1 += vector * point.y
      sum.2 += vector * point.z
    }
    let determinant = dot(sum.0, cross(sum.1, sum.2))
    // Symmetric, so that rows and columns are the same.
    return (
      cross(sum.1, sum.2) / determinant, cross(sum.2, sum.0) / determinant, cross(sum.0, sum.1) / determinant
    )
  }()

  private static func unit(_ vector: SIMD3<Double>) -> SIMD3<Double>? {
    let length = dot(vector, vector).squareRoot()
    return length > 1e-9 && length.isFinite ? vector / length : nil
  }

  private static func dot(_ left: SIMD3<Double>, _ right: SIMD3<Double>) -> Double { (left * right).sum() }

  private static func cross(_ left: SIMD3<Double>, _ right: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(
      left.y * right.z - left.z * right.y, left.z * right.x - left.x * right.z, left.x * right.y - left.y * right.x)
  }
}
