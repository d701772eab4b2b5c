import AuditCore
import AuditScan
import Foundation
import Synchronization

/// How fast a phase goes in this call of the program.
struct Pace {
  let seconds: Double
  /// Items a second; 0 while nothing is known.
  let rate: Double
  /// nil while nothing is known.
  let secondsLeft: Double?

  /// - Parameter start: items that were done when the phase began.
  init(_ progress: ScanProgress, since start: Int, seconds: Double) {
    self.seconds = seconds
    rate = seconds > 0 && progress.done > start ? Double(progress.done - start) / seconds : 0
    let rate = rate
    secondsLeft = rate > 0 ? progress.total.map { Double($0 - progress.done) / rate } : nil
  }
}

/// Draws a scan's progress on standard error: a live line on a terminal, sparse lines or JSON where asked for.
final class ProgressLine: Sendable {
  enum Mode: String, CaseIterable {
    /// A live line on a terminal, nothing in a pipe.
    case auto
    /// One line per tenth of a phase.
    case plain
    /// One JSON object a second.
    case json
    case none
  }

  private struct State {
    var phase: ScanProgress.Phase?
    var phaseStart = ContinuousClock.now
    /// What was done when the phase began: rows of an earlier call tell nothing about the speed of this one.
    var doneAtStart = 0
    var lastDrawn = ContinuousClock.now - .seconds(10)
    var lastTenth = -1
    var isDrawn = false
  }

  private let mode: Mode
  private let isLive: Bool
  private let state = Mutex(State())

  init(mode: Mode, quiet: Bool) {
    self.mode = quiet ? .none : mode
    isLive = mode == .auto && Terminal.errorIsTerminal && !Terminal.isDumb && !quiet
  }

  func update(_ progress: ScanProgress) {
    state.withLock { state in
      let now = ContinuousClock.now
      if state.phase != progress.phase {
        state.phase = progress.phase
        state.phaseStart = now
        state.doneAtStart = progress.done
        state.lastTenth = -1
        state.lastDrawn = now - .seconds(10)
      }
      let pace = Pace(progress, since: state.doneAtStart, seconds: (now - state.phaseStart) / .seconds(1))
      let isLast = progress.done == progress.total
      switch mode {
      case .none: return
      case .auto:
        guard isLive, isLast || now - state.lastDrawn > .milliseconds(80) else { return }
        let line = ProgressLine.text(progress, pace, width: Terminal.width)
        Terminal.draw("\r\u{1B}[K" + Escaping.terminal.text(line), to: STDERR_FILENO)
        state.isDrawn = true
      case .plain:
        let tenth = progress.total.map { $0 == 0 ? 10 : 10 * progress.done / $0 } ?? 0
        guard tenth != state.lastTenth else { return }
        state.lastTenth = tenth
        Terminal.error(ProgressLine.text(progress, pace, width: 0))
      case .json:
        guard isLast || now - state.lastDrawn > .seconds(1) else { return }
        Terminal.error(ProgressLine.json(progress, pace))
      }
      state.lastDrawn = now
    }
  }

  /// Takes the live line away.
  func finish() {
    state.withLock { state in
      if state.isDrawn { Terminal.draw("\r\u{1B}[K", to: STDERR_FILENO) }
      state.isDrawn = false
    }
  }

  private static func text(_ progress: ScanProgress, _ pace: Pace, width: Int) -> String {
    let name = progress.phase.rawValue.padding(toLength: 6, withPad: " ", startingAt: 0)
    guard let total = progress.total else { return "\(name) found \(progress.done.formattedWithCommas)" }
    var rest = "\(progress.done.formattedWithCommas)/\(total.formattedWithCommas)"
    if let detail = progress.detail {
      rest = detail
    } else if pace.seconds > 0.3, let left = pace.secondsLeft {
      rest += "  \(Int(pace.rate).formattedWithCommas) img/s  eta \(duration(left))"
    }
    if progress.phase == .score {
      rest += "  errors \(progress.errors.formattedWithCommas)  flagged \(progress.flagged.formattedWithCommas)"
    }
    let cells = min(30, width - name.count - rest.count - 6)
    guard cells >= 5 else { return "\(name) \(rest)" }
    let filled = total == 0 ? cells : cells * progress.done / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
    return "\(name) \(bar)  \(rest)"
  }

  private static func json(_ progress: ScanProgress, _ pace: Pace) -> String {
    var fields = ["\"t\":\"progress\"", "\"phase\":\"\(progress.phase.rawValue)\"", "\"done\":\(progress.done)"]
    if let total = progress.total {
      fields.append("\"total\":\(total)")
      if let left = pace.secondsLeft { fields.append("\"eta_s\":\(Int(left.rounded(.up)))") }
    }
    if let detail = progress.detail { fields.append("\"detail\":\(Escaping.json.text(detail))") }
    fields += ["\"rate\":\(Int(pace.rate))", "\"errors\":\(progress.errors)", "\"flagged\":\(progress.flagged)"]
    return "{" + fields.joined(separator: ",") + "}"
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole)s" }
    if whole < 3600 { return "\(whole / 60)m\(whole % 60)s" }
    return "\(whole / 3600)h\(whole % 3600 / 60)m"
  }
}
