package import AuditCore

/// The part of a file name behind its last dot, in lower case.
package struct FileExtension: Hashable {
  package let text: String

  /// nil where the name has no dot, begins with its only dot, or ends with it.
  ///
  /// - Parameter name: a file name or a path, raw bytes.
  package init?(ofName name: [UInt8]) {
    let file = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true).last ?? []
    guard let dot = file.lastIndex(of: UInt8(ascii: ".")), dot > file.startIndex, dot + 1 < file.endIndex else {
      return nil
    }
    text = SamplePath(bytes: Array(file[(dot + 1)...])).text.lowercased()
  }

  /// The beginning of the ending, for counting: `jpg?width=200` and `jpg?width=9` are one kind, and so are all numbers.
  package var kind: String {
    let word = text.unicodeScalars.prefix { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0)) }
    if word.count == text.unicodeScalars.count, word.allSatisfy({ ("0"..."9").contains($0) }) { return "0" }
    return word.isEmpty ? "?" : String(String.UnicodeScalarView(word.prefix(12)))
  }
}

/// Endings of files that lie in datasets and are no pictures, or none that trainers read: such files are not opened.
package enum OtherExtension {
  package static let all: Set<String> = [
    // Captions, labels, metadata, documents.
    "txt", "caption", "tags", "json", "jsonl", "ndjson", "csv", "tsv", "parquet", "arrow", "feather", "yaml", "yml",
    "toml", "xml", "html", "htm", "md", "rst", "log", "ini", "cfg", "conf", "pdf", "doc", "docx", "url", "webloc",
    // Arrays, networks, databases, archives.
    "npz", "npy", "pt", "pth", "ckpt", "safetensors", "onnx", "bin", "h5", "hdf5", "pkl", "pickle", "mat", "mdb", "db",
    "sqlite", "sqlite3", "rec", "idx", "lst", "tfrecord", "pak", "fsa", "zip", "tar", "gz", "tgz", "bz2", "xz", "zst",
    "7z", "rar",
    // Films, sound, geometry.
    "mp4", "mkv", "avi", "mov", "webm", "m4v", "mpg", "mpeg", "wmv", "flv", "wav", "mp3", "flac", "ogg", "m4a", "aac",
    "lms", "pts", "obj", "ply", "stl", "fbx", "glb", "gltf",
    // Pictures of editors and systems, which trainers do not read.
    "psd", "psb", "xcf", "ai", "svg", "ico", "cur", "exr", "hdr", "dds", "blend", "aae", "xmp",
    // Programs.
    "py", "sh", "ipynb", "js", "c", "h", "cpp", "exe", "dll", "so", "bat", "lock",
  ]
}

/// Which names promise a picture.
package enum ImageExtension {
  /// Extensions of the formats that are decoded.
  package static let format: [String: FileFacts.Format] = [
    "jpg": .jpeg, "jpeg": .jpeg, "jpe": .jpeg, "jfif": .jpeg, "png": .png, "apng": .png, "pgm": .pnm, "ppm": .pnm,
    "pnm": .pnm, "pbm": .pnm, "webp": .webp, "bmp": .bmp, "dib": .bmp, "mpo": .jpeg, "gif": .gif, "tif": .tiff,
    "tiff": .tiff,
  ]

  /// These and the formats that are only recognised: such files are samples, so that a person hears of them.
  package static let all = Set(format.keys).union(["heic", "heif", "avif", "jxl", "jp2"])
}
