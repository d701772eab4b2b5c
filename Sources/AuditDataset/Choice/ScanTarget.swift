package import AuditCore
import Foundation

/// What a scan was pointed at: a folder, several of one dataset, the files of a list, or those of a plan.
package struct ScanTarget {
  /// Absolute path of the dataset: the folder, or the deepest one that holds all that was named.
  package let root: String
  /// The folders to walk, relative to `root`, none within another; empty for all of it.
  var folders: [String] = []
  /// Paths of a list, relative to `root`; nil where folders are walked.
  var listed: [[UInt8]]?
  /// The samples of a plan; nil where files are looked for.
  private(set) var planned: SampleList?
  /// Which files are samples, and whose they are; nil for the usual rules.
  package private(set) var rules: FileRules?
  private(set) var followLinks = false
  /// Of `DatasetFiles`.
  private(set) var labels: [String]?
  /// What a person calls the dataset.
  private(set) var shown = ""
  /// For a person, a sentence each.
  var notes: [String] = []

  /// - Throws: `AuditError` where a folder or the list cannot be read, or they have no folder in common.
  package init(_ files: DatasetFiles) throws {
    let folders = try files.folders.map { try DatasetFolder.resolve($0) }
    if let list = files.list {
      try self.init(list: list, in: folders)
    } else {
      try self.init(folders: folders)
    }
    planned = files.planned
    rules = self.folders.isEmpty ? files.rules : (files.rules ?? FileRules()).within(self.folders)
    (followLinks, labels) = (files.followLinks, files.labels)
    shown = files.folders.first ?? root
  }

  private init(folders: [String]) throws {
    guard let first = folders.first else { throw AuditError.usage("give the folder that holds the images") }
    let sorted = Set(folders).sorted()
    let outer = sorted.filter { folder in !sorted.contains { $0 != folder && FilePath.contains($0, folder) } }
    guard outer.count > 1 else {
      root = outer.first ?? first
      return
    }
    root = try ScanTarget.common(outer.map { PathText.bytes(of: $0) }, of: "the folders")
    let root = root
    self.folders = outer.compactMap { FilePath.inside(root, $0) }
  }

  private init(list: String, in folders: [String]) throws {
    guard folders.count <= 1 else {
      throw AuditError.usage("--files0-from goes with one folder at most: the one that the paths are kept relative to")
    }
    let files = try FileList(list).files
    root = try folders.first ?? ScanTarget.common(files.map { FilePath.folder(of: $0) }, of: "the files of the list")
    let prefix = PathText.bytes(of: root == "/" ? root : root + "/")
    var listed: [[UInt8]] = []
    var outside: [[UInt8]] = []
    for file in files {
      if file.starts(with: prefix) { listed.append(Array(file[prefix.count...])) } else { outside.append(file) }
    }
    if listed.isEmpty, let example = outside.first {
      throw AuditError.usage(
        "\(outside.count == 1 ? "the only name" : "none of the \(outside.count.formattedWithCommas) names") of the list "
          + "\(outside.count == 1 ? "does not lie" : "lies") in '\(Escaping.terminal.text(root))' "
          + "(first: \(SamplePath(bytes: example).printable))",
        remedy: "name the folder that holds them, or none")
    }
    if let example = outside.first {
      let files = counted(outside.count, "file")
      notes.append(
        "\(files) of the list \(outside.count == 1 ? "lies" : "lie") outside '\(Escaping.terminal.text(root))' and "
          + "\(outside.count == 1 ? "is" : "are") left out (first: \(SamplePath(bytes: example).printable))")
    }
    self.listed = listed
  }

  /// The deepest folder that holds all of these absolute ones.
  private static func common(_ folders: [[UInt8]], of what: String) throws -> String {
    let slash = UInt8(ascii: "/")
    guard var shared = folders.first?.split(separator: slash) else {
      throw AuditError.usage("\(what == "the folders" ? "no folder is named" : "the list names no file")")
    }
    for folder in folders.dropFirst() {
      let parts = folder.split(separator: slash)
      shared = zip(shared, parts).prefix { $0.elementsEqual($1) }.map { $0.0 }
    }
    guard !shared.isEmpty else {
      throw AuditError.usage(
        "\(what) lie in no folder together but /",
        remedy: "scan them one after another, with one --db and a --name each")
    }
    return "/" + PathText.text(of: Array(shared.joined(separator: [slash])))
  }
}

/// The paths of `--files0-from`: each ends with NUL, as `find -print0` writes them.
struct FileList {
  /// A list of 100 million paths is no longer than that.
  private static let mostBytes = 1 << 33

  /// Absolute paths, links resolved in the folder but not in the name.
  let files: [[UInt8]]

  /// - Parameter source: a file, or `-` for standard input. Paths in it are relative to the working directory.
  /// - Throws: `AuditError` where it cannot be read, or its paths are separated by line ends.
  init(_ source: String) throws {
    guard let bytes = try InputFile.contents(of: source, mostBytes: FileList.mostBytes) else {
      throw AuditError.usage("the list of --files0-from is too long", remedy: "give a file of names, each ended by NUL")
    }
    let name = source == "-" ? "standard input" : "'\(source)'"
    guard bytes.contains(0) || !bytes.contains(UInt8(ascii: "\n")) else {
      throw AuditError.usage(
        "\(name) holds lines, and --files0-from takes names that end with NUL, as find -print0 and "
          + "`audit export DB -0` write them", remedy: "for lines: tr '\\n' '\\0' < LIST | audit scan --files0-from -")
    }
    let paths = bytes.split(separator: 0)
    let slash = UInt8(ascii: "/")
    let here = paths.contains { $0.first != slash } ? PathText.bytes(of: try FilePath.absolute(".")) : []
    var resolved: [[UInt8]: [UInt8]] = [:]
    files = paths.map { path in
      let absolute = path.first == slash ? Array(path) : here + [slash] + path
      let folder = FilePath.folder(of: absolute)
      let known = resolved[folder] ?? FileList.resolve(folder)
      resolved[folder] = known
      return known + [slash] + absolute[(folder.count + 1)...]
    }
    guard let first = bytes.split(separator: 0).first else { throw AuditError.usage("\(name) names no file") }
    guard files.contains(where: FileList.isThere) else {
      let count = files.count == 1 ? "the only name" : "none of the \(files.count.formattedWithCommas) names"
      throw AuditError.usage(
        "\(count) of \(name) is \(files.count == 1 ? "not " : "")there (first: \(SamplePath(bytes: Array(first)).printable))",
        remedy: "names are relative to the working directory, '\(Escaping.terminal.text(PathText.text(of: here)))'")
    }
  }

  /// Whether something has that name, or may have it where nobody may look.
  private static func isThere(_ file: [UInt8]) -> Bool {
    var status = stat()
    return file.withPath { lstat($0, &status) } == 0 || errno != ENOENT && errno != ENOTDIR
  }

  /// Without links, `.` and `..`; as it is where nothing is there.
  private static func resolve(_ folder: [UInt8]) -> [UInt8] {
    let path = (folder.isEmpty ? [UInt8(ascii: "/")] : folder).map { CChar(bitPattern: $0) } + [0]
    guard let resolved = realpath(path, nil) else { return folder }
    defer { free(resolved) }
    let bytes = UnsafeRawBufferPointer(start: resolved, count: strlen(resolved))
    return bytes.count == 1 ? [] : Array(bytes)
  }
}
