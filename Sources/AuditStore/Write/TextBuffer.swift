package import AuditCore
import AuditDigest

/// Bytes of an output that is being written, with the encodings that its formats need: the one place where values of
/// the database become JSON and CSV.
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
  package mutating func addJSON(utf8 text: [UInt8]) { Escaping.json.add(text, to: &bytes) }

  /// A JSON value; a blob as hexadecimal digits, a number that is not finite as null.
  package mutating func addJSON(_ value: SQLValue) {
    switch value {
    case .null: add("null")
    case .integer(let number): add(number.description)
    case .real(let number): add(number.isFinite ? number.description : "null")
    case .text(let text): addJSON(text)
    case .blob(let blob): addJSON(hexadecimal(blob))
    }
  }

  /// A field of RFC 4180; NULL is empty.
  ///
  /// - Parameter text: how text is written; numbers are no formulas.
  package mutating func addCSV(_ value: SQLValue, text escaping: Escaping = .csv) {
    switch value {
    case .null: break
    case .integer(let number): add(number.description)
    case .real(let number): add(number.description)
    case .text(let text): add(text, escaping)
    case .blob(let blob): add(hexadecimal(blob))
    }
  }

  package mutating func addCSV(_ text: String) { add(text, .csv) }
  package mutating func addCSV(utf8 text: [UInt8]) { Escaping.csv.add(text, to: &bytes) }

  /// Text of an XML 1.0 attribute or element; characters that XML cannot hold become U+FFFD.
  package mutating func addXML(_ text: String) { add(text, .xml) }

  /// A path as part of a URI: every byte but the unreserved ones and `/` as %XX.
  package mutating func addURI(_ path: [UInt8]) { Escaping.address.add(path, to: &bytes) }
}
