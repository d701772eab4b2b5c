import Foundation
import Testing

/// A headless Chromium, where one is installed.
struct Browser {
  /// What a page was after its scripts had run.
  struct Visit {
    let dom: String
    /// Messages on the console, errors among them.
    let console: [String]
  }

  static let program: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["AUDIT_BROWSER"] { return named }
    let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return names.flatMap { name in folders.map { "\($0)/\(name)" } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  static var isInstalled: Bool { program != nil }
  static let reason: Comment = "no Chromium is installed (looked for chromium and google-chrome in PATH)"

  static func open(_ page: String, fragment: String = "") throws -> Visit {
    let run = try start(["--dump-dom", "--virtual-time-budget=20000", url(page) + fragment])
    let console = run.err.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init)
    return Visit(dom: run.out, console: console)
  }

  static func screenshot(_ page: String, to image: String, width: Int, height: Int) throws {
    _ = try start(["--hide-scrollbars", "--screenshot=\(image)", "--window-size=\(width),\(height)", url(page)])
  }

  private static func url(_ path: String) -> String { URL(fileURLWithPath: path).absoluteString }

  private static func start(_ arguments: [String]) throws -> (out: String, err: String) {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(program))
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
        "--user-data-dir=\(scratch.path)/profile",
      ]
      + arguments
    let (outFile, errFile) = (scratch.path + "/out", scratch.path + "/err")
    for file in [outFile, errFile] { try Data().write(to: URL(fileURLWithPath: file)) }
    process.standardOutput = FileHandle(forWritingAtPath: outFile)
    process.standardError = FileHandle(forWritingAtPath: errFile)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (try String(contentsOfFile: outFile, encoding: .utf8), try String(contentsOfFile: errFile, encoding: .utf8))
  }
}
