import AuditCore
import AuditImages
import Glibc

extension DatasetWalk {
  /// Takes what a container holds, or names it where it cannot be read.
  ///
  /// - Parameter path: relative to the dataset, which is `root`; empty where the container is that.
  mutating func look(
    into path: [UInt8], in root: [UInt8], _ status: stat, _ rules: WalkRules, _ containers: OpenContainers,
    progress: (Int) -> Void
  ) {
    do throws(SampleIssue) {
      let index = try containers.index(of: path.isEmpty ? root : root + [UInt8(ascii: "/")] + path)
      take(index, of: path, status, rules, progress: progress)
    } catch {
      unreadableFolders.append(.init(path: SamplePath(bytes: path), issue: error))
    }
  }

  /// Takes what a container holds by the rules that a folder's files are taken by. An ending that says nothing is no
  /// picture there: what to look for in a file's first bytes is a question to a disk, and containers are made by
  /// programs, which name pictures as such.
  ///
  /// - Parameters:
  ///   - path: of the container, relative to the dataset; empty where it is the dataset itself.
  ///   - status: of the container. Its times are those of all that it holds.
  private mutating func take(
    _ index: ContainerIndex, of path: [UInt8], _ status: stat, _ rules: WalkRules, progress: (Int) -> Void
  ) {
    let before = samples.count
    var seen = 0
    index.forEach { name, span in
      let inside = FilePath.joined(path, name)
      seen += 1
      if name.elementsEqual(DatasetLabels.document.utf8) { documents.append(inside) }
      if seen % 4096 == 0 { progress(samples.count) }
      if DatasetWalk.isHidden(name, rules) {
        leaveOut(inside, .hidden)
      } else if let reason = rules.filter.reason(againstListed: inside) {
        leaveOut(inside, .excluded, reason)
      } else if SampleFile.isNamedSample(name) ?? false {
        samples.append(Sample(path: SamplePath(bytes: inside), in: status, span))
      } else {
        leaveOut(inside, .other, FileExtension(ofName: name)?.kind ?? "")
      }
    }
    for (reason, count) in index.others { leaveOut(path, .contained, reason.rawValue, times: count) }
    if let trouble = index.trouble { unreadableFolders.append(.init(path: SamplePath(bytes: path), issue: trouble)) }
    folders += max(1, samples.folderCounts(from: before).count)
    settle(from: before, withSidecars: rules.withSidecars)
  }

  private static func isHidden(_ name: [UInt8], _ rules: WalkRules) -> Bool {
    name.split(separator: UInt8(ascii: "/")).contains {
      $0.first == UInt8(ascii: ".") && !rules.filter.wantsHidden(Array($0))
    }
  }
}

extension Sample {
  /// A file in a container, of which the system knows nothing.
  fileprivate init(path: SamplePath, in container: stat, _ span: MemberSpan) {
    // Another one for every file in it; the same where the container has a second name.
    let inode = UInt64(container.st_ino) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: Int64(span.offset))
    self.init(
      path: path, bytes: Int64(span.bytes), modified: FileTime.nanoseconds(container.st_mtim),
      changed: FileTime.nanoseconds(container.st_ctim), device: UInt64(container.st_dev), inode: inode)
  }
}
