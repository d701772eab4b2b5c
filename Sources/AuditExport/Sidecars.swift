package import AuditCore
import Foundation

/// Files that belong to an image by their name: captions, cached latents, masks.
package struct Sidecars: Sendable {
  /// What trainers of faces put beside an image.
  package static let usual = [".txt", ".caption", ".npz", "_mask.png"]

  /// What follows the image's stem.
  package let endings: [String]
  /// Absolute path of the dataset.
  package let dataset: String

  package init(endings: [String], dataset: String) {
    self.endings = endings
    self.dataset = dataset
  }

  /// Endings with commas; `usual` for the usual ones, `none` for none. A dot is put before a bare word.
  package static func endings(_ list: String) -> [String] {
    list.split(separator: ",").flatMap { part -> [String] in
      let text = part.filter { $0 != " " }
      if text == "usual" { return usual }
      if text == "none" || text.isEmpty { return [] }
      return [".", "_", "-"].contains { text.hasPrefix($0) } ? [text] : ["." + text]
    }
  }

  /// The sidecars of an image that are there, relative to the dataset.
  package func files(of image: SamplePath) -> [SamplePath] {
    if endings.isEmpty { return [] }
    let stem = FilePath.stem(of: image.bytes)
    return endings.compactMap { ending in
      let path = SamplePath(bytes: stem + Array(ending.utf8))
      guard path != image, isFile(FilePath.joined(Array(dataset.utf8), path.bytes)) else { return nil }
      return path
    }
  }

  private func isFile(_ path: [UInt8]) -> Bool {
    FileFactsOnDisk(path)?.isRegular ?? false
  }
}

/// What `lstat` says about a path.
struct FileFactsOnDisk: Equatable {
  let device: UInt64
  let inode: UInt64
  let mode: UInt32
  let bytes: Int64
  /// Nanoseconds since 1970.
  let modified: Int64

  /// nil where there is nothing.
  init?(_ path: [UInt8]) {
    var info = stat()
    guard withCPath(path, { lstat($0, &info) }) == 0 else { return nil }
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
    mode = UInt32(info.st_mode)
    bytes = Int64(info.st_size)
    modified = FileTime.nanoseconds(info.st_mtim)
  }

  var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
  var isFolder: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
  var isLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }
}

/// Lends a path to a system call.
func withCPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  (path + [0]).withUnsafeBufferPointer { buffer in
    buffer.withMemoryRebound(to: CChar.self) { characters in
      // An array with a terminating zero is never empty, so it has an address.
      guard let start = characters.baseAddress else { preconditionFailure("a path buffer without an address") }
      return body(start)
    }
  }
}
