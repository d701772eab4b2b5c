import AuditCore
import FlyingSocks
import Foundation

/// One connection: request after request, each within bounds of size and time.
struct WebConnection {
  /// Seconds to wait for the next request, and for all of one that has begun; a piece of an answer is waited for as long.
  static let (patience, mostForRequest) = (120.0, 20.0)
  private static let chunk = 1 << 16

  private let socket: AsyncSocket
  private var pending: [UInt8] = []

  init(_ socket: AsyncSocket) { self.socket = socket }

  /// Answers until the other side has enough, or says what cannot be answered.
  mutating func serve(_ answer: @Sendable (WebRequest) async -> WebResponse) async throws {
    while true {
      let request: WebRequest
      do {
        guard let next = try await next() else { return }
        request = next
      } catch let refusal as WebRefusal {
        try await write(.refusal(refusal), isHead: false, staysOpen: false)
        return await leave()
      }
      let response = await answer(request)
      try await write(response, isHead: request.method == .head, staysOpen: request.staysOpen)
      guard request.staysOpen else { return await leave() }
    }
  }

  /// nil where the other side has closed between two requests.
  private mutating func next() async throws -> WebRequest? {
    if pending.isEmpty {
      guard let first = try await piece(within: WebConnection.patience) else { return nil }
      pending = first
    }
    let end = ContinuousClock.now + .seconds(WebConnection.mostForRequest)
    var (looked, headEnd) = (0, RequestHead.end(in: pending, from: 0))
    while headEnd == nil {
      guard pending.count <= RequestHead.mostBytes else { throw tooLong }
      looked = pending.count
      guard let more = try await piece(until: end) else { return nil }
      pending += more
      headEnd = RequestHead.end(in: pending, from: looked)
    }
    guard let headEnd, headEnd <= RequestHead.mostBytes else { throw tooLong }
    let head = try RequestHead(parsing: pending[..<headEnd])
    while pending.count < headEnd + head.bodyLength {
      guard let more = try await piece(until: end) else { return nil }
      pending += more
    }
    var request = head.request
    request.body = Array(pending[headEnd..<(headEnd + head.bodyLength)])
    request.isAwaited = { [descriptor = socket.socket.file.rawValue] in !WebConnection.hasLeft(descriptor) }
    pending.removeFirst(headEnd + head.bodyLength)
    return request
  }

  /// Whether the other side has closed; asked between a request and its answer, while the descriptor is open.
  private static func hasLeft(_ descriptor: Int32) -> Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return count == 0 || (count < 0 && ![EAGAIN, EWOULDBLOCK, EINTR].contains(errno))
  }

  /// The head did not end in time: either its first line is too long, or what follows.
  private var tooLong: WebRefusal {
    pending.prefix(RequestHead.mostQuery).contains(10)
      ? WebRefusal(.headersTooLarge, "the headers are longer than 16 KiB")
      : WebRefusal(.addressTooLong, "the address is longer than 64 KiB")
  }

  private func piece(until end: ContinuousClock.Instant) async throws -> [UInt8]? {
    try await piece(within: max(0.001, (end - .now) / .seconds(1)))
  }

  private func piece(within seconds: Double) async throws -> [UInt8]? {
    let socket = socket
    do {
      return try await Deadline.within(seconds) { try await socket.read(atMost: 4096) }
    } catch SocketError.disconnected {
      return nil
    }
  }

  private func write(_ response: WebResponse, isHead: Bool, staysOpen: Bool) async throws {
    var head = response.head(staysOpen: staysOpen)
    switch response.body {
    case .bytes(let bytes):
      if !isHead, response.status != .notModified { head += bytes }
      try await send(head)
    case .pieces(let next):
      try await send(head)
      if isHead { return }
      while let piece = try await next() {
        if piece.isEmpty { continue }
        try await send(Array((String(piece.count, radix: 16) + "\r\n").utf8) + piece + [13, 10])
      }
      try await send(Array("0\r\n\r\n".utf8))
    }
  }

  private func send(_ bytes: [UInt8]) async throws {
    let socket = socket
    for start in stride(from: 0, to: bytes.count, by: WebConnection.chunk) {
      let part = Data(bytes[start..<min(start + WebConnection.chunk, bytes.count)])
      try await Deadline.within(WebConnection.patience) { try await socket.write(part) }
    }
  }

  /// Reads what the other side still sends, for a moment: a connection that is closed on unread bytes is reset, and the
  /// answer with it.
  private func leave() async {
    shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
    let end = ContinuousClock.now + .seconds(2)
    while ContinuousClock.now < end, let more = try? await piece(until: end), !more.isEmpty {}
  }
}

/// Work that is given up after a while.
enum Deadline {
  struct Passed: Error {}

  /// What a task gives, where it has that soon; the task itself goes on.
  ///
  /// - Returns: nil where it takes longer.
  static func value<Value: Sendable>(_ seconds: Double, of task: Task<Value, any Error>) async throws -> Value? {
    let (answers, answer) = AsyncStream.makeStream(
      of: Result<Value, any Error>?.self, bufferingPolicy: .bufferingOldest(1))
    let waiting = Task {
      answer.yield(await task.result)
    }
    let watch = Task {
      try await Task.sleep(for: .seconds(seconds))
      answer.yield(nil)
    }
    defer {
      watch.cancel()
      waiting.cancel()
    }
    for await found in answers { return try found?.get() }
    return nil
  }

  static func within<Value: Sendable>(
    _ seconds: Double, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        return nil
      }
      defer { group.cancelAll() }
      guard let value = try await group.next(), let value else { throw Passed() }
      return value
    }
  }
}
