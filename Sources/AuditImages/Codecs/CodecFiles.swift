import AuditCore
import CImageCodecs

/// What decoding a file goes by.
struct Decoding {
  let limit: PixelLimit
  /// Side in pixels that the caller will resize to.
  let target: Int
  let watch: DecodeWatch
  var budget = MemoryBudget.shared
}

/// A decoded picture with what its file says about it.
struct StoredImage {
  /// Turned as the orientation says.
  let image: RGBImage
  /// As stored: size before the orientation.
  let facts: FileFacts
  var orientation = ExifOrientation.upright
  var notices: [SampleIssue] = []
  /// The memory that the picture takes, where it is large.
  var lease: MemoryLease?

  /// Notices that there are more frames than the first.
  mutating func note(frames: Int) {
    if frames > 1 { notices.append(SampleIssue(.multiFrame, "\(frames) frames")) }
  }
}

/// Decodes a JPEG file. It comes out at 1/2, 1/4 or 1/8 as long as both its sides stay at least twice the target.
///
/// - Throws: `.bomb`, `.truncated`, `.corrupt` or `.unsupported`, the latter three with the codec's words.
func decodeJPEG(_ file: FileBytes, _ decoding: Decoding) throws(SampleIssue) -> StoredImage {
  let codec = Codec(file, format: .jpeg, decoding)
  let header = try codec.header(audit_jpeg_header)
  let denominator = [8, 4, 2].first { denominator in
    (Int(header.width) + denominator - 1) / denominator / 2 >= decoding.target
      && (Int(header.height) + denominator - 1) / denominator / 2 >= decoding.target
  }
  let scale = denominator ?? 1
  var (stored, decoded) = try codec.picture(
    header, orientation: ExifOrientation(jpeg: file), width: (Int(header.width) + scale - 1) / scale,
    height: (Int(header.height) + scale - 1) / scale
  ) { input, canvas, header in
    audit_jpeg_decode(input, UInt32(scale), canvas, header)
  }
  if decoded.padding > 0 {
    stored.notices.append(SampleIssue(.padding, counted(Int(clamping: decoded.padding), "byte")))
  }
  return stored
}

/// Decodes a PNG file; of an animated one the default picture, with the notice `.multiFrame`.
///
/// Alpha is dropped without blending and 16 bits keep their high byte, as Pillow's `convert("RGB")` does with colour.
func decodePNG(_ file: FileBytes, _ decoding: Decoding) throws(SampleIssue) -> StoredImage {
  let codec = Codec(file, format: .png, decoding)
  let header = try codec.header(audit_png_header)
  let chunks = try PNGChunks(file, watch: decoding.watch)
  var stored = try codec.picture(
    header, orientation: chunks.orientation, isLaidWhole: header.in_passes != 0, with: audit_png_decode
  ).stored
  stored.note(frames: chunks.frames)
  return stored
}

/// Decodes a WebP file; of an animated one the first frame, with the notice `.multiFrame`.
func decodeWebP(_ file: FileBytes, _ decoding: Decoding) throws(SampleIssue) -> StoredImage {
  guard !file.isInMemory else { return try decodeWebP(inMemory: file, decoding, lease: nil) }
  // libwebp takes no pieces. What the picture takes beside the file is known only when the file is there, so that such a
  // file has all the memory to itself.
  let lease = try decoding.budget.leaseAll(watch: decoding.watch)
  guard file.count < lease.bytes else {
    throw SampleIssue(.bomb, "a WebP file of \(file.count.formattedWithCommas) bytes would have to be in memory whole")
  }
  let bytes = try file.whole()
  let result = bytes.withUnsafeBytes { memory in
    Result { () throws(SampleIssue) in
      try decodeWebP(inMemory: FileBytes(memory: memory), decoding, lease: lease)
    }
  }
  return try result.get()
}

private func decodeWebP(
  inMemory file: FileBytes, _ decoding: Decoding, lease: MemoryLease?
) throws(SampleIssue) -> StoredImage {
  let codec = Codec(file, format: .webp, decoding, lease: lease)
  let header = try codec.header(audit_webp_header)
  var (stored, decoded) = try codec.picture(
    header, orientation: webPOrientation(file), isLaidWhole: true, with: audit_webp_decode)
  stored.note(frames: Int(decoded.frames))
  return stored
}

/// Decodes the first frame of a GIF file, with the notice `.multiFrame` where there are more.
func decodeGIF(_ file: FileBytes, _ decoding: Decoding) throws(SampleIssue) -> StoredImage {
  let codec = Codec(file, format: .gif, decoding)
  var (stored, decoded) = try codec.picture(
    try codec.header(audit_gif_header), orientation: .upright, with: audit_gif_decode)
  stored.note(frames: Int(decoded.frames))
  return stored
}

/// Decodes the first page of a TIFF file, with the notice `.multiFrame` where there are more.
func decodeTIFF(_ file: FileBytes, _ decoding: Decoding) throws(SampleIssue) -> StoredImage {
  let codec = Codec(file, format: .tiff, decoding)
  let header = try codec.header(audit_tiff_header)
  var stored = try codec.picture(
    header, orientation: ExifOrientation(number: Int(header.orientation)), with: audit_tiff_decode
  ).stored
  stored.note(frames: Int(header.frames))
  return stored
}

