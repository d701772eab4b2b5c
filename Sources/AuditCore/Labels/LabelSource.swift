/// What the values of a list are.
package enum LabelKind: String, Sendable, Codable, CaseIterable {
  /// Who is in the picture.
  case identity
  /// Which part of the set it is for; see `SplitName`.
  case split
}

/// A list that pictures were labelled by: what a run keeps of it.
package struct LabelSource: Sendable, Codable, Equatable {
  /// Name of the file, without folders.
  package let name: String
  package let kinds: [LabelKind]
  /// Of its content, 64 hexadecimal digits.
  package let sha256: String

  package init(name: String, kinds: [LabelKind], sha256: String) {
    (self.name, self.kinds, self.sha256) = (name, kinds, sha256)
  }
}
