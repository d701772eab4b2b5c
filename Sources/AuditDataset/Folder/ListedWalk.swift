import AuditCore
import AuditImages
import Glibc

extension DatasetWalk {
  /// Looks at the files of a list instead of walking a folder.
  ///
  /// What is a sample follows the same rules as in a walk, but hidden names are taken, since somebody listed them. A file
  /// that is not there is a sample that cannot be read. A path that is listed twice is met once.
  ///
  /// - Parameters:
  ///   - root: the folder, raw bytes.
  ///   - listed: paths relative to it.
  package init(
    root: [UInt8], listed: [[UInt8]], rules: WalkRules = WalkRules(), containers: OpenContainers = OpenContainers(),
    progress: (Int) -> Void = { _ in }
  ) {
    self.init()
    let paths = listed.sorted { $0.precedes($1) }
    var found: [(path: [UInt8], status: stat)] = []
    for (index, path) in paths.enumerated() where index == 0 || path != paths[index - 1] {
      if let status = DatasetWalk.container(path, in: root) {
        found.append((path, status))
      } else {
        look(at: path, in: root, rules)
      }
      if index % 4096 == 0 { progress(samples.count) }
    }
    folders = samples.folderCounts(from: 0).count
    settle(from: 0, withSidecars: rules.withSidecars)
    for (path, status) in found { look(into: path, in: root, status, rules, containers, progress: progress) }
    samples.sort()
    progress(samples.count)
  }

  private static func container(_ path: [UInt8], in root: [UInt8]) -> stat? {
    guard ContainerKind(ofName: path) != nil else { return nil }
    var status = stat()
    let isFile = (root + [UInt8(ascii: "/")] + path).withPath { stat($0, &status) } == 0
    return isFile && status.st_mode & S_IFMT == S_IFREG ? status : nil
  }

  private mutating func look(at path: [UInt8], in root: [UInt8], _ rules: WalkRules) {
    if let reason = rules.filter.reason(againstListed: path) { return leaveOut(path, .excluded, reason) }
    let place = root + [UInt8(ascii: "/")] + path
    var status = stat()
    guard place.withPath({ lstat($0, &status) }) == 0 else {
      return samples.append(Sample(path: SamplePath(bytes: path), bytes: 0, modified: 0))
    }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    var target = stat()
    if isLink, place.withPath({ stat($0, &target) }) == 0 { status = target }
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[($0 + 1)...]) } ?? path
    if status.isFolder {
      leaveOut(path, .other, "/", isFolder: true)
    } else if SampleFile.isSample(name, place, status, isLink: isLink) {
      samples.append(Sample(path: SamplePath(bytes: path), status))
    } else {
      leaveOut(path, .other, FileExtension(ofName: name)?.kind ?? "")
    }
  }
}
