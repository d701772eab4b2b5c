/// What the samples of a run were compared with, as its settings keep it for those who show it.
package struct ReferenceDescription: Codable, Sendable, Equatable {
  /// Name of the kind, which never changes.
  package let kind: String
  /// Absolute path of the folder that holds the references, where there is one.
  package let folder: String?

  package init(kind: String, folder: String? = nil) { (self.kind, self.folder) = (kind, folder) }
}
