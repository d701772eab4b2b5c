import Glibc

/// Paths as text where a person gave them, as raw bytes where names need not be UTF-8.
package enum FilePath {
  /// A path from the root, without links in the part that exists.
  ///
  /// - Parameter links: to files that are not there, followed at most; a file made at such a path lies where they lead.
  package static func absolute(_ path: String, links: Int = 16) -> String {
    if let resolved = realpath(path, nil) {
      defer { free(resolved) }
      return String(cString: resolved)
    }
    let (folder, name) = (folder(of: path), name(of: path))
    if links > 0, let target = target(ofLink: path) {
      return absolute(target.hasPrefix("/") ? target : joined(folder, target), links: links - 1)
    }
    guard !name.isEmpty, name != ".", name != ".." else { return path }
    return joined(absolute(folder, links: links), name)
  }

  /// What a symbolic link says; nil where there is none.
  package static func target(ofLink path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  // Not with NSString: its deletingLastPathComponent ends the process on a path of one letter (Swift 6.3.1).
  /// The folder that a path lies in; "." where it names none, "/" at the root.
  package static func folder(of path: String) -> String {
    let parts = path.split(separator: "/").dropLast()
    let root = path.hasPrefix("/") ? "/" : ""
    return parts.isEmpty ? (root.isEmpty ? "." : root) : root + parts.joined(separator: "/")
  }

  /// The last part of a path; empty for the root.
  package static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

  package static func joined(_ folder: String, _ name: String) -> String {
    folder == "/" ? "/" + name : folder == "." ? name : folder + "/" + name
  }

  /// Whether `path` is `folder` or lies in it; both absolute.
  package static func contains(_ folder: String, _ path: String) -> Bool {
    path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
  }

  package static func joined(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
    folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
  }

  /// The folder part; empty at the top.
  package static func folder(of path: [UInt8]) -> [UInt8] {
    path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[..<$0]) } ?? []
  }

  /// The path without the last ending of its name: `a/b.c.jpg` gives `a/b.c`.
  package static func stem(of path: [UInt8]) -> [UInt8] {
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard let dot = path.lastIndex(of: UInt8(ascii: ".")), dot > name else { return path }
    return Array(path[..<dot])
  }

  /// The way from a folder to a file, both absolute: what a relative link holds.
  package static func relative(from folder: [UInt8], to file: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    let start = folder.split(separator: slash)
    let end = file.split(separator: slash)
    let shared = zip(start, end).prefix { $0.elementsEqual($1) }.count
    let up = Array(repeating: Array("..".utf8)[...], count: start.count - shared)
    return Array((up + end[shared...]).joined(separator: [slash]))
  }
}
