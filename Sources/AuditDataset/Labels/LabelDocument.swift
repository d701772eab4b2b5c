import AuditCore

/// Reads labels from JSON: FFHQ's `ffhq-dataset-v2.json` and the `dataset.json` of StyleGAN.
enum LabelDocument {
  /// - Returns: nil where the text is JSON of another kind, or has no labels.
  /// - Throws: `AuditError` where it is no JSON, or more than is taken.
  static func read(_ bytes: [UInt8], file: String) throws(AuditError) -> LabelTable? {
    var (builder, scanner) = (LabelTable.Builder(), JSONScanner(bytes))
    var isFull = false
    let isWhole = scanner.forEachMember { member in
      if member.key == "labels" {
        if !addPairs(bytes, member.value, to: &builder) { isFull = true }
      } else if let split = category(of: member, in: bytes) {
        if !builder.add(name(ofNumber: member.key).utf8, SampleLabel(split: split)) { isFull = true }
      }
    }
    guard isWhole, scanner.isAtEnd else { throw .wrongFile(path: file, finding: "is no JSON of labels") }
    guard !isFull else {
      throw .wrongFile(path: file, finding: "names more pictures than are taken, or with names that are none")
    }
    return builder.values.isEmpty ? nil : builder.finish()
  }

  /// StyleGAN's pairs of a name and a class. Other labels are no people: vectors (cameras) and nothing are passed over.
  private static func addPairs(
    _ bytes: [UInt8], _ list: ArraySlice<UInt8>, to builder: inout LabelTable.Builder
  ) -> Bool {
    var (scanner, isTaken) = (JSONScanner(bytes, at: list.startIndex), true)
    _ = scanner.forEachItem { item in
      guard let (name, value) = LabelPair.of(item, in: bytes), let text = LabelPair.scalar(value) else { return }
      if !builder.add(name.utf8, SampleLabel(identity: ByteKey(text))) { isTaken = false }
    }
    return isTaken
  }

  /// StyleGAN's document without the pairs of files that are left out; all else stands as it was written.
  ///
  /// - Returns: nil where it names none of these, or is of another kind.
  static func filtered(_ bytes: [UInt8], keeping keeps: ([UInt8]) -> Bool) -> [UInt8]? {
    var (scanner, list) = (JSONScanner(bytes), ArraySlice<UInt8>?.none)
    guard scanner.forEachMember({ if $0.key == "labels" { list = $0.value } }), scanner.isAtEnd, let list else {
      return nil
    }
    var (items, kept, left) = (JSONScanner(bytes, at: list.startIndex), [ArraySlice<UInt8>](), 0)
    let isList = items.forEachItem { item in
      let name = LabelPair.of(item, in: bytes).map { ContainerIndex.path($0.name.utf8) }
      if name.map(keeps) ?? true { kept.append(item) } else { left += 1 }
    }
    guard isList, left > 0 else { return nil }
    let pairs = kept.joined(separator: Array(", ".utf8))
    return bytes[..<list.startIndex] + [UInt8(ascii: "[")] + pairs + [UInt8(ascii: "]")] + bytes[list.endIndex...]
  }

  /// FFHQ's: of the numbered members that are objects.
  private static func category(of member: JSONMembers.Member, in bytes: [UInt8]) -> SplitName? {
    guard Int(member.key) != nil, member.value.first == UInt8(ascii: "{") else { return nil }
    var (scanner, found) = (JSONScanner(bytes, at: member.value.startIndex), SplitName?.none)
    _ = scanner.forEachMember { if $0.key == "category" { found = $0.text.flatMap { SplitName(word: $0) } } }
    return found
  }

  /// Number 7 is `00007.png` in each of FFHQ's folders.
  private static func name(ofNumber key: String) -> String {
    String(repeating: "0", count: max(0, 5 - key.utf8.count)) + key
  }
}

/// One of StyleGAN's pairs.
enum LabelPair {
  /// - Returns: nil where the item is no list that begins with a name and has a value behind it.
  static func of(_ item: ArraySlice<UInt8>, in bytes: [UInt8]) -> (name: String, value: ArraySlice<UInt8>)? {
    guard item.first == UInt8(ascii: "[") else { return nil }
    var (scanner, parts) = (JSONScanner(bytes, at: item.startIndex), [ArraySlice<UInt8>]())
    guard scanner.forEachItem({ if parts.count < 2 { parts.append($0) } }), parts.count == 2,
      parts[0].first == UInt8(ascii: "\""), let name = JSONText.decoded(parts[0])
    else { return nil }
    return (name, parts[1])
  }

  /// A string, or a number as it is written; nil for all else.
  static func scalar(_ value: ArraySlice<UInt8>) -> String? {
    switch value.first {
    case UInt8(ascii: "\""): JSONText.decoded(value)
    case .some(0x30...0x39), UInt8(ascii: "-"): String(validating: value, as: UTF8.self)
    default: nil
    }
  }
}
