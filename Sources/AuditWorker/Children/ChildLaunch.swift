import Foundation

/// How to start a child process.
package struct ChildLaunch: Sendable, Equatable {
  package let executable: String
  package let arguments: [String]

  package init(executable: String, arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// The program of `ownBinary`: a test that runs commands in its own process names another.
  @TaskLocal package static var program = "/proc/self/exe"

  /// This program once more. Only the command itself may say this.
  package static func ownBinary(_ arguments: [String]) -> ChildLaunch {
    ChildLaunch(executable: program, arguments: arguments)
  }

  /// Starts it with a socket as its standard input.
  ///
  /// - Parameters:
  ///   - input: becomes its standard input.
  ///   - output: becomes its standard output; may be the same.
  ///   - words: takes what it says on standard error; nil for nobody.
  /// - Returns: its id, for `waitpid`.
  /// - Throws: a sentence for a person.
  func start(input: Int32, output: Int32, words: Int32?) throws(ChildFailure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    if let words {
      posix_spawn_file_actions_adddup2(&actions, words, STDERR_FILENO)
    } else {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    }
    var identifier: pid_t = 0
    let status = withStrings([executable] + arguments) { arguments in
      withStrings(environment()) { posix_spawn(&identifier, executable, &actions, nil, arguments, $0) }
    }
    guard status == 0 else {
      throw .notStarted("'\(executable)' cannot be started: \(String(cString: strerror(status)))")
    }
    return identifier
  }

  /// Ours, without the crash reporter: it would take seconds for every picture that ends its decoder or network.
  private func environment() -> [String] {
    var variables = ProcessInfo.processInfo.environment
    variables["SWIFT_BACKTRACE"] = "enable=no"
    return variables.map { "\($0)=\($1)" }
  }
}

/// Two ends of a connection that nobody else has; both close on exec.
///
/// A socket and not two pipes: writing to a dead child then is an error that `MSG_NOSIGNAL` turns into a value.
func socketPair() throws(ChildFailure) -> (own: Int32, child: Int32) {
  var ends: [Int32] = [-1, -1]
  guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
    throw .notStarted("no socket for a child process: \(String(cString: strerror(errno)))")
  }
  return (ends[0], ends[1])
}

/// Strings as C's null-terminated array of strings, for the time of a call.
private func withStrings<Value>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
) -> Value {
  var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
  pointers.append(nil)
  defer { pointers.forEach { free($0) } }
  return pointers.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("the terminator is always there") }
    return body(base)
  }
}
