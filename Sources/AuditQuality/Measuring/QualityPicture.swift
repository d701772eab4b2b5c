package import AuditCore
package import AuditImages

/// The size at which a picture is measured by itself.
package enum QualityPicture {
  /// Up to this long side a picture is measured as it is.
  package static let longest = 320
  /// Long side of what is larger than that, once it is scaled down.
  ///
  /// Twice what a decoder has to deliver at least, for results that do not hang on how it scales.
  static let side = 2 * PictureDemand.measuringSide

  /// The picture as it is measured.
  package static func scaled(_ image: RGBImage, resizer: inout ImageResizer) -> RGBImage {
    let long = max(image.width, image.height)
    guard long > longest else { return image }
    return resizer.resize(
      image, width: max(1, image.width * side / long), height: max(1, image.height * side / long))
  }
}
