/// What scoring one sample gave: the row that goes into the database, from whichever process scored it.
package struct SampleRow: Sendable, Equatable, Codable {
  package let sample: Sample
  /// SHA-256 of the file; nil where it could not be read.
  package var sha256: [UInt8]?
  /// nil where the file could not be decoded.
  package var facts: FileFacts?
  /// In the order of the run's metrics; nil = not defined. Empty where nothing was scored.
  package var scores: [Double?] = []
  package var influence: Influence?
  /// Share of the squared residual per region, in the order of `RegionName.all`; empty where nothing was scored.
  package var regions: [Double] = []
  package var issues: [SampleIssue] = []
  /// nil where it was not measured.
  package var quality: PictureQuality?
  /// What the file's own header says about where it was cut from; nil where there is none.
  package var origin: FaceOrigin?
  /// The reference that the sample was compared with, where it is a file.
  package var pairedPath: String?
  /// That file, also where the sample could not be compared with it.
  package var reference: ReferenceFile?

  package init(sample: Sample) { self.sample = sample }

  /// The issue that left the sample without scores.
  package var failure: SampleIssue? { issues.first { $0.severity == .error } }
}

/// A file that a sample is compared with: what the row hangs on beside the sample itself.
package struct ReferenceFile: Sendable, Equatable, Codable {
  package let file: Sample
  /// nil where it could not be read.
  package var sha256: [UInt8]?

  package init(file: Sample, sha256: [UInt8]? = nil) {
    self.file = file
    self.sha256 = sha256
  }
}

/// Names of the places that table `region` speaks of.
package enum RegionName {
  /// Row by row from the top left, then the frame.
  package static let all: [String] =
    (1...4).flatMap { row in (1...4).map { column in "r\(row)c\(column)" } } + ["border"]
}
