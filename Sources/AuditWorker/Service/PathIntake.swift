import AuditCore

/// `--in paths` and `--in paths0`: names of files, each ending with a line feed or NUL. The last one may do without.
package struct PathIntake: WorkIntake {
  private let separator: UInt8
  private let open: FileOpening
  private var bytes: [UInt8] = []
  private var start = 0
  /// Up to here no separator was found.
  private var searched = 0
  private var isFinished = false

  package let isEnded = false

  /// - Parameter separator: behind each name.
  package init(separator: UInt8, open: @escaping FileOpening) { (self.separator, self.open) = (separator, open) }

  package mutating func take(_ piece: UnsafeRawBufferPointer) {
    if start > 1 << 16 {
      bytes.removeFirst(start)
      searched -= start
      start = 0
    }
    bytes.append(contentsOf: piece)
  }

  package mutating func finish() { isFinished = true }

  package mutating func next() throws(WorkerFault) -> WorkTicket? {
    while let name = name() {
      // An empty line names nothing.
      guard !name.isEmpty else { continue }
      return .row(RowTicket(path: name, key: SamplePath(bytes: name).distinctText, order: nil, open: open))
    }
    return nil
  }

  private mutating func name() -> [UInt8]? {
    if let end = bytes[searched...].firstIndex(of: separator) {
      defer { (start, searched) = (end + 1, end + 1) }
      return Array(bytes[start..<end])
    }
    searched = bytes.count
    guard isFinished, start < bytes.count else { return nil }
    defer { start = bytes.count }
    return Array(bytes[start...])
  }
}
