import AuditCore

/// What to do with a run's result, as commands to copy.
struct NextSteps {
  struct Step {
    let purpose: String
    let command: String
  }

  let steps: [Step]

  init(_ model: ReportModel) {
    let database = quoted(model.summary.database)
    let drops = model.summary.verdicts[Verdict.drop.rawValue] ?? 0
    let weights = Step(
      purpose: "Training weights for a sampler or a loss; nothing is left out."
        + (drops > 0 ? " With --keep the drops are, which in our trials was worth most." : ""),
      command: "audit export \(database) --format weights -o weights.npy")
    let list = Step(
      purpose: drops > 0
        ? "The list to train on: everything but the \(drops.formattedWithCommas) marked drop."
        : "The list of images to train on.",
      command: "audit export \(database) --keep > keep.txt")
    let worst = model.galleries.lazy.flatMap(\.tiles).first { $0.rank == 1 } ?? model.galleries.first?.tiles.first
    let look = worst.map { tile in
      Step(
        purpose: "Everything about one image, such as the one of highest skew.",
        command: "audit explain \(database) \(quoted(tile.path))")
    }
    let decide = worst.map { tile in
      Step(
        purpose: "Keep an image against the proposal; a decision outlives later scans.",
        command: "audit decide \(database) \(quoted(tile.path)) --verdict keep")
    }
    let prefersWeights = model.summary.remedies.contains { $0.recommended && $0.name == "weights" }
    switch model.tone {
    case .act:
      steps =
        (prefersWeights ? [weights, list] : [list, weights]) + [look, drops > 0 ? decide : nil].compactMap { $0 }
    case .calm: steps = [list, look].compactMap { $0 }
    case .open: steps = [list, look].compactMap { $0 }
    }
  }
}
