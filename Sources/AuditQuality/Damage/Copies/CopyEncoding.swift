import AuditCore
import AuditImages
import CKernels

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
    switch self {
    case .jpeg(let quality, let sampling):
      guard max(image.width, image.height) <= CopyEncoding.longestSide else {
        return try decoded(encodeJPEG(image, quality: quality, sampling: sampling), like: image)
      }
      return image.compressed(quality: quality, sampling)
    case .webP(let quality): return try decoded(encodeWebP(image, quality: quality), like: image)
    }
  }

  /// Of a JPEG file, pixels; libjpeg says no to more.
  private static let longestSide = 65_500

  private func decoded(_ file: [UInt8], like image: RGBImage) throws -> RGBImage {
    try decodeImage(file, name: "", maxPixels: image.width * image.height, target: .max).image
  }
}

extension RGBImage {
  /// What JPEG leaves of the picture; no file is made, for what it packs it unpacks without a loss.
  fileprivate func compressed(quality: Int, _ sampling: ChromaSampling) -> RGBImage {
    let kept =
      switch sampling {
      case .full: AUDIT_DAMAGE_FULL
      case .half: AUDIT_DAMAGE_HALF
      case .quarter: AUDIT_DAMAGE_QUARTER
      }
    let (across, down) = ((width + 31) / 32 * 32, (height + 7) / 8 * 8)
    var result = self
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: (3 * down + 4) * across) { work in
      guard let work = work.baseAddress else { return }
      audit_damage_jpeg(&result.pixels, width, height, Int32(quality), kept, work)
    }
    return result
  }
}
