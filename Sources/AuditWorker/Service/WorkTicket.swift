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

/// Opens the file that a path names, to hand it to a child.
package typealias FileOpening = @Sendable ([UInt8]) -> (content: WorkRequest.Content, file: HandedFile?)
