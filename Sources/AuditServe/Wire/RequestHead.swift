/// The lines of a request before its body (RFC 9112), as far as a page of this server sends them.
///
/// It is parsed here and not by FlyingFox, whose decoder reads a line of any length: a query of 100 MB would be held
/// whole before anybody could refuse it.
package struct RequestHead: Sendable {
  /// Of the line and the headers together; and of the query and of the headers alone.
  static let (mostBytes, mostQuery, mostHeaders) = (96 << 10, 64 << 10, 16 << 10)
  package static let mostBody = 1 << 20

  let request: WebRequest
  /// Bytes that follow.
  let bodyLength: Int

  /// Where the head ends in what was read so far: behind the empty line; nil where it does not yet.
  static func end(in bytes: [UInt8], from start: Int) -> Int? {
    var place = max(3, start)
    while place < bytes.count {
      if bytes[place] == 10, bytes[place - 1] == 13, bytes[place - 2] == 10, bytes[place - 3] == 13 { return place + 1 }
      place += 1
    }
    return nil
  }

  /// - Parameter bytes: with the empty line at the end.
  /// - Throws: what is wrong with it.
  init(parsing bytes: ArraySlice<UInt8>) throws(WebRefusal) {
    let lines = RequestHead.lines(bytes)
    guard let first = lines.first else { throw RequestHead.malformed }
    let words = first.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 3 else { throw RequestHead.malformed }
    let version = String(decoding: words[2], as: UTF8.self)
    guard version == "HTTP/1.1" || version == "HTTP/1.0" else { throw RequestHead.malformed }
    let target = words[1]
    guard target.first == UInt8(ascii: "/"), target.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw RequestHead.malformed
    }
    let mark = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    guard target.endIndex - mark <= RequestHead.mostQuery else {
      throw WebRefusal(.addressTooLong, "the query is longer than 64 KiB")
    }
    let headers = try RequestHead.headers(lines.dropFirst())
    guard let method = WebRequest.Method(rawValue: String(decoding: words[0], as: UTF8.self)) else {
      throw WebRefusal(.methodNotAllowed, "this server answers GET, HEAD and POST")
    }
    let query = String(decoding: target[mark...].dropFirst(), as: UTF8.self)
    let connection = headers["connection"]?.lowercased() ?? ""
    request = WebRequest(
      method: method, path: String(decoding: target[..<mark], as: UTF8.self), rawQuery: query,
      query: try WebQuery(decoding: query), headers: headers,
      staysOpen: version == "HTTP/1.1" ? !connection.contains("close") : connection.contains("keep-alive"))
    bodyLength = try RequestHead.bodyLength(headers, of: method)
  }

  /// Path and length of the body of a request that begins with these bytes; nil where it is refused, or its head does not
  /// end in them.
  package static func outline(of bytes: [UInt8]) -> (path: String, bodyLength: Int)? {
    guard let end = end(in: bytes, from: 0), end <= mostBytes, let head = try? RequestHead(parsing: bytes[..<end])
    else {
      return nil
    }
    return (head.request.path, head.bodyLength)
  }

  private static let malformed = WebRefusal(.badRequest, "this is no request of HTTP/1.1")

  private static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    bytes.split(separator: 10).map { $0.last == 13 ? $0.dropLast() : $0 }.filter { !$0.isEmpty }
  }

  private static func headers(_ lines: ArraySlice<ArraySlice<UInt8>>) throws(WebRefusal) -> [String: String] {
    guard lines.reduce(0, { $0 + $1.count }) <= mostHeaders else {
      throw WebRefusal(.headersTooLarge, "the headers are longer than 16 KiB")
    }
    var headers: [String: String] = [:]
    for line in lines {
      // A line that goes on from the one before, and a blank before the colon, are read in two ways.
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
        line[..<colon].allSatisfy({ isOfName($0) })
      else { throw malformed }
      let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
      let value = String(decoding: line[colon...].dropFirst(), as: UTF8.self)
      let known = headers.updateValue(trimmed(value), forKey: name)
      guard known == nil || !single.contains(name) else {
        throw WebRefusal(.badRequest, "the header '\(name)' stands there twice")
      }
    }
    return headers
  }

  /// Headers that would be read in two ways if they stood there twice.
  private static let single: Set<String> = [
    "host", "origin", "cookie", "content-length", "transfer-encoding", "sec-fetch-site",
  ]

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  private static func bodyLength(
    _ headers: [String: String], of method: WebRequest.Method
  ) throws(WebRefusal) -> Int {
    guard headers["transfer-encoding"] == nil else {
      throw WebRefusal(.lengthRequired, "a body comes with its length here, not in chunks")
    }
    guard let text = headers["content-length"] else { return 0 }
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      throw malformed
    }
    guard let length = Int(text), length <= mostBody else {
      throw WebRefusal(.bodyTooLarge, "the body is longer than 1 MiB")
    }
    return length
  }
}
