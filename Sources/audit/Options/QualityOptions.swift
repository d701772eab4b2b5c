import ArgumentParser
import AuditCore
import AuditQuality

/// Whether to look at a picture by itself.
struct QualityOption: ParsableArguments {
  static let title = "What is wrong with a picture by itself"

  @Flag(help: "Look for skew alone: no damage, issues of pictures or near duplicates.")
  var noQuality = false
}

/// What is said of a picture by itself, and what that counts for.
struct IssueOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Raise an issue from this probability of damage on, 0 to 1 (default: so that about nine of ten are damaged).",
      valueName: "probability"))
  var issueThreshold: Double?

  @Option(
    help: ArgumentHelp(
      "Let issues count as drop or review for what is trained: face-swap, generative, restoration or recognition (see `audit explain profile`).",
      valueName: "name"))
  var profile: IssueProfile?

  @Option(
    help: ArgumentHelp(
      "Propose drop for pictures with these issues, such as blurred,text; beside those of the profile.",
      valueName: "codes"), completion: .list(IssueCatalogue.all.map(\.code)))
  var dropIssues: String?

  @Option(
    help: ArgumentHelp("Propose review for pictures with these issues.", valueName: "codes"),
    completion: .list(IssueCatalogue.all.map(\.code)))
  var reviewIssues: String?

  @Flag(help: "Propose drop for copies of a picture, all but the best of each group; frames of one scene stay.")
  var dropDuplicates = false

  @Option(
    help: ArgumentHelp(
      "Name pictures that the set of another database holds too, such as that of the test set; may be given again.",
      valueName: "database"), completion: .file())
  var against: [String] = []

  func validate() throws {
    // Written so that nan is refused as well.
    if let issueThreshold, !(issueThreshold > 0 && issueThreshold <= 1) {
      throw ValidationError("--issue-threshold takes a number above 0 and up to 1; got \(issueThreshold)")
    }
    let known = IssueCatalogue.all.map(\.code)
    for (option, codes) in [("--drop-issues", listed(dropIssues)), ("--review-issues", listed(reviewIssues))] {
      guard let wrong = codes.first(where: { !known.contains($0) }) else { continue }
      let near = Spelling.nearest(to: wrong, in: known)
      throw ValidationError(
        "\(option): no issue '\(SamplePath(wrong).printable)'; "
          + (near.isEmpty
            ? "there are " + known.joined(separator: ", ") : "did you mean \(near.joined(separator: ", "))?"))
    }
  }

  /// - Throws: where something is asked for that a run without a look at the pictures by themselves does not have.
  func refuseWithoutQuality() throws {
    if profile != nil || dropIssues != nil || reviewIssues != nil {
      throw ValidationError("--no-quality looks for no issues, so that none can count; leave it out")
    }
    if dropDuplicates || !against.isEmpty {
      throw ValidationError("--no-quality looks for no copies; leave it out")
    }
  }

  var choice: IssueChoice {
    var choice = IssueChoice()
    choice.profile = profile?.rawValue
    (choice.drop, choice.review) = (listed(dropIssues), listed(reviewIssues))
    choice.dropsCopies = dropDuplicates
    return choice
  }

  private func listed(_ codes: String?) -> [String] {
    (codes ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace }.lowercased() }.filter { !$0.isEmpty }
  }
}

extension IssueProfile: ExpressibleByArgument {}
