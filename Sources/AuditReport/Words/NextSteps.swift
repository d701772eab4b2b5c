import AuditCore
import AuditStore

/// What to do with a run's result, as commands to copy: first what carries the recommendation out.
package struct NextSteps: Sendable {
  package struct Step: Sendable {
    package let purpose: String
    package let command: String
  }

  package let steps: [Step]

  /// - Parameter shows: whether a page is what is being read.
  package init(_ summary: RunSummary, onPage shows: Bool) {
    let (commands, advice) = (summary.commands, summary.advice)
    var steps: [Step] = []
    if let unfinished = summary.unfinished {
      if let goOn = commands.goOn(unfinished) {
        steps.append(Step(purpose: "The run is not finished: \(unfinished.remedy).", command: goOn))
      }
    } else if let scan = commands.scan, advice.estimateChange != nil {
      steps.append(Step(purpose: "What the remedies are worth is out of date. Compute it again.", command: scan))
    }
    if summary.misfit != nil {
      if let anew = commands.scanAnew { steps.append(Step(purpose: "Fit a model to this set.", command: anew)) }
    } else if let name = advice.recommended {
      let words = AdviceWords(advice).action(name)
      steps.append(
        Step(
          purpose: "\(words.prefix(1).uppercased() + words.dropFirst()).", command: commands.carryOut(name)))
    } else {
      steps.append(
        Step(
          purpose: advice.drops > 0 && summary.excerpt == nil
            ? "The list to train on: everything but the \(advice.drops.formattedWithCommas) marked drop."
            : commands.aboutKeepList, command: commands.keepList))
    }
    if !shows { steps.append(Step(purpose: "Look at the pictures.", command: commands.report)) }
    if let worst = summary.top.first {
      steps.append(
        Step(purpose: "Everything about the image of highest skew.", command: commands.explain(worst.operand)))
      if shows, advice.drops > 0, let verdict = worst.verdict, verdict != .keep {
        steps.append(
          Step(
            purpose: "Keep an image against the proposal; a decision outlives later scans.",
            command: commands.keep(worst.operand)))
      }
    }
    if let copies = summary.copies, copies.leaks + copies.foreign > 0, let leaks = commands.leaks {
      steps.append(Step(purpose: "Pictures that would be trained on and tested on.", command: leaks))
    }
    if summary.verdicts[Verdict.drop.rawValue] != nil || summary.verdicts[Verdict.review.rawValue] != nil, !shows {
      steps.append(Step(purpose: "All that is marked.", command: commands.flagged))
    }
    if shows, summary.isFinished, summary.excerpt == nil, let model = summary.model, !model.isLeaveOneOut,
      !AdviceWords(advice).hasTrainings
    {
      steps.append(
        Step(
          purpose: "Measure it: small networks are trained on this set with each remedy, in about a minute.",
          command: commands.compare))
    }
    self.steps = steps
  }
}
