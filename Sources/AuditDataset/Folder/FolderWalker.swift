import AuditCore
import AuditImages
import Glibc

/// One walk under way: what it found, and the folders and links still to enter.
struct FolderWalker {
  private struct FolderLink {
    let path: [UInt8]
    let folder: FileKey
  }

  private static let filesBetweenProgress = 4096

  private(set) var found = DatasetWalk()
  private let root: [UInt8]
  private let followLinks: Bool
  private let rules: WalkRules
  /// Relative to the root; the root itself is empty.
  private var waitingFolders: [[UInt8]] = []
  private var waitingLinks: [FolderLink] = []
  private var entered: [FileKey: [UInt8]] = [:]
  private var filesSeen = 0
  private let containers: OpenContainers
  /// Met on the way; looked into where there are no pictures beside them.
  private var metContainers: [[UInt8]] = []
  /// That were named.
  private var namedContainers: [[UInt8]] = []

  init(root: [UInt8], followLinks: Bool, rules: WalkRules, containers: OpenContainers) {
    self.root = root
    self.followLinks = followLinks
    self.rules = rules
    self.containers = containers
  }

  /// - Throws: what keeps the whole dataset from being listed.
  mutating func checkRoot() throws(AuditError) {
    let path = SamplePath(bytes: root).printable
    guard let status = status(of: root) else {
      throw errno == EACCES ? .datasetNotReadable(path: path) : .datasetNotFound(path: path, near: nil)
    }
    guard status.isFolder else {
      guard ContainerKind(ofName: root) != nil else { throw .datasetNotAFolder(path: path) }
      namedContainers = [[]]
      return
    }
    guard let handle = root.withPath(opendir) else {
      let code = errno
      throw code == EACCES || code == EPERM
        ? .datasetNotReadable(path: path) : .unreadable(path: path, cause: String(cString: strerror(code)))
    }
    closedir(handle)
    guard !rules.folders.isEmpty else {
      entered[FileKey(status)] = []
      waitingFolders = [[]]
      return
    }
    for folder in rules.folders {
      guard let status = self.status(of: absolute(folder)) else {
        throw .datasetNotFound(path: SamplePath(bytes: absolute(folder)).printable, near: nil)
      }
      if status.isFolder {
        entered[FileKey(status)] = folder
        waitingFolders.append(folder)
      } else {
        namedContainers.append(folder)
      }
    }
  }

  mutating func run(progress: (Int) -> Void) {
    walkFolders(progress: progress)
    if followLinks { walkLinks(progress: progress) }
    for path in namedContainers { look(into: path, progress: progress) }
    // Beside pictures a container is a copy of them more often than more of them.
    let isOfContainers = found.samples.isEmpty
    for path in metContainers {
      if isOfContainers {
        look(into: path, progress: progress)
      } else {
        found.leaveOut(path, .other, FileExtension(ofName: path)?.kind ?? "")
        found.containersLeft += 1
      }
    }
  }

  private mutating func look(into path: [UInt8], progress: (Int) -> Void) {
    guard let status = status(of: absolute(path)) else { return noteUnreadable(path, errno) }
    found.look(into: path, in: root, status, rules, containers, progress: progress)
  }

  private mutating func walkLinks(progress: (Int) -> Void) {
    // Links come after all real folders, the first in order of path each time: whatever order the system lists names
    // in, a folder is entered by the same way.
    while let index = waitingLinks.indices.min(by: { waitingLinks[$0].path.precedes(waitingLinks[$1].path) }) {
      let link = waitingLinks.swapRemove(at: index)
      if let known = entered[link.folder] {
        skip(link.path, leadingTo: known)
      } else {
        entered[link.folder] = link.path
        waitingFolders.append(link.path)
        walkFolders(progress: progress)
      }
    }
  }

  private mutating func walkFolders(progress: (Int) -> Void) {
    while let folder = waitingFolders.popLast() { list(folder, progress: progress) }
  }

  private mutating func list(_ folder: [UInt8], progress: (Int) -> Void) {
    guard let handle = absolute(folder).withPath(opendir) else {
      return noteUnreadable(folder, errno)
    }
    defer { closedir(handle) }
    found.folders += 1
    var unseen = UnseenNames()
    let before = found.samples.count
    while true {
      errno = 0
      guard let entry = readdir(handle) else { break }
      let name = FolderWalker.name(of: entry)
      // The folder itself and its parent.
      if name == [UInt8(ascii: ".")] || name == Array("..".utf8) { continue }
      if name.elementsEqual(OwnFile.demoMarker.utf8) { continue }
      if let code = visit(name, in: folder, handle) { unseen.add(code) }
      filesSeen += 1
      if filesSeen % FolderWalker.filesBetweenProgress == 0 { progress(found.samples.count) }
    }
    let code = errno
    found.settle(from: before, withSidecars: rules.withSidecars)
    if code != 0 {
      noteUnreadable(folder, code)
    } else if unseen.count > 0 {
      found.unreadableFolders.append(.init(path: SamplePath(bytes: folder), issue: unseen.issue))
    }
  }

