import AuditCore
import Foundation

/// Who may ask: whoever was given the address with its token, from a page of this very server.
///
/// Any program and any page of a browser on this machine can reach a port; a page elsewhere can send it requests and, by
/// a name that it lets point here, read the answers. So the token, the names by which the server is asked for, and where
/// a deed comes from are looked at.
struct AccessRule: Sendable {
  enum Answer: Equatable, Sendable {
    case allowed
    /// With the token in its address: the cookie takes its place.
    case welcome(cookie: String, location: String)
    case refused(WebRefusal)
  }

  let port: UInt16
  /// 128 random bits in hexadecimal digits.
  let token: String

  init(port: UInt16, token: String = AccessRule.newToken()) { (self.port, self.token) = (port, token) }

  static func newToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// What a person opens.
  var address: String { "http://127.0.0.1:\(port)/?token=\(token)" }

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
      guard isToken(given) else { return .refused(AccessRule.unknown) }
      return .welcome(
        cookie: "\(cookieName)=\(token); HttpOnly; SameSite=Strict; Path=/", location: AccessRule.withoutToken(request))
    }
    guard let cookie = cookie(in: request), isToken(cookie) else { return .refused(AccessRule.unknown) }
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
  private func isToken(_ text: String) -> Bool {
    let (given, own) = (Array(text.utf8), Array(token.utf8))
    guard given.count == own.count else { return false }
    return zip(given, own).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func withoutToken(_ request: WebRequest) -> String {
    let rest = request.rawQuery.split(separator: "&").filter { !$0.hasPrefix("token=") }.joined(separator: "&")
    // Two slashes at its beginning would be the name of another host.
    let path = "/" + request.path.drop { $0 == "/" }
    return path + (rest.isEmpty ? "" : "?" + rest)
  }
}
