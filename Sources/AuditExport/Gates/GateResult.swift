import AuditCore
import AuditQuality
package import AuditStore

/// What became of a gate.
package struct GateResult: Sendable, Equatable, Codable {
  /// The gate as it was written.
  package let gate: String
  /// What was measured: a count, or a share of 0...1.
  package let value: Double
  /// In the same unit.
  package let limit: Double
  package let isCrossed: Bool
  /// For a person: "flagged is 1.9 % (223 of 11,842)".
  package let sentence: String
}

extension Gate {
  /// Measures the gate in a run.
  ///
  /// - Parameter baseline: the run that `new_flagged` and `new_drop` compare with: `schema.all_samples` of it.
  /// - Throws: `AuditError` where the run does not have what the gate is about.
  package func result(in store: Store, run: StoredRun, baseline: GateBaseline? = nil) throws -> GateResult {
    try requireRanking(store, run)
    switch quantity {
    case .count(let count):
      return try counted(try number(of: count, store, run, baseline), count.words, store, run)
    case .issue(let code):
      try Gate.checkCode(code, store, gate: text)
      if IssueRules.all.contains(where: { $0.info.code == code }), try !store.knowsIssues(of: run) {
        throw AuditError.lacking(
          "--fail-on '\(text)': nobody has looked at the pictures of this run by themselves",
          remedy: "scan the folder again, without --no-quality")
      }
      return try counted(try store.count(withIssue: code, of: run.id), "samples with \(code)", store, run)
    case .topSkew(let share):
      return try top(share, of: .pull, "squared pull", store, run)
    case .topMetric(let name, let share):
      guard let metric = store.metrics.first(where: { $0.name == name }) else {
        let near = Spelling.nearest(to: name, in: store.metrics.map(\.name) + ["skew"])
        throw AuditError.unknownName("--fail-on '\(text)': no metric '\(name)' in the run", near: near)
      }
      guard metric.direction == .lower else {
        throw AuditError.usage(
          "--fail-on '\(text)': \(name) has no total that samples could own", remedy: "give a loss such as mse")
      }
      return try top(share, of: .loss(name: name), name, store, run)
    case .damaged:
      guard let share = try store.figures(of: run.id)["damaged_share"], (0...1).contains(share) else {
        throw AuditError.lacking(
          "--fail-on '\(text)': how much of the run is damaged was not estimated",
          remedy: "it takes 100 pictures, and a scan without --no-quality")
      }
      let all = try store.scoredCount(of: run.id)
      let images = (share * Double(all)).rounded()
      return measured(
        isShare ? share : images,
        "about \(percent(share)) of the set is damaged (\(Int(images).formattedWithCommas) of \(all.formattedWithCommas))"
      )
    case .leaks:
      guard try store.knowsCopies(of: run.id) else {
        throw AuditError.lacking(
          "--fail-on '\(text)': nobody has looked for copies in this run",
          remedy: "scan the folder again, without --no-quality")
      }
      return try counted(
        try store.leakCount(of: run.id), "pictures with a copy in another part or set", store, run)
    case .gain:
      guard let (name, gain) = try store.firstRemedy(of: run.id) else {
        throw AuditError.lacking(
          "--fail-on '\(text)': the run has estimated no gain", remedy: "it needs more images or a model")
      }
      if let change = try store.currency(of: .estimate, run: run.id).change {
        throw AuditError.lacking(
          "--fail-on '\(text)': the gain that is stored is out of date: \(change)",
          remedy: "audit scan computes it again")
      }
      return measured(gain, "\(name) would save \(percent(gain)) of the squared loss")
    }
  }

  /// Verdicts, copies and issues of pictures come with the ranking: before it nothing is counted, which is not 0.
  private func requireRanking(_ store: Store, _ run: StoredRun) throws {
    guard let ranked, try !store.hasVerdicts(of: run.id) else { return }
    if let unfinished = try store.unfinishedRun(named: run.name) {
      throw AuditError.lacking(
        "--fail-on '\(text)': run \"\(run.name)\" has no \(ranked.rawValue) yet: it \(unfinished.place)",
        remedy: unfinished.remedy)
    }
    guard ranked == .verdicts else { return }
    let scored = try store.scoredCount(of: run.id)
    let cause =
      scored == 0
      ? "none of its files could be read"
      : try store.figures(of: run.id)["outside_cut"] != nil
        ? "its model does not fit the set" : "its files were checked and not ranked, without a reference model"
    throw AuditError.lacking("--fail-on '\(text)': run \"\(run.name)\" has no verdicts: \(cause)")
  }

