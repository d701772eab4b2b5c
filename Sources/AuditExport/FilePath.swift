import AuditCore
import Foundation

/// Paths as raw bytes, for names that are not UTF-8.
enum FilePath {
  /// A path from the root, without links in the part that exists.
  static func absolute(_ path: String) -> String {
    if let resolved = realpath(path, nil) {
      defer { free(resolved) }
      return String(cString: resolved)
    }
    // Not with NSString: its deletingLastPathComponent ends the process on a path of one letter (Swift 6.3.1).
    var parts = path.split(separator: "/")
    guard let name = parts.popLast(), name != ".", name != ".." else { return path }
    let folder = absolute((path.hasPrefix("/") ? "/" : "") + (parts.isEmpty ? "." : parts.joined(separator: "/")))
    return folder == "/" ? "/" + name : folder + "/" + name
  }

  /// Whether `path` is `folder` or lies in it; both absolute.
  static func contains(_ folder: String, _ path: String) -> Bool {
    path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
  }

  static func joined(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
    folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
  }

  /// The folder part; empty at the top.
  static func folder(of path: [UInt8]) -> [UInt8] {
    path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[..<$0]) } ?? []
  }

  /// The path without the last ending of its name: `a/b.c.jpg` gives `a/b.c`.
  static func stem(of path: [UInt8]) -> [UInt8] {
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard let dot = path.lastIndex(of: UInt8(ascii: ".")), dot > name else { return path }
    return Array(path[..<dot])
  }

  /// The way from a folder to a file, both absolute: what a relative link holds.
  static func relative(from folder: [UInt8], to file: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    let start = folder.split(separator: slash)
    let end = file.split(separator: slash)
    let shared = zip(start, end).prefix { $0.elementsEqual($1) }.count
    let up = Array(repeating: Array("..".utf8)[...], count: start.count - shared)
    return Array((up + end[shared...]).joined(separator: [slash]))
  }
}

/// Refuses outputs that would lie in the dataset.
package enum DatasetGuard {
  /// - Returns: `output` from the root.
  /// - Throws: `AuditError.other` where it lies in the dataset.
  @discardableResult
  package static func refuse(_ output: String, in dataset: String) throws -> String {
    let path = FilePath.absolute(output)
    guard !FilePath.contains(FilePath.absolute(dataset), path) else {
      throw AuditError.other(
        "'\(output)' would lie inside the dataset '\(dataset)', and audit never writes there; give a place elsewhere")
    }
    return path
  }

  /// Refuses a standard output that the shell has opened in the dataset.
  package static func refuseRedirection(of descriptor: Int32, into dataset: String) throws {
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return }
    guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
    else { return }
    try refuse(target, in: dataset)
  }
}
