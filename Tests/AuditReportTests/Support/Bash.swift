import Foundation

/// The words that bash makes of a command.
enum Bash {
  /// - Throws: where there is no bash.
  static func words(of command: String) throws -> [[UInt8]] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "audit() { printf '%s\\0' audit \"$@\"; }\n" + command]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return output.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
  }
}