/// EXIF's orientation of a WebP file, else that of XMP.
private func webPOrientation(_ file: FileBytes) -> ExifOrientation {
  guard file.has("VP8X", at: 12) else { return .upright }
  var offset = 12
  var packet: ExifOrientation?
  while let length = file.little32(at: offset + 4) {
    let payload = file.part(at: offset + 8, count: length)
    if file.has("EXIF", at: offset), let found = ExifOrientation(tiff: payload) { return found }
    if file.has("XMP ", at: offset) { packet = ExifOrientation(xmp: payload) }
    offset += 8 + length + length % 2
  }
  return packet ?? .upright
}

/// One file on its way through a codec of C.
private struct Codec {
  typealias Reading = (UnsafePointer<audit_input>, UnsafeMutablePointer<audit_header>) -> audit_status
  typealias Drawing = (
    UnsafePointer<audit_input>, UnsafePointer<audit_canvas>, UnsafeMutablePointer<audit_header>
  ) -> audit_status

  let file: FileBytes
  let format: FileFacts.Format
  let decoding: Decoding
  /// Memory that was set aside before the size was known; nil asks for it then.
  let lease: MemoryLease?

  init(_ file: FileBytes, format: FileFacts.Format, _ decoding: Decoding, lease: MemoryLease? = nil) {
    (self.file, self.format, self.decoding, self.lease) = (file, format, decoding, lease)
  }

  /// What the file's header says.
  ///
  /// - Throws: also `.bomb` for a size that is refused.
  func header(_ read: Reading) throws(SampleIssue) -> audit_header {
    guard file.count > 0 else { throw SampleIssue(.empty) }
    decoding.watch.start()
    var input = file.input(watch: decoding.watch.codecWatch)
    var header = audit_header()
    try check(read(&input, &header), header)
    try decoding.limit.check(width: Int(header.width), height: Int(header.height))
    return header
  }

  /// The picture at its own size.
  func picture(
    _ header: audit_header, orientation: ExifOrientation, isLaidWhole: Bool = false, with draw: Drawing
  ) throws(SampleIssue) -> (stored: StoredImage, header: audit_header) {
    try picture(
      header, orientation: orientation, isLaidWhole: isLaidWhole, width: Int(header.width),
      height: Int(header.height), with: draw)
  }

  /// - Parameters:
  ///   - isLaidWhole: whether the codec lays pixels only as they are stored, so that the picture is turned afterwards.
  ///   - width: of the picture that the codec makes, before it is turned, as `height`.
  func picture(
    _ header: audit_header, orientation: ExifOrientation, isLaidWhole: Bool = false, width: Int, height: Int,
    with draw: Drawing
  ) throws(SampleIssue) -> (stored: StoredImage, header: audit_header) {
    let size = 3 * width * height
    let isTurnedLater = isLaidWhole && orientation != .upright
    let lease = try lease(
      (isTurnedLater ? 2 : 1) * size, beside: Int(clamping: min(header.work_bytes, 1 << 48)))
    decoding.watch.start()
    let laid = isLaidWhole ? ExifOrientation.upright : orientation
    let (status, decoded, pixels) = run(draw, size: size, laid.placement(width: width, height: height))
    try check(status, decoded)
    let isSwapped = laid.swapsSides
    let image = RGBImage(width: isSwapped ? height : width, height: isSwapped ? width : height, pixels: pixels)
    let stored = StoredImage(
      image: isTurnedLater ? orientation.upright(image) : image, facts: facts(decoded), orientation: orientation,
      lease: lease)
    return (stored, decoded)
  }

  private func run(
    _ draw: Drawing, size: Int, _ placement: (start: Int, right: Int, down: Int)
  ) -> (audit_status, audit_header, [UInt8]) {
    var header = audit_header()
    var status = AUDIT_NO_MEMORY
    var input = file.input(watch: decoding.watch.codecWatch)
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { out, count in
      guard let start = out.baseAddress else { return }
      var canvas = audit_canvas(
        pixels: start, capacity: size, start: Int64(placement.start), right: Int64(placement.right),
        down: Int64(placement.down))
      status = draw(&input, &canvas, &header)
      // After a failure the codec may have left bytes unwritten: none of them is looked at.
      count = status == AUDIT_OK ? size : 0
    }
    return (status, header, pixels)
  }

  private func lease(_ pixels: Int, beside work: Int) throws(SampleIssue) -> MemoryLease? {
    guard let lease else { return try decoding.budget.lease(pixels + work, watch: decoding.watch) }
    try lease.check(file.count + pixels + work)
    return lease
  }

  private func facts(_ header: audit_header) -> FileFacts {
    FileFacts(
      format: format, width: Int(header.width), height: Int(header.height), colour: header.storedColour,
      bitsPerChannel: Int(header.bits_per_channel), hasAlpha: header.has_alpha != 0)
  }

  private func check(_ status: audit_status, _ header: audit_header) throws(SampleIssue) {
    switch status {
    case AUDIT_OK: return
    case AUDIT_TRUNCATED:
      let words = header.words.isEmpty ? "" : ": \(header.words)"
      throw SampleIssue(.truncated, "the file ends after \(counted(file.count, "byte"))\(words)")
    case AUDIT_UNSUPPORTED: throw SampleIssue(.unsupported, header.words)
    case AUDIT_EXCESSIVE: throw SampleIssue(.bomb, header.words)
    case AUDIT_STOPPED: throw decoding.watch.issue
    case AUDIT_UNREADABLE: throw SampleIssue(.open, header.words)
    case AUDIT_NO_MEMORY:
      throw SampleIssue(.bomb, "not enough memory for \(header.width) x \(header.height) pixels")
    default: throw SampleIssue(.corrupt, header.words)
    }
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
