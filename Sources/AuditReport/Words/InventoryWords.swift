import AuditCore

extension RunSummary {
  /// "6 identity folders", or "10,177 people" where a list or a pattern names them; nil where nobody is named.
  var people: String? {
    guard identities > 0 else { return nil }
    if identitiesAreFolders { return counted(identities, "identity folder") }
    return identities == 1 ? "1 person" : "\(identities.formattedWithCommas) people"
  }

  /// "train 800, validation 100, test 100"; nil where no picture belongs to a part of the set.
  var splitWords: String? {
    let parts = SplitName.allCases.compactMap { split in
      splits[split.text].map { "\(split.text) \($0.formattedWithCommas)" }
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
