package import Glibc

/// Paths as text where a person gave them (`PathText`), as raw bytes where names need not be UTF-8.
///
/// Everything here looks at bytes: to a `Character` a slash with a combining mark behind it is no slash, and to `String`
/// names that differ in how a letter is composed are equal; to the file system neither holds.
package enum FilePath {
  private static let slash = UInt8(ascii: "/")

  /// The working folder from the root; nil where it was removed.
  package static var workingFolder: String? {
    guard let folder = getcwd(nil, 0) else { return nil }
    defer { free(folder) }
    return PathText.text(of: Array(UnsafeRawBufferPointer(start: folder, count: strlen(folder))))
  }

  /// A path from the root, without links in the part that exists.
  ///
  /// - Throws: `AuditError` where it begins in a working folder that was removed: nothing that begins there can be read,
  ///   written or kept.
  package static func absolute(_ path: String) throws(AuditError) -> String {
    try refuseNowhere(path)
    return resolved(path)
  }

  /// - Throws: `AuditError` where a path begins in a working folder that was removed.
  package static func refuseNowhere(_ path: String) throws(AuditError) {
    guard path.utf8.first != slash, workingFolder == nil else { return }
    let ending = " (deleted)"
    var folder = target(ofLink: "/proc/self/cwd") ?? ""
    if folder.hasSuffix(ending) { folder.removeLast(ending.count) }
    throw .lacking(
      "the working folder '\(folder)' was removed, and what is not named from the root begins there",
      remedy: "cd to a folder that is there")
  }

  /// The same of a path that is known to begin in a folder that is there.
  package static func resolved(_ path: String) -> String { PathText.text(of: resolved(PathText.bytes(of: path))) }

  /// The same of raw bytes.
  ///
  /// - Parameter links: to files that are not there, followed at most; a file made at such a path lies where they lead.
  package static func resolved(_ path: [UInt8], links: Int = 16) -> [UInt8] {
    if let resolved = withCString(path, { realpath($0, nil) }) {
      defer { free(resolved) }
      return Array(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
    }
    let (folder, name) = split(path)
    if links > 0, let target = target(ofLink: path) {
      return resolved(target.first == slash ? target : beside(folder, target), links: links - 1)
    }
    if name.isEmpty { return path }
    let isDots = name == Array(".".utf8) || name == Array("..".utf8)
    if isDots, folder == Array(".".utf8) { return name }
    let above = resolved(folder, links: links)
    // What is not there is no link, so that `..` behind it is the folder above it.
    if name == Array("..".utf8) { return split(above).folder }
    return name == Array(".".utf8) ? above : beside(above, name)
  }

  /// What a symbolic link says; nil where there is none.
  package static func target(ofLink path: String) -> String? {
    target(ofLink: PathText.bytes(of: path)).map(PathText.text)
  }

  /// The same of raw bytes.
  package static func target(ofLink path: [UInt8]) -> [UInt8]? {
    withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let count = withCString(path) { readlink($0, start, buffer.count) }
      return count > 0 ? Array(buffer[..<count]) : nil
    }
  }

  /// What the system says of a path; nil with `errno` set where it says nothing.
  package static func status(of path: String) -> stat? {
    var info = stat()
    return withCString(PathText.bytes(of: path)) { stat($0, &info) } == 0 ? info : nil
  }

  /// Whether this user may use a path so.
  ///
  /// - Parameter mode: of `access`, such as `R_OK | X_OK`.
  package static func allows(_ path: String, _ mode: Int32) -> Bool {
    withCString(PathText.bytes(of: path)) { access($0, mode) } == 0
  }

  /// As the system's own call, of a path as `PathText` has it.
  package static func open(_ path: String, _ flags: Int32) -> Int32 {
    withCString(PathText.bytes(of: path)) { Glibc.open($0, flags) }
  }

  // Not with NSString: its deletingLastPathComponent ends the process on a path of one letter (Swift 6.3.1).
  /// The folder that a path lies in; "." where it names none, "/" at the root.
  package static func folder(of path: String) -> String {
    PathText.text(of: split(PathText.bytes(of: path)).folder)
  }

  /// The last part of a path; empty for the root.
  package static func name(of path: String) -> String {
    PathText.text(of: split(PathText.bytes(of: path)).name)
  }

  package static func joined(_ folder: String, _ name: String) -> String {
    folder == "/" ? "/" + name : folder == "." ? name : folder + "/" + name
  }

  /// Whether `path` is `folder` or lies in it; both absolute.
  package static func contains(_ folder: String, _ path: String) -> Bool {
    contains(PathText.bytes(of: folder), PathText.bytes(of: path))
  }

  /// The same of raw bytes.
  package static func contains(_ folder: [UInt8], _ path: [UInt8]) -> Bool {
    path == folder || path.starts(with: folder == [slash] ? folder : folder + [slash])
  }

  /// The way from `folder` to what lies in it, both absolute; nil where it does not.
  package static func inside(_ folder: String, _ path: String) -> String? {
    guard contains(folder, path), path.utf8.count > folder.utf8.count else { return nil }
    return String(decoding: path.utf8.dropFirst(folder == "/" ? 1 : folder.utf8.count + 1), as: UTF8.self)
  }

  package static func joined(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
    folder.isEmpty ? name : folder + [slash] + name
  }

  /// The folder part; empty at the top.
  package static func folder(of path: [UInt8]) -> [UInt8] {
    path.lastIndex(of: slash).map { Array(path[..<$0]) } ?? []
  }

  /// The path without the last ending of its name: `a/b.c.jpg` gives `a/b.c`.
  package static func stem(of path: [UInt8]) -> [UInt8] {
    let name = path.lastIndex(of: slash).map { $0 + 1 } ?? 0
    guard let dot = path.lastIndex(of: UInt8(ascii: ".")), dot > name else { return path }
    return Array(path[..<dot])
  }

  /// The way from a folder to a file, both absolute: what a relative link holds.
  package static func relative(from folder: [UInt8], to file: [UInt8]) -> [UInt8] {
    let start = folder.split(separator: slash)
    let end = file.split(separator: slash)
    let shared = zip(start, end).prefix { $0.elementsEqual($1) }.count
    let up = Array(repeating: Array("..".utf8)[...], count: start.count - shared)
    return Array((up + end[shared...]).joined(separator: [slash]))
  }

  /// Whether joining a path to a folder stays in the folder by its text alone: it is not empty, does not begin at the
  /// root, has no part that is empty, `.` or `..`, and no zero byte, behind which a system call would not look.
  package static func staysInside(_ path: [UInt8]) -> Bool {
    // Without parts of their own: it is asked for every row of an export.
    var (length, dots) = (0, 0)
    func isName() -> Bool { length > 2 || length > dots }
    for byte in path {
      switch byte {
      case 0: return false
      case slash:
        guard isName() else { return false }
        (length, dots) = (0, 0)
      default:
        length += 1
        if byte == UInt8(ascii: ".") { dots += 1 }
      }
    }
    return isName()
  }

  /// The folder, "." where the path names none, and the name.
  private static func split(_ path: [UInt8]) -> (folder: [UInt8], name: [UInt8]) {
    let parts = path.split(separator: slash)
    let root: [UInt8] = path.first == slash ? [slash] : []
    let folder = root + Array(parts.dropLast().joined(separator: [slash]))
    return (folder.isEmpty ? Array(".".utf8) : folder, parts.last.map(Array.init) ?? [])
  }

  /// `joined` for folders that `split` gave.
  private static func beside(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
    folder == [slash] ? folder + name : folder == Array(".".utf8) ? name : folder + [slash] + name
  }

  private static func withCString<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var characters = path.map { CChar(bitPattern: $0) }
    characters.append(0)
    return body(characters)
  }
}