  /// What only a ranking gives.
  private enum Ranked: String {
    case verdicts, copies
    case issues = "issues of pictures"
  }

  /// nil where the gate counts something else.
  private var ranked: Ranked? {
    switch quantity {
    case .count(.samples), .count(.errors), .topSkew, .topMetric, .damaged, .gain: nil
    case .count(.copies), .leaks: .copies
    case .count: .verdicts
    case .issue(let code): IssueRules.all.contains { $0.info.code == code } ? .issues : nil
    }
  }

  private func counted(_ count: Int, _ words: String, _ store: Store, _ run: StoredRun) throws -> GateResult {
    let all = try store.sampleCount(of: run.id)
    let share = all == 0 ? 0 : Double(count) / Double(all)
    let sentence = "\(words): \(count.formattedWithCommas) of \(all.formattedWithCommas) (\(percent(share)))"
    return measured(isShare ? share : Double(count), sentence)
  }

  private func measured(_ value: Double, _ sentence: String) -> GateResult {
    GateResult(
      gate: text, value: value, limit: limit, isCrossed: comparison.holds(value, limit), sentence: sentence)
  }

  private func number(of count: Count, _ store: Store, _ run: StoredRun, _ baseline: GateBaseline?) throws -> Int {
    if count == .samples { return try store.sampleCount(of: run.id) }
    guard count.needsBaseline else { return try store.count(count.samples, of: run.id) }
    guard let baseline else {
      throw AuditError.usage("--fail-on '\(text)' compares with an earlier run", remedy: "name it with --baseline RUN")
    }
    // The same picture, by path or by content, that was flagged before is nothing new.
    return try store.count(count.samples, of: run.id, notIn: RunSide(schema: baseline.schema, run: baseline.run.id))
  }

  private func top(
    _ share: Double, of total: OwnedTotal, _ name: String, _ store: Store, _ run: StoredRun
  ) throws -> GateResult {
    try store.requireAllRows(of: run.id, for: "--fail-on '\(text)'")
    let count = try store.valueCount(of: total, in: run.id)
    guard count > 0 else { throw AuditError.lacking("--fail-on '\(text)': no image of the run has \(name)") }
    let worst = max(1, Int((share * Double(count)).rounded()))
    let owned = try store.share(ofWorst: worst, of: total, in: run.id)
    return measured(
      owned,
      "the worst \(worst.formattedWithCommas) of \(count.formattedWithCommas) have \(percent(owned)) of the \(name)")
  }

  private static func checkCode(_ code: String, _ store: Store, gate: String) throws {
    let known =
      IssueCatalogue.all.map { $0.code.lowercased() }
      + (try store.issueCodes())
    guard !known.contains(code) else { return }
    let near = Spelling.nearest(to: code, in: Array(Set(known)).sorted())
    throw AuditError.unknownName("--fail-on '\(gate)': no issue code '\(code)'", near: near, known: Set(known).sorted())
  }
}

extension Gate.Count {
  fileprivate var samples: CountedSamples {
    switch self {
    case .flagged, .newFlagged: .flagged
    case .drop, .newDrop: .drop
    case .review: .review
    case .errors: .errors
    case .copies: .copies
    case .samples: .all
    }
  }

  fileprivate var words: String {
    switch self {
    case .newFlagged: "newly flagged"
    case .newDrop: "newly marked drop"
    case .errors: "not readable"
    case .copies: "copies of another file"
    case .flagged, .drop, .review, .samples: rawValue
    }
  }
}

/// The run that a gate compares with: of the same database, or of another that is attached.
package struct GateBaseline: Sendable {
  package let run: StoredRun
  /// `main`, or the name that the other database is attached by.
  let schema: String

  /// - Parameter name: a run of the database, or the path of another database.
  package init(_ name: String, for store: Store) throws {
    if try store.run(named: name) == nil, name.contains("/") || name.hasSuffix(".db") {
      let other = try Store(reading: name)
      run = try StoredRun(in: other)
      schema = "baseline"
      try store.attach(other, as: schema)
    } else {
      run = try StoredRun(in: store, named: name)
      schema = RunSide.own
    }
  }
}
