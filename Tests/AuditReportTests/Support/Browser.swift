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

  /// What a page is seen in.
  struct Screen {
    var width = 1_400
    var height = 900
    var isDark = false

    static let desk = Screen()
    static let phone = Screen(width: 420)

    fileprivate var options: [String] {
      ["--window-size=\(max(width, 500)),\(height)", "--blink-settings=preferredColorScheme=\(isDark ? 0 : 1)"]
    }
  }

  static func open(_ page: String, fragment: String = "", on screen: Screen = .desk) throws -> Visit {
    let run = try start(
      ["--dump-dom", "--virtual-time-budget=20000"] + screen.options + [try framed(url(page) + fragment, on: screen)])
    let console = run.err.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init)
    return Visit(dom: run.out, console: console)
  }

  static func screenshot(_ page: String, to image: String, on screen: Screen) throws {
    _ = try start(
      ["--hide-scrollbars", "--virtual-time-budget=20000", "--screenshot=\(image)"] + screen.options
        + [try framed(url(page), on: screen)])
  }

  /// A window is at least 500 pixels wide: a narrower screen is a frame in one. What the page in it sends is kept in the
  /// frame's own document.
  private static func framed(_ address: String, on screen: Screen) throws -> String {
    guard screen.width < 500 else { return address }
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("audit-frame-\(UUID().uuidString).html")
    let text = """
      <!doctype html><body style="margin:0"><script>
      addEventListener("message", (event) => { document.body.dataset.answer = event.data; });
      </script><iframe src="\(address)" style="border:0;width:\(screen.width)px;height:\(screen.height)px"></iframe></body>
      """
    try text.write(to: file, atomically: true, encoding: .utf8)
    return file.absoluteString
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
