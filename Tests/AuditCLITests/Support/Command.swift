import Foundation
import Synchronization
import Testing

/// A finished run of the built `audit`, as a user starts it.
struct Command {
  let status: Int32
  let out: String
  let err: String

  /// Where the test run built the products.
  static let binary = Bundle.main.bundleURL.appendingPathComponent("audit").path

  /// A scan without looking at the pictures by themselves, which takes seconds to learn, unless options say otherwise.
  static func scanOptions(_ arguments: [String]) -> [String] {
    let about = [
      "--profile", "--drop-issues", "--review-issues", "--issue-threshold", "--drop-duplicates", "--against",
      "--no-quality", "--help",
    ]
    guard arguments.first == "scan", !arguments.contains(where: about.contains) else { return arguments }
    return ["scan", "--no-quality"] + arguments.dropFirst()
  }

  /// - Parameters:
  ///   - arguments: after the command's name; see `scanOptions`.
  ///   - folder: the working directory; by default a fresh one, so that nothing is left where the tests were started.
  ///   - environment: added to a small, fixed environment without colour.
  @discardableResult
  static func audit(
    _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:], input: String? = nil
  ) throws -> Command {
    try run(binary, scanOptions(arguments), in: folder, environment: environment, input: input)
  }

  static func run(
    _ program: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
    input: String? = nil
  ) throws -> Command {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder ?? scratch.path)
    let inherited = ProcessInfo.processInfo.environment
    var variables = ["PATH": inherited["PATH"] ?? "/usr/bin:/bin", "HOME": scratch.path, "LC_ALL": "C.UTF-8"]
    variables["LD_LIBRARY_PATH"] = inherited["LD_LIBRARY_PATH"]
    process.environment = variables.merging(environment) { $1 }
    // Files, not pipes: a full pipe that nobody reads would stop the command.
    let outFile = scratch.path + "/.out"
    let errFile = scratch.path + "/.err"
    let inFile = scratch.path + "/.in"
    for file in [outFile, errFile] { try Data().write(to: URL(fileURLWithPath: file)) }
    try Data((input ?? "").utf8).write(to: URL(fileURLWithPath: inFile))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outFile))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errFile))
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: inFile))
    try process.run()
    process.waitUntilExit()
    return Command(
      status: process.terminationStatus,
      out: String(decoding: try #require(FileManager.default.contents(atPath: outFile)), as: UTF8.self),
      err: String(decoding: try #require(FileManager.default.contents(atPath: errFile)), as: UTF8.self))
  }
}

/// A folder of its own for one test, gone with it.
final class Scratch: Sendable {
  let path: String

  init() throws {
    let template = FileManager.default.temporaryDirectory.appendingPathComponent("audit-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: template, withIntermediateDirectories: true)
    path = template.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// For a folder that lives as long as the tests, which never drop it.
  func removeAtExit() {
    Scratch.lasting.withLock { $0.append(path) }
    _ = Scratch.atExit
  }

  private static let lasting = Mutex<[String]>([])
  private static let atExit: Void = {
    atexit { for path in Scratch.lasting.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) } }
  }()

  /// Makes a folder in it and gives its path.
  func folder(_ name: String) throws -> String {
    let folder = path + "/" + name
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }
}
