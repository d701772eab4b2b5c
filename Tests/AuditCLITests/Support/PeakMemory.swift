import Foundation
import Testing

extension Command {
  /// Runs the program, and says how much memory it held at most.
  static func peakMemory(_ arguments: [String]) throws -> (status: Int32, megabytes: Int) {
    var pointers: [UnsafeMutablePointer<CChar>?] = ([binary] + arguments).map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0)
    }
    var child: pid_t = 0
    try #require(posix_spawn(&child, binary, &actions, nil, &pointers, environ) == 0)
    // Not `ru_maxrss`: it holds what this process held when it made the child.
    var (status, peak) = (Int32(0), 0)
    while waitpid(child, &status, WNOHANG) == 0 {
      peak = max(peak, heldMost(by: child))
      usleep(5_000)
    }
    return ((status >> 8) & 0xFF, peak / 1024)
  }

  /// The most memory that a running process has held since it became this program, kilobytes.
  private static func heldMost(by process: pid_t) -> Int {
    let lines = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8))?.split(separator: "\n") ?? []
    let words = lines.first { $0.hasPrefix("VmHWM:") }?.split(separator: " ") ?? []
    return words.count > 1 ? Int(words[1].trimmingPrefix("\t")) ?? 0 : 0
  }
}
