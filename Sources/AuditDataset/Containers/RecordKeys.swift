import AuditCore
import AuditImages

/// The keys of the records of a RecordIO, as the `.idx` beside it tells them: on each line a key, a tab, and the byte at which
/// the record begins.
struct RecordKeys: Sendable {
  /// That of a hundred million records is no longer.
  private static let mostBytes = 1 << 31

  /// In ascending order, each with its key.
  private let places: [(offset: Int, key: UInt64)]

  /// - Returns: nil where no line is a key and a place.
  init?(_ text: [UInt8]) {
    var places: [(offset: Int, key: UInt64)] = []
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      if let place = RecordKeys.place(text[start..<end]) { places.append(place) }
      start = end + 1
    }
    guard !places.isEmpty else { return nil }
    self.places = places.sorted { ($0.offset, $0.key) < ($1.offset, $1.key) }
  }

  /// Reads what lies beside a container.
  ///
  /// - Returns: nil where nothing does, or nothing that names records.
  init?(beside container: [UInt8]) {
    let file = FilePath.stem(of: container) + Array(".idx".utf8)
    let reader = FileReader(maxBytes: RecordKeys.mostBytes)
    guard let text = try? reader.read(file, { file throws(SampleIssue) in try file.whole() }) else { return nil }
    self.init(text)
  }

  /// The key of the record that begins there; the lowest of several.
  func key(at offset: Int) -> UInt64? {
    var (low, high) = (0, places.count)
    while low < high {
      let middle = low + (high - low) / 2
      if places[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    return low < places.count && places[low].offset == offset ? places[low].key : nil
  }

  private static func place(_ line: ArraySlice<UInt8>) -> (offset: Int, key: UInt64)? {
    let parts = line.split { $0 == 0x09 || $0 == 0x20 || $0 == 0x0D }
    guard parts.count == 2, let key = UInt64(String(decoding: parts[0], as: UTF8.self)),
      let offset = Int(String(decoding: parts[1], as: UTF8.self)), offset >= 0
    else { return nil }
    return (offset, key)
  }
}
