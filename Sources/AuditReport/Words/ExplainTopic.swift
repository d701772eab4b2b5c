import AuditCore
import AuditQuality

/// What a word in audit's output means and what to do about it: `audit explain CODE`.
package struct ExplainTopic: Codable, Sendable {
  package enum Kind: String, Codable, Sendable {
    case issue, verdict, statistic, column
    case outlierClass = "outlier_class"
    case folderIssue = "folder_issue"
    case profile
  }

  package let name: String
  package let kind: Kind
  package let meaning: String
  package let remedy: String
  /// Of an issue: error, warning or notice.
  package let severity: String?
  /// A page of text; nil where the two lines above say all.
  package let page: String?
  /// Of an issue: what a run says of it; nil where no database was named.
  package var inSet: IssueInSet?

  /// Finds a topic by its name, whatever its case and whether it is written with - or _.
  package init?(_ wanted: String) {
    let name = wanted.lowercased().replacing("-", with: "_")
    guard let topic = ExplainTopic.all.first(where: { $0.name == name }) else { return nil }
    self = topic
  }

  private init(
    _ name: String, _ kind: Kind, meaning: String, remedy: String, severity: String? = nil, page: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.meaning = meaning
    self.remedy = remedy
    self.severity = severity
    self.page = page
  }

  package static var all: [ExplainTopic] {
    [skew, damage, reason] + verdicts + classes
      + IssueCatalogue.all.map {
        ExplainTopic(
          $0.code, .issue, meaning: $0.meaning, remedy: $0.remedy, severity: $0.severity.rawValue,
          page: ExplainTopic.page(of: $0))
      } + profiles + folders
      + DerivedColumn.all.filter { !["skew", "damage"].contains($0.name) }.map {
        ExplainTopic(
          $0.name, .column, meaning: $0.meaning,
          remedy: "\($0.formula); in \($0.unit); `audit explain skew` tells how it belongs to the rest")
      }
  }

  private static let verdicts = [
    ExplainTopic(
      "drop", .verdict,
      meaning:
        "skew above 2 and nothing else in the set resembles the image: squared error listens to it at least twice "
        + "as much as absolute error would, and no look-alike explains why",
      remedy:
        "leave it out of training (`audit export DB --keep > keep.txt`); what that is worth stands in the summary. "
        + "If it belongs, keep it: `audit decide DB PATH --verdict keep`. Sets of fewer than 100 images never go beyond review"
    ),
    ExplainTopic(
      "review", .verdict,
      meaning: "ratio of the pulls above 1.5, but the set holds look-alikes or the skew stays below the line of drop: "
        + "often a small real group, such as one more camera or one more haircut",
      remedy:
        "look at it (`audit report DB --open`); never leave all of them out unseen: where they were a real group that "
        + "cost up to 60 % of the held-out loss. Training weights take their pull without losing them"),
    ExplainTopic(
      "keep", .verdict, meaning: "squared error listens to the image about as much as absolute error would",
      remedy: "nothing; keep says nothing about blur, darkness or who is in the picture"),
  ]

  /// The page of an issue with what to do about it and what it counts for; nil where it has none.
  private static func page(of issue: IssueInfo) -> String? {
    guard let page = issue.page else { return nil }
    let parts = page.split(separator: "\nSEE ALSO\n", maxSplits: 1)
    let deed = "\nWHAT TO DO\n  \(issue.remedy)\n\nCOUNTS AS\n  \(IssueProfile.words(for: issue.code))"
    return parts[0].trimmingPrefix("\n") + (parts[0].hasSuffix("\n") ? "" : "\n") + deed
      + (parts.count > 1 ? "\n\nSEE ALSO\n" + parts[1] : "")
  }

  /// What can be the matter with a folder, beside what can be with a file.
  private static let folders = [
    ExplainTopic(
      "link_not_followed", .folderIssue, meaning: "a link leads to a folder, and links to folders are not entered",
      remedy: "scan with -L to enter it; each folder is entered once, so loops end")
  ]

  private static let classes = [
    ExplainTopic(
      "regular", .outlierClass, meaning: "near the model and near its centre: below both cuts of the outlier map",
      remedy: "nothing"),
    ExplainTopic(
      "good_leverage", .outlierClass,
      meaning: "far out, but the model draws it: right of the upright cut, below the level one",
      remedy:
        "keep it: such images steady the fit"),
    ExplainTopic(
      "orthogonal", .outlierClass,
      meaning: "the model cannot draw it, though it lies near the centre: above the level cut",
      remedy:
        "look at the residual; its pull is moderate"),
    ExplainTopic(
      "bad_leverage", .outlierClass,
      meaning: "far out and not drawn by the model: above and right of both cuts, where it turns the fit",
      remedy:
        "look at it first; the verdict says whether to leave it out"),
  ]

  /// One line for a stored class.
  static func words(forClass name: String) -> String {
    classes.first { $0.name == name }.map { "\(name.replacing("_", with: " ")): \($0.meaning)" } ?? name
  }

  private static let skew = ExplainTopic(
    "skew", .statistic,
    meaning: "how many times more squared error listens to an image than absolute error would, less what a look-alike "
      + "explains",
    remedy: "follow the remedy that the summary recommends; see drop, review and keep", page: skewPage)

  private static let reason = ExplainTopic(
    "reason", .statistic,
    meaning:
      "where the residual of a marked image lies and how it differs from that of the images that stay: a part of the "
      + "picture with its share of the squared residual and the usual share, brighter or darker where the residual goes to "
      + "one side, fine grain or broad areas, and the mean absolute residual in full scale with its multiple of the usual one",
    remedy:
      "look at the picture with `audit report DB --open` or `audit explain DB PATH`; a reason says what was measured, "
      + "not what is in the picture")

  private static let damage = ExplainTopic(
    "damage", .statistic,
    meaning:
      "share of votes that a picture is damaged, by trees and a discriminant that learnt from copies of the set that were "
      + "damaged on purpose",
    remedy: "look at the issues; `audit explain blurred` and the others say what each is seen from", page: damagePage)

  private static let profiles =
    [
      ExplainTopic(
        "profile", .profile,
        meaning: "which issues count as drop or review, by what is trained: "
          + IssueProfile.allCases.map(\.rawValue).joined(separator: ", "),
        remedy: "scan with --profile NAME; `audit explain profile generative` tells one and why, the others likewise")
    ]
    + IssueProfile.allCases.map {
      ExplainTopic(
        "profile \($0.rawValue)".replacing("-", with: "_"), .profile, meaning: "which issues count for what is trained",
        remedy: "scan with --profile \($0.rawValue)", page: $0.page)
    }

  private static let damagePage = """
    DAMAGE: what is wrong with the picture itself

    THE QUESTION
      Skew asks which pictures a squared-error loss listens to. A blurred or dark face
      pulls little and is bad all the same. No fixed line fits every set, and nobody can
      label a stranger's: so the scan learns what damage looks like in this very set.

    HOW IT IS MADE
      1. Copies of up to 500 pictures of the set are damaged on purpose in some twenty ways,
         from mild to gross, others are changed harmlessly; all are saved and read again.
      2. 102 statistics, straight lines (seams, tears, bars), a histogram of edges and a
         thumbnail of each are put in relation to the set: medians, four robust models, and
         how much nearer a turned picture lies.
      3. Extremely randomised trees and a linear discriminant part the pictures as they are
         from the copies. No picture is judged by what saw it or a copy of it.

    WHAT FOLLOWS
      damage       share of the votes for any kind, 0 to 1
      confidence   probability that the picture is damaged: the set is taken for a mixture of
                   sound pictures and a share of damaged ones that get votes as held-out
                   copies do. So the line comes from the set.
      damage_kind  the likeliest kind
      oddness      how far off the set it is in any respect: the net for what nobody thought of
      issues       named where confidence reaches a line that follows from the set, so that
                   about nine of ten are damaged (--issue-threshold names another), and
                   the kind's own sign is seen; or where an absolute line is crossed
      share        "about 8 % of this set is damaged", in all and by kind
      recall       how many of the held-out copies of each kind and strength would be
                   flagged: how good all this is on this very set

    WHAT IT DOES NOT SEE
      Kinds of damage that no copy shows and that are not odd. Wrong identities. Sets of
      fewer than 100 pictures have absolute lines only.

    SEE ALSO
      audit explain blurred
      audit explain odd
      audit explain profile generative
    """

  private static let skewPage = """
    SKEW: which images would pull a squared-error model away

    THE QUESTION
      Training by squared error (MSE, L2) turns every residual into a pull of its own
      size: an image the model cannot draw pulls harder the worse it is drawn. Absolute
      error (MAE, L1) gives every residual the same pull. An image is suspicious to the
      degree that the two disagree about it. That quotient is what skew measures:

          skew 6.7 = squared error listens to this image 6.7 times as much as
                     absolute error would. 1 is neutral.

    HOW IT IS MADE
      1. Up to 2,000 images, reduced to 64 x 64 RGB, are described by a robust low-rank
         model: a mean and up to 32 components, fitted again and again with less weight
         on what lies far off, so that bad images do not bend the ruler they are
         measured with.
      2. od, the orthogonal distance, is the length of what the model cannot draw of an
         image; sd, the score distance, is how far out it lies inside the model. Both
         have a cut (the lines of the outlier map).
      3. pull = od x leverage: how far the image moves the fitted model. pull_squared 32
         means that it pulls like 32 average images. pull_absolute leaves od out.
      4. ratio = pull_squared / pull_absolute.
      5. alike: an image that resembles another one (nearer than 0.8 od) is explained in
         part by it; a copy of it explains nothing. skew = ratio x alike^2. Without
         this rule small real groups, such as one more camera, are thrown out, and
         that costs more than it gains.

    WHAT FOLLOWS
      drop     skew above 2 and nothing resembles the image
      review   ratio above 1.5 otherwise: look, and never leave all of them out unseen
      keep     the rest
      weight   median(od) / (od x alike), at most 1: a training weight that gives squared
               error the pull of absolute error. Nothing is left out.
      both     weights without the drops: worth most or as much as the better one in our
               trials
                 audit export DB --keep --format weights -o both.npy
      gain     what drop and weights are worth, before anybody trains: models fitted
               without the images, judged on the images that stay, five folds, with a 95 %
               interval. Where no lower end reaches 3 % (--least-gain) nothing is
               recommended. In a set of many different people that is the usual outcome.
               What `audit probe DB --compare` measures on the set outranks the estimate.
               It speaks of images like the rest: on whole scenes that nothing in the
               set resembles half of it or more was left, in trained autoencoders a
               quarter (trained long) to all of it. ARCHITECTURE.md has the trials.

    WHAT IT SEES
      Pictures that are not faces, inverted or rotated ones, glitches, noise, blends of
      two frames, hands and microphones before a face, frames that ended too early.

    WHAT IT DOES NOT SEE
      Blur and darkness: such pictures are drawn better than sharp ones and hardly pull.
      Defects finer than 64 x 64 pixels. Identity: a sound picture of the wrong person.
      Whether high pull is harm: in diverse sets its sign is near chance, which is why
      the gain is estimated.
      Where a small real group exists, the gain of weights is estimated too rosily.

    OTHER REFERENCES
      With a paired folder, one reference file or a network only residuals are known:
      skew is then the image's residual over the mean residual, and no verdict goes
      beyond review unless --drop-above is given.

    SEE ALSO
      audit explain drop  # review, keep, alike, pull_squared, weight likewise
    """

  /// Lines for a terminal.
  package func lines(width: Int, bold: (String) -> String) -> [String] {
    let set = inSet?.lines(width: min(width, 88)) ?? []
    if let page { return TextLayout.reflowed(page, width: min(width, 88)) + (set.isEmpty ? [] : [""]) + set }
    let head = bold(name) + (severity.map { "  \($0)" } ?? "  \(kind.rawValue.replacing("_", with: " "))")
    return [head]
      + [("means", meaning), ("do", remedy)].flatMap { label, text in
        TextLayout.wrapped("  " + label.padded(7) + text, width: min(width, 100), hanging: 9)
      } + set
  }
}
