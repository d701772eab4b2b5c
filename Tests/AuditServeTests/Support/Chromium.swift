import Foundation
import Testing

/// A browser to look with, where one is installed, and Python to lead it.
enum Chromium {
  static let program: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["AUDIT_BROWSER"] { return named }
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return names.compactMap(found).first
  }()

  static var isInstalled: Bool { program != nil && found("python3") != nil }
  static let reason: Comment = "no Chromium, or no python3, is installed (looked for in PATH)"

  private static func found(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// - Returns: what a script of the fixtures printed.
  static func run(_ script: String, _ arguments: [String]) throws -> [String: Any] {
    let fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil)).path
    let run = try Started.run(
      "/usr/bin/env", ["python3", "-B", "\(fixtures)/\(script)", try #require(program)] + arguments)
    try #require(run.status == 0, "\(script): \(run.err)")
    return try #require(try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any])
  }
}

/// A program that was started and has ended.
struct Started {
  let status: Int32
  let out: String
  let err: String

  static func run(_ program: String, _ arguments: [String]) throws -> Started {
    let base = FileManager.default.temporaryDirectory.path + "/audit-started-\(UUID().uuidString)"
    defer { for file in [base + ".out", base + ".err"] { try? FileManager.default.removeItem(atPath: file) } }
    for file in [base + ".out", base + ".err"] { try Data().write(to: URL(fileURLWithPath: file)) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a full pipe that nobody reads would stop the program.
    process.standardOutput = FileHandle(forWritingAtPath: base + ".out")
    process.standardError = FileHandle(forWritingAtPath: base + ".err")
    try process.run()
    process.waitUntilExit()
    return Started(
      status: process.terminationStatus, out: try String(contentsOfFile: base + ".out", encoding: .utf8),
      err: try String(contentsOfFile: base + ".err", encoding: .utf8))
  }
}
