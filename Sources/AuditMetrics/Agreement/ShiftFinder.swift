package import AuditCore
import CKernels

/// Finds whether a picture is its reference moved by whole pixels. One per worker: it keeps its memory.
///
/// Phase correlation of the luma in a central square: the inverse transform of the cross-power spectrum, each frequency
/// at length 1, peaks at the shift. A peak alone proves nothing on pictures that differ in content, so the difference
/// of the shifted pictures must be clearly smaller as well.
///
/// - Source: C. D. Kuglin, D. C. Hines, "The phase correlation image alignment method", 1975.
package final class ShiftFinder {
  /// Farthest shift along either axis, pixels.
  package static let reach = 8
  /// Part of the mean absolute difference that may be left after shifting back.
  private static let leftOver = 0.7
  private static let sides = [128, 64, 32]

  private let kernels = Kernels.chosen.table
  private var transforms: [Int: SquareTransform] = [:]
  private var lumas: (image: [Double], reference: [Double]) = ([], [])

  package init() {}

  /// - Parameters: pictures of one size.
  /// - Returns: how far the image's content lies to the right of and below the reference's; nil where it is not moved,
  ///   or where the pictures are smaller than 32 pixels along a side.
  package func shift(of image: RGBImage, against reference: RGBImage) -> (x: Int, y: Int)? {
    precondition(image.width == reference.width && image.height == reference.height)
    guard let side = ShiftFinder.sides.first(where: { $0 <= min(image.width, image.height) }) else { return nil }
    lumas = (ShiftFinder.crop(image, side: side), ShiftFinder.crop(reference, side: side))
    // Under half a code value there is nothing that a shift could explain.
    guard difference(side: side, x: 0, y: 0) > 0.5 / 255 else { return nil }
    let transform = transforms[side] ?? SquareTransform(side: side, kernels: kernels)
    transforms[side] = transform
    let peak = transform.correlationPeak(lumas.image, lumas.reference, reach: ShiftFinder.reach)
    guard peak != (0, 0) else { return nil }
    if explains(peak, side: side) { return peak }
    // A picture that is moved and brighter is moved all the same.
    lumas.image = ShiftFinder.inLight(of: lumas.reference, lumas.image)
    return explains(peak, side: side) ? peak : nil
  }

  /// Whether shifting back takes most of the difference away.
  private func explains(_ shift: (x: Int, y: Int), side: Int) -> Bool {
    difference(side: side, x: shift.x, y: shift.y) < ShiftFinder.leftOver * difference(side: side, x: 0, y: 0)
  }

  /// Mean absolute difference of the lumas where both are defined after moving the image back.
  private func difference(side: Int, x: Int, y: Int) -> Double {
    let (image, reference) = lumas
    var sum = 0.0
    for row in max(0, -y)..<min(side, side - y) {
      for column in max(0, -x)..<min(side, side - x) {
        sum += abs(image[(row + y) * side + column + x] - reference[row * side + column])
      }
    }
    return sum / Double((side - abs(x)) * (side - abs(y)))
  }

  /// The luma with the mean and the standard deviation of another; as it is where one of them is flat.
  private static func inLight(of reference: [Double], _ luma: [Double]) -> [Double] {
    func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
      let mean = values.reduce(0, +) / Double(values.count)
      var sum = 0.0
      for value in values { sum += (value - mean) * (value - mean) }
      return (mean, (sum / Double(values.count)).squareRoot())
    }
    let (own, wanted) = (moments(luma), moments(reference))
    guard own.deviation > 0.5 / 255, wanted.deviation > 0.5 / 255 else { return luma }
    return luma.map { ($0 - own.mean) * wanted.deviation / own.deviation + wanted.mean }
  }

  /// Luma of the central square, 0...1.
  private static func crop(_ picture: RGBImage, side: Int) -> [Double] {
    let (left, top) = ((picture.width - side) / 2, (picture.height - side) / 2)
    return picture.pixels.withUnsafeBufferPointer { pixels in
      (0..<side * side).map { index in
        let start = 3 * ((top + index / side) * picture.width + left + index % side)
        return (0.299 * Double(pixels[start]) + 0.587 * Double(pixels[start + 1]) + 0.114 * Double(pixels[start + 2]))
          / 255
      }
    }
  }
}

/// Two-dimensional Fourier transforms of squares of one side, a multiple of 8.
private final class SquareTransform {
  private let side: Int
  private let plan: FourierPlan
  private let kernels: audit_metric_kernels
  /// Hann's window: what the edges cut off must not look like detail.
  private let window: [Double]
  private var real: [Double]
  private var imaginary: [Double]
  /// Eight rows at once, as the kernel takes them.
  private var blockReal: [Double]
  private var blockImaginary: [Double]
  private var work: [Double]