  /// - Returns: the system's error number where it does not say what the name is, as in a folder that may be listed but
  ///   not entered.
  private mutating func visit(_ name: [UInt8], in folder: [UInt8], _ handle: OpaquePointer) -> Int32? {
    var status = stat()
    guard name.withPath({ fstatat(dirfd(handle), $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
      // What vanished between listing and asking is no sample, and there is nothing to tell.
      return errno == ENOENT ? nil : errno
    }
    let path = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    if isLink {
      var target = stat()
      if name.withPath({ fstatat(dirfd(handle), $0, &target, 0) }) == 0 { status = target }
    }
    if name.first == UInt8(ascii: "."), !rules.filter.wantsHidden(name) {
      found.leaveOut(path, .hidden, isFolder: status.isFolder)
    } else if status.isFolder {
      visitFolder(path, FileKey(status), isLink: isLink)
    } else if status.st_mode & S_IFMT == S_IFREG, ContainerKind(ofName: name) != nil {
      visitContainer(path)
    } else if let reason = rules.filter.reason(against: path) {
      found.leaveOut(path, .excluded, reason)
    } else if SampleFile.isSample(name, absolute(path), status, isLink: isLink) {
      found.samples.append(Sample(path: SamplePath(bytes: path), status))
    } else {
      found.leaveOut(path, .other, FileExtension(ofName: name)?.kind ?? "")
    }
    return nil
  }

  /// An include is about what is in it.
  private mutating func visitContainer(_ path: [UInt8]) {
    if let pattern = rules.filter.exclude(ofFolder: path) {
      found.leaveOut(path, .excluded, pattern.text)
    } else {
      metContainers.append(path)
    }
  }

  private mutating func visitFolder(_ path: [UInt8], _ key: FileKey, isLink: Bool) {
    if let pattern = rules.filter.exclude(ofFolder: path) {
      found.leaveOut(path, .excluded, pattern.text, isFolder: true)
    } else if isLink, followLinks {
      waitingLinks.append(FolderLink(path: path, folder: key))
    } else if isLink {
      let target = SamplePath(bytes: linkText(path))
      found.skippedLinks.append(.init(path: SamplePath(bytes: path), target: target, reason: .notFollowed))
    } else if let known = entered[key] {
      // A real folder met twice lies behind a followed link, or is mounted into itself.
      skip(path, leadingTo: known)
    } else {
      entered[key] = path
      waitingFolders.append(path)
    }
  }

  private mutating func skip(_ path: [UInt8], leadingTo known: [UInt8]) {
    let isAbove = known.isEmpty || path.starts(with: known + [UInt8(ascii: "/")])
    found.skippedLinks.append(
      .init(
        path: SamplePath(bytes: path), target: known.isEmpty ? SamplePath(".") : SamplePath(bytes: known),
        reason: isAbove ? .loop : .alreadyWalked))
  }

  private mutating func noteUnreadable(_ folder: [UInt8], _ code: Int32) {
    found.unreadableFolders.append(
      .init(path: SamplePath(bytes: folder), issue: SampleIssue(folder: code, String(cString: strerror(code)))))
  }

  private func absolute(_ path: [UInt8]) -> [UInt8] {
    path.isEmpty ? root : root + [UInt8(ascii: "/")] + path
  }

  private func linkText(_ path: [UInt8]) -> [UInt8] { absolute(path).linkTarget ?? [] }

  private func status(of path: [UInt8]) -> stat? {
    var status = stat()
    return path.withPath { stat($0, &status) } == 0 ? status : nil
  }

  // The entry is as long as its name needs, so the 256 bytes that its type declares must not be copied.
  private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
    let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    let start = UnsafeRawPointer(entry).advanced(by: offset)
    let length = strlen(start.assumingMemoryBound(to: CChar.self))
    return Array(UnsafeRawBufferPointer(start: start, count: length))
  }
}

/// Names of one folder that the system lists but says nothing about.
private struct UnseenNames {
  private(set) var count = 0
  private var firstCode: Int32 = 0

  mutating func add(_ code: Int32) {
    if count == 0 { firstCode = code }
    count += 1
  }

  var issue: SampleIssue {
    let names = counted(count, "name")
    return SampleIssue(folder: firstCode, "\(names) in it cannot be looked at: \(String(cString: strerror(firstCode)))")
  }
}

extension SampleIssue {
  /// Why a folder or a part of it is not in the walk.
  fileprivate init(folder code: Int32, _ detail: String) {
    self.init(SampleIssue(errno: code).code, detail)
  }
}

extension stat {
  var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
}

extension Array {
  /// Takes an element out without keeping the order of the rest.
  fileprivate mutating func swapRemove(at index: Int) -> Element {
    swapAt(index, count - 1)
    return removeLast()
  }
}
