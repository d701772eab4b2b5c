import AuditCore
import Foundation

/// Hands work to one child after another and gives its answers in the order of the work, whatever becomes of the
/// children. It never looks at the bytes of a picture. For one thread.
///
/// Answers are ordered, so the first piece without one is what a child died of, if any. It is tried once more with
/// nothing beside it; what ends a second child is lost. The others are sent again: work is a pure function of its bytes.
package final class Supervisor {
  private let launch: ChildLaunch
  private var order: ChildOrder
  private var limits: SupervisionLimits
  private var child: ChildLink?
  private var standing = Standing.unordered
  /// Without answers, the oldest first; those of `sent` are with the child.
  private var waiting: [Waiting] = []
  private var sent = 0
  /// Whether the first is tried alone.
  private var isAlone = false
  /// Of the first that waits.
  private var deadline = Deadline(seconds: 0)
  private var pace = AnswerPace()
  /// Answers of this child.
  private var answered = 0
  /// Children that ended without being asked to, since the beginning.
  package private(set) var deaths = 0
  /// What the newest child gave up before it began; nil before the first.
  package private(set) var sandbox: Sandbox?
  /// Memory of what waits.
  package private(set) var waitingBytes = 0

  /// How often a poll wakes up to look at what the child holds.
  private static let lookEvery = 0.1
  private static let startAttempts = 3

  /// What the child knows of the order.
  private enum Standing {
    case unordered
    /// One was sent, this one or the one before it, and the child has not said yet that it can begin.
    case sent(isCurrent: Bool)
    case ready
  }

  private struct Waiting {
    let work: ChildWork
    var attempts = 0
  }

  package init(_ launch: ChildLaunch, order: ChildOrder, limits: SupervisionLimits = SupervisionLimits()) {
    (self.launch, self.order, self.limits) = (launch, order, limits)
  }

  /// Has what comes next done by another order. A child that runs is told, so that none has to be started for it.
  package func follow(_ order: ChildOrder, limits: SupervisionLimits) {
    precondition(waiting.isEmpty, "work that waits was meant for the order before")
    (self.order, self.limits) = (order, limits)
    if case .sent = standing {
      standing = .sent(isCurrent: false)
    } else {
      standing = .unordered
    }
  }

  package var waitingCount: Int { waiting.count }

  /// Id of the child; nil where none runs.
  package var process: Int32? { child?.process }

  package func add(_ work: ChildWork) {
    waiting.append(Waiting(work: work))
    waitingBytes += work.bytes
  }

  /// Starts a child where none runs, without a wait: it gets ready while the caller does something else. Where that does
  /// not succeed, whoever has work for it hears of it.
  package func startAhead() {
    guard child == nil, let link = try? ChildLink(launch) else { return }
    link.send(order.parcel(limits))
    _ = link.flush()
    (child, standing) = (link, .sent(isCurrent: true))
  }

  /// Starts a child where none runs, and waits until it can begin.
  package func warmUp() throws(SupervisionFault) { _ = try running() }

  /// Ends the child, whatever it does. What waits still does.
  package func endChild() {
    _ = child?.end()
    forgetChild()
  }

  /// Ends the child and forgets what waits.
  package func abandon() {
    endChild()
    waiting.removeAll()
    waitingBytes = 0
    isAlone = false
  }

  /// Waits until something is answered, `input` can be read, or the time is up.
  ///
  /// - Parameters:
  ///   - input: another descriptor to wait for; nil for none.
  ///   - awaited: answers that are needed together: this may rest for a moment until they should be there.
  /// - Returns: answers in the order of the work, and whether there is something to read.
  package func advance(
    input: Int32? = nil, awaiting awaited: Int = 1, within seconds: Double
  ) throws(SupervisionFault) -> (answers: [ChildAnswer], hasInput: Bool) {
    if !waiting.isEmpty { try handOut(to: try running()) }
    rest(until: min(awaited, sent))
    let ready = poll(input: input, within: waiting.isEmpty ? seconds : min(seconds, Supervisor.lookEvery))
    guard let child else { return ([], ready.input) }
    var answers: [ChildAnswer] = []
    var isOpen = true
    if ready.child {
      let found = child.receive()
      isOpen = found.isOpen
      pace.note(answers: found.frames.count, bytes: found.frames.reduce(0) { $0 + $1.body.count })
      answers = found.frames.compactMap { answer($0) }
    }
    if isOpen, ready.canSend { isOpen = child.flush() }
    if !isOpen {
      answers += childDied()
    } else if sent > 0, answers.isEmpty {
      answers += overstepped(child, isQuiet: !ready.child && !ready.input)
    }
    return (answers, ready.input)
  }

  /// Sends what waits, as far as it may be with the child already.
  private func handOut(to child: ChildLink) throws(SupervisionFault) {
    // A child that is to give way gets no more than it may answer, however much waits.
    let most = isAlone ? 1 : min(waiting.count, max(sent, limits.recycleAfter - answered))
    guard sent < most else { return }
    if sent == 0 {
      deadline = Deadline(seconds: limits.timeout)
      pace.begin()
    }
    for piece in waiting[sent..<most] { child.send(Parcel(piece.work.frame, files: piece.work.files)) }
    sent = most
    // Where it is gone the next poll says so.
    _ = child.flush()
  }

  /// Sleeps while the child works on what is awaited, unless it ends.
  private func rest(until answers: Int) {
    guard let child, !child.hasToSend else { return }
    let milliseconds = Int32((pace.rest(until: answers) * 1000).rounded(.up))
    // An answer does not wake a poll that asks for nothing, and an end does.
    var entry = pollfd(fd: child.socket, events: 0, revents: 0)
    if milliseconds > 0 { _ = Foundation.poll(&entry, 1, milliseconds) }
  }

  private func poll(
    input: Int32?, within seconds: Double
  ) -> (child: Bool, canSend: Bool, input: Bool) {
    var entries: [pollfd] = []
    if let child {
      let events = POLLIN | (child.hasToSend ? POLLOUT : 0)
      entries.append(pollfd(fd: child.socket, events: Int16(events), revents: 0))
    }
    if let input { entries.append(pollfd(fd: input, events: Int16(POLLIN), revents: 0)) }
    guard !entries.isEmpty else { return (false, false, false) }
    let milliseconds = Int32(max(0, min(seconds, 3600) * 1000).rounded(.up))
    guard Foundation.poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return (false, false, false) }
    let ended = Int16(POLLIN | POLLHUP | POLLERR | POLLNVAL)
    let ofChild = child == nil ? 0 : entries[0].revents
    let ofInput = input == nil ? 0 : entries[entries.count - 1].revents
    return (ofChild & ended != 0, ofChild & Int16(POLLOUT) != 0, ofInput & ended != 0)
  }

  private func answer(_ frame: WireFrame) -> ChildAnswer? {
    guard frame.kind == .answer, sent > 0 else { return nil }
    removeFirst()
    answered += 1
    deadline = Deadline(seconds: limits.timeout)
    return .answered(frame.body)
  }

  private func removeFirst() {
    waitingBytes -= waiting.removeFirst().work.bytes
    sent -= 1
    isAlone = false
  }

  private func childDied() -> [ChildAnswer] {
    guard let child else { return [] }
    let ending = child.end(kill: false)
    let words = child.lastWords
    deaths += 1
    let first = sent > 0
    forgetChild()
    guard first else { return [] }
    waiting[0].attempts += 1
    let cause = ChildLoss.Cause(ending, words: words)
    guard waiting[0].attempts > 1 || cause == .timeout else {
      isAlone = true
      return []
    }
    return [lose(cause, signal: ending.signal, "\(ending)" + (words.isEmpty ? "" : ": \(words)"))]
  }

  /// Ends a child that takes too long or too much.
  ///
  /// - Parameter isQuiet: nothing came: then there is time to look at its memory.
  private func overstepped(_ child: ChildLink, isQuiet: Bool) -> [ChildAnswer] {
    if deadline.isOver {
      return endForGood(.timeout, "no answer for \(significant(deadline.seconds, 6)) s; its process was ended")
    }
    if isQuiet, let held = child.residentMegabytes, held > limits.megabytes {
      return endForGood(.memory, "its process held \(held) MB, more than \(limits.megabytes), and was ended")
    }
    return []
  }

  private func endForGood(_ cause: ChildLoss.Cause, _ detail: String) -> [ChildAnswer] {
    endChild()
    deaths += 1
    waiting[0].attempts += 1
    return [lose(cause, signal: nil, detail)]
  }

  private func lose(_ cause: ChildLoss.Cause, signal: Int32?, _ detail: String) -> ChildAnswer {
    let attempts = waiting[0].attempts
    waitingBytes -= waiting.removeFirst().work.bytes
    isAlone = false
    return .lost(ChildLoss(cause: cause, signal: signal, attempts: attempts, detail: detail))
  }

  private func forgetChild() {
    child = nil
    standing = .unordered
    sent = 0
    answered = 0
    pace = AnswerPace()
  }

  private func running() throws(SupervisionFault) -> ChildLink {
    if let child, sent > 0 || answered < limits.recycleAfter {
      if case .ready = standing { return child }
      if case .success = give(order, to: child) { return child }
    }
    endChild()
    var last = ""
    for _ in 0..<Supervisor.startAttempts {
      switch start() {
      case .success(let started):
        child = started
        return started
      case .failure(.cannotStart(let text)): last = text
      case .failure(let refusal): throw refusal
      }
    }
    throw .cannotStart(last)
  }

  private func start() -> Result<ChildLink, SupervisionFault> {
    let link: ChildLink
    do throws(ChildFailure) {
      link = try ChildLink(launch)
    } catch {
      if case .notStarted(let text) = error { return .failure(.cannotStart(text)) }
      return .failure(.cannotStart("a child process ended at once"))
    }
    return give(order, to: link)
  }

  /// - Returns: the child, once it can begin.
  private func give(_ order: ChildOrder, to link: ChildLink) -> Result<ChildLink, SupervisionFault> {
    if case .sent(let isCurrent) = standing {
      let ready = wait(for: link)
      guard case .success = ready, !isCurrent else { return ready }
    }
    link.send(order.parcel(limits))
    return wait(for: link)
  }

  /// - Returns: the child, once it says that it can begin by the order that was sent last.
  private func wait(for link: ChildLink) -> Result<ChildLink, SupervisionFault> {
    let deadline = Deadline(seconds: limits.warmUp)
    while !deadline.isOver {
      var entry = pollfd(fd: link.socket, events: Int16(POLLIN | (link.hasToSend ? POLLOUT : 0)), revents: 0)
      guard Foundation.poll(&entry, 1, deadline.milliseconds) > 0 else { continue }
      guard link.flush() else { break }
      let found = link.receive()
      if let frame = found.frames.first {
        if frame.kind == .ready {
          sandbox = Sandbox(greeting: frame.header)
          standing = .ready
          return .success(link)
        }
        return .failure(.refused(String(decoding: frame.body, as: UTF8.self)))
      }
      if !found.isOpen { break }
    }
    let isLate = deadline.isOver
    let ending = link.end(kill: isLate)
    let words = link.lastWords
    return .failure(
      .cannotStart(
        isLate
          ? "a child process was not ready after \(significant(limits.warmUp, 6)) s"
          : "a child process ended before it could begin: \(ending)" + (words.isEmpty ? "" : ", \(words)")))
  }
}

extension ChildLoss.Cause {
  init(_ ending: ChildEnding, words: String) {
    // What Swift and C++ say where the system gives them no memory.
    let isMemory = ending.status == ChildStatus.noMemory || words.contains("bad_alloc") || words.contains("allocat")
    self = ending.signal == SIGXCPU ? .timeout : isMemory ? .memory : .crash
  }
}

/// Exit statuses of a child that says why it leaves.
package enum ChildStatus {
  package static let noMemory: Int32 = 71
}
