package import AuditCore

/// A picture with what was learned on the way to it.
package struct DecodedImage: Sendable, Equatable {
  /// 8-bit RGB, turned as its EXIF orientation says; smaller than the file's picture where the decoder scaled it down.
  package let image: RGBImage
  package let facts: FileFacts
  /// What a person may want to know though the picture can be scored: `.extensionMismatch`, `.multiFrame`.
  package let notices: [SampleIssue]

  package init(image: RGBImage, facts: FileFacts, notices: [SampleIssue] = []) {
    self.image = image
    self.facts = facts
    self.notices = notices
  }
}
