/// A file's path relative to its dataset, as the raw bytes that the file system has.
///
/// Names need not be UTF-8; the bytes are the key, `text` is what a person or a database reads.
package struct SamplePath: Sendable, Hashable, Comparable, Codable {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }
  package init(_ text: String) { bytes = Array(text.utf8) }

  /// Whether the bytes are valid UTF-8 and `text` is the path itself.
  package var isText: Bool { String(validating: bytes, as: UTF8.self) != nil }

  /// The path where it is UTF-8; otherwise with every byte that is not shown as `\xE9`.
  package var text: String { String(validating: bytes, as: UTF8.self) ?? SamplePath.escaped(bytes) }

  /// A text that no other path has, for what is known by its text alone: `text`, but a backslash of the path itself that
  /// would begin such an escape is `\x5C`.
  package var distinctText: String {
    guard bytes.contains(UInt8(ascii: "\\")) else { return text }
    let marked = bytes.indices.map { index in
      SamplePath.readsAsByte(bytes[index...]) ? Array("\\x5C".utf8) : [bytes[index]]
    }
    return SamplePath(bytes: marked.flatMap(\.self)).text
  }

  /// For an eye: on top of `text`, control characters are escaped, so that a name cannot move the cursor.
  package var printable: String { Escaping.terminal.text(bytes) }

  /// The folders and the file name.
  package var components: [[UInt8]] { bytes.split(separator: UInt8(ascii: "/")).map(Array.init) }

  package static func < (left: SamplePath, right: SamplePath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  /// Whether `\xE9` or another pair of digits stands at the beginning.
  private static func readsAsByte(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.starts(with: "\\x".utf8) && bytes.dropFirst(2).prefix(2).count { isHexadecimalDigit($0) } == 2
  }

  private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
    Character(Unicode.Scalar(byte)).isHexDigit
  }

  private static func escaped(_ bytes: [UInt8]) -> String {
    TextUnits(bytes).map { unit in
      switch unit {
      case .scalar(let scalar): String(scalar)
      case .byte(let byte): "\\x" + hexadecimalPair(byte, uppercase: true)
      }
    }.joined()
  }
}
