import AuditCore
import AuditQuality
package import AuditStore

/// What a run says of one issue: how often it was found, from which line on, and what is usual there.
package struct IssueInSet: Codable, Sendable {
  /// A number that the issue is seen from.
  package struct Statistic: Codable, Sendable {
    package let name: String
    /// Median of the set.
    package let usual: Double
    /// 1.4826 times the median absolute deviation.
    package let spread: Double
  }

  /// Copies that were damaged on purpose in one way and held out.
  package struct Found: Codable, Sendable {
    package let words: String
    /// Parts that would be flagged, by strength.
    package let recall: [String: Double]
  }

  package struct Example: Codable, Sendable {
    package let path: String
    package let detail: String
    package let confidence: Double?
  }

  package let run: String
  /// Whether it was looked for.
  package let isKnown: Bool
  package let images: Int
  package let scored: Int
  /// Mean probability that it is so; nil where absolute lines spoke.
  package let confidence: Double?
  /// Probability of damage from which it is raised; nil where nothing was learnt.
  package let threshold: Double?
  package let statistics: [Statistic]
  package let found: [Found]
  /// What is said of the set as a whole instead; nil where nothing is.
  package let ofAll: String?
  /// The clearest first.
  package let examples: [Example]

  private static let mostExamples = 3
}

extension IssueInSet {
  /// - Parameter name: of the run; nil for the one that the views speak of.
  package init(_ code: String, in store: Store, run name: String?) throws {
    let run = try StoredRun(in: store, named: name)
    let rule = IssueRules.all.first { $0.info.code == code }
    let figures = try store.figures(of: run.id)
    self.run = run.name
    isKnown = try rule == nil || store.knowsIssues(of: run)
    images = try store.count(withIssue: code, of: run.id)
    scored = try rule == nil ? store.sampleCount(of: run.id) : store.scoredCount(of: run.id)
    confidence = try store.issueKindRows(of: run.id).first { $0["code"].text == code }?["confidence"].real
    threshold = rule == nil || !isKnown ? nil : figures["damaged_from"]
    // What is usual is known of all samples alone.
    let names = try isKnown && store.excerpt(of: run.id) == nil ? store.knownStatistics(rule?.statistics ?? []) : []
    let set = MeasuredSet(
      threshold: 1, columns: Dictionary(uniqueKeysWithValues: zip(names, try store.statistics(names, of: run.id))))
    statistics = names.compactMap { name in
      guard let usual = set.median(name), let spread = set.spread(name) else { return nil }
      return Statistic(name: name, usual: usual, spread: spread)
    }
    found = IssueRules.kinds(of: code).compactMap { DamageKinds.named($0) }.compactMap { kind in
      let recall = DamageStrength.allCases.compactMap { strength in
        figures["recall_\(kind.name)_\(strength.rawValue)"].map { (strength.rawValue, $0) }
      }
      return recall.isEmpty ? nil : Found(words: kind.words, recall: Dictionary(uniqueKeysWithValues: recall))
    }
    ofAll = try store.setIssueRows(of: run.id).first { $0["code"].text == code }?["detail"].text
    examples =
      try images == 0
      ? []
      : store.issueExamples(code, clearestIn: run.id, most: IssueInSet.mostExamples).map {
        Example(path: $0["path"].text ?? "", detail: $0["detail"].text ?? "", confidence: $0["confidence"].real)
      }
  }

  /// Lines for a terminal.
  func lines(width: Int) -> [String] {
    let label = 2 + (facts.map(\.label.count).max() ?? 0)
    return ["IN THIS SET (run \"\(SamplePath(run).printable)\")"]
      + facts.flatMap {
        TextLayout.wrapped("  \($0.label.padded(label))\($0.text)", width: width, hanging: 2 + label)
      }
  }

  private var facts: [(label: String, text: String)] {
    guard isKnown else { return [("found", "nobody has looked for it: the run was scanned with --no-quality")] }
    var facts = [
      (
        "found",
        "\(images.formattedWithCommas) of \(counted(scored, "image"))"
          + (confidence.map { ", \(percent($0)) sure on the mean" } ?? "")
      )
    ]
    if let ofAll { facts.append(("as a whole", "said of the set: \(SamplePath(ofAll).printable)")) }
    if let threshold {
      facts.append(
        ("threshold", "raised from a probability of damage of \(fixed(threshold, 2)) on, or by an absolute line"))
    }
    facts += statistics.map {
      ($0.name, "usually \(fixed($0.usual, 3)); one robust deviation is \(fixed($0.spread, 3))")
    }
    facts += found.map { found in
      let parts = DamageStrength.allCases.reversed().compactMap { strength in
        found.recall[strength.rawValue].map { "\(percent($0)) of the \(strength.rawValue)" }
      }
      return (
        found.words, "of copies made so on purpose and held out, \(parts.joined(separator: ", ")) would be flagged"
      )
    }
    return facts
      + examples.map { example in
        let sure = example.confidence.map { ", \(percent($0)) sure" } ?? ""
        return ("such as", "\(SamplePath(example.path).printable): \(SamplePath(example.detail).printable)\(sure)")
      }
  }
}
