/// Paths as text that keeps bytes which are not UTF-8: a `String` cannot hold them, and arguments, messages and the
/// dataset's path in the database are strings.
///
/// Such a byte becomes the private scalar U+10FD00 + byte, and so does every byte of such a scalar in a name itself:
/// two paths never have the same text.
package enum PathText {
  private static let scalars: ClosedRange<UInt32> = 0x10FD80...0x10FDFF

  package static func text(of bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isStandIn) {
      return text
    }
    var text = String.UnicodeScalarView()
    for unit in TextUnits(bytes) {
      switch unit {
      case .scalar(let scalar) where isStandIn(scalar): text += (UTF8.encode(scalar) ?? .init()).compactMap(standIn)
      case .scalar(let scalar): text.append(scalar)
      case .byte(let byte): text += [byte].compactMap(standIn)
      }
    }
    return String(text)
  }

  package static func bytes(of text: String) -> [UInt8] {
    guard text.unicodeScalars.contains(where: isStandIn) else { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in byte(scalar).map { [$0] } ?? Array(String(scalar).utf8) }
  }

  /// Whether the path is UTF-8.
  package static func isText(_ text: String) -> Bool { !text.unicodeScalars.contains(where: isStandIn) }

  /// The byte that a scalar stands for.
  static func byte(_ scalar: Unicode.Scalar) -> UInt8? { isStandIn(scalar) ? UInt8(scalar.value & 0xFF) : nil }

  private static func isStandIn(_ scalar: Unicode.Scalar) -> Bool { scalars.contains(scalar.value) }

  private static func standIn(_ byte: UInt8) -> Unicode.Scalar? { Unicode.Scalar(0x10FD00 + UInt32(byte)) }
}
