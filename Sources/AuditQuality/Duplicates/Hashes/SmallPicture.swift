package import AuditCore
package import AuditImages
import CKernels

/// 32 x 32 R G B pixels, which confirm that two pictures are copies.
package struct SmallPicture: Sendable, Equatable {
  package static let side = Int(AUDIT_SMALL_SIDE)
  package static let count = 3 * side * side

  /// 3,072 bytes, row by row.
  package let pixels: [UInt8]

  /// - Returns: nil unless there are 3,072 bytes.
  package init?(pixels: [UInt8]) {
    guard pixels.count == SmallPicture.count else { return nil }
    self.pixels = pixels
  }

  /// - Parameter image: of any size; the mean of each 32nd part of its sides is taken.
  package init(of image: RGBImage, resizer: inout ImageResizer) {
    pixels = resizer.resize(image, width: SmallPicture.side, height: SmallPicture.side).pixels
  }

  /// How far two small pictures differ; the same whichever comes first.
  ///
  /// - Parameters:
  ///   - aligned: beyond it, or beyond `shift`, nobody asks how far: both are infinite where that is soon told.
  package func difference(
    to other: SmallPicture, mirrored: Bool = false, aligned: Double = .infinity, shift: Double = .infinity
  ) -> PictureDifference {
    let found = audit_compare_small(pixels, other.pixels, mirrored ? 1 : 0, aligned, shift)
    return PictureDifference(
      contrast: min(found.contrast.0, found.contrast.1), plain: found.plain, aligned: found.aligned, shift: found.shift)
  }

  /// Spread of the pixels after the channels' means are taken away, code values.
  package var contrast: Double { audit_small_contrast(pixels) }
}

/// What is left between two pictures after mean and gain are taken away.
package struct PictureDifference: Sendable, Equatable {
  /// Of the flatter of the two, code values.
  package let contrast: Double
  /// Root mean square difference: 0 equal, 1.41 unrelated, 2 negative.
  package let plain: Double
  /// The same after the best small motion and change of size.
  package let aligned: Double
  /// That motion at the border, in 32nds of the side.
  package let shift: Double
}
