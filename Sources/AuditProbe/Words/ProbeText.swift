import AuditCore

extension ProbeProgress {
  /// One line for a terminal, without its end: what, how far, loss, held-out loss, rate.
  package var line: String {
    var parts = ["\(name)", "epoch \(epoch.epoch)/\(epochs)", "loss \(shortNumber(epoch.loss))"]
    if let heldOut = epoch.heldOutLoss { parts.append("held out \(shortNumber(heldOut))") }
    parts.append("rate \(shortNumber(epoch.rate))")
    parts.append("\(Int((100 * fractionDone).rounded(.down))) %")
    return parts.joined(separator: "  ")
  }
}

extension Probe {
  /// How training ended, a sentence each network: visible proof of convergence, or that there was none.
  package var notes: [String] {
    trainings.enumerated().map { place, training in
      let name = trainings.count == 1 ? "the probe" : "the probe's network \(place + 1)"
      let epochs = counted(training.curve.count, "epoch")
      let move = training.lastFall.map { ", the loss moving by \(ProbeComparison.percent($0)) over the last few" } ?? ""
      let slower =
        training.restarts == 0
        ? ""
        : "; begun anew \(training.restarts == 1 ? "once" : "\(training.restarts) times"), at last at a rate of \(shortNumber(training.rate))"
      switch training.end {
      case .converged: return "\(name) converged after \(epochs)\(move)\(slower)"
      case .epochLimit: return "\(name) reached its limit of \(epochs)\(move)\(slower)"
      case .stopped: return "\(name) was stopped after \(epochs)"
      }
    }
  }
}

extension ProbeComparison {
  /// Held-out errors of the five ways, with the range over the seeds, as lines of a table for a terminal or a log.
  ///
  /// - Parameter width: columns that it is fitted to; nil where nothing limits it.
  package func table(width: Int? = nil) -> String {
    var table = TextTable([
      .init("", .prose), .init("held-out squared error"), .init("absolute error", isOptional: true),
      .init("gain in squared error"),
    ])
    for remedy in Remedy.allCases {
      let gain = gain(remedy)
      let range = "\(Self.percent(gain.mean)) (\(Self.percent(gain.lowest)) to \(Self.percent(gain.highest)))"
      table.add([
        remedy.title, ranged(heldOutSquared(remedy)), ranged(heldOutAbsolute(remedy)), remedy == .all ? "-" : range,
      ])
    }
    return table.lines(width: width).joined(separator: "\n") + "\n"
  }

  private func ranged(_ spread: Spread) -> String {
    "\(shortNumber(spread.mean)) (\(shortNumber(spread.lowest)) to \(shortNumber(spread.highest)))"
  }

  static func percent(_ share: Double) -> String {
    guard let tenths = Int(exactly: (abs(share) * 1000).rounded()) else { return "-" }
    return (share < 0 && tenths > 0 ? "-" : "") + "\(tenths / 10).\(tenths % 10) %"
  }
}
