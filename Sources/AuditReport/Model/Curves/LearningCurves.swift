import AuditCore
package import AuditProbe
package import AuditStore

/// What `audit probe --compare` measured: held-out squared error over the epochs of trainings with each remedy.
package struct LearningCurves: Codable, Sendable {
  package struct Curve: Codable, Sendable {
    package let remedy: ProbeComparison.Remedy
    /// Held-out squared error after each epoch, from the first; mean over the seeds, full scale squared.
    package let squaredErrors: [Double]
    package let seeds: Int
    /// At the end: mean, lowest and highest over the seeds.
    package let error: [Double]
    /// Fall against training on all: mean, lowest and highest over the seeds.
    package let gain: [Double]
  }

  package let curves: [Curve]

  /// nil where the run has not been probed that way.
  package init?(store: Store, run: Int64) throws {
    let epochs = try store.comparedEpochs(of: run)
    let ends = try store.probeComparison(of: run)
    curves = ProbeComparison.Remedy.allCases.compactMap { remedy in
      guard let end = ends.first(where: { $0["remedy"].text == remedy.rawValue }) else { return nil }
      return Curve(
        remedy: remedy,
        squaredErrors: epochs.filter { $0["name"].text == remedy.rawValue }.compactMap { $0["error"].real },
        seeds: end["seeds"].integer ?? 0, error: ["mse", "mse_low", "mse_high"].compactMap { end[$0].real },
        gain: ["gain", "gain_low", "gain_high"].compactMap { end[$0].real })
    }
    guard curves.contains(where: { $0.squaredErrors.count > 1 }), curves.allSatisfy({ $0.error.count == 3 }) else {
      return nil
    }
  }

  /// The rows of a table: remedy, error and gain with their ranges.
  var rows: [[String]] {
    curves.map { curve in
      let error = curve.error.map { significant(1e6 * $0, 3) }
      let gain =
        curve.remedy == .all || curve.gain.count < 3
        ? "" : "\(percent(curve.gain[0])) (\(figure(curve.gain[1])) to \(figure(curve.gain[2])))"
      return [curve.remedy.name, "\(error[0]) (\(error[1]) to \(error[2]))", gain]
    }
  }

  static let headings = ["trained with", "error x 10⁶", "fall"]
}

extension ProbeComparison.Remedy {
  /// For a legend and a narrow table.
  var name: String {
    switch self {
    case .all: "squared error, all images"
    case .drop: "squared error without drop"
    case .weights: "squared error with weights"
    case .both: "squared error with both"
    case .robust: "robust loss, all images"
    }
  }
}
