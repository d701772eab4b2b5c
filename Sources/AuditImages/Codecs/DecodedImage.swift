package import AuditCore

/// A picture with what was learned on the way to it.
package struct DecodedImage: Sendable, Equatable {
  /// 8-bit RGB, turned as its orientation says; smaller than the file's picture where the decoder scaled it down.
  package let image: RGBImage
  package let facts: FileFacts
  /// What a person may want to know though the picture can be scored: `.extensionMismatch`, `.multiFrame`, `.padding`.
  package let notices: [SampleIssue]
  /// Memory set aside for a large picture: whoever keeps the picture keeps this.
  private let lease: MemoryLease?

  package init(image: RGBImage, facts: FileFacts, notices: [SampleIssue] = []) {
    self.init(image: image, facts: facts, notices: notices, lease: nil)
  }

  init(image: RGBImage, facts: FileFacts, notices: [SampleIssue], lease: MemoryLease?) {
    self.image = image
    self.facts = facts
    self.notices = notices
    self.lease = lease
  }

  package static func == (one: DecodedImage, other: DecodedImage) -> Bool {
    one.image == other.image && one.facts == other.facts && one.notices == other.notices
  }
}
