import AuditCore
import AuditStore

/// A document of a view: JSON whose members keep their order, and whose missing values are null.
indirect enum WebValue: Sendable, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral
{
  case value(SQLValue)
  case flag(Bool)
  case list([WebValue])
  case members([(name: String, value: WebValue)])

  init(dictionaryLiteral elements: (String, WebValue)...) { self = .members(elements.map { ($0, $1) }) }
  init(arrayLiteral elements: WebValue...) { self = .list(elements) }
  init(stringLiteral text: String) { self = .value(.text(text)) }
  init(integerLiteral number: Int) { self = .value(.integer(Int64(number))) }
  init(booleanLiteral flag: Bool) { self = .flag(flag) }
  init(nilLiteral: ()) { self = .value(.null) }

  init(_ text: String?) { self = .value(text.map { .text($0) } ?? .null) }
  init(_ number: Int?) { self = .value(number.map { .integer(Int64($0)) } ?? .null) }
  init(_ number: Int64) { self = .value(.integer(number)) }
  init(_ number: Double?) { self = .value(number.map { .real($0) } ?? .null) }
  init(_ flag: Bool) { self = .flag(flag) }
  init(_ value: SQLValue) { self = .value(value) }
  init(_ texts: [String]) { self = .list(texts.map { WebValue($0) }) }
  init(_ values: [WebValue]) { self = .list(values) }

  var bytes: [UInt8] {
    var text = TextBuffer()
    write(to: &text)
    return text.bytes
  }

  private func write(to text: inout TextBuffer) {
    switch self {
    case .value(let value): text.addJSON(value)
    case .flag(let flag): text.add(flag ? "true" : "false")
    case .list(let values):
      text.add("[")
      for (place, value) in values.enumerated() {
        if place > 0 { text.add(",") }
        value.write(to: &text)
      }
      text.add("]")
    case .members(let members):
      text.add("{")
      for (place, member) in members.enumerated() {
        if place > 0 { text.add(",") }
        text.addJSON(member.name)
        text.add(":")
        member.value.write(to: &text)
      }
      text.add("}")
    }
  }
}

/// Rows of a view as CSV (RFC 4180), with `'` before text that a spreadsheet would take for a formula.
struct WebTable: Sendable {
  private(set) var bytes: [UInt8] = []

  /// - Parameter columns: nil where a piece goes on from one before it.
  init(columns: [String]? = nil) {
    if let columns { add(columns.map { .text($0) }) }
  }

  mutating func add(_ values: [SQLValue]) {
    var text = TextBuffer()
    for (place, value) in values.enumerated() {
      if place > 0 { text.add(",") }
      text.addCSV(value, text: .spreadsheet)
    }
    // An empty line would be no row.
    if text.bytes.isEmpty { text.add("\"\"") }
    text.add("\r\n")
    bytes += text.bytes
  }
}
