package import AuditCore
package import AuditImages

/// Where samples come from.
package protocol SampleSource: Sendable {
  /// Equal identity, equal names in equal order.
  var identity: SourceIdentity { get }

  /// Hands on the samples in the order of their raw path bytes.
  func forEachSample(_ body: (Sample) throws -> Void) throws

  /// Something that reads one sample after another; one per worker.
  ///
  /// - Parameter limits: what a single file may cost.
  func makeReader(limits: ReadingLimits) -> any SampleReading
}

/// Reads samples of a source, and uses its memory again from one to the next.
package protocol SampleReading: AnyObject {
  /// Lends the bytes of a sample's file.
  ///
  /// - Parameter body: must not keep the bytes.
  /// - Throws: `.gone`, `.permission`, `.open` or `.tooLarge` where they cannot be had, and what `body` throws.
  func read<Value>(
    _ sample: Sample, _ body: (FileBytes) throws(SampleIssue) -> Value
  ) throws(SampleIssue) -> Value
}

/// What a source is, so that somebody else can open it and say whether it is still the same.
package struct SourceIdentity: Codable, Sendable, Equatable {
  /// `folder`.
  package let kind: String
  /// Absolute path.
  package let root: String
  /// SHA-256 over the names of the samples, 64 hexadecimal digits.
  package let listing: String

  package init(kind: String, root: String, listing: String) {
    (self.kind, self.root, self.listing) = (kind, root, listing)
  }
}
