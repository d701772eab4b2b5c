package import AuditCore
import AuditQuality

/// What a run found, in sentences: the same words in the terminal, on the page and in Markdown.
package struct Findings: Sendable {
  /// What a banner, a summary and a card are about.
  package enum Tone: String, Sendable, Codable {
    /// A remedy is recommended.
    case act
    /// Nothing is worth doing about skewing images.
    case calm
    /// There is no model, no estimate, or none that still holds.
    case open
  }

  package let tone: Tone
  /// What to do, in plain words, or that nothing is to be done, or why that is not known.
  package let headline: Sentence?
  /// How much that is worth and who says so, or how little there is to gain.
  package let size: Sentence?
  /// What is out of date and why, with the command that makes it current.
  package let outdated: [(sentence: Sentence, command: String?)]
  /// Who has the pull on a squared-error model; nil without a model.
  package let concentration: Sentence?
  /// What the same images own of both losses; nil where these were not computed.
  package let losses: Sentence?
  /// How much of the set is damaged, how well that is found in it, and what nearly all of it has.
  package let damage: [Sentence]
  /// "issues: 14 blurred, 3 gray_in_colour; 41 copies in 12 groups"; nil where nobody looked.
  package let issues: Sentence?
  /// What the issues count for.
  package let counting: Sentence?

  package init(_ summary: RunSummary) {
    let words = AdviceWords(summary.advice)
    tone = words.tone
    headline =
      summary.misfit.map { Findings.misfit($0, commands: summary.commands) } ?? words.headline ?? Findings.open(summary)
    size = words.size
    outdated = words.outdated(commands: summary.commands)
    concentration = summary.worst.map(Findings.concentration)
    // Codes come from a database that anybody may have written.
    func shown(_ text: String) -> String { SamplePath(text).printable }
    damage =
      (summary.damage.map { [$0.sentence, $0.recallSentence] } ?? [])
      + summary.setIssues.map { issue in
        "The set as a whole is \(shown(IssueRules.wordsOfAll(issue.code))): \(shown(issue.detail))."
      } + [Findings.smallness(summary)].compactMap { $0 }
    let counts = summary.issues.map { "\($0.images.formattedWithCommas) \(shown($0.code))" }
    let told = [counts.joined(separator: ", "), summary.copies?.words ?? ""].filter { !$0.isEmpty }
    let isLooked = summary.looksAtPictures == true
    issues =
      told.isEmpty ? (isLooked && summary.scored > 0 ? "issues: none" : nil) : "issues: \(told.joined(separator: "; "))"
    counting = Findings.counting(summary)
    losses = summary.worst.flatMap { worst in
      guard worst.shareMSE > 0, worst.shareMAE > 0 else { return nil }
      return
        """
        \(worst.images == 1 ? "It owns" : "They own") \(percent(worst.shareMSE)) of the squared loss and \
        \(percent(worst.shareMAE)) of the absolute loss.
        """
    }
  }

  /// All of them, in the order in which they are read.
  package var sentences: [Sentence] {
    [headline, size].compactMap { $0 } + outdated.map(\.sentence) + facts
  }

  /// What does not tell what to do.
  package var facts: [Sentence] {
    [concentration, losses].compactMap { $0 } + damage + [issues, counting].compactMap { $0 }
  }

  /// Why a small set has no figures of damage.
  private static func smallness(_ summary: RunSummary) -> Sentence? {
    guard summary.looksAtPictures == true, summary.damage == nil, summary.scored > 0 else { return nil }
    let isSmall = summary.scored < MeasuredSet.fewestToLearn
    guard isSmall || summary.isFinished else { return nil }
    return """
      Fewer than \(MeasuredSet.fewestToLearn.formattedWithCommas)\(isSmall ? "" : " different") images: what damage looks like here cannot be learnt, \
      and absolute lines speak alone.
      """
  }

  private static func counting(_ summary: RunSummary) -> Sentence? {
    guard summary.looksAtPictures == true else { return nil }
    if let origin = summary.issuesCountBy {
      return "Issues count as drop or review \(origin.hasPrefix("profile") ? "by " : "")\(origin)."
    }
    let warns = summary.issues.contains { issue in
      issue.severity == SampleIssue.Severity.warning.rawValue
        && IssueRules.all.contains { $0.info.code == issue.code }
    }
    return warns ? "None of them counts as drop or review: --profile says what is trained." : nil
  }

  private static func misfit(_ outside: Double, commands: RunCommands) -> Sentence {
    """
    \(strong: "This model does not fit this set:") \(percent(outside)) of its images lie outside its cut, and none has a \
    verdict.\(commands.scanAnew == nil ? " For one that fits: \(commands.scanInWords), with --fresh and without --model." : "")
    """
  }

  /// Why nothing is said about remedies.
  private static func open(_ summary: RunSummary) -> Sentence {
    guard let model = summary.model else {
      if summary.top.isEmpty, !summary.isFinished { return "Nothing is ranked before the scan has ended." }
      return summary.top.isEmpty
        ? "The files were checked and not ranked: there is no reference model."
        : "What a remedy is worth is estimated with a low-rank model alone: the pictures decide."
    }
    if model.isLeaveOneOut {
      return """
        Too few images for a model: each was compared with the median picture of the others, and nothing is marked worse \
        than review.
        """
    }
    return summary.advice.estimateChange == nil
      ? "What the remedies are worth was not estimated for this run."
      : "What the remedies are worth is not known as the set stands now."
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
}

/// Advice in plain words.
package struct AdviceWords: Sendable {
  private let advice: Advice

  package init(_ advice: Advice) { self.advice = advice }

  package var tone: Findings.Tone {
    if advice.ground == nil { return .open }
    return advice.recommended == nil ? .calm : .act
  }

  package var headline: Sentence? {
    switch (advice.ground, advice.recommended) {
    case (nil, _): nil
    case (_, let name?): "\(strong: "Recommended: \(action(name)).")"
    case (.training, nil):
      "\(strong: "By trainings on this set no remedy is sure to gain \(least): none is recommended.")"
    case (.estimate, nil):
      "\(strong: "Nothing here is sure to skew squared-error training by \(least): no remedy is recommended.")"
    }
  }

  /// What a remedy does, in the infinitive.
  ///
  /// - Parameter isCounted: whether it says how many images are left out.
  package func action(_ name: RemedyName, isCounted: Bool = true) -> String {
    let out = isCounted && advice.drops > 0 ? leaveOut : "leave out what is marked drop"
    return switch name {
    case .drop: out
    case .weights: "train with the weights; nothing is left out"
    case .both: "\(out), and train with the weights"
    }
  }

  private var leaveOut: String {
    "leave out the \(advice.drops.formattedWithCommas) \(plural(advice.drops, "image")) marked drop"
  }

  private var least: String { significant(100 * advice.leastGain, 3) + " %" }

  package var size: Sentence? {
    guard let ground = advice.ground else { return nil }
    guard let name = advice.recommended, let worth = advice.remedy(name).flatMap(advice.worth) else { return smallness }
    switch ground {
    case .training:
      return
        """
        Small networks that were trained that way drew images held out with \(strong: percent(worth.gain)) less \
        squared error (\(range(worth)) over the seeds).
        """
    case .estimate:
      let caution =
        name == .drop ? "" : " Where a small real group exists, what weights are worth is estimated too rosily."
      return
        """
        That lowers the squared error on the rest by \(strong: percent(worth.gain)) (95 % interval \(range(worth))), \
        as linear models estimate.\(caution)
        """
    }
  }

  /// How little there is to gain.
  private var smallness: Sentence? {
    let known = advice.known
    guard !known.isEmpty else { return nil }
    let marked = advice.drops == 0 ? "Nothing is marked drop. " : ""
    let sure = known.filter(\.worth.isMeasurable)
    if let most = sure.filter({ $0.worth.gain > 0 }).max(by: { $0.worth.gain < $1.worth.gain }) {
      return
        """
        \(marked)The most to gain is \(percent(most.worth.gain)) (\(range(most.worth))), by \
        \(means(most.name, out: "what is")): \(most.worth.gain < advice.leastGain
          ? "so little can mean nothing" : "it may be less than \(least)"), and the pictures decide.
        """
    }
    let images = "the \(advice.drops.formattedWithCommas) \(plural(advice.drops, "image"))"
    let costs = sure.map { name, worth in
      "\(means(name, out: images)) \(name == .weights ? "cost" : "costs") \(cost(worth))"
    }
    return costs.isEmpty
      ? "\(marked)No remedy makes a measurable difference; the pictures decide."
      : "\(marked)No remedy gains measurably; \(costs.joined(separator: ", and ")). The pictures decide."
  }

  private func means(_ name: RemedyName, out: String) -> String {
    switch name {
    case .drop: "leaving out \(out) marked drop"
    case .weights: "the training weights"
    case .both: "leaving out \(out) marked drop and training with the weights"
    }
  }

  /// "0.3 % (0.1 to 0.5)" of what has an interval below 0.
  private func cost(_ worth: Gain) -> String {
    "\(percent(-worth.gain)) (\(figure(-worth.high)) to \(figure(-worth.low)))"
  }

  func outdated(commands: RunCommands) -> [(sentence: Sentence, command: String?)] {
    var found: [(Sentence, String?)] = []
    if let change = advice.estimateChange {
      found.append(
        (
          """
          The estimate of what remedies are worth is \(strong: "out of date"): \(change).\(commands.scan == nil
            ? " For one that holds: \(commands.scanInWords)." : "")
          """,
          commands.scan
        ))
    }
    if let change = advice.trainingChange {
      found.append(
        (
          "What trainings with each remedy measured is \(strong: "out of date"): \(change).",
          commands.compare
        ))
    }
    return found
  }

  /// A row for each remedy: name, what it does, what it is worth by the estimate, and by trainings where there are some.
  package var rows: [(name: RemedyName, cells: [String])] {
    advice.remedies.map { remedy in
      var cells = [doing(remedy.name), cell(remedy.name, remedy.estimated)]
      if hasTrainings { cells.append(cell(remedy.name, remedy.trained)) }
      return (remedy.name, cells)
    }
  }

  package var heads: [String] {
    ["", "estimated fall" + (advice.estimateChange == nil ? "" : ", out of date")]
      + (hasTrainings ? ["trained" + (advice.trainingChange == nil ? "" : ", out of date")] : [])
  }

  package var hasTrainings: Bool { advice.remedies.contains { $0.trained != nil } }
  package var hasFigures: Bool { hasTrainings || advice.remedies.contains { $0.estimated != nil } }

  /// Whether figures speak of other images than those that are marked now.
  package var isOld: Bool { advice.estimateChange != nil || advice.trainingChange != nil }

  private func doing(_ name: RemedyName) -> String {
    let out = "leave \(isOld || advice.drops == 0 ? "the drops" : advice.drops.formattedWithCommas) out"
    return switch name {
    case .drop: out
    case .weights: "leave none out"
    case .both: "\(out), weigh the rest"
    }
  }

  package func cell(_ name: RemedyName, _ worth: Gain?) -> String {
    if name != .weights, advice.drops == 0 { return "nothing is marked drop" }
    guard let worth else { return "not known" }
    guard worth.isMeasurable else { return "not measurable (\(range(worth)))" }
    return worth.gain > 0
      ? "\(percent(worth.gain)) (\(range(worth)))"
      : "costs \(cost(worth))"
  }

  package func range(_ worth: Gain) -> String { "\(figure(worth.low)) to \(figure(worth.high))" }
}
