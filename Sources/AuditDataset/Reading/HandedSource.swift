package import AuditCore
import AuditImages
import Synchronization

/// A file as somebody else hands it over: whoever reads it opens no path.
package enum HandedContent: Sendable {
  /// An open descriptor, which stays with whoever hands it over.
  case open(Int32)
  case bytes([UInt8])
  /// It could not be opened.
  case trouble(SampleIssue)
}

/// The source of a process that opens no files: it reads what it was handed last, whatever it is asked for.
package final class HandedSource: SampleSource {
  private let content = Mutex<HandedContent>(.trouble(SampleIssue(.gone)))

  package init() {}

  package var identity: SourceIdentity { SourceIdentity(kind: "handed", root: "", listing: "") }

  package func hand(_ new: HandedContent) { content.withLock { $0 = new } }

  /// There are none that it could name.
  package func forEachSample(_ body: (Sample) throws -> Void) {}

  package func makeReader(limits: ReadingLimits) -> any SampleReading {
    HandedReader(self, maxBytes: limits.maxBytes)
  }

  fileprivate var current: HandedContent { content.withLock { $0 } }
}

private final class HandedReader: SampleReading {
  private let source: HandedSource
  private let files: FileReader

  init(_ source: HandedSource, maxBytes: Int) {
    self.source = source
    files = FileReader(maxBytes: maxBytes)
  }

  func read<Value>(
    _ sample: Sample, _ body: (FileBytes) throws(SampleIssue) -> Value
  ) throws(SampleIssue) -> Value {
    switch source.current {
    case .open(let descriptor):
      return try files.read(open: descriptor) { file throws(SampleIssue) in
        PlantedFault.strike(file)
        return try body(file)
      }
    case .bytes(let bytes):
      return try bytes.withUnsafeBytes { bytes in
        Result { () throws(SampleIssue) in
          try files.read(bytes: bytes) { file throws(SampleIssue) in
            PlantedFault.strike(file)
            return try body(file)
          }
        }
      }.get()
    case .trouble(let issue): throw issue
    }
  }
}
