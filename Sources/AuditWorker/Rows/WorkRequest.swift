package import AuditCore

/// A piece of work for a child: a sample, and where its bytes are. The child opens no file itself.
package struct WorkRequest: Sendable, Equatable {
  package enum Task: UInt8, Sendable {
    /// Answered by a row.
    case score = 1
    /// Answered by the decoded picture.
    case read = 2
    /// Answered by the picture as a low-rank model is fitted on it.
    case reduce = 3
    /// Answered by what is measured of the picture by itself.
    case measure = 4
    /// Answered by what is measured of damaged copies of it.
    case damage = 5
  }

  /// Where the bytes of a file are.
  package enum Content: Sendable, Equatable {
    /// In the next open file that goes with the frame.
    case file
    /// In the frame's body, so many of them, one content after the other.
    case bytes(Int)
    /// Nowhere: it could not be opened.
    case trouble(SampleIssue)
  }

  /// A file by its name in the dataset, and its bytes.
  package struct File: Sendable, Equatable {
    package let sample: Sample
    package let content: Content

    package init(_ sample: Sample, _ content: Content) { (self.sample, self.content) = (sample, content) }
  }

  package let task: Task
  package let sample: File
  /// What the sample is compared with, or has mixed into its copies, where that is a file; nil where there is none.
  package let reference: File?
  /// For `.read`: what the picture is needed for.
  package let demand: PictureDemand
  /// What the task is to be done by, in its own coding; empty for nothing.
  package let detail: [UInt8]

  package init(
    _ task: Task, _ sample: File, reference: File? = nil, demand: PictureDemand = .whole, detail: [UInt8] = []
  ) {
    (self.task, self.sample, self.reference, self.demand) = (task, sample, reference, demand)
    self.detail = detail
  }

  package func encoded() -> [UInt8] {
    var out = ByteWriter()
    out.put(task.rawValue)
    out.put(sample)
    out.put(reference) { $0.put($1) }
    out.put(demand.side)
    out.put(detail)
    return out.bytes
  }

  /// - Throws: where the bytes are no request.
  package init(decoding bytes: [UInt8]) throws(ByteFault) {
    var taker = ByteTaker(bytes)
    guard let task = Task(rawValue: try taker.number()) else { throw ByteFault() }
    self.task = task
    sample = try taker.file()
    reference = try taker.optional { taker throws(ByteFault) in try taker.file() }
    let side: Int = try taker.number()
    guard side > 0 else { throw ByteFault() }
    demand = side == .max ? .whole : .atLeast(side: side)
    detail = try taker.bytes()
    try taker.end()
  }
}

extension ByteWriter {
  fileprivate mutating func put(_ file: WorkRequest.File) {
    put(file.sample)
    switch file.content {
    case .file: put(UInt8(0))
    case .bytes(let count):
      put(UInt8(1))
      put(count)
    case .trouble(let issue):
      put(UInt8(2))
      put(issue)
    }
  }
}

extension ByteTaker {
  fileprivate mutating func file() throws(ByteFault) -> WorkRequest.File {
    let sample = try sample()
    let kind: UInt8 = try number()
    switch kind {
    case 0: return WorkRequest.File(sample, .file)
    case 1:
      let count: Int = try number()
      guard count >= 0 else { throw ByteFault() }
      return WorkRequest.File(sample, .bytes(count))
    case 2: return WorkRequest.File(sample, .trouble(try issue()))
    default: throw ByteFault()
    }
  }
}
