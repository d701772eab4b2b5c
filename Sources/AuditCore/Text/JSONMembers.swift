/// The members of a JSON object with their values as they were written, so that merging changes nothing else.
///
/// `NaN`, `Infinity` and `-Infinity`, which Python writes, are taken as numbers.
package struct JSONMembers {
  package struct Member {
    package let key: String
    /// Key, colon and value as they stand in the text.
    package let whole: ArraySlice<UInt8>
    package let value: ArraySlice<UInt8>

    /// The value where it is a string.
    package var text: String? {
      value.first == UInt8(ascii: "\"") ? JSONText.decoded(value) : nil
    }
  }

  package let members: [Member]

  /// nil where the bytes are no JSON object.
  package init?(_ line: some Collection<UInt8>) {
    let line = Array(line)
    var scanner = JSONScanner(line)
    guard let members = scanner.members(), scanner.isAtEnd else { return nil }
    self.members = members
  }

  package subscript(_ key: String) -> Member? { members.last { $0.key == key } }
}