  init(side: Int, kernels: audit_metric_kernels) {
    self.side = side
    self.kernels = kernels
    plan = FourierPlan(length: side, kernels: kernels)
    var cosines = [Double](repeating: 0, count: side)
    var sine = 0.0
    for k in 0..<side { audit_root_of_unity(UInt(2 * k + 1), UInt(2 * side), &cosines[k], &sine) }
    window = cosines.map { 0.5 - 0.5 * $0 }
    real = [Double](repeating: 0, count: side * side)
    imaginary = real
    blockReal = [Double](repeating: 0, count: 8 * side)
    blockImaginary = blockReal
    work = [Double](repeating: 0, count: 32 * plan.innerLength)
  }

  /// The shift at which image and reference correlate best, within `reach` along either axis.
  func correlationPeak(_ image: [Double], _ reference: [Double], reach: Int) -> (x: Int, y: Int) {
    load(image, reference)
    transform()
    replaceByCrossPower()
    transform()
    var best = (x: 0, y: 0)
    var highest = -Double.infinity
    for y in -reach...reach {
      for x in -reach...reach {
        // The second transform is forward again, so shifts stand mirrored.
        let value = real[(side - y) % side * side + (side - x) % side]
        if value > highest { (highest, best) = (value, (x, y)) }
      }
    }
    return best
  }

  /// Lends real and imaginary parts at once: a check of every single access would cost more than the arithmetic.
  private func withParts(_ body: (UnsafeMutableBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void) {
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in body(real, imaginary) }
    }
  }

  /// Both real pictures as one complex one, without their means, windowed.
  private func load(_ image: [Double], _ reference: [Double]) {
    let count = Double(side * side)
    let means = (image.reduce(0, +) / count, reference.reduce(0, +) / count)
    let (side, window) = (side, window)
    withParts { real, imaginary in
      for row in 0..<side {
        for column in 0..<side {
          let index = row * side + column
          let weight = window[row] * window[column]
          real[index] = (image[index] - means.0) * weight
          imaginary[index] = (reference[index] - means.1) * weight
        }
      }
    }
  }

  /// Transforms rows, then columns.
  private func transform() {
    for _ in 0..<2 {
      for first in stride(from: 0, to: side, by: 8) { transformRows(from: first) }
      transpose()
    }
  }

  /// Transforms eight rows, lane by lane.
  private func transformRows(from first: Int) {
    let side = side
    blockReal.withUnsafeMutableBufferPointer { blockReal in
      blockImaginary.withUnsafeMutableBufferPointer { blockImaginary in
        guard let lanesReal = blockReal.baseAddress, let lanesImaginary = blockImaginary.baseAddress else { return }
        withParts { real, imaginary in
          for lane in 0..<8 {
            for k in 0..<side {
              blockReal[8 * k + lane] = real[(first + lane) * side + k]
              blockImaginary[8 * k + lane] = imaginary[(first + lane) * side + k]
            }
          }
          kernels.fourier(plan.pointer, lanesReal, lanesImaginary, &work)
          for lane in 0..<8 {
            for k in 0..<side {
              real[(first + lane) * side + k] = blockReal[8 * k + lane]
              imaginary[(first + lane) * side + k] = blockImaginary[8 * k + lane]
            }
          }
        }
      }
    }
  }

  private func transpose() {
    let side = side
    withParts { real, imaginary in
      for row in 0..<side {
        for column in 0..<row {
          real.swapAt(row * side + column, column * side + row)
          imaginary.swapAt(row * side + column, column * side + row)
        }
      }
    }
  }

  /// Takes the two spectra apart, multiplies one by the conjugate of the other, and keeps only the phase.
  private func replaceByCrossPower() {
    let side = side
    withParts { real, imaginary in
      for row in 0...(side / 2) {
        for column in 0..<side {
          let here = row * side + column
          let there = (side - row) % side * side + (side - column) % side
          if row == 0 || 2 * row == side, there < here { continue }
          let (a, b, c, d) = (real[here], imaginary[here], real[there], imaginary[there])
          let image = (0.5 * (a + c), 0.5 * (b - d))
          let reference = (0.5 * (b + d), 0.5 * (c - a))
          let cross = (
            image.0 * reference.0 + image.1 * reference.1, image.1 * reference.0 - image.0 * reference.1
          )
          let length = (cross.0 * cross.0 + cross.1 * cross.1).squareRoot()
          let phase = length > 1e-12 ? (cross.0 / length, cross.1 / length) : (0, 0)
          (real[here], imaginary[here]) = phase
          (real[there], imaginary[there]) = (phase.0, -phase.1)
        }
      }
    }
  }
}
