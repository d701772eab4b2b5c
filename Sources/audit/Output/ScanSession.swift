import ArgumentParser
import AuditCore
import AuditExport
import AuditReport
import AuditScan
import AuditStore
import Dispatch
import Foundation
import Synchronization

/// One scan as a person sees it: progress, Ctrl-C, the summary, the exit status.
struct ScanSession {
  /// What makes a run of a request.
  typealias Steps =
    @Sendable (
      ScanRequest, StopRequest, @escaping @Sendable (ScanProgress) -> Void
    ) async throws -> ScanOutcome

  static let scan: Steps = { try await Scan(request: $0).run(stop: $1, progress: $2) }

  let request: ScanRequest
  var steps: Steps = scan
  let json: Bool
  let maxErrors: Double
  /// Lines that must not be crossed.
  var gates: [Gate] = []
  let streams: StreamOptions

  /// - Returns: the name of the run.
  @discardableResult
  func run() async throws -> String {
    let session = StepSession(streams: streams)
    let started = ContinuousClock.now
    let outcome = try await session.run { try await steps(request, $0, $1) }
    session.tell(outcome.notes)
    let store = try Store(reading: outcome.database)
    let summary = try RunSummary(from: store, run: outcome.runName)
    if outcome.isInterrupted {
      throw session.stopped(
        at: "\((summary.scored + summary.failed).formattedWithCommas)/\(summary.planned.formattedWithCommas)",
        "run the same command to continue")
    }
    let now = outcome.scoredNow == summary.seen ? "" : " (\(outcome.scoredNow.formattedWithCommas) of them now)"
    try SummaryPrinter(summary, of: store, color: streams.color).print(
      asJSON: json, isQuiet: streams.quiet,
      ending: "\(now), in \(fixed((ContinuousClock.now - started) / .seconds(1), 1)) s")
    if Double(summary.failed) > maxErrors * Double(max(1, summary.planned)) {
      Terminal.error(
        "audit: \(percent(Double(summary.failed) / Double(max(1, summary.planned)))) of the files could not be read; "
          + "the result is not to be trusted (--max-errors \(significant(100 * maxErrors, 6)))")
      throw ExitCode(3)
    }
    try checkGates(store, run: outcome.runName)
    return outcome.runName
  }

  private func checkGates(_ store: Store, run name: String) throws {
    guard !gates.isEmpty else { return }
    let run = try StoredRun(in: store, named: name)
    let results = try gates.map { try $0.result(in: store, run: run, baseline: nil) }
    if !streams.quiet { Terminal.write(try GateReport(results, run: run).text(.text), to: STDERR_FILENO) }
    if results.contains(where: \.isCrossed) { throw ExitCode(1) }
  }
}

/// A step that takes a while: its progress, Ctrl-C, and what a person should know of it.
struct StepSession {
  let streams: StreamOptions
  private let stop = StopRequest()
  private let signals: InterruptSignals

  init(streams: StreamOptions) {
    self.streams = streams
    signals = InterruptSignals(stop: stop, hasBegun: false)
  }

  func run<Value>(
    _ step: (StopRequest, @escaping @Sendable (ScanProgress) -> Void) async throws -> Value
  ) async throws -> Value {
    let line = ProgressLine(mode: streams.progress, quiet: streams.quiet)
    defer {
      line.finish()
      signals.ignore()
    }
    return try await step(stop) { [signals] progress in
      if progress.phase != .walk { signals.begin() }
      line.update(progress)
    }
  }

  /// A sentence each.
  func tell(_ notes: [String]) {
    for note in notes where !streams.quiet { Terminal.error("audit: \(Escaping.terminal.text(note))") }
  }

  /// Says that the step was stopped.
  ///
  /// - Returns: the exit status.
  func stopped(at place: String? = nil, _ next: String) -> ExitCode {
    Terminal.error("audit: stopped\(place.map { " at " + $0 } ?? ""); \(next)")
    return ExitCode(signals.exitStatus)
  }
}

/// Ctrl-C and SIGTERM: the first asks the scan to finish what it has begun, the second ends at once. Where nothing has
/// begun, as while a list is waited for or folders are walked, the first does.
final class InterruptSignals: @unchecked Sendable {
  // Written by the handlers' queue alone; read after the scan has ended.
  private var received: Int32 = 0
  private var sources: [any DispatchSourceSignal] = []
  private let hasBegun: Atomic<Bool>

  /// - Parameter hasBegun: whether there is something to finish already.
  init(stop: StopRequest, hasBegun: Bool = true) {
    self.hasBegun = Atomic(hasBegun)
    let queue = DispatchQueue(label: "signals")
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in
        let isIdle = self?.hasBegun.load(ordering: .relaxed) == false
        if isIdle { Terminal.error("audit: stopped before anything was begun") }
        if isIdle || stop.isSet {
          stop.giveUp()
          _exit(128 + number)
        }
        self?.received = number
        stop.set()
      }
      source.resume()
      sources.append(source)
    }
  }

  /// From now on there is something to finish.
  func begin() { hasBegun.store(true, ordering: .relaxed) }

  var exitStatus: Int32 { 128 + (received == 0 ? SIGINT : received) }

  func ignore() { sources.forEach { $0.cancel() } }
}
