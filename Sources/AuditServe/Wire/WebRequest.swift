import AuditCore

/// A request as it came, checked for nothing but its form.
struct WebRequest: Sendable {
  enum Method: String, Sendable, CaseIterable { case get = "GET", head = "HEAD", post = "POST" }

  let method: Method
  /// As it was sent, without the query: no route has a character that would have to be escaped.
  let path: String
  /// As it was sent, behind the `?`.
  let rawQuery: String
  let query: WebQuery
  /// By name in small letters.
  let headers: [String: String]
  var body: [UInt8] = []
  /// Whether the connection stays open behind the answer.
  let staysOpen: Bool
  /// Whether somebody waits for the answer: a browser closes the connection of what it wants no more.
  var isAwaited: @Sendable () -> Bool = { true }
}

/// The members of a query, decoded.
struct WebQuery: Sendable, Equatable {
  private let values: [String: [String]]

  init(_ values: [String: [String]] = [:]) { self.values = values }

  /// - Throws: where it is not UTF-8 in percent-encoding.
  init(decoding text: String) throws(WebRefusal) {
    var values: [String: [String]] = [:]
    for part in text[...].utf8.split(separator: UInt8(ascii: "&")) {
      let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = WebQuery.decoded(pair[0]), let value = pair.count > 1 ? WebQuery.decoded(pair[1]) : ""
      else { throw WebRefusal(.badRequest, "the query is not UTF-8 in percent-encoding") }
      values[name, default: []].append(value)
    }
    self.values = values
  }

  /// The first of that name; nil where it is not there, or empty.
  subscript(_ name: String) -> String? { values[name]?.first.flatMap { $0.isEmpty ? nil : $0 } }

  /// All of that name that are not empty.
  func all(_ name: String) -> [String] { (values[name] ?? []).filter { !$0.isEmpty } }

  /// A name that stands there twice and is none of these: it would be read in two ways.
  func repeated(besides names: Set<String>) -> String? {
    values.filter { $0.value.count > 1 && !names.contains($0.key) }.keys.min()
  }

  var names: some Collection<String> { values.keys }

  private static func decoded(_ bytes: Substring.UTF8View) -> String? {
    var out: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): out.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
        out.append(high << 4 | low)
      default: out.append(byte)
      }
    }
    return String(validating: out, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? { UInt8(String(UnicodeScalar(byte)), radix: 16) }
}

/// Why a request is not answered as it wished.
struct WebRefusal: Error, Equatable, Sendable {
  let status: WebStatus
  let what: String
  /// What to do about it.
  let hint: String?

  init(_ status: WebStatus, _ what: String, hint: String? = nil) {
    (self.status, self.what, self.hint) = (status, what, hint)
  }
}

/// The statuses that are given.
enum WebStatus: Int, Sendable {
  case ok = 200
  case seeOther = 303
  case notModified = 304
  case badRequest = 400
  case forbidden = 403
  case notFound = 404
  case methodNotAllowed = 405
  case conflict = 409
  case lengthRequired = 411
  case bodyTooLarge = 413
  case addressTooLong = 414
  case headersTooLarge = 431
  case ourMistake = 500
  case unavailable = 503
  /// Not 408, which is about a request that comes slowly: browsers send such a one again by themselves.
  case tooSlow = 504

  var words: String {
    switch self {
    case .ok: "OK"
    case .seeOther: "See Other"
    case .notModified: "Not Modified"
    case .badRequest: "Bad Request"
    case .forbidden: "Forbidden"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .conflict: "Conflict"
    case .lengthRequired: "Length Required"
    case .bodyTooLarge: "Payload Too Large"
    case .addressTooLong: "URI Too Long"
    case .headersTooLarge: "Request Header Fields Too Large"
    case .ourMistake: "Internal Server Error"
    case .unavailable: "Service Unavailable"
    case .tooSlow: "Gateway Timeout"
    }
  }
}
