import Foundation
import Synchronization
import Testing

/// `audit serve` as a person starts it, and what asks it as a browser does; ended with the object.
final class RunningServer: @unchecked Sendable {
  let port: UInt16
  let token: String
  /// What the command printed: the address with its key.
  let address: String
  private let process = Process()

  static let binary = Bundle.main.bundleURL.appendingPathComponent("audit").path

  init(_ database: String, _ options: [String] = []) throws {
    let out = Pipe()
    process.executableURL = URL(fileURLWithPath: RunningServer.binary)
    process.arguments = ["serve", database, "--who", "tester"] + options
    process.standardOutput = out
    process.standardError = FileHandle.nullDevice
    try process.run()
    var line: [UInt8] = []
    while line.last != UInt8(ascii: "\n"), let byte = try out.fileHandleForReading.read(upToCount: 1)?.first {
      line.append(byte)
    }
    address = String(decoding: line.dropLast(), as: UTF8.self)
    let match = try #require(
      address.firstMatch(of: /^http:\/\/127\.0\.0\.1:([0-9]+)\/\?token=([0-9a-f]{32})$/), "\(address)")
    port = try #require(UInt16(match.1))
    token = String(match.2)
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var host: String { "127.0.0.1:\(port)" }
  var cookie: (String, String) { ("Cookie", "audit_\(port)=\(token)") }
  var origin: (String, String) { ("Origin", "http://\(host)") }

  /// Of the process itself, in megabytes.
  var residentMegabytes: Int {
    let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
  }

  func get(_ path: String, _ headers: [(String, String)] = []) throws -> WebAnswer {
    try WebClient(port: port).ask("GET", path, [("Host", host), cookie] + headers)
  }

  func post(_ path: String, _ body: String, _ headers: [(String, String)]? = nil) throws -> WebAnswer {
    try WebClient(port: port).ask("POST", path, headers ?? [("Host", host), cookie, origin], Array(body.utf8))
  }

  /// - Returns: the exit status, or the number of the signal that ended it.
  @discardableResult
  func end(by signal: Int32) -> (status: Int32, isBySignal: Bool) {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return (process.terminationStatus, process.terminationReason == .uncaughtSignal)
  }
}

/// What a server answered.
struct WebAnswer: Sendable {
  let status: Int
  /// By name in small letters.
  let headers: [String: String]
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  func json() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any], "\(text)")
  }

  var rows: [[String: Any]] { ((try? json())?["rows"] as? [[String: Any]]) ?? [] }
}

/// One connection of its own, without anything that a library would mend on the way.
final class WebClient {
  private let descriptor: Int32
  private var pending: [UInt8] = []

  struct Broken: Error { let what: String }

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Broken(what: "no connection: \(errno)") }
  }

  deinit { close(descriptor) }

  func ask(
    _ method: String, _ path: String, _ headers: [(String, String)], _ body: [UInt8] = []
  ) throws -> WebAnswer {
    var lines = ["\(method) \(path) HTTP/1.1"] + headers.map { "\($0.0): \($0.1)" }
    if !body.isEmpty { lines.append("Content-Length: \(body.count)") }
    send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    return try answer(isHead: method == "HEAD")
  }

  /// - Returns: whether the other side took all of it.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  func answer(isHead: Bool = false) throws -> WebAnswer {
    var end: Int?
    while end == nil {
      end = pending.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
      if end == nil { guard try read() else { throw Broken(what: "closed without an answer") } }
    }
    let head = String(decoding: pending[..<(end ?? 0)], as: UTF8.self).split(separator: "\r\n")
    pending.removeFirst(end ?? 0)
    let status = try #require(head.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    let headers = Dictionary(
      head.dropFirst().compactMap { line in
        line.firstIndex(of: ":").map {
          (line[..<$0].lowercased(), line[$0...].dropFirst().trimmingCharacters(in: .whitespaces))
        }
      }
    ) { first, _ in first }
    if isHead || status == 304 { return WebAnswer(status: status, headers: headers, body: []) }
    if headers["transfer-encoding"] == "chunked" {
      return WebAnswer(status: status, headers: headers, body: try chunks())
    }
    let body = try take(try #require(headers["content-length"].flatMap { Int($0) }, "no length"))
    return WebAnswer(status: status, headers: headers, body: body)
  }

  private func chunks() throws -> [UInt8] {
    var body: [UInt8] = []
    while true {
      var line: [UInt8] = []
      while line.suffix(2) != [13, 10] { line += try take(1) }
      let size = try #require(Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16))
      body += try take(size)
      _ = try take(2)
      if size == 0 { return body }
    }
  }

  private func take(_ count: Int) throws -> [UInt8] {
    while pending.count < count { guard try read() else { throw Broken(what: "closed in an answer") } }
    defer { pending.removeFirst(count) }
    return Array(pending[..<count])
  }

  private func read() throws -> Bool {
    var room = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &room, room.count, 0)
    guard count >= 0 else { throw Broken(what: "no answer: \(errno)") }
    pending += room[..<count]
    return count > 0
  }
}

/// A drawn set with planted defects that was scanned once, under a folder of its own for each who asks.
final class ServedSet {
  let folder: String
  var faces: String { folder + "/faces" }
  var database: String { folder + "/faces.audit.db" }

  private static let made = Result { () throws -> String in
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("audit-serve-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try #require(try Program.run(["demo", "faces", "--count", "120", "-q"], in: folder).status == 0)
    lasting.withLock { $0.append(folder) }
    _ = atExit
    return folder
  }
  private static let lasting = Mutex<[String]>([])
  private static let atExit: Void = {
    atexit { for path in ServedSet.lasting.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) } }
  }()

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("audit-served-\(UUID().uuidString)").path
    try FileManager.default.copyItem(atPath: try ServedSet.made.get(), toPath: folder)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}

/// The built program.
enum Program {
  /// - Returns: the exit status.
  static func python(_ script: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  static func run(_ arguments: [String], in folder: String) throws -> (status: Int32, out: String) {
    let process = Process()
    let out = folder + "/.out-" + UUID().uuidString
    try Data().write(to: URL(fileURLWithPath: out))
    defer { try? FileManager.default.removeItem(atPath: out) }
    process.executableURL = URL(fileURLWithPath: RunningServer.binary)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: out))
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: out, encoding: .utf8))
  }
}
