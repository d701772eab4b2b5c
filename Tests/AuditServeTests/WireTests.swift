import AuditStore
import Testing

@testable import AuditServe

/// Requests as bytes: what is read, and what is refused.
struct WireTests {
  private func head(_ text: String) throws -> RequestHead {
    try RequestHead(parsing: Array(text.replacing("\n", with: "\r\n").utf8)[...])
  }

  private func status(_ text: String) -> WebStatus? {
    do {
      _ = try head(text)
      return nil
    } catch {
      return (error as? WebRefusal)?.status
    }
  }

  /// A browser closes the connection of a picture that it wants no more.
  @Test func whoHasLeftIsKnownBeforeTheAnswer() async throws {
    let listener = try WebListener(port: 0)
    let (seen, hasClosed) = (Kept<[Bool]>([]), Kept(false))
    let serving = Task {
      await listener.run { request in
        seen.withLock { $0.append(request.isAwaited()) }
        // Of looks after it has closed, since other tests may hold that up for minutes.
        var looks = 2_000
        while request.isAwaited(), looks > 0 {
          try? await Task.sleep(for: .milliseconds(5))
          if hasClosed.withLock({ $0 }) { looks -= 1 }
        }
        seen.withLock { $0.append(request.isAwaited()) }
        return .text("late", status: .ok)
      }
    }
    var client: WebClient? = try WebClient(port: listener.port)
    client?.send(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    while seen.withLock({ $0.isEmpty }) { await Task.yield() }
    client = nil
    hasClosed.withLock { $0 = true }
    while seen.withLock({ $0.count < 2 }) { try await Task.sleep(for: .milliseconds(5)) }
    #expect(seen.withLock { $0 } == [true, false])
    serving.cancel()
    await serving.value
  }

  @Test func aRequestIsReadWithItsQueryAndHeaders() throws {
    let head = try head(
      "GET /samples.json?text=a%2Bb+c&folder=x&folder=y%26z HTTP/1.1\nHost:  127.0.0.1:80 \nX-A: b\n\n")
    #expect(head.request.method == .get && head.request.path == "/samples.json" && head.bodyLength == 0)
    #expect(head.request.query["text"] == "a+b c" && head.request.query.all("folder") == ["x", "y&z"])
    #expect(head.request.headers["host"] == "127.0.0.1:80" && head.request.staysOpen)
  }

  @Test(arguments: [
    "PUT / HTTP/1.1\n\n", "DELETE / HTTP/1.1\n\n", "OPTIONS / HTTP/1.1\n\n",
  ])
  func otherMethodsAreNotAllowed(text: String) { #expect(status(text) == .methodNotAllowed) }

  @Test(arguments: [
    "GET /\n\n", "GET http://other/ HTTP/1.1\n\n", "GET / HTTP/2\n\n", "GET /a b HTTP/1.1\n\n", "\n\n",
    "GET / HTTP/1.1\nHost: a\nHost: b\n\n", "GET / HTTP/1.1\nCookie: a=1\ncookie: a=2\n\n",
    "GET / HTTP/1.1\nHost : a\n\n", "GET / HTTP/1.1\n folded\n\n", "POST / HTTP/1.1\nContent-Length: +5\n\n",
    "POST / HTTP/1.1\nContent-Length: -1\n\n", "POST / HTTP/1.1\nContent-Length: 5, 6\n\n",
    "GET /?a=%FF HTTP/1.1\n\n", "GET /?a=%4 HTTP/1.1\n\n", "GET /\u{E9} HTTP/1.1\n\n",
  ])
  func whatCanBeReadInTwoWaysIsRefused(text: String) { #expect(status(text) == .badRequest, "\(text)") }

  @Test func whatIsTooLargeIsRefusedByItsOwnStatus() {
    #expect(status("POST / HTTP/1.1\nContent-Length: 1048576\n\n") == nil)
    #expect(status("POST / HTTP/1.1\nContent-Length: 1048577\n\n") == .bodyTooLarge)
    #expect(status("POST / HTTP/1.1\nContent-Length: 99999999999999999999\n\n") == .bodyTooLarge)
    #expect(status("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n") == .lengthRequired)
    #expect(status("GET /?a=\(String(repeating: "x", count: 65_000)) HTTP/1.1\n\n") == nil)
    #expect(status("GET /?a=\(String(repeating: "x", count: 65_534)) HTTP/1.1\n\n") == .addressTooLong)
    #expect(status("GET / HTTP/1.1\nX: \(String(repeating: "x", count: 16_400))\n\n") == .headersTooLarge)
  }

  @Test func theEndOfAHeadIsFoundHoweverItComes() {
    let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\nrest".utf8)
    for cut in 1..<bytes.count {
      let first = RequestHead.end(in: Array(bytes[..<cut]), from: 0)
      #expect((first ?? RequestHead.end(in: bytes, from: cut)) == bytes.count - 4)
    }
    #expect(RequestHead.end(in: Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8), from: 0) == nil)
  }

  @Test func aDocumentKeepsItsOrderAndSaysWhatIsMissing() {
    let value: WebValue = [
      "b": 1, "a": nil, "c": ["x\"<", true, WebValue(0.5), WebValue(Double.infinity)], "d": WebValue(nil as String?),
    ]
    #expect(String(decoding: value.bytes, as: UTF8.self) == #"{"b":1,"a":null,"c":["x\"<",true,0.5,null],"d":null}"#)
  }

  @Test func aTableIsCSVThatNoSpreadsheetRuns() {
    var table = WebTable(columns: ["path", "skew"])
    table.add([.text("=1+2,\"x\"\n"), .real(0.5)])
    table.add([.text("-a"), .integer(-3)])
    table.add([.null, .null])
    #expect(
      String(decoding: table.bytes, as: UTF8.self)
        == "path,skew\r\n\"'=1+2,\"\"x\"\"\n\",0.5\r\n'-a,-3\r\n,\r\n")
  }
}
