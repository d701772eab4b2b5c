import Foundation
import Testing

/// Another program that reads what was written, to say what it found.
struct Reader {
  let program: String

  /// nil where it is not installed.
  init?(_ name: String) {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    guard let found = folders.map({ "\($0)/\(name)" }).first(where: FileManager.default.isExecutableFile) else {
      return nil
    }
    program = found
  }

  static func isInstalled(_ name: String) -> Bool { Reader(name) != nil }

  /// - Parameter input: written to a file whose path is the last argument.
  /// - Returns: what it wrote to standard output.
  func read(_ input: [UInt8], _ arguments: [String]) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory.path + "/audit-reader-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (source, out) = (folder + "/in", folder + "/out")
    try Data(input).write(to: URL(fileURLWithPath: source))
    try Data().write(to: URL(fileURLWithPath: out))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments + [source]
    process.standardOutput = FileHandle(forWritingAtPath: out)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(program) \(arguments)")
    return Array(try Data(contentsOf: URL(fileURLWithPath: out)))
  }

  /// The values between the zero bytes that a reader put behind each.
  func values(_ input: [UInt8], _ arguments: [String]) throws -> [[UInt8]] {
    try read(input, arguments).split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
  }
}

/// Compares what a reader found with what was written, and names the first that differ.
func expectSame(_ found: [[UInt8]], _ written: [[UInt8]], _ what: String) {
  #expect(found.count == written.count, "\(what)")
  let wrong = zip(found, written).filter { $0 != $1 }
  #expect(wrong.isEmpty, "\(what): \(wrong.count) differ, such as \(wrong.prefix(3).map { "\($0.1) read as \($0.0)" })")
}
