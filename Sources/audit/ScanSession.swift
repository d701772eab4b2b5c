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

  func run() async throws {
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
    try show(summary, scored: outcome.scoredNow, seconds: (ContinuousClock.now - started) / .seconds(1))
    if Double(summary.failed) > maxErrors * Double(max(1, summary.planned)) {
      Terminal.error(
        "audit: \(percent(Double(summary.failed) / Double(max(1, summary.planned)))) of the files could not be read; "
          + "the result is not to be trusted (--max-errors \(significant(100 * maxErrors, 6)))")
      throw ExitCode(3)
    }
    try checkGates(store)
  }

  private func checkGates(_ store: Store) throws {
    guard !gates.isEmpty else { return }
    let run = try StoredRun(in: store, named: nil)
    let results = try gates.map { try $0.result(in: store, run: run, baseline: nil) }
    if !streams.quiet { Terminal.write(try GateReport(results, run: run).text(.text), to: STDERR_FILENO) }
    if results.contains(where: \.isCrossed) { throw ExitCode(1) }
  }

  private func show(_ summary: RunSummary, scored: Int, seconds: Double) throws {
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      Terminal.print(String(decoding: try encoder.encode(summary), as: UTF8.self))
      return
    }
    if streams.quiet { return }
    let style = Style(isOn: Terminal.usesColour(streams.color, isTerminal: Terminal.outIsTerminal))
    let text = SummaryText(summary, emphasis: style.emphasis, width: Terminal.width)
    let failed = summary.failed == 0 ? "" : ", \(summary.failed.formattedWithCommas) could not be read"
    let now = scored == summary.scored + summary.failed ? "" : " (\(scored.formattedWithCommas) of them now)"
    let mark = Terminal.outIsTerminal ? style.green("✔ ") : ""
    Terminal.print(text.inventory.joined(separator: "\n"))
    Terminal.print(
      "\(mark)\(summary.scored.formattedWithCommas) scored\(failed)\(now), in \(fixed(seconds, 1)) s"
        + (summary.digest.map { "   digest \($0.prefix(16))" } ?? ""))
    for block in [text.failures, text.findings] where !block.isEmpty {
      Terminal.print("")
      Terminal.print(block.joined(separator: "\n"))
    }
    Terminal.print("")
    Terminal.print(nextCommands(summary).joined(separator: "\n"))
  }

  private func nextCommands(_ summary: RunSummary) -> [String] {
    let database = quotedFile(summary.database)
    var lines = [
      "  next:  audit report \(database) -o report.html", "         audit export \(database) --keep > keep.txt",
    ]
    if let worst = summary.top.first {
      lines.append("         audit explain \(database) \(quotedOperands([worst.operand]))")
    }
    lines.append("         audit sql \(database) \"SELECT path, skew, mse FROM flagged ORDER BY skew DESC\"")
    return lines
  }
}

extension Style {
  var emphasis: SummaryText.Emphasis {
    SummaryText.Emphasis(bold: bold, dim: dim) { verdict, text in
      switch verdict {
      case .drop: red(text)
      case .review: yellow(text)
      case .keep: text
      }
    }
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
        if stop.isSet { _exit(128 + number) }
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
