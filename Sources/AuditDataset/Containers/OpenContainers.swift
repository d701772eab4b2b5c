package import AuditCore
import AuditImages
import Synchronization

/// The containers of a dataset that were read from last, with their indices. May be asked by several threads.
package final class OpenContainers: Sendable {
  /// Open files at once, and files that their indices may list together: one container may list more.
  private static let (mostOpen, mostMembers) = (32, 1 << 20)

  private struct Opened: Sendable {
    let path: [UInt8]
    let kind: ContainerKind
    let file: ContainerFile
    let index: ContainerIndex
  }

  /// The one that was asked for last at the end.
  private let opened = Mutex<[Opened]>([])

  package init() {}

  /// Opens a file of a dataset, which may lie in a container, for another process to read.
  ///
  /// - Parameter path: raw bytes, absolute or from the working directory.
  /// - Returns: the descriptor, which is the caller's and closes on exec.
  /// - Throws: the issue that reading it here would have.
  package func open(_ path: [UInt8]) throws(SampleIssue) -> Int32 {
    if let fed = FedFolders.place(of: path) { return try openForReading(memory: fed.feeder.bytes(of: fed.path)) }
    guard let place = ContainerPath(path), !place.member.isEmpty else { return try openForReading(path) }
    let container = try container(at: place.container)
    guard let span = container.index.span(of: place.member) else { throw SampleIssue(.gone) }
    if span.coding == .records {
      return try openForReading(memory: RecordReading(container.file.bytes()).joined(span))
    }
    return try container.file.take(container.kind.located(span, in: container.file))
  }

  /// - Throws: where it cannot be opened, or is no container.
  func index(of path: [UInt8]) throws(SampleIssue) -> ContainerIndex { try container(at: path).index }

  private func container(at path: [UInt8]) throws(SampleIssue) -> Opened {
    try opened.withLock { opened in
      Result { () throws(SampleIssue) in
        if let place = opened.firstIndex(where: { $0.path == path }) {
          let known = opened.remove(at: place)
          if known.file.isStill(at: path) {
            opened.append(known)
            return known
          }
        }
        guard let kind = ContainerKind(ofName: path) else { throw SampleIssue(.open, "no container by its name") }
        let file = try ContainerFile(path)
        let keys = kind == .rec ? RecordKeys(beside: path) : nil
        let new = Opened(path: path, kind: kind, file: file, index: try kind.index(file, keys: keys))
        opened.append(new)
        while OpenContainers.areTooMany(opened) { opened.removeFirst() }
        return new
      }
    }.get()
  }

  private static func areTooMany(_ opened: [Opened]) -> Bool {
    opened.count > 1 && (opened.count > mostOpen || opened.reduce(0) { $0 + $1.index.count } > mostMembers)
  }
}
