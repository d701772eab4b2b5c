import AuditCore
import CImageCodecs

/// A decoded picture before its orientation is applied.
struct StoredImage {
  let image: RGBImage
  /// As stored: size before the orientation.
  let facts: FileFacts
  var orientation = ExifOrientation.upright
  var notices: [SampleIssue] = []
}

/// Decodes a JPEG file.
///
/// - Parameter target: side in pixels that the caller will resize to. The picture comes out at 1/2, 1/4 or 1/8 as long as
///   both its sides stay at least twice that.
/// - Throws: `.bomb`, `.truncated`, `.corrupt` or `.unsupported`, the latter three with the codec's words.
func decodeJPEG(_ file: UnsafeRawBufferPointer, limit: PixelLimit, target: Int) throws(SampleIssue) -> StoredImage {
  let header = try readHeader(file, limit: limit, with: audit_jpeg_header)
  let denominator = [8, 4, 2].first { denominator in
    (Int(header.width) + denominator - 1) / denominator / 2 >= target
      && (Int(header.height) + denominator - 1) / denominator / 2 >= target
  }
  let scale = denominator ?? 1
  return try decode(
    file, format: .jpeg, orientation: ExifOrientation(jpeg: file),
    width: (Int(header.width) + scale - 1) / scale, height: (Int(header.height) + scale - 1) / scale
  ) { bytes, count, pixels, capacity, header in
    audit_jpeg_decode(bytes, count, UInt32(scale), pixels, capacity, header)
  }
}

/// Decodes a PNG file; of an animated one the default picture, with the notice `.multiFrame`.
///
/// Alpha is dropped without blending and 16 bits keep their high byte, as Pillow's `convert("RGB")` does with colour.
func decodePNG(_ file: UnsafeRawBufferPointer, limit: PixelLimit) throws(SampleIssue) -> StoredImage {
  let header = try readHeader(file, limit: limit, with: audit_png_header)
  let chunks = PNGChunks(file)
  var stored = try decode(
    file, format: .png, orientation: chunks.orientation, width: Int(header.width), height: Int(header.height),
    with: audit_png_decode)
  if chunks.frames > 1 { stored.notices.append(SampleIssue(.multiFrame, "\(chunks.frames) frames")) }
  return stored
}

/// Decodes a WebP file; of an animated one the first frame, with the notice `.multiFrame`.
func decodeWebP(_ file: UnsafeRawBufferPointer, limit: PixelLimit) throws(SampleIssue) -> StoredImage {
  let header = try readHeader(file, limit: limit, with: audit_webp_header)
  var frames = 1
  var stored = try decode(
    file, format: .webp, orientation: webPOrientation(file), width: Int(header.width), height: Int(header.height)
  ) { bytes, count, pixels, capacity, header in
    let status = audit_webp_decode(bytes, count, pixels, capacity, header)
    frames = Int(header.pointee.frames)
    return status
  }
  if frames > 1 { stored.notices.append(SampleIssue(.multiFrame, "\(frames) frames")) }
  return stored
}

/// What a PNG file says beside its pixels.
struct PNGChunks {
  /// Frames of an APNG; 1 for an ordinary picture.
  private(set) var frames = 1
  private(set) var orientation = ExifOrientation.upright

  /// Goes from chunk to chunk without reading their contents.
  init(_ file: UnsafeRawBufferPointer) {
    var offset = 8
    while let length = file.big32(at: offset) {
      if file.has("acTL", at: offset + 4) { frames = file.big32(at: offset + 8) ?? 1 }
      if file.has("eXIf", at: offset + 4) {
        orientation = ExifOrientation(tiff: file.part(at: offset + 8, count: length))
      }
      if file.has("IEND", at: offset + 4) { return }
      offset += 12 + length
    }
  }
}

private func webPOrientation(_ file: UnsafeRawBufferPointer) -> ExifOrientation {
  guard file.has("VP8X", at: 12) else { return .upright }
  var offset = 12
  while let length = file.little32(at: offset + 4) {
    if file.has("EXIF", at: offset) {
      // Some writers keep the prefix that only JPEG needs.
      let prefix = file.has("Exif\0", at: offset + 8) ? 6 : 0
      return ExifOrientation(tiff: file.part(at: offset + 8 + prefix, count: length - prefix))
    }
    offset += 8 + length + length % 2
  }
  return .upright
}

private func readHeader(
  _ file: UnsafeRawBufferPointer, limit: PixelLimit,
  with read: (UnsafePointer<UInt8>, Int, UnsafeMutablePointer<audit_header>) -> audit_status
) throws(SampleIssue) -> audit_header {
  guard let bytes = file.baseAddress?.assumingMemoryBound(to: UInt8.self) else { throw SampleIssue(.empty) }
  var header = audit_header()
  try check(read(bytes, file.count, &header), header, fileBytes: file.count)
  try limit.check(width: Int(header.width), height: Int(header.height))
  return header
}

private func decode(
  _ file: UnsafeRawBufferPointer, format: FileFacts.Format, orientation: ExifOrientation, width: Int, height: Int,
  with decode: (UnsafePointer<UInt8>, Int, UnsafeMutablePointer<UInt8>, Int, UnsafeMutablePointer<audit_header>)
    -> audit_status
) throws(SampleIssue) -> StoredImage {
  guard let bytes = file.baseAddress?.assumingMemoryBound(to: UInt8.self) else { throw SampleIssue(.empty) }
  var header = audit_header()
  var status = AUDIT_NO_MEMORY
  let size = 3 * width * height
  let pixels = [UInt8](unsafeUninitializedCapacity: size) { out, count in
    guard let start = out.baseAddress else { return }
    status = decode(bytes, file.count, start, size, &header)
    // After a failure the codec may have left bytes unwritten: none of them is looked at.
    count = status == AUDIT_OK ? size : 0
  }
  try check(status, header, fileBytes: file.count)
  let facts = FileFacts(
    format: format, width: Int(header.width), height: Int(header.height), colour: header.storedColour,
    bitsPerChannel: Int(header.bits_per_channel), hasAlpha: header.has_alpha != 0)
  let image = RGBImage(width: width, height: height, pixels: pixels)
  return StoredImage(image: image, facts: facts, orientation: orientation)
}

private func check(_ status: audit_status, _ header: audit_header, fileBytes: Int) throws(SampleIssue) {
  switch status {
  case AUDIT_OK: return
  case AUDIT_TRUNCATED:
    throw SampleIssue(.truncated, "the file ends after \(fileBytes.formattedWithCommas) bytes: \(header.words)")
  case AUDIT_UNSUPPORTED: throw SampleIssue(.unsupported, header.words)
  case AUDIT_NO_MEMORY:
    throw SampleIssue(.bomb, "not enough memory for \(header.width) x \(header.height) pixels")
  default: throw SampleIssue(.corrupt, header.words)
  }
}

extension audit_header {
  /// The codec's words without an end mark.
  fileprivate var words: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  fileprivate var storedColour: FileFacts.Colour {
    switch colour {
    case AUDIT_GRAY: .gray
    case AUDIT_CMYK: .cmyk
    case AUDIT_PALETTE: .palette
    default: .rgb
    }
  }
}
