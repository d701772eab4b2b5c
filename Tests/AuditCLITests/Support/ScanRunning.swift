import AuditStore
import Foundation
import Testing

/// A scan that runs while the test goes on; it is killed with the object.
final class RunningScan {
  let database: String
  private let child = Process()
  private let errFile: String

  /// - Parameters:
  ///   - slow: compare at 256 pixels with one worker, so that there is time to interfere.
  ///   - input: what standard input is; nil for nothing.
  init(_ dataset: String, slow: Bool, _ more: [String] = [], input: Pipe? = nil, in folder: String) throws {
    database = dataset + ".audit.db"
    errFile = folder + "/." + UUID().uuidString
    try Data().write(to: URL(fileURLWithPath: errFile))
    child.executableURL = URL(fileURLWithPath: Command.binary)
    child.arguments = Command.scanOptions(
      ["scan", dataset, "--sample", "30"] + (slow ? RunningScan.slow : Command.quick) + more)
    child.currentDirectoryURL = URL(fileURLWithPath: folder)
    child.environment = ProcessInfo.processInfo.environment.merging(["HOME": folder]) { $1 }
    child.standardInput = input ?? FileHandle.nullDevice
    child.standardOutput = FileHandle.nullDevice
    child.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errFile))
    try child.run()
  }

  static let slow = ["--size", "256", "--jobs", "1"]

  deinit { kill() }

  var process: Int32 { child.processIdentifier }
  var isRunning: Bool { child.isRunning }

  func kill() { signal(SIGKILL) }

  func signal(_ number: Int32) {
    if child.isRunning { Foundation.kill(child.processIdentifier, number) }
  }

  /// Waits for the end; status and what was said on standard error.
  func wait() throws -> (status: Int32, err: String) {
    child.waitUntilExit()
    let said = try #require(FileManager.default.contents(atPath: errFile))
    return (child.terminationStatus, String(decoding: said, as: UTF8.self))
  }

  /// Rows that are committed; 0 while there is no database.
  var rows: Int {
    guard let found = try? Store.value("SELECT count(*) FROM sample", in: database) else { return 0 }
    return Int(found) ?? 0
  }

  /// Returns when the scan catches signals.
  func waitForHandlers() throws {
    try waitUntil("its handlers of signals") {
      let status = try? FileHandle(forReadingAtPath: "/proc/\(process)/status")?.readToEnd()
      let caught = String(decoding: status ?? Data(), as: UTF8.self).firstMatch(of: /SigCgt:\t([0-9a-f]+)/)
      return caught.flatMap { UInt64($0.1, radix: 16) }.map { $0 & 1 << (SIGTERM - 1) != 0 } ?? false
    }
    usleep(300_000)
  }

  /// Whether it ends within so many seconds.
  func ends(within seconds: Double) -> Bool {
    for _ in 0..<Int(seconds * 200) where child.isRunning { usleep(5_000) }
    return !child.isRunning
  }

  /// Returns as soon as so many rows are committed; fails if the scan ends before.
  func waitForRows(_ count: Int) throws {
    try waitUntil("\(count) rows") { rows >= count }
  }

  /// Returns when so many rows are committed and the scan stands still: what the test does next meets it in the middle,
  /// however fast the machine is. Rows are committed 250 at a time, and as many may be in work beside them.
  ///
  /// - Parameter end: rows that it has not reached by then, or the test would prove nothing.
  func hold(atRows count: Int, before end: Int) throws {
    try waitForRows(count)
    signal(SIGSTOP)
    try #require(rows + 250 < end, "the scan is too fast for this test")
  }

  func release() { signal(SIGCONT) }

  /// Returns as soon as the text has been said on standard error; fails if the scan ends before.
  func waitForWords(_ words: String) throws {
    try waitUntil(words) {
      String(decoding: FileManager.default.contents(atPath: errFile) ?? Data(), as: UTF8.self).contains(words)
    }
  }

  /// Returns as soon as `--progress plain` has told of so much of a phase; fails if the scan ends before.
  func waitForProgress(_ phase: String, done: Int) throws {
    try waitUntil("\(phase) \(done)") {
      let said = String(decoding: FileManager.default.contents(atPath: errFile) ?? Data(), as: UTF8.self)
      return said.split(separator: "\n").contains { line in
        let words = line.split(separator: " ")
        guard words.first == Substring(phase), words.count > 1 else { return false }
        return words[1] == "found" || Int(words[1].prefix { $0.isNumber }).map { $0 >= done } == true
      }
    }
  }

  private func waitUntil(_ what: String, _ condition: () -> Bool) throws {
    for _ in 0..<12_000 {
      if condition() { return }
      try #require(child.isRunning, "the scan ended before \(what)")
      usleep(5_000)
    }
    throw Waited(what: what)
  }

  private struct Waited: Error {
    let what: String
  }
}
