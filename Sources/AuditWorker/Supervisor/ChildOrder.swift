/// What a child works by: sent to every new one, before the first piece of work.
package struct ChildOrder: Sendable {
  /// JSON.
  package let header: [UInt8]
  /// What does not fit into a header, in one file; nil for nothing.
  package let content: HandedFile?

  package init(header: [UInt8], content: HandedFile? = nil) { (self.header, self.content) = (header, content) }

  /// - Parameter limits: what the child holds itself to.
  func parcel(_ limits: SupervisionLimits) -> Parcel {
    let terms = WorkService.Terms(megabytes: limits.megabytes, seconds: limits.timeout)
    return Parcel(
      WireFrame(.order, header: header, body: terms.encoded), files: [content].compactMap { $0 })
  }
}

/// What a child may take.
package struct SupervisionLimits: Sendable, Equatable {
  /// Seconds after which a child that does not answer is ended.
  package var timeout = 30.0
  /// Seconds that a child may take until it can begin.
  package var warmUp = 60.0
  /// Megabytes that a child may hold.
  package var megabytes = 1_500
  /// Answers after which a child gives way to a new one.
  package var recycleAfter = 20_000

  package init() {}
}

/// A piece of work for a child.
package struct ChildWork: Sendable {
  let frame: WireFrame
  let files: [HandedFile]

  package init(_ request: WorkRequest, body: [UInt8] = [], files: [HandedFile] = []) {
    frame = WireFrame(.work, header: request.encoded(), body: body)
    self.files = files
  }

  /// Memory that it takes until it is answered.
  package var bytes: Int { frame.header.count + frame.body.count }
}

/// What became of a piece of work.
package enum ChildAnswer: Sendable, Equatable {
  /// The body of the child's answer.
  case answered([UInt8])
  /// No child could answer.
  case lost(ChildLoss)
}

/// Why no child could answer, whoever tried.
package struct ChildLoss: Error, Sendable, Equatable {
  package enum Cause: Sendable {
    case crash, timeout, memory
  }

  package let cause: Cause
  /// What ended the child; nil where it left by itself, or was ended for what it took.
  package let signal: Int32?
  /// How many children tried.
  package let attempts: Int
  /// For a person.
  package let detail: String
}

/// Why no child works at all: nothing is wrong with a piece of work.
package enum SupervisionFault: Error, Equatable {
  /// A sentence for a person.
  case cannotStart(String)
  /// The child says why it cannot work by its order.
  case refused(String)
}

extension SupervisionFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotStart(let text), .refused(let text): text
    }
  }
}

extension WorkService.Terms {
  var encoded: [UInt8] {
    var out = ByteWriter()
    out.put(megabytes)
    out.put(seconds)
    return out.bytes
  }

  init?(_ bytes: [UInt8]) {
    var taker = ByteTaker(bytes)
    guard let megabytes: Int = try? taker.number(), let seconds = try? taker.double(), seconds > 0 else { return nil }
    self.init(megabytes: megabytes, seconds: seconds)
  }
}
