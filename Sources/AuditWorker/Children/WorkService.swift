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
  /// - Parameter makeWorker: from an order and the file beside it; what it throws is told to the supervisor. A later order
  ///   takes the place of the one before.
  package static func serve(_ makeWorker: ([UInt8], HandedFile?) throws -> any ChildWorking) {
    // Whoever supervises answers Ctrl-C: it finishes what has begun, which needs this process.
    signal(SIGINT, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    audit_close_from(STDERR_FILENO + 1)
    ChildLimits.beModest()
    audit_keep_memory()
    let inbox = FrameInbox(socket: STDIN_FILENO)
    var worker: (any ChildWorking)?
    var terms = Terms(megabytes: 0, seconds: 0)
    var processor = ProcessorTime()
    var sandbox: Sandbox?
    while let frame = inbox.next() {
      if frame.kind == .order {
        guard let new = Terms(frame.body) else { return }
        terms = new
        do {
          worker = try makeWorker(frame.header, inbox.takeFile())
        } catch {
          _ = send(WireFrame(.refusal, body: Array("\(error)".utf8)))
          return
        }
        // Whatever comes later: what was given up stays so.
        let entered = sandbox ?? enterSandbox(terms)
        sandbox = entered
        guard send(WireFrame(.ready, header: entered.encoded)) else { return }
      } else {
        processor.bound(seconds: terms.seconds)
        guard let worker, let request = try? WorkRequest(decoding: frame.header),
          let files = files(of: request, in: inbox),
          send(WireFrame(.answer, body: worker.answer(request, body: frame.body, files: files)))
        else { return }
      }
    }
  }

  private static func enterSandbox(_ terms: Terms) -> Sandbox {
    ChildLimits.boundMemory(megabytes: terms.megabytes)
    defer { ChildService.endWithTheParent() }
    return Sandbox.enter()
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
