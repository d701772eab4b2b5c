import AuditCore
import Synchronization

/// Who may ask: whoever was given the address with its token, from a page of this very server.
///
/// Any program and any page of a browser on this machine can reach a port; a page elsewhere can send it requests and, by
/// a name that it lets point here, read the answers. So the token, the names by which the server is asked for, and where
/// a deed comes from are looked at.
final class AccessRule: Sendable {
  enum Answer: Equatable, Sendable {
    case allowed
    /// With the token in its address: the cookie takes its place.
    case welcome(cookie: String, location: String)
    case refused(WebRefusal)
  }

  let port: UInt16
  /// 128 random bits in hexadecimal digits.
  let token: String

  /// Another key, which is taken once: arguments of a program, such as what opens a browser, can be read by all who are
  /// logged in to the machine.
  private let ticket: Mutex<String?>

  init(port: UInt16, token: String = AccessRule.newToken(), ticket: String = AccessRule.newToken()) {
    (self.port, self.token) = (port, token)
    self.ticket = Mutex(ticket)
  }

  static func newToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// What a person opens.
  var address: String { address(token) }

  /// The same for a program that opens it, once.
  var addressForOnce: String { address(ticket.withLock { $0 } ?? "") }

  private func address(_ key: String) -> String { "http://127.0.0.1:\(port)/?token=\(key)" }

  /// Browsers keep cookies by name of the host and not by port: two servers side by side need two names.
  private var cookieName: String { "audit_\(port)" }

  func answer(to request: WebRequest) -> Answer {
    guard let host = request.headers["host"], names.contains(host) else {
      return .refused(WebRefusal(.forbidden, "this server is asked for as 127.0.0.1:\(port)"))
    }
    if request.method == .post, !comesFromHere(request, host: host) {
      return .refused(WebRefusal(.forbidden, "decisions are taken from a page of this server alone"))
    }
    if let given = request.query["token"] {
      guard AccessRule.isEqual(given, token) || takesTicket(given) else { return .refused(AccessRule.unknown) }
      return .welcome(
        cookie: "\(cookieName)=\(token); HttpOnly; SameSite=Strict; Path=/", location: AccessRule.withoutToken(request))
    }
    guard let cookie = cookie(in: request), AccessRule.isEqual(cookie, token) else {
      return .refused(AccessRule.unknown)
    }
    return .allowed
  }

  private static let unknown = WebRefusal(
    .forbidden, "open the address that 'audit serve' printed: it holds the key to this page")

  private var names: [String] { ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"] }

  /// Whether a deed was sent by a page of this server: a browser says where from, and cannot be made to lie.
  private func comesFromHere(_ request: WebRequest, host: String) -> Bool {
    if let origin = request.headers["origin"] { return origin == "http://\(host)" }
    return request.headers["sec-fetch-site"] == "same-origin"
  }

  private func cookie(in request: WebRequest) -> String? {
    let found = (request.headers["cookie"] ?? "").split(separator: ";").compactMap { part -> String? in
      let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      return pair.count == 2 && pair[0] == cookieName ? String(pair[1]) : nil
    }
    return found.first
  }

  /// In the same time whatever is wrong, so that it cannot be found digit by digit.
  private static func isEqual(_ text: String, _ key: String) -> Bool {
    let (given, own) = (Array(text.utf8), Array(key.utf8))
    guard given.count == own.count else { return false }
    return zip(given, own).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private func takesTicket(_ text: String) -> Bool {
    ticket.withLock { ticket in
      guard let own = ticket, AccessRule.isEqual(text, own) else { return false }
      ticket = nil
      return true
    }
  }

  private static func withoutToken(_ request: WebRequest) -> String {
    let rest = request.rawQuery.split(separator: "&").filter { !$0.hasPrefix("token=") }.joined(separator: "&")
    // Two slashes at its beginning would be the name of another host; to a browser a backslash is one as well.
    let path = "/" + request.path.drop { $0 == "/" || $0 == "\\" }
    return path + (rest.isEmpty ? "" : "?" + rest)
  }
}
