package import AuditCore

/// Where a file stands in a numbered series: `clip_0041.png` is number 41 of `clip_*.png`.
package struct FrameNumber: Sendable, Equatable {
  /// The path without its last number.
  package let series: [UInt8]
  package let number: Int

  /// - Returns: nil where the file's name has no number of 1 to 15 digits.
  package init?(_ path: SamplePath) {
    let bytes = path.bytes
    let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let end = bytes.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > start ? $0 : nil } ?? bytes.count
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    guard let last = bytes[start..<end].lastIndex(where: isDigit) else { return nil }
    let first = bytes[start...last].lastIndex { !isDigit($0) }.map { $0 + 1 } ?? start
    guard last - first < 15, let number = Int(String(decoding: bytes[first...last], as: UTF8.self)) else { return nil }
    series = Array(bytes[..<first]) + [0] + Array(bytes[(last + 1)...])
    self.number = number
  }
}

/// Tells frames of one scene from copies of one picture, by their names.
enum FrameSequence {
  /// Largest step between numbers of frames that follow one another.
  private static let step = 4

  /// Whether most of the paths are close neighbours in one numbered series.
  static func follows(_ paths: [SamplePath]) -> Bool {
    let numbers = paths.compactMap(FrameNumber.init)
    guard paths.count >= 2, numbers.count == paths.count, numbers.allSatisfy({ $0.series == numbers[0].series }) else {
      return false
    }
    let sorted = numbers.map(\.number).sorted()
    let close = zip(sorted, sorted.dropFirst()).count { $1 - $0 <= step }
    return 2 * close >= sorted.count - 1
  }
}
