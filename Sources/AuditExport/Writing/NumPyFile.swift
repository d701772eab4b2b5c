import AuditStore

/// A one-dimensional `.npy` array that is written element by element (format 1.0, little-endian).
final class NumPyFile {
  /// What one element is, as the header of the file says it.
  enum Element: String {
    case float64 = "'<f8'"
    case int64 = "'<i8'"
    /// Two halves of a 128-bit number, the higher first: NumPy's `u8,u8`.
    case uint64Pair = "[('f0', '<u8'), ('f1', '<u8')]"
  }

  private let output: Output
  private let element: Element
  private var count = 0
  /// Room for the header: a multiple of 64, as the format asks for.
  private static let headBytes = 128

  init(path: String, _ element: Element) throws {
    output = try Output(path: path)
    self.element = element
    output.text.add([UInt8](repeating: 0, count: NumPyFile.headBytes))
  }

  func append(_ value: Double) throws { try append(bits: value.bitPattern) }
  func append(_ value: Int) throws { try append(bits: UInt64(bitPattern: Int64(value))) }

  func append(high: UInt64, low: UInt64) throws {
    withUnsafeBytes(of: high.littleEndian) { output.text.add(Array($0)) }
    try append(bits: low)
  }

  private func append(bits: UInt64) throws {
    withUnsafeBytes(of: bits.littleEndian) { output.text.add(Array($0)) }
    count += 1
    try output.flushIfFull()
  }

  func finish() throws {
    let text = "{'descr': \(element.rawValue), 'fortran_order': False, 'shape': (\(count),), }"
    let length = NumPyFile.headBytes - 10
    let padded = text + String(repeating: " ", count: length - 1 - text.utf8.count) + "\n"
    try output.rewrite([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length), 0] + Array(padded.utf8))
    try output.finish()
  }
}
