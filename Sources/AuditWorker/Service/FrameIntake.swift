import AuditCore
import Foundation

/// `--in frames`: pictures, pairs and paths as frames.
package struct FrameIntake: WorkIntake {
  static let mostBody: UInt64 = 1 << 30

  private var parser = FrameParser(accepting: [.image, .pair, .path, .flush, .ping, .end], mostBody: mostBody)
  private var isCut = false
  package private(set) var isEnded = false
  private let open: FileOpening
  private let decoder = JSONDecoder()

  package init(open: @escaping FileOpening) { self.open = open }

  package mutating func take(_ bytes: UnsafeRawBufferPointer) { parser.take(bytes) }

  package mutating func finish() { isCut = true }

  package mutating func next() throws(WorkerFault) -> WorkTicket? {
    while !isEnded {
      let frame: WireFrame?
      do throws(FrameFault) {
        frame = try parser.next()
      } catch {
        throw .frame(error)
      }
      guard let frame else {
        if isCut, !parser.isBetweenFrames { throw .frame(.cut) }
        return nil
      }
      switch frame.kind {
      case .image: return .row(try image(frame))
      case .pair: return .row(try pair(frame))
      case .path: return .row(try path(frame))
      case .ping: return .ping
      case .end: isEnded = true
      // Rows leave as soon as they are there.
      default: break
      }
    }
    return nil
  }

  private struct Header: Decodable {
    var key: String?
    var ord: Int?
    var path: String?
    /// Why whoever hands pictures out has none under this key, in words.
    var error: String?
    /// Bytes of both bodies of a pair.
    var lengths: [Int]?
  }

  private func header(_ frame: WireFrame) throws(WorkerFault) -> Header {
    do {
      return try decoder.decode(Header.self, from: Data(frame.header))
    } catch {
      throw .header("is no JSON with the fields of its kind")
    }
  }

  private func image(_ frame: WireFrame) throws(WorkerFault) -> RowTicket {
    let header = try header(frame)
    guard let key = header.key else { throw .header("of kind 1 names no key") }
    let sample = Sample(path: SamplePath(key), bytes: Int64(frame.body.count), modified: 0)
    if let error = header.error {
      let issue = SampleIssue(.open, "the feeder \(FeederFault.refused(error).words)")
      let request = WorkRequest(.score, WorkRequest.File(sample, .trouble(issue)))
      return RowTicket(key: key, order: header.ord, sample: sample, work: ChildWork(request))
    }
    let request = WorkRequest(.score, WorkRequest.File(sample, .bytes(frame.body.count)))
    return RowTicket(key: key, order: header.ord, sample: sample, work: ChildWork(request, body: frame.body))
  }

  private func pair(_ frame: WireFrame) throws(WorkerFault) -> RowTicket {
    let header = try header(frame)
    guard let key = header.key, let lengths = header.lengths, lengths.count == 2,
      lengths.allSatisfy({ $0 >= 0 && $0 <= frame.body.count }), lengths[0] + lengths[1] == frame.body.count
    else { throw .header("of kind 2 names no key, or lengths that are not those of its bodies") }
    let sample = Sample(path: SamplePath(key), bytes: Int64(lengths[0]), modified: 0)
    let reference = Sample(path: SamplePath(key), bytes: Int64(lengths[1]), modified: 0)
    let request = WorkRequest(
      .score, WorkRequest.File(sample, .bytes(lengths[0])),
      reference: WorkRequest.File(reference, .bytes(lengths[1])))
    return RowTicket(key: key, order: header.ord, sample: sample, work: ChildWork(request, body: frame.body))
  }

  private func path(_ frame: WireFrame) throws(WorkerFault) -> RowTicket {
    let header = try header(frame)
    guard let path = header.path ?? header.key else { throw .header("of kind 3 names neither key nor path") }
    return RowTicket(
      path: PathText.bytes(of: path), key: header.key ?? path, order: header.ord, open: open)
  }
}
