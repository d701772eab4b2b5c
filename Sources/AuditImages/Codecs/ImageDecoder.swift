package import AuditCore

/// Turns files into 8-bit RGB, by content and never by name.
///
/// Read are JPEG, PNG, WebP, netpbm (P1...P6), BMP, GIF and TIFF. Gray is repeated into three channels, CMYK converted,
/// alpha dropped without blending, the orientation of EXIF or else of XMP applied. No colour management: trainers do none
/// either.
package struct ImageDecoder: Sendable {
  private let limit: PixelLimit
  private let target: Int

  /// - Parameters:
  ///   - maxPixels: a header that claims more is refused before anything is allocated.
  ///   - target: side in pixels that the caller will resize to, from 1. A JPEG comes out at 1/2, 1/4 or 1/8 as long as
  ///     both its sides stay at least twice that; `Int.max` keeps every picture whole.
  package init(maxPixels: Int, target: Int) {
    precondition(maxPixels > 0 && target > 0, "maxPixels \(maxPixels), target \(target)")
    limit = PixelLimit(maxPixels: maxPixels)
    self.target = target
  }

  /// Decodes one file.
  ///
  /// - Parameters:
  ///   - file: its content.
  ///   - name: file name or path; only its extension is looked at, and only to tell when it contradicts the content.
  ///   - watch: ends it early.
  /// - Throws: `.empty`, `.notImage`, `.unsupported`, `.bomb`, `.truncated`, `.corrupt`, `.timeout`, or `.open` where a
  ///   file that is not in memory cannot be read: there are no pixels to score.
  package mutating func decode(
    _ file: FileBytes, name: String, watch: DecodeWatch = DecodeWatch()
  ) throws(SampleIssue) -> DecodedImage {
    guard file.count > 0 else { throw SampleIssue(.empty) }
    let head = file.head
    try file.check()
    let format: FileFacts.Format
    switch FileContent(head, isWhole: file.isInMemory) {
    case .image(let found): format = found
    case .otherImage(let name): throw SampleIssue(.unsupported, name)
    case .other(let description): throw SampleIssue(.notImage, description)
    }
    let stored = try decode(file, as: format, Decoding(limit: limit, target: target, watch: watch))
    var notices = stored.notices
    if let mismatch = extensionMismatch(name: name, format: format) { notices.insert(mismatch, at: 0) }
    return DecodedImage(
      image: stored.image, facts: stored.facts.turned(by: stored.orientation), notices: notices, lease: stored.lease)
  }

  /// As `decode(_:name:watch:)`, for a file in memory.
  package mutating func decode(_ file: UnsafeRawBufferPointer, name: String) throws(SampleIssue) -> DecodedImage {
    try decode(FileBytes(memory: file), name: name)
  }

  /// As `decode(_:name:watch:)`, for bytes in an array.
  package mutating func decode(_ file: [UInt8], name: String) throws(SampleIssue) -> DecodedImage {
    let result = file.withUnsafeBytes { bytes in
      Result { () throws(SampleIssue) in try decode(bytes, name: name) }
    }
    return try result.get()
  }

  private func decode(
    _ file: FileBytes, as format: FileFacts.Format, _ decoding: Decoding
  ) throws(SampleIssue) -> StoredImage {
    switch format {
    case .jpeg: try decodeJPEG(file, decoding)
    case .png: try decodePNG(file, decoding)
    case .webp: try decodeWebP(file, decoding)
    case .pnm: try decodePNM(file, decoding)
    case .bmp: try decodeBMP(file, decoding)
    case .gif: try decodeGIF(file, decoding)
    case .tiff: try decodeTIFF(file, decoding)
    }
  }
}

/// Decodes one file; see `ImageDecoder`.
package func decodeImage(
  _ file: [UInt8], name: String, maxPixels: Int, target: Int
) throws(SampleIssue) -> DecodedImage {
  var decoder = ImageDecoder(maxPixels: maxPixels, target: target)
  return try decoder.decode(file, name: name)
}

extension FileFacts {
  fileprivate func turned(by orientation: ExifOrientation) -> FileFacts {
    FileFacts(
      format: format, width: orientation.swapsSides ? height : width, height: orientation.swapsSides ? width : height,
      colour: colour, bitsPerChannel: bitsPerChannel, hasAlpha: hasAlpha, orientation: orientation.value)
  }
}

/// The notice that a name promises another format than the file has; nil where it fits or promises nothing.
func extensionMismatch(name: String, format: FileFacts.Format) -> SampleIssue? {
  guard let given = FileExtension(ofName: Array(name.utf8))?.text, ImageExtension.all.contains(given) else {
    return nil
  }
  guard ImageExtension.format[given] != format else { return nil }
  return SampleIssue(.extensionMismatch, "named .\(given), is \(format.rawValue)")
}
