import Foundation

/// The members of a JSON object with their values as they were written, so that merging changes nothing else.
struct JSONMembers {
  struct Member {
    let key: String
    /// Key, colon and value as they stand in the text.
    let whole: ArraySlice<UInt8>
    let value: ArraySlice<UInt8>

    /// The value where it is a string.
    var text: String? {
      value.first == UInt8(ascii: "\"") ? JSONMembers.decoded(value) : nil
    }
  }

  let members: [Member]

  /// nil where the line is no JSON object.
  init?(_ line: [UInt8]) {
    guard (try? JSONSerialization.jsonObject(with: Data(line))) is [String: Any] else { return nil }
    // What follows relies on the line being valid JSON.
    guard var position = line.firstIndex(of: UInt8(ascii: "{")) else { return nil }
    var members: [Member] = []
    position += 1
    while let start = line[position...].firstIndex(where: { !JSONMembers.isBlank($0) && $0 != UInt8(ascii: ",") }),
      line[start] == UInt8(ascii: "\"")
    {
      let keyEnd = JSONMembers.endOfString(line, start)
      guard let colon = line[keyEnd...].firstIndex(of: UInt8(ascii: ":")),
        let valueStart = line[(colon + 1)...].firstIndex(where: { !JSONMembers.isBlank($0) }),
        let key = JSONMembers.decoded(line[start..<keyEnd])
      else { return nil }
      let end = JSONMembers.endOfValue(line, valueStart)
      members.append(Member(key: key, whole: line[start..<end], value: line[valueStart..<end]))
      position = end
    }
    self.members = members
  }

  subscript(_ key: String) -> Member? { members.last { $0.key == key } }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func decoded(_ string: ArraySlice<UInt8>) -> String? {
    let inner = string.dropFirst().dropLast()
    if !inner.contains(UInt8(ascii: "\\")) { return String(validating: inner, as: UTF8.self) }
    return try? JSONDecoder().decode(String.self, from: Data(string))
  }

  /// Behind the closing quote of the string that begins at `start`.
  private static func endOfString(_ line: [UInt8], _ start: Int) -> Int {
    var index = start + 1
    while index < line.count, line[index] != UInt8(ascii: "\"") {
      index += line[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index + 1, line.count)
  }

  private static func endOfValue(_ line: [UInt8], _ start: Int) -> Int {
    var depth = 0
    var index = start
    while index < line.count {
      switch line[index] {
      case UInt8(ascii: "\""):
        index = endOfString(line, index)
        if depth == 0 { return index }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return index }
        depth -= 1
        if depth == 0 { return index + 1 }
      case UInt8(ascii: ","): if depth == 0 { return index }
      case let byte where depth == 0 && isBlank(byte): return index
      default: break
      }
      index += 1
    }
    return index
  }
}
