package import AuditCore
import AuditDigest
import AuditImages

/// The files of a folder.
package struct FolderSource: SampleSource {
  /// Absolute path.
  package let root: String
  /// In the order of their raw path bytes; empty where somebody else knows which files are read.
  package let samples: [Sample]
  /// Where its pictures are decoded; nil in the process that reads them.
  package let decoding: (any DecodingPool)?

  package init(root: String, samples: [Sample] = [], decoding: (any DecodingPool)? = nil) {
    (self.root, self.samples, self.decoding) = (root, samples, decoding)
  }

  package var identity: SourceIdentity { SourceIdentity(kind: "folder", root: root, listing: listing) }

  /// SHA-256 over the paths.
  package var listing: String {
    var hash = SHA256Stream()
    for sample in samples {
      hash.update(sample.path.bytes)
      hash.update([0])
    }
    return hash.finalHex()
  }

  package func forEachSample(_ body: (Sample) throws -> Void) throws { try samples.forEach(body) }

  /// Opens a file for another process to read; the descriptor is the caller's.
  ///
  /// - Throws: the issue that reading it here would have.
  package func open(_ sample: Sample) throws(SampleIssue) -> Int32 {
    try openForReading(try FolderSource.path(of: sample, in: PathText.bytes(of: root)))
  }

  /// - Throws: where the path, which may come from a database, would lead out of the folder.
  fileprivate static func path(of sample: Sample, in root: [UInt8]) throws(SampleIssue) -> [UInt8] {
    guard FilePath.staysInside(sample.path.bytes) else {
      throw SampleIssue(.open, "a path that leads out of the dataset")
    }
    return root + [UInt8(ascii: "/")] + sample.path.bytes
  }

  package func makeReader(limits: ReadingLimits) -> any SampleReading {
    FolderReader(root: PathText.bytes(of: root), maxBytes: limits.maxBytes)
  }
}

/// Reads files below a folder, whatever their paths say.
private final class FolderReader: SampleReading {
  private let root: [UInt8]
  private let files: FileReader

  init(root: [UInt8], maxBytes: Int) {
    self.root = root
    files = FileReader(maxBytes: maxBytes)
  }

  func read<Value>(
    _ sample: Sample, _ body: (FileBytes) throws(SampleIssue) -> Value
  ) throws(SampleIssue) -> Value {
    try files.read(FolderSource.path(of: sample, in: root), body)
  }
}
