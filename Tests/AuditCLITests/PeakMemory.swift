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
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
    return ((status >> 8) & 0xFF, usage.ru_maxrss / 1024)
  }
}
