package import AuditCore

/// Every kind of reference that audit has. Help, words and pictures of a stored run follow from this list.
package enum ReferenceKinds {
  package static let all: [any Reference.Type] = [
    LowRankReference.self, IdentityReference.self, FrozenReference.self, PairedReference.self, SingleReference.self,
    AutoencoderReference.self, NetworkReference.self,
  ]

  /// What `--model` takes beside a file, in order.
  package static var words: [String] { all.compactMap { $0.info.word } }

  /// The kind that a run's settings name, or that an older audit's text begins like; nil where this one knows no such.
  ///
  /// - Parameter text: `ScanSettings.reference`.
  package static func kind(of described: ReferenceDescription?, text: String) -> (any Reference.Type)? {
    if let described { return all.first { $0.info.name == described.kind } }
    return all.filter { text.hasPrefix($0.info.older) }.max { $0.info.older.count < $1.info.older.count }
  }

  /// Opens what a stored run was compared with.
  package static func display(of run: StoredRunReference) throws -> (any ReferenceDisplay)? {
    try kind(of: run.settings.compared, text: run.settings.reference)?.display(of: run)
  }
}
