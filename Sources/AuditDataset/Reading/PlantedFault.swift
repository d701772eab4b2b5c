import AuditImages
import Glibc

/// What a test has a child process die of. There is nothing of it in a release.
enum PlantedFault: String, CaseIterable {
  case crash
  case hang
  case memory
  case leave
  case freeze
  case escape

  /// Does what the first bytes of a file ask for, where they hold `AUDIT-FAULT:` and a name.
  static func strike(_ file: FileBytes) {
    #if DEBUG
      let mark = Array("AUDIT-FAULT:".utf8)
      let head = file.head.prefix(4096)
      guard let start = head.indices.first(where: { head[$0...].starts(with: mark) }) else { return }
      let name = head[start...].dropFirst(mark.count)
      allCases.first { name.starts(with: $0.rawValue.utf8) }?.strike()
    #endif
  }

  #if DEBUG
    private func strike() {
      switch self {
      case .crash: raise(SIGSEGV)
      case .hang: while true { usleep(10_000) }
      case .memory:
        var taken: [[UInt8]] = []
        while true { taken.append([UInt8](repeating: 1, count: 64 << 20)) }
      case .leave: _exit(3)
      case .freeze: raise(SIGSTOP)
      case .escape:
        // What a sandbox denies has no end; without one it is as good as a crash.
        let taken = [open("/etc/passwd", O_RDONLY), socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0), fork()]
        if taken.contains(where: { $0 >= 0 }) { raise(SIGSEGV) }
      }
    }
  #endif
}
