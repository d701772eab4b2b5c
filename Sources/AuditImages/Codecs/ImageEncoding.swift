package import AuditCore
import CImageCodecs

/// What an encoder could not do; only memory and sizes beyond the format's (65,500 for JPEG, 16,383 for WebP) are causes.
package struct EncodingError: Error, Equatable, CustomStringConvertible {
  package let description: String
}

/// The picture as an 8-bit RGB PNG file.
package func encodePNG(_ image: RGBImage) throws(EncodingError) -> [UInt8] {
  try encode(image) { pixels, encoded, message in
    audit_png_encode(pixels, UInt32(image.width), UInt32(image.height), encoded, message)
  }
}

/// How finely a JPEG file keeps colour.
package enum ChromaSampling: Sendable, CaseIterable {
  /// 4:4:4, every pixel its own.
  case full
  /// 4:2:2, two side by side share one.
  case half
  /// 4:2:0, squares of 2 x 2 share one.
  case quarter
}

/// The picture as a baseline JPEG file.
///
/// - Parameter quality: 1...100, libjpeg's scale.
package func encodeJPEG(
  _ image: RGBImage, quality: Int, sampling: ChromaSampling = .quarter
) throws(EncodingError) -> [UInt8] {
  precondition((1...100).contains(quality), "quality \(quality)")
  let chroma =
    switch sampling {
    case .full: AUDIT_CHROMA_FULL
    case .half: AUDIT_CHROMA_HALF
    case .quarter: AUDIT_CHROMA_QUARTER
    }
  return try encode(image) { pixels, encoded, message in
    audit_jpeg_encode(pixels, UInt32(image.width), UInt32(image.height), Int32(quality), chroma, encoded, message)
  }
}

/// The picture as a lossy WebP file, encoded fast rather than small.
///
/// - Parameter quality: 0...100, libwebp's scale.
package func encodeWebP(_ image: RGBImage, quality: Int) throws(EncodingError) -> [UInt8] {
  precondition((0...100).contains(quality), "quality \(quality)")
  return try encode(image) { pixels, encoded, message in
    audit_webp_encode(pixels, UInt32(image.width), UInt32(image.height), Int32(quality), encoded, message)
  }
}

private func encode(
  _ image: RGBImage,
  with encode: (UnsafePointer<UInt8>, UnsafeMutablePointer<audit_encoded>, UnsafeMutablePointer<CChar>) -> audit_status
) throws(EncodingError) -> [UInt8] {
  var encoded = audit_encoded()
  defer { audit_encoded_free(&encoded) }
  var message = [CChar](repeating: 0, count: 200)
  let status = encode(image.pixels, &encoded, &message)
  guard status == AUDIT_OK else {
    throw EncodingError(description: String(decoding: message.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
  }
  return Array(UnsafeBufferPointer(start: encoded.bytes, count: encoded.length))
}
