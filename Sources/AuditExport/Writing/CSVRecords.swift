import AuditCore

/// Reads a CSV file record by record; fields keep the bytes that they were written with.
struct CSVRecords: ~Copyable {
  private var reader: LineReader
  private let path: String
  /// Of the record that was read last: its first line, from 1.
  private(set) var line = 0
  private var lines = 0

  init(path: String) throws {
    self.path = path
    reader = try LineReader(path: path)
  }

  /// The fields of the next record with their quotes; nil after the last. Empty lines are passed over.
  ///
  /// - Throws: `AuditError` where a quoted field does not end.
  mutating func next() throws -> [ArraySlice<UInt8>]? {
    while var record = try reader.next(keepsReturn: true) {
      lines += 1
      line = lines
      // A line end within quotes is part of the field: the quotes of a whole record are an even number.
      while record.lazy.filter({ $0 == UInt8(ascii: "\"") }).count % 2 == 1 {
        guard record.count < 1 << 24, let more = try reader.next(keepsReturn: true) else {
          throw AuditError.wrongLine(file: path, line: line, finding: "begins a quoted field that does not end")
        }
        lines += 1
        record += [UInt8(ascii: "\n")] + more
      }
      // Within quotes a carriage return is part of the field; behind the last field it ends the line.
      if record.last == UInt8(ascii: "\r") { record.removeLast() }
      if record.isEmpty { continue }
      return CSVRecords.fields(record)
    }
    return nil
  }

  private static func fields(_ record: [UInt8]) -> [ArraySlice<UInt8>] {
    var fields: [ArraySlice<UInt8>] = []
    var (start, isQuoted) = (0, false)
    for (index, byte) in record.enumerated() {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      guard byte == UInt8(ascii: ","), !isQuoted else { continue }
      fields.append(record[start..<index])
      start = index + 1
    }
    fields.append(record[start...])
    return fields
  }

  /// What a field says without its quotes; nil where it is not UTF-8.
  static func text(_ field: ArraySlice<UInt8>) -> String? {
    guard field.first == UInt8(ascii: "\""), field.count >= 2 else { return String(validating: field, as: UTF8.self) }
    let inner = field.dropFirst().dropLast()
    return String(validating: inner, as: UTF8.self)?.replacing("\"\"", with: "\"")
  }
}
