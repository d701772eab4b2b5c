package import AuditCore
import AuditDigest
import Foundation

/// `audit worker --stdio`: takes work from standard input, has it done by a child that may die of it, and writes one row
/// for each in its order. It never looks at a picture.
package final class WorkerService {
  /// What an engine may rely on, said before the first row.
  package struct Hello: Sendable {
    package var build: String
    /// Digest of the model; nil for none.
    package var model: String?
    /// Names of the metrics, in order.
    package var metrics: [String]
    /// What the rows may be merged by; nil where they belong to no plan, and then they hold numbers alone.
    package var plan: String?

    package init(build: String, model: String?, metrics: [String], plan: String? = nil) {
      (self.build, self.model, self.metrics, self.plan) = (build, model, metrics, plan)
    }
  }

  /// Statuses that engines know (`sysexits.h`).
  package enum Exit: Int32, Sendable {
    case done = 0
    /// What came is no work of this protocol, or for another model.
    case usage = 64
    /// No child can work.
    case internalFault = 70
    /// Nobody takes the rows.
    case output = 74
    /// Asked to end before the work was done, or too many children died: another machine may do better.
    case elsewhere = 75
  }

  package static let proto = 1
  /// Of the rows: a column may be added, none changes.
  package static let schema = 1

  private static let mostBytes = 64 << 20
  /// More deaths than this in so many answers are no matter of single files.
  private static let (mostDeaths, ofAnswers) = (20, 1000)
  private static let drainSeconds = 5.0

  private let supervisor: Supervisor
  private var intake: any WorkIntake
  private let hello: Hello
  private let window: Int
  private let input: Int32
  private let output: Int32
  private let stop: StopRequest
  private let log: @Sendable (String) -> Void

  private var tickets: [WorkTicket] = []
  private var lines: [UInt8] = []
  private var hash = SHA256Stream()
  private var (taken, sound, failed) = (0, 0, 0)
  /// Numbers of the answers that a child died of, as far as they still count.
  private var deaths: [Int] = []

  /// - Parameters:
  ///   - window: the most pieces of work that are taken and not answered.
  ///   - stop: set by SIGTERM: what was taken is answered, within some seconds.
  ///   - log: takes what a person may want to know.
  package init(
    _ supervisor: Supervisor, intake: any WorkIntake, hello: Hello, window: Int, input: Int32 = STDIN_FILENO,
    output: Int32 = STDOUT_FILENO, stop: StopRequest, log: @escaping @Sendable (String) -> Void
  ) {
    (self.supervisor, self.intake, self.hello, self.window) = (supervisor, intake, hello, window)
    (self.input, self.output, self.stop, self.log) = (input, output, stop, log)
  }

  /// Works until the input ends.
  package func run() -> Exit {
    defer { supervisor.endChild() }
    do {
      try greet()
      return try work()
    } catch let fault as WorkerFault {
      log("\(fault)")
      return .usage
    } catch let fault as SupervisionFault {
      log("\(fault)")
      return .internalFault
    } catch {
      log("\(error)")
      return .output
    }
  }

  private func greet() throws {
    let begun = ContinuousClock.now
    try supervisor.warmUp()
    let line = HelloLine(
      proto: WorkerService.proto, build: hello.build, schema: WorkerService.schema, model: hello.model,
      plan: hello.plan,
      isa: HelloLine.machine, columns: RowLine.columns(metrics: hello.metrics),
      warmMs: Int(((ContinuousClock.now - begun) / .milliseconds(1)).rounded()),
      sandbox: supervisor.sandbox)
    try put(line)
  }

  private func work() throws -> Exit {
    var isAtEnd = false
    var fault: WorkerFault?
    var end: Deadline?
    while true {
      if stop.isSet, end == nil { end = Deadline(seconds: WorkerService.drainSeconds) }
      if !stop.isSet, fault == nil { fault = takeTickets() }
      try answerPings()
      let nothingFollows = isAtEnd || intake.isEnded || fault != nil || stop.isSet
      if tickets.isEmpty, nothingFollows { break }
      if let end, end.isOver { return .elsewhere }
      let reads = !nothingFollows && hasRoom
      let (answers, hasInput) = try supervisor.advance(input: reads ? input : nil, within: 0.25)
      for answer in answers { try answered(answer) }
      try flush()
      if deaths.count > WorkerService.mostDeaths {
        log("\(deaths.count) of \(WorkerService.ofAnswers) pictures ended their process: something is wrong here")
        return .elsewhere
      }
      if hasInput { isAtEnd = try !read() }
    }
    if let fault { throw fault }
    try put(ByeLine(in: taken, ok: sound, err: failed, digest: hash.finalHex()))
    return stop.isSet && !isAtEnd && !intake.isEnded ? .elsewhere : .done
  }

  private var hasRoom: Bool { tickets.count < window && supervisor.waitingBytes < WorkerService.mostBytes }

  /// Takes what has come, as far as there is room.
  private func takeTickets() -> WorkerFault? {
    do throws(WorkerFault) {
      while hasRoom, let ticket = try intake.next() {
        tickets.append(ticket)
        if case .row(let row) = ticket {
          taken += 1
          supervisor.add(row.work)
        }
      }
      return nil
    } catch {
      return error
    }
  }

  /// - Returns: false at the end of the input.
  private func read() throws -> Bool {
    let room = 1 << 18
    let got = withUnsafeTemporaryAllocation(byteCount: room, alignment: 16) { buffer -> Int in
      let got = Descriptors.read(into: buffer, from: input)
      if got > 0 { intake.take(UnsafeRawBufferPointer(rebasing: buffer[..<got])) }
      return got
    }
    if got > 0 || got < 0 && errno == EAGAIN { return true }
    intake.finish()
    return false
  }

  private func answered(_ answer: ChildAnswer) throws {
    guard case .row(let ticket) = tickets.removeFirst() else { preconditionFailure("pings have no answers") }
    let row = SampleRow(answer, of: ticket.sample)
    var loss: ChildLoss?
    if case .lost(let found) = answer { loss = found }
    if row.failure == nil { sound += 1 } else { failed += 1 }
    deaths.removeAll { $0 <= sound + failed - WorkerService.ofAnswers }
    if let loss {
      deaths.append(sound + failed)
      log("'\(ticket.key)': \(loss.detail)")
    }
    let line = RowLine(row, ticket: ticket, metrics: hello.metrics, loss: loss, isWhole: hello.plan != nil)
    hash.update(line.bytes)
    lines += line.bytes
    try answerPings()
  }

  private func answerPings() throws {
    while case .ping? = tickets.first {
      tickets.removeFirst()
      lines += Array("{\"t\":\"pong\"}\n".utf8)
    }
    try flush()
  }

  private func put(_ line: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    lines += try Array(encoder.encode(line)) + [UInt8(ascii: "\n")]
    try flush()
  }

  private func flush() throws {
    let fault = lines.withUnsafeBytes { Descriptors.write($0, to: output) }
    guard fault == 0 else { throw WorkerOutputFault(code: fault) }
    lines.removeAll(keepingCapacity: true)
  }
}

/// Why rows cannot be written.
struct WorkerOutputFault: Error, CustomStringConvertible {
  let code: Int32
  var description: String { "rows cannot be written: \(String(cString: strerror(code)))" }
}

/// The first line.
private struct HelloLine: Encodable {
  let t = "hello"
  let proto: Int
  let build: String
  let schema: Int
  let model: String?
  let plan: String?
  let isa: String
  let columns: [String]
  let warmMs: Int
  let sandbox: Sandbox?

  enum CodingKeys: String, CodingKey {
    case t, proto, build, schema, model, plan, isa, columns, sandbox
    case warmMs = "warm_ms"
  }

  static var machine: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    return withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

/// The last line.
private struct ByeLine: Encodable {
  let t = "bye"
  let `in`: Int
  let ok: Int
  let err: Int
  let digest: String
}
