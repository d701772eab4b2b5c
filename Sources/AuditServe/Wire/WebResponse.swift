import AuditCore

/// An answer before it is written.
struct WebResponse: Sendable {
  enum Body: Sendable {
    case bytes([UInt8])
    /// Piece after piece, until nil: memory does not grow with it.
    case pieces(@Sendable () async throws -> [UInt8]?)
  }

  var status: WebStatus
  var type: String
  var headers: [(name: String, value: String)]
  var body: Body

  init(
    _ status: WebStatus = .ok, type: String, headers: [(name: String, value: String)] = [], body: Body
  ) {
    (self.status, self.type, self.headers, self.body) = (status, type, headers, body)
  }

  static func json(_ value: WebValue, status: WebStatus = .ok) -> WebResponse {
    WebResponse(status, type: "application/json; charset=utf-8", body: .bytes(value.bytes))
  }

  /// - Parameter name: of the file that a browser offers to keep.
  static func csv(_ body: Body, name: String) -> WebResponse {
    WebResponse(
      type: "text/csv; charset=utf-8", headers: [("Content-Disposition", "attachment; filename=\"\(name).csv\"")],
      body: body)
  }

  static func text(_ text: String, status: WebStatus) -> WebResponse {
    WebResponse(status, type: "text/plain; charset=utf-8", body: .bytes(Array((text + "\n").utf8)))
  }

  static func refusal(_ refusal: WebRefusal) -> WebResponse {
    let trouble: WebValue = ["what": WebValue(refusal.what), "hint": WebValue(refusal.hint)]
    var response = WebResponse.json(["error": trouble], status: refusal.status)
    if refusal.status == .methodNotAllowed { response.headers.append(("Allow", "GET, HEAD, POST")) }
    return response
  }

  /// What every answer says of itself: nothing runs, is loaded or is framed but from here.
  static let guarding: [(name: String, value: String)] = [
    (
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
  ]

  /// The lines before the body.
  func head(staysOpen: Bool) -> [UInt8] {
    var lines = ["HTTP/1.1 \(status.rawValue) \(status.words)"]
    if status != .notModified { lines.append("Content-Type: \(type)") }
    for (name, value) in headers + WebResponse.guarding { lines.append("\(name): \(value)") }
    if !headers.contains(where: { $0.name == "Cache-Control" }) { lines.append("Cache-Control: no-store") }
    switch body {
    case .bytes(let bytes): if status != .notModified { lines.append("Content-Length: \(bytes.count)") }
    case .pieces: lines.append("Transfer-Encoding: chunked")
    }
    lines.append("Connection: \(staysOpen ? "keep-alive" : "close")")
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }
}
