package import AuditCore
package import AuditImages
import CKernels

/// What is kept of a picture to find its copies: three hashes and a digest of its pixels.
package struct PictureFingerprint: Sendable, Equatable {
  /// Pixels of 128 that the inset hash leaves out on each side: halfway to a copy cropped by 3 % on every side, so that
  /// it meets both that and one cropped by 3 % in all.
  static let inset = 3

  package let upright: DifferenceHash
  /// Of the picture with left and right exchanged.
  package let mirrored: DifferenceHash
  /// Of the picture without its border: what the upright hash of a cropped copy resembles.
  package let inset: DifferenceHash
  package let pixels: PixelDigest
  /// Spread of the small picture, code values.
  package let contrast: Float

  package init(
    upright: DifferenceHash, mirrored: DifferenceHash, inset: DifferenceHash, pixels: PixelDigest, contrast: Float
  ) {
    (self.upright, self.mirrored, self.inset) = (upright, mirrored, inset)
    (self.pixels, self.contrast) = (pixels, contrast)
  }

  /// - Parameters:
  ///   - picture: what was measured of the picture.
  ///   - image: its decoded pixels at full size.
  ///   - small: its 32 x 32 pixels.
  package init(of picture: MeasuredPicture, image: RGBImage, small: SmallPicture) {
    self.init(of: picture, pixels: PixelDigest(of: image), small: small)
  }

  /// - Parameter pixels: of the decoded picture at full size.
  package init(of picture: MeasuredPicture, pixels: PixelDigest, small: SmallPicture) {
    let whole = DifferenceHash.pair(of: picture.standard.luma, inset: 0)
    self.init(
      upright: whole.upright, mirrored: whole.mirrored,
      inset: DifferenceHash.pair(of: picture.standard.luma, inset: PictureFingerprint.inset).upright,
      pixels: pixels, contrast: Float(small.contrast))
  }
}

extension SmallPicture {
  /// From the 128 x 128 pixels that were made for the statistics.
  package init(of picture: MeasuredPicture, resizer: inout ImageResizer) {
    self.init(
      of: RGBImage(width: StandardMeasure.side, height: StandardMeasure.side, pixels: picture.standard.pixels),
      resizer: &resizer)
  }
}

/// 128 bits that say whether two pictures have the same size and pixels.
///
/// Not for defence: somebody could make two pictures with one digest. By chance, two of a million pictures share one
/// with a probability of 2e-27.
package struct PixelDigest: Sendable, Hashable {
  package let words: SIMD2<UInt64>

  package init(words: SIMD2<UInt64>) { self.words = words }

  package init(of image: RGBImage) {
    var digest: [UInt64] = [0, 0]
    let size = UInt64(image.width) << 32 | UInt64(image.height)
    audit_digest(image.pixels, image.pixels.count, size, &digest)
    words = SIMD2(digest[0], digest[1])
  }
}
