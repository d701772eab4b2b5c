import Testing

@testable import AuditServe

/// Who is let in.
struct AccessRuleTests {
  private let rule = AccessRule(port: 4_711, token: "0123456789abcdef0123456789abcdef")

  private func request(
    _ method: WebRequest.Method = .get, _ query: String = "", path: String = "/samples", _ headers: [String: String]
  ) throws -> WebRequest {
    WebRequest(
      method: method, path: path, rawQuery: query, query: try WebQuery(decoding: query), headers: headers,
      staysOpen: true)
  }

  private var cookie: String { "audit_4711=\(rule.token)" }

  private func isRefused(_ answer: AccessRule.Answer) -> Bool {
    if case .refused(let refusal) = answer { refusal.status == .forbidden } else { false }
  }

  @Test(arguments: ["127.0.0.1:4711", "localhost:4711", "[::1]:4711"])
  func aPageOfThisServerIsLetIn(host: String) throws {
    let own = ["host": host, "cookie": "a=b; \(cookie)"]
    #expect(rule.answer(to: try request(own)) == .allowed)
    #expect(rule.answer(to: try request(.post, own.merging(["origin": "http://\(host)"]) { $1 })) == .allowed)
    #expect(rule.answer(to: try request(.post, own.merging(["sec-fetch-site": "same-origin"]) { $1 })) == .allowed)
  }

  @Test(arguments: [
    nil, "127.0.0.1", "127.0.0.1:80", "evil.example:4711", "127.0.0.1:4711.evil.example", "0.0.0.0:4711",
    "LOCALHOST:4711",
  ])
  func anotherNameOfTheHostIsRefused(host: String?) throws {
    var headers = ["cookie": cookie]
    headers["host"] = host
    #expect(isRefused(rule.answer(to: try request(headers))))
    #expect(isRefused(rule.answer(to: try request(.get, "token=\(rule.token)", headers))))
  }

  @Test(arguments: [
    nil, "", "audit_4711=", "audit_4711=0123456789abcdef0123456789abcdee",
    "audit_4712=0123456789abcdef0123456789abcdef",
    "audit_4711=0123456789abcdef0123456789abcdef0", "xaudit_4711=0123456789abcdef0123456789abcdef",
  ])
  func withoutTheKeyNobodyIsLetIn(cookie: String?) throws {
    var headers = ["host": "127.0.0.1:4711"]
    headers["cookie"] = cookie
    #expect(isRefused(rule.answer(to: try request(headers))))
  }

  @Test(arguments: [
    ["origin": "http://evil.example"], ["origin": "null"], ["origin": "https://127.0.0.1:4711"],
    ["origin": "http://localhost:4711"], ["origin": "http://127.0.0.1:4712"], [:], ["sec-fetch-site": "cross-site"],
    ["sec-fetch-site": "same-site"], ["origin": "http://evil.example", "sec-fetch-site": "same-origin"],
  ])
  func aDeedFromElsewhereIsRefused(headers: [String: String]) throws {
    let own = ["host": "127.0.0.1:4711", "cookie": cookie]
    #expect(isRefused(rule.answer(to: try request(.post, own.merging(headers) { $1 }))))
  }

  @Test func theKeyInTheAddressBecomesACookieAndGoes() throws {
    let asked = try request(.get, "sort=-skew&token=\(rule.token)&text=a", ["host": "127.0.0.1:4711"])
    #expect(
      rule.answer(to: asked)
        == .welcome(
          cookie: "\(cookie); HttpOnly; SameSite=Strict; Path=/", location: "/samples?sort=-skew&text=a"))
    #expect(isRefused(rule.answer(to: try request(.get, "token=wrong", ["host": "127.0.0.1:4711", "cookie": cookie]))))
  }

  /// A path that begins with two slashes would name another host; to a browser a backslash is one as well.
  @Test(arguments: [
    "//evil.example/a", "\\\\evil.example/a", "/\\evil.example/a", "\\/evil.example/a", "///\\/evil.example/a",
    "/evil.example/a",
  ])
  func theWayOnNeverLeadsElsewhere(path: String) throws {
    let asked = try request(.get, "token=\(rule.token)", path: path, ["host": "127.0.0.1:4711"])
    guard case .welcome(_, let location) = rule.answer(to: asked) else {
      Issue.record("not let in")
      return
    }
    #expect(location == "/evil.example/a")
  }

  /// Arguments of the program that opens a browser can be read by others.
  @Test func theKeyForTheBrowserIsTakenOnce() throws {
    let ticket = try #require(rule.addressForOnce.split(separator: "=").last)
    #expect(ticket != rule.token)
    let asked = try request(.get, "token=\(ticket)", ["host": "127.0.0.1:4711"])
    guard case .welcome(let cookie, "/samples") = rule.answer(to: asked) else {
      Issue.record("not let in")
      return
    }
    #expect(cookie.hasPrefix("audit_4711=\(rule.token);"))
    #expect(isRefused(rule.answer(to: asked)))
    #expect(isRefused(rule.answer(to: try request(["host": "127.0.0.1:4711", "cookie": "audit_4711=\(ticket)"]))))
  }

  @Test func keysAreLongAndDiffer() {
    let keys = (0..<100).map { _ in AccessRule.newToken() }
    #expect(Set(keys).count == 100 && keys.allSatisfy { $0.count == 32 })
  }
}

extension AccessRuleTests {
  private func request(_ headers: [String: String]) throws -> WebRequest { try request(.get, "", headers) }
  private func request(_ method: WebRequest.Method, _ headers: [String: String]) throws -> WebRequest {
    try request(method, "", headers)
  }
}
