import AuditCore

/// The part of a file name behind its last dot, in lower case.
struct FileExtension: Hashable {
  let text: String

  /// nil where the name has no dot, begins with its only dot, or ends with it.
  ///
  /// - Parameter name: a file name or a path, raw bytes.
  init?(ofName name: [UInt8]) {
    let file = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true).last ?? []
    guard let dot = file.lastIndex(of: UInt8(ascii: ".")), dot > file.startIndex, dot + 1 < file.endIndex else {
      return nil
    }
    text = SamplePath(bytes: Array(file[(dot + 1)...])).text.lowercased()
  }
}

/// Which names promise a picture.
enum ImageExtension {
  /// Extensions of the formats that are decoded.
  static let format: [String: FileFacts.Format] = [
    "jpg": .jpeg, "jpeg": .jpeg, "jpe": .jpeg, "jfif": .jpeg, "png": .png, "apng": .png, "pgm": .pnm, "ppm": .pnm,
    "pnm": .pnm, "pbm": .pnm, "webp": .webp, "bmp": .bmp, "gif": .gif, "tif": .tiff, "tiff": .tiff,
  ]

  /// These and the formats that are only recognised: such files are samples, so that a person hears of them.
  static let all = Set(format.keys).union(["heic", "heif", "avif", "jxl", "jp2"])
}
