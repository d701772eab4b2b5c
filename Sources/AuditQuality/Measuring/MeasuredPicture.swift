package import AuditCore
package import AuditImages
import CKernels

/// Planes and sums of one picture that its statistics share; reuses its memory from picture to picture.
///
/// Luma is 299 R + 587 G + 114 B of the bytes, 0...255000, a whole number; `fullScale` makes it 0...1.
package final class MeasuredPicture {
  /// Luma of white.
  static let fullScale = 255_000.0
  /// Side of the square that most statistics look at.
  static let side = 128
  /// Side of the square that gradients and equal neighbours are looked for in.
  static let smallSide = 64
  /// Most pixels of a picture that can be measured: the sums of the kernels are made for them.
  package static let mostPixels = 1 << 20

  private(set) var native = NativeMeasure()
  private(set) var standard = StandardMeasure()
  private(set) var gradients = GradientMeasure()
  /// The picture at 64 x 64.
  package private(set) var small = RGBImage(
    width: smallSide, height: smallSide, pixels: [UInt8](repeating: 0, count: 3 * smallSide * smallSide))
  private var straight = LineMeasure()

  package init() {}

  /// Measures a picture; the values of the one before are gone.
  ///
  /// - Parameter image: at most `mostPixels` pixels; larger ones are the caller's to scale down.
  package func load(_ image: RGBImage, resizer: inout ImageResizer) {
    precondition(image.width * image.height <= MeasuredPicture.mostPixels, "\(image.width) x \(image.height)")
    native.load(image)
    small = resizer.resize(image, width: MeasuredPicture.smallSide, height: MeasuredPicture.smallSide)
    standard.load(
      resizer.resize(image, width: MeasuredPicture.side, height: MeasuredPicture.side), small: small)
    gradients.load(small)
    straight.load(native, standard)
  }

  /// 18 numbers of seams, tears and bars (`LineMeasure`); those of seams are NaN below 8 x 8 pixels.
  package var lines: [Double] { straight.values }

  /// 576 numbers: the orientation of edges in 8 x 8 cells, 0...0.4.
  package var histogram: [Double] { gradients.upright }

  /// The histograms of the picture upside down, turned by 180 degrees, and by 90 to the left and to the right.
  package var turnedHistograms: [[Double]] { gradients.turned }
}
