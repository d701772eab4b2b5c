import AuditCore
import AuditImages
import Glibc

/// Which files are samples, by their names and, where those say nothing, by their first bytes.
enum SampleFile {
  /// Whether a file is taken for a picture.
  ///
  /// An ending of a picture format is believed, so that a damaged picture is heard of. An ending that other things have
  /// is believed too. Any other name (none, `.jpg_large`, `.jpg?width=200`, `.jpg.1`) is decided by content.
  ///
  /// - Parameters:
  ///   - place: where the file lies, to open it.
  ///   - status: of what a link leads to; the link's own where it leads nowhere.
  static func isSample(_ name: [UInt8], _ place: @autoclosure () -> [UInt8], _ status: stat, isLink: Bool) -> Bool {
    let isFile = status.st_mode & S_IFMT == S_IFREG
    let isBroken = isLink && status.st_mode & S_IFMT == S_IFLNK
    guard isFile || isBroken else { return false }
    return isNamedSample(name) ?? (isFile && beginsLikeAPicture(place()))
  }

  /// What the ending says; nil where it says nothing.
  static func isNamedSample(_ name: [UInt8]) -> Bool? {
    guard let given = FileExtension(ofName: name) else { return nil }
    if ImageExtension.all.contains(given.text) { return true }
    return OtherExtension.all.contains(given.text) ? false : nil
  }

  private static func beginsLikeAPicture(_ place: [UInt8]) -> Bool {
    let descriptor = place.withPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { start in
      let count = read(descriptor, start.baseAddress, start.count)
      return count > 0 && FileContent.isPicture(UnsafeRawBufferPointer(rebasing: start[..<count]))
    }
  }
}

extension Sample {
  init(path: SamplePath, _ status: stat) {
    self.init(
      path: path, bytes: Int64(status.st_size), modified: FileTime.nanoseconds(status.st_mtim),
      changed: FileTime.nanoseconds(status.st_ctim), device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }
}
