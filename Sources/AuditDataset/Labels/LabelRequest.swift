package import AuditCore

/// One word of `--labels`: a file, with what its values are before it where the file does not tell.
package struct LabelRequest: Sendable, Equatable {
  /// Lists that lie beside the pictures are not read either.
  package static let none = "none"

  let file: String
  let kind: LabelKind?

  /// - Throws: `AuditError` where no file is named.
  package init(_ word: String) throws(AuditError) {
    let found = LabelKind.allCases.first { word.hasPrefix($0.rawValue + ":") }
    file = found.map { String(word.dropFirst($0.rawValue.count + 1)) } ?? word
    kind = found
    guard !file.isEmpty else { throw .usage("--labels takes a file, identity:FILE, split:FILE or none; got '\(word)'") }
  }

  /// The same from any folder, as a run keeps it.
  package var text: String {
    get throws(AuditError) {
      self.file == LabelRequest.none ? file : (kind.map { $0.rawValue + ":" } ?? "") + (try FilePath.absolute(file))
    }
  }

  /// What is asked for by several words; nil for none of them.
  ///
  /// - Throws: `AuditError` where a word is none.
  package static func all(_ words: [String]) throws(AuditError) -> [LabelRequest] {
    guard !words.contains(none) else {
      guard words.count == 1 else { throw .usage("--labels none leaves every list out; name no file beside it") }
      return []
    }
    var requests: [LabelRequest] = []
    for word in words { requests.append(try LabelRequest(word)) }
    return requests
  }
}
