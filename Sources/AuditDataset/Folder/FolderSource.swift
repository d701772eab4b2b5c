package import AuditCore
import AuditDigest
import AuditImages
import Glibc

/// The files of a folder, those in its containers included; or those of one container.
package struct FolderSource: SampleSource {
  /// Absolute path.
  package let root: String
  /// In the order of their raw path bytes; empty where somebody else knows which files are read.
  package let samples: SampleList
  /// Where its pictures are decoded; nil in the process that reads them.
  package let decoding: (any DecodingPool)?

  private let containers: OpenContainers

  /// - Parameter containers: that were read from already.
  package init(
    root: String, samples: SampleList = [], decoding: (any DecodingPool)? = nil,
    containers: OpenContainers = OpenContainers()
  ) {
    (self.root, self.samples, self.decoding, self.containers) = (root, samples, decoding, containers)
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
    try open(sample.path)
  }

  package func open(_ path: SamplePath) throws(SampleIssue) -> Int32 {
    try containers.open(FolderSource.path(of: path, in: PathText.bytes(of: root)))
  }

  /// - Throws: where the path, which may come from a database, would lead out of the folder.
  private static func path(of path: SamplePath, in root: [UInt8]) throws(SampleIssue) -> [UInt8] {
    guard FilePath.staysInside(path.bytes) else {
      throw SampleIssue(.open, "a path that leads out of the dataset")
    }
    return root + [UInt8(ascii: "/")] + path.bytes
  }

  package func makeReader(limits: ReadingLimits) -> any SampleReading {
    FolderReader(self, maxBytes: limits.maxBytes)
  }
}

/// Reads files below a folder, whatever their paths say.
private final class FolderReader: SampleReading {
  private let source: FolderSource
  private let files: FileReader

  init(_ source: FolderSource, maxBytes: Int) {
    self.source = source
    files = FileReader(maxBytes: maxBytes)
  }

  func read<Value>(
    _ sample: Sample, _ body: (FileBytes) throws(SampleIssue) -> Value
  ) throws(SampleIssue) -> Value {
    let descriptor = try source.open(sample)
    defer { close(descriptor) }
    return try files.read(open: descriptor, body)
  }
}
