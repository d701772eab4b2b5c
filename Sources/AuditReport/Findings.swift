import AuditCore

/// What a run found, in sentences: the same words in the terminal, on the page and in Markdown.
package struct Findings: Sendable {
  /// What a banner, a summary and a card are about.
  package enum Tone: String, Sendable, Codable {
    /// A remedy is recommended.
    case act
    /// Nothing would skew squared-error training measurably.
    case calm
    /// There is no model, or no estimate yet.
    case open
  }

  package let tone: Tone
  /// Who has the pull on a squared-error model; nil without a model.
  package let concentration: Sentence?
  /// What the same images own of both losses; nil where these were not computed.
  package let losses: Sentence?
  /// What each remedy is worth, or that there is nothing to remedy.
  package let remedies: [Sentence]
  package let recommendation: Sentence?

  package init(_ summary: RunSummary) {
    let best = summary.remedies.first(where: \.recommended)
    tone = summary.remedies.isEmpty ? .open : best == nil ? .calm : .act
    concentration = summary.worst.map(Findings.concentration)
    losses = summary.worst.flatMap { worst in
      guard worst.shareMSE > 0, worst.shareMAE > 0 else { return nil }
      return
        """
        \(worst.images == 1 ? "It owns" : "They own") \(percent(worst.shareMSE)) of the squared loss and \
        \(percent(worst.shareMAE)) of the absolute loss.
        """
    }
    remedies = Findings.remedies(of: summary, isCalm: tone == .calm)
    recommendation = best.map { remedy in
      remedy.name == "drop"
        ? "Recommended: leave out the images marked drop."
        : "Recommended: train with the weights. Where a small real group exists, their estimate is too rosy."
    }
  }

  private static func concentration(_ worst: RunSummary.Worst) -> Sentence {
    let count = "\(worst.images.formattedWithCommas) \(plural(worst.images, "image"))"
    let verb = worst.images == 1 ? "has" : "have"
    return
      """
      The worst \(percent(worst.share)) (\(count)) \(verb) \(strong: percent(worst.pullSquared)) of the pull on a \
      squared-error model, \(percent(worst.pullAbsolute)) under absolute error.
      """
  }

  private static func remedies(of summary: RunSummary, isCalm: Bool) -> [Sentence] {
    var sentences: [Sentence] = []
    if isCalm { sentences.append("Nothing here would skew squared-error training measurably.") }
    if !isCalm, let drop = summary.remedies.first(where: { $0.name == "drop" }), drop.low > 0 {
      sentences.append(
        """
        Leaving out the \(drop.images.formattedWithCommas) marked drop lowers the squared error on the rest by \
        \(strong: percent(drop.gain)) (\(interval(drop))).
        """)
    }
    if let weights = summary.remedies.first(where: { $0.name == "weights" }), weights.low > 0 {
      sentences.append(
        isCalm
          ? """
          Training weights, which leave nothing out, would lower the squared error by \(percent(weights.gain)) \
          (\(interval(weights))).
          """
          : """
          Training weights (nothing is left out) lower it by \(strong: percent(weights.gain)) (\(interval(weights))).
          """)
    }
    return sentences
  }

  private static func interval(_ remedy: RunSummary.Remedy) -> String {
    "\(figure(remedy.low)) to \(figure(remedy.high))"
  }
}

/// A word in the number that a count asks for.
func plural(_ count: Int, _ word: String) -> String {
  if count == 1 { return word }
  return word.hasSuffix("s") ? word + "es" : word + "s"
}
