import AuditCore
import AuditQuality
import AuditStore

/// How much of a run is damaged, and how well damage is found in it.
package struct DamageSummary: Codable, Sendable {
  /// A kind of damage in this set.
  package struct Kind: Codable, Sendable {
    package let kind: String
    /// What such a picture is: "blurred".
    package let words: String
    /// Estimated part of the set, 0...1.
    package let share: Double
    /// Parts of the held-out copies that would be flagged, by strength: mild, clear, gross.
    package let recall: [String: Double]
  }

  /// Estimated part of the set that is damaged in any way, 0...1.
  package let share: Double
  /// Probability of damage from which a picture is flagged.
  package let threshold: Double
  /// Pictures that are.
  package let flagged: Int
  /// In the order of the registry.
  package let kinds: [Kind]

  init(share: Double, threshold: Double, flagged: Int, kinds: [Kind]) {
    (self.share, self.threshold, self.flagged, self.kinds) = (share, threshold, flagged, kinds)
  }

  /// nil where the run has no model of damage.
  init?(_ store: Store, run: Int64, figures: [String: Double]) throws {
    guard let share = figures["damaged_share"], let threshold = figures["damaged_from"] else { return nil }
    let flagged = try store.damagedCount(in: run, from: threshold)
    let kinds = DamageKinds.all.map { kind in
      let recall = DamageStrength.allCases.compactMap { strength in
        figures["recall_\(kind.name)_\(strength.rawValue)"].map { (strength.rawValue, $0) }
      }
      return Kind(
        kind: kind.name, words: kind.words, share: figures["damaged_share_\(kind.name)"] ?? 0,
        recall: Dictionary(uniqueKeysWithValues: recall))
    }
    self.init(share: share, threshold: threshold, flagged: flagged, kinds: kinds)
  }

  /// Kinds that a noticeable part of the set has, the most frequent first.
  package var frequent: [Kind] {
    kinds.filter { $0.share >= DamageSummary.noticeable }.sorted { $0.share > $1.share }
  }

  /// Smaller shares are told by nobody.
  private static let noticeable = 0.002

  /// Mean part of the held-out copies of a strength that would be flagged, over the kinds that have it.
  func recall(_ strength: DamageStrength) -> Double? {
    let known = kinds.compactMap { $0.recall[strength.rawValue] }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// "About 8 % of this set is damaged: 1.0 % gray, 0.9 % blurred and others." Where no picture is likely to be, the share is
  /// what cannot be ruled out (`CopyMixture` adds a standard error), and kinds would be told by chance.
  package var sentence: Sentence {
    if share < DamageSummary.noticeable { return "\(strong: "Next to nothing of this set looks damaged.")" }
    guard flagged > 0 else {
      return "\(strong: "No picture looks damaged"); at most about \(percent(share)) of this set may be."
    }
    let shown = frequent.prefix(5)
    let listed = shown.map { "\(percent($0.share)) \($0.words)" }.joined(separator: ", ")
    let rest = share - shown.reduce(0) { $0 + $1.share }
    let more = frequent.count > 5 || rest >= DamageSummary.noticeable ? " and others" : ""
    return "\(strong: "About \(percent(share)) of this set is damaged")\(listed.isEmpty ? "" : ": " + listed + more)."
  }

  /// "Of copies that were damaged on purpose and held out, 97 % of the gross, 88 % of the clear and 61 % of the mild ones
  /// would be flagged."
  package var recallSentence: Sentence {
    let parts = DamageStrength.allCases.reversed().compactMap { strength in
      recall(strength).map { "\(percent($0)) of the \(strength.rawValue)" }
    }
    return "Of copies damaged on purpose and held out, \(listed(parts)) ones would be flagged."
  }

  private func listed(_ parts: [String]) -> String {
    guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }
}

/// How many pictures of a run have an issue.
package struct IssueCount: Codable, Sendable {
  package let code: String
  package let severity: String
  package let images: Int
}

/// What the usual picture of a run has.
package struct SetIssue: Codable, Sendable {
  package let code: String
  package let meaning: String
  package let detail: String
}

extension Store {
  /// Issues of pictures that were scored: warnings, then notices, the most frequent first.
  func issueCounts(of run: Int64) throws -> [IssueCount] {
    try issueRows(of: run).map {
      IssueCount(code: $0["code"].text ?? "", severity: $0["severity"].text ?? "", images: $0["images"].integer ?? 0)
    }
  }

  /// Empty in databases of older versions.
  func setIssues(of run: Int64) throws -> [SetIssue] {
    try setIssueRows(of: run).map {
      let code = $0["code"].text ?? ""
      return SetIssue(code: code, meaning: IssueCatalogue.info(code)?.meaning ?? "", detail: $0["detail"].text ?? "")
    }
  }
}
