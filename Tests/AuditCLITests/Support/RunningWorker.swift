import AuditCore
import Foundation
import Testing

/// `audit worker --stdio` as an engine drives it; ended with the object.
final class RunningWorker {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let errFile: String
  private var pending: [UInt8] = []
  // Its folder lives as long as it does.
  private let scratch: Scratch

  init(_ arguments: [String], in scratch: Scratch) throws {
    self.scratch = scratch
    errFile = scratch.path + "/.worker-" + UUID().uuidString
    try Data().write(to: URL(fileURLWithPath: errFile))
    process.executableURL = URL(fileURLWithPath: Command.binary)
    process.arguments = ["worker", "--stdio", "--metrics", "mse,mae", "--size", "64"] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
    process.standardInput = input
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errFile))
    try process.run()
    try input.fileHandleForReading.close()
    try output.fileHandleForWriting.close()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var identifier: pid_t { process.processIdentifier }

  /// The process that decodes.
  var child: pid_t? { Processes.children(of: identifier).first }

  func signal(_ number: Int32) { kill(identifier, number) }

  /// Writes all of it; what nobody takes any more is dropped.
  func feed(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let put = bytes.withUnsafeBytes {
        write(input.fileHandleForWriting.fileDescriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent)
      }
      guard put > 0 else { return }
      sent += put
    }
  }

  func close() throws { try input.fileHandleForWriting.close() }

  /// Feeds from another thread, as an engine has to, and ends the input.
  func feedAll(_ bytes: [UInt8]) {
    nonisolated(unsafe) let worker = self
    Thread.detachNewThread {
      worker.feed(bytes)
      try? worker.close()
    }
  }

  /// The next line; nil at the end.
  func line() throws -> [String: Any]? {
    guard let text = rawLine() else { return nil }
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
  }

  func rawLine() -> String? {
    var room = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending.removeFirst(end + 1) }
        return String(decoding: pending[..<end], as: UTF8.self)
      }
      let got = read(output.fileHandleForReading.fileDescriptor, &room, room.count)
      guard got > 0 else { return nil }
      pending += room[..<got]
    }
  }

  /// All lines to the end, the exit status, and what was said on standard error.
  func rest() throws -> (lines: [String], status: Int32, err: String) {
    var lines: [String] = []
    while let line = rawLine() { lines.append(line) }
    process.waitUntilExit()
    let said = try #require(FileManager.default.contents(atPath: errFile))
    return (lines, process.terminationStatus, String(decoding: said, as: UTF8.self))
  }
}

/// Frames as an engine writes them.
enum EngineFrame {
  static func bytes(_ kind: UInt16, _ header: String = "", _ body: [UInt8] = []) -> [UInt8] {
    var bytes = Array("AUF1".utf8)
    for number in [UInt64(kind), UInt64(header.utf8.count), UInt64(body.count)].enumerated() {
      let width = [2, 4, 8][number.offset]
      if number.offset == 1 { bytes += [0, 0] }
      for place in 0..<width { bytes.append(UInt8(truncatingIfNeeded: number.element >> UInt64(8 * place))) }
    }
    return bytes + Array(header.utf8) + body
  }

  static func image(_ key: String, _ body: [UInt8], ord: Int? = nil) -> [UInt8] {
    bytes(1, "{\"key\":\"\(key)\"" + (ord.map { ",\"ord\":\($0)" } ?? "") + "}", body)
  }

  static func pair(_ key: String, _ body: [UInt8], _ reference: [UInt8]) -> [UInt8] {
    bytes(2, "{\"key\":\"\(key)\",\"lengths\":[\(body.count),\(reference.count)]}", body + reference)
  }

  static let flush = bytes(4)
  static let ping = bytes(5)
  static let end = bytes(6)
}

/// A picture on which a debug build's child does what its name says.
enum PlantedPicture {
  static func ppm(_ fault: String, _ seed: UInt64 = 1) -> [UInt8] {
    Array("P6\n# AUDIT-FAULT:\(fault)\n24 24 255\n".utf8) + Picture.rgb(seed).pixels
  }
}

/// What runs on this machine.
enum Processes {
  static func children(of parent: pid_t) -> [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { pid_t($0) }.filter { field(3, of: $0) == "\(parent)" }
  }

  /// Whether it is there and no zombie.
  static func isAlive(_ process: pid_t) -> Bool { field(2, of: process).map { $0 != "Z" } ?? false }

  /// Waits some seconds for it to be gone.
  static func isGone(_ process: pid_t) -> Bool {
    for _ in 0..<500 {
      if !isAlive(process) { return true }
      usleep(10_000)
    }
    return false
  }

  /// A field behind the name, which is 1 here: 2 is the state, 3 the parent.
  private static func field(_ number: Int, of process: pid_t) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > number - 2 ? String(fields[number - 2]) : nil
  }
}
