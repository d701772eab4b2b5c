import AuditCore
import AuditStore
import Glibc

/// The files of a dataset in the order in which torchvision's `ImageFolder` lists them, read from the disk by its rules.
///
/// Classes are the folders of the first level, hidden ones and links to folders too, in Python's order of text. Below
/// each, links to folders are followed, so that a file behind two names is met twice; folders are taken in the order of
/// their whole paths, then the names in each. A name counts by its ending alone.
///
/// - Source: torchvision/datasets/folder.py, `find_classes` and `make_dataset` (`os.walk(..., followlinks=True)`).
struct ImageFolderListing {
  /// `IMG_EXTENSIONS` of torchvision.
  static let extensions = [".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"]
  /// Links that lead to folders with links can multiply without end.
  private static let mostFolders = 10_000_000

  private let root: [UInt8]
  /// Names of the class folders, in order.
  let classes: [[UInt8]]

  /// - Parameter root: absolute path of the dataset, raw bytes.
  /// - Throws: `AuditError` where it cannot be listed.
  init(root: [UInt8]) throws {
    self.root = root
    guard let names = ImageFolderListing.names(in: root) else {
      throw AuditError.unreadable(
        path: SamplePath(bytes: root).printable,
        cause: "\(systemMessage()); the order of ImageFolder is read from the folder itself")
    }
    classes = ImageFolderListing.ordered(names.filter { ImageFolderListing.status(root, $0)?.isFolder ?? false })
  }

  /// Whether `ImageFolder` takes a file of that name.
  static func lists(_ name: [UInt8]) -> Bool {
    let lower = name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    return extensions.contains { lower.count >= $0.utf8.count && lower.suffix($0.utf8.count).elementsEqual($0.utf8) }
  }

  /// Hands on the files of a class in order, relative to the dataset.
  ///
  /// - Returns: how many there are.
  /// - Throws: `AuditError` where a link leads in a circle, which `ImageFolder` would go round.
  func forEachFile(ofClass name: [UInt8], _ body: ([UInt8]) throws -> Void) throws -> Int {
    var folders: [[UInt8]] = []
    try collect(name, above: [], into: &folders)
    var count = 0
    for folder in ImageFolderListing.ordered(folders) {
      let place = root + [UInt8(ascii: "/")] + folder
      for name in ImageFolderListing.ordered(ImageFolderListing.names(in: place) ?? [])
      where ImageFolderListing.lists(name) {
        // Python takes all that is no folder for a file, also a link that leads nowhere.
        if ImageFolderListing.status(place, name)?.isFolder ?? false { continue }
        count += 1
        try body(folder + [UInt8(ascii: "/")] + name)
      }
    }
    return count
  }

  /// The folder and all below it.
  private func collect(_ folder: [UInt8], above: [FileKey], into folders: inout [[UInt8]]) throws {
    let place = root + [UInt8(ascii: "/")] + folder
    guard let own = ImageFolderListing.status(place) else { return }
    let key = FileKey(own)
    guard !above.contains(key) else {
      throw AuditError.lacking(
        "the link '\(SamplePath(bytes: folder).printable)' leads in a circle, which ImageFolder goes round until the system stops it",
        remedy: "take the link out, or export another format")
    }
    folders.append(folder)
    guard folders.count <= ImageFolderListing.mostFolders else {
      throw AuditError.lacking(
        "ImageFolder would list more than \(ImageFolderListing.mostFolders.formattedWithCommas) folders: links lead to folders with links",
        remedy: "take them out, or export another format")
    }
    // A folder that may not be listed is empty for Python.
    for name in ImageFolderListing.names(in: place) ?? []
    where ImageFolderListing.status(place, name)?.isFolder ?? false {
      try collect(folder + [UInt8(ascii: "/")] + name, above: above + [key], into: &folders)
    }
  }

  private static func ordered(_ names: [[UInt8]]) -> [[UInt8]] {
    let keys = names.map { (key: ImageFolderOrder.pythonOrdered($0), name: $0) }
    return keys.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.name)
  }

  /// nil where the folder cannot be listed.
  private static func names(in folder: [UInt8]) -> [[UInt8]]? {
    guard let handle = withCPath(folder, { opendir($0) }) else { return nil }
    defer { closedir(handle) }
    var names: [[UInt8]] = []
    while let entry = readdir(handle) {
      let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
      let start = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
      let name = Array(UnsafeRawBufferPointer(start: start, count: strlen(start)))
      if name != [UInt8(ascii: ".")], name != Array("..".utf8) { names.append(name) }
    }
    return names
  }

  private static func status(_ folder: [UInt8], _ name: [UInt8]) -> stat? {
    status(folder + [UInt8(ascii: "/")] + name)
  }

  /// Of what a link leads to.
  private static func status(_ path: [UInt8]) -> stat? {
    var status = stat()
    return withCPath(path) { stat($0, &status) } == 0 ? status : nil
  }
}

extension stat {
  fileprivate var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
}
