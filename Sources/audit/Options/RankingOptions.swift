import ArgumentParser
import AuditCore
import AuditExport
import AuditScan

/// What is said of the rows of a whole run: lines of verdicts, issues and gates, and how the summary is printed.
struct RankingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Propose `review` above this ratio of the pulls.", valueName: "ratio"))
  var reviewAbove = VerdictThresholds().reviewAbove

  @Option(
    help: ArgumentHelp(
      "Propose `drop` above this skew (default: 2; where only residuals are known, only what is given here).",
      valueName: "skew"))
  var dropAbove: Double?

  @OptionGroup(title: QualityOption.title) var issues: IssueOptions

  @Option(
    help: ArgumentHelp(
      "Recommend nothing whose 95 % interval does not reach this fall of the squared error.", valueName: "percent"))
  var leastGain = 100 * RecommendationRule().leastGain

  @Option(help: ArgumentHelp("Share of unreadable files above which the result is not trusted.", valueName: "percent"))
  var maxErrors = 50.0

  @Option(
    help: ArgumentHelp(
      "Exit with 1 when this line is crossed, such as 'drop>0' or 'flagged>1%'; may be given again (see `audit check`).",
      valueName: "expression"), completion: .custom(CompletionWords.gates))
  var failOn: [String] = []

  @Flag(help: "Print the summary as one JSON document.")
  var json = false

  @OptionGroup var streams: StreamOptions

  func validate() throws {
    if !(0...100).contains(maxErrors) { throw ValidationError("--max-errors takes 0 to 100; got \(maxErrors)") }
    // Written so that nan is refused as well.
    if !(leastGain >= 0 && leastGain <= 100) {
      throw ValidationError("--least-gain takes 0 to 100; got \(leastGain)")
    }
    if !(reviewAbove >= 1 && reviewAbove.isFinite) {
      throw ValidationError("--review-above takes a number from 1; got \(reviewAbove)")
    }
    if let dropAbove, !dropAbove.isFinite {
      throw ValidationError("--drop-above takes a number from that of --review-above; got \(dropAbove)")
    }
    if let dropAbove, dropAbove < reviewAbove {
      throw ValidationError("--drop-above must not be below --review-above (\(reviewAbove)); got \(dropAbove)")
    }
  }

  /// - Throws: where something is asked for that the run does not look for.
  func apply(to request: inout ScanRequest) throws {
    if !request.choices.quality { try issues.refuseWithoutQuality() }
    request.choices.thresholds.reviewAbove = reviewAbove
    request.choices.thresholds.recommendation.leastGain = leastGain / 100
    if let dropAbove {
      request.choices.thresholds.dropAbove = dropAbove
      request.choices.thresholds.isDropChosen = true
    }
    request.choices.issueThreshold = issues.issueThreshold
    request.choices.issues = issues.choice
    request.choices.against = issues.against
  }

  /// What shows the steps that `request` is carried out in.
  func session(
    of request: ScanRequest, _ steps: @escaping ScanSession.Steps = ScanSession.scan
  ) throws -> ScanSession {
    ScanSession(
      request: request, steps: steps, json: json, maxErrors: maxErrors / 100, gates: try failOn.map { try Gate($0) },
      streams: streams)
  }
}
