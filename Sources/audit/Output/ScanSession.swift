import ArgumentParser
import AuditCore
import AuditExport
import AuditReport
import AuditScan
import AuditStore
import Dispatch
import Foundation

/// One scan as a person sees it: progress, Ctrl-C, the summary, the exit status.
struct ScanSession {
  let request: ScanRequest
  let json: Bool
  let maxErrors: Double
  /// Lines that must not be crossed.
  var gates: [Gate] = []
  let streams: StreamOptions

  /// - Returns: the name of the run.
  @discardableResult
  func run() async throws -> String {
    let line = ProgressLine(mode: streams.progress, quiet: streams.quiet)
    let stop = StopRequest()
    let signals = InterruptSignals(stop: stop)
    defer { signals.ignore() }
    let started = ContinuousClock.now
    let outcome: ScanOutcome
    do {
      outcome = try await Scan(request: request).run(stop: stop) { line.update($0) }
    } catch {
      line.finish()
      throw error
    }
    line.finish()
    for note in outcome.notes where !streams.quiet { Terminal.error("audit: \(Escaping.terminal.text(note))") }
    let store = try Store(reading: outcome.database)
    let summary = try RunSummary(from: store, run: outcome.runName)
    if outcome.isInterrupted {
      Terminal.error(
        "audit: stopped at \((summary.scored + summary.failed).formattedWithCommas)/"
          + "\(summary.planned.formattedWithCommas); run the same command to continue")
      throw ExitCode(signals.exitStatus)
    }
    let now = outcome.scoredNow == summary.seen ? "" : " (\(outcome.scoredNow.formattedWithCommas) of them now)"
    try SummaryPrinter(summary, color: streams.color).print(
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

/// Ctrl-C and SIGTERM: the first asks the scan to finish what it has begun, the second ends at once.
final class InterruptSignals: @unchecked Sendable {
  // Written by the handlers' queue alone; read after the scan has ended.
  private var received: Int32 = 0
  private var sources: [any DispatchSourceSignal] = []

  init(stop: StopRequest) {
    let queue = DispatchQueue(label: "signals")
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in
        if stop.isSet {
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

  var exitStatus: Int32 { 128 + (received == 0 ? SIGINT : received) }

  func ignore() { sources.forEach { $0.cancel() } }
}
