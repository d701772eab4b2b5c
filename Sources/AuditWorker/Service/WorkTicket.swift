package import AuditCore

/// What an engine asks of `audit worker`, in the order of its answers.
package enum WorkTicket: Sendable {
  /// A row for a sample.
  case row(RowTicket)
  /// A sign of life.
  case ping
}

package struct RowTicket: Sendable {
  /// What the row is known by.
  package let key: String
  /// Number that the engine gave it; nil where it gave none.
  package let order: Int?
  package let sample: Sample
  package let work: ChildWork
}

/// Asks that break the protocol: nothing behind them is understood.
package enum WorkerFault: Error, Equatable, CustomStringConvertible {
  case frame(FrameFault)
  /// The header is not what its kind needs; says what.
  case header(String)

  package var description: String {
    switch self {
    case .frame(let fault): "\(fault)"
    case .header(let what): "the header of a frame \(what)"
    }
  }
}

/// Makes tickets of what comes on standard input.
package protocol WorkIntake {
  mutating func take(_ bytes: UnsafeRawBufferPointer)

  /// The stream is at its end.
  mutating func finish()

  /// The next ticket; nil where more bytes are needed.
  mutating func next() throws(WorkerFault) -> WorkTicket?

  /// Whether the engine said that nothing follows.
  var isEnded: Bool { get }
}

/// Opens the file that a path names, and what it is compared with, to hand them to a child.
package typealias FileOpening = @Sendable ([UInt8]) -> OpenedSample

/// A sample's file, and the one that it is compared with where that is a file.
package struct OpenedSample: Sendable {
  fileprivate let content: WorkRequest.Content
  fileprivate let reference: WorkRequest.File?
  fileprivate let files: [HandedFile]

  /// - Parameters:
  ///   - sample: the descriptor, or why there is none.
  ///   - reference: the same of what the sample is compared with; nil where that is no file.
  package init(_ sample: Result<HandedFile, SampleIssue>, reference: (Sample, Result<HandedFile, SampleIssue>)? = nil) {
    content = OpenedSample.content(sample)
    self.reference = reference.map { WorkRequest.File($0.0, OpenedSample.content($0.1)) }
    files = [sample, reference?.1].compactMap { try? $0?.get() }
  }

  private static func content(_ opened: Result<HandedFile, SampleIssue>) -> WorkRequest.Content {
    switch opened {
    case .success: .file
    case .failure(let issue): .trouble(issue)
    }
  }
}

extension RowTicket {
  /// Of a file that lies here.
  init(path: [UInt8], key: String, order: Int?, open: FileOpening) {
    let opened = open(path)
    let sample = Sample(path: SamplePath(bytes: path), bytes: 0, modified: 0)
    let request = WorkRequest(.score, WorkRequest.File(sample, opened.content), reference: opened.reference)
    self.init(key: key, order: order, sample: sample, work: ChildWork(request, files: opened.files))
  }
}
