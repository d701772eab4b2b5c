package import AuditCore
package import AuditStore

/// Bytes of an output that is being written, with the encodings that the formats need.
package struct TextBuffer {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  package mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }
  package mutating func add(_ raw: [UInt8]) { bytes.append(contentsOf: raw) }
  package mutating func add(_ raw: ArraySlice<UInt8>) { bytes.append(contentsOf: raw) }
  package mutating func add(byte: UInt8) { bytes.append(byte) }

  package mutating func add(_ text: String, _ escaping: Escaping) { escaping.add(text, to: &bytes) }

  /// A JSON string with its quotes.
  package mutating func addJSON(_ text: String) { add(text, .json) }

  /// A JSON value; a blob as hexadecimal digits, a number that is not finite as null.
  package mutating func addJSON(_ value: SQLValue) {
    switch value {
    case .null: add("null")
    case .integer(let number): add("\(number)")
    case .real(let number): add(number.isFinite ? "\(number)" : "null")
    case .text(let text): addJSON(text)
    case .blob(let blob): addJSON(blob.map { hexadecimalPair($0) }.joined())
    }
  }

  /// A field of RFC 4180; NULL is empty.
  ///
  /// - Parameter text: how text is written; numbers are no formulas.
  package mutating func addCSV(_ value: SQLValue, text escaping: Escaping = .csv) {
    switch value {
    case .null: break
    case .integer(let number): add("\(number)")
    case .real(let number): add("\(number)")
    case .text(let text): add(text, escaping)
    case .blob(let blob): add(blob.map { hexadecimalPair($0) }.joined())
    }
  }

  package mutating func addCSV(_ text: String) { add(text, .csv) }

  /// Text of an XML 1.0 attribute or element; characters that XML cannot hold become U+FFFD.
  package mutating func addXML(_ text: String) { add(text, .xml) }

  /// A path as part of a URI: every byte but the unreserved ones and `/` as %XX.
  package mutating func addURI(_ path: [UInt8]) { Escaping.address.add(path, to: &bytes) }
}

/// RFC 3986: every byte but letters, digits, `-._~` and `/` as %XX.
func percentEncoded(_ path: [UInt8]) -> String { Escaping.address.text(path) }
