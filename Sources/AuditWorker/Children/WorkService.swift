import AuditCore
import CChild
import Foundation

/// Does what a child is asked.
package protocol ChildWorking: AnyObject {
  /// - Parameters:
  ///   - body: bytes of the files that the request says are there.
  ///   - files: the open files that it speaks of, in order.
  /// - Returns: the body of the answer.
  func answer(_ request: WorkRequest, body: [UInt8], files: [HandedFile]) -> [UInt8]
}

/// The child's side of a `Supervisor`.
package enum WorkService {
  /// Works until the connection on standard input is closed. The caller exits then.
  ///
  /// - Parameter makeWorker: from the order and the file beside it; what it throws is told to the supervisor.
  package static func serve(_ makeWorker: ([UInt8], HandedFile?) throws -> any ChildWorking) {
    // Whoever supervises answers Ctrl-C: it finishes what has begun, which needs this process.
    signal(SIGINT, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    audit_close_from(STDERR_FILENO + 1)
    ChildLimits.beModest()
    ChildService.endWithTheParent()
    let inbox = FrameInbox(socket: STDIN_FILENO, accepting: [.order, .work])
    guard let order = inbox.next(), order.kind == .order, let terms = Terms(order.body) else { return }
    let worker: any ChildWorking
    do {
      worker = try makeWorker(order.header, inbox.takeFile())
    } catch {
      _ = send(WireFrame(.refusal, body: Array("\(error)".utf8)))
      return
    }
    ChildLimits.boundMemory(megabytes: terms.megabytes)
    let sandbox = Sandbox.enter()
    guard send(WireFrame(.ready, header: sandbox.encoded)) else { return }
    while let frame = inbox.next() {
      ChildLimits.boundTime(seconds: terms.seconds)
      guard frame.kind == .work, let request = try? WorkRequest(decoding: frame.header),
        let files = files(of: request, in: inbox),
        send(WireFrame(.answer, body: worker.answer(request, body: frame.body, files: files)))
      else { return }
    }
  }

  /// nil where fewer came than the request speaks of.
  private static func files(of request: WorkRequest, in inbox: FrameInbox) -> [HandedFile]? {
    var files: [HandedFile] = []
    for content in [request.sample.content, request.reference?.content] where content == .file {
      guard let file = inbox.takeFile() else { return nil }
      files.append(file)
    }
    return files
  }

  private static func send(_ frame: WireFrame) -> Bool {
    frame.encoded().withUnsafeBytes { Descriptors.write($0, to: STDIN_FILENO) } == 0
  }

  /// What the supervisor holds the child to.
  struct Terms {
    let megabytes: Int
    let seconds: Double
  }
}
