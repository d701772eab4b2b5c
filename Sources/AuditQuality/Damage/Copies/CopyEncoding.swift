import AuditCore
import AuditImages

/// How a copy is saved and read again: what reaches a set has been.
enum CopyEncoding: Sendable, Equatable {
  case jpeg(quality: Int, ChromaSampling)
  case webP(quality: Int)

  /// Drawn as a person saves a picture: JPEG, quality 85 to 96, any sampling of colour.
  init(_ random: inout SplitMix64) {
    let quality = 85 + random.integer(below: 12)
    self = .jpeg(quality: quality, ChromaSampling.allCases[random.integer(below: ChromaSampling.allCases.count)])
  }

  /// The picture as it comes out of the file.
  ///
  /// - Throws: `EncodingError` where memory is out or a side is longer than the format allows (65,500; WebP 16,383).
  func passed(_ image: RGBImage) throws -> RGBImage {
    let file =
      switch self {
      case .jpeg(let quality, let sampling): try encodeJPEG(image, quality: quality, sampling: sampling)
      case .webP(let quality): try encodeWebP(image, quality: quality)
      }
    return try decodeImage(file, name: "", maxPixels: image.width * image.height, target: .max).image
  }
}
