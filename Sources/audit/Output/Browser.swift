import Foundation

/// The browser of the person who runs the command.
enum Browser {
  #if os(macOS)
    private static let opener = "open"
  #else
    private static let opener = "xdg-open"
  #endif

  /// Shows an address.
  ///
  /// - Parameter waits: whether to wait for what opens it: some end only with the browser.
  /// - Returns: nil where it was started, else the name of the program that could not be.
  static func show(_ address: String, waits: Bool) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [opener, address]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return opener }
    guard waits else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? nil : opener
  }
}
