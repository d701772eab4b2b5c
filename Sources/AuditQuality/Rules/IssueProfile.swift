package import AuditCore

/// Which issues count against a picture beside its skew.
package struct IssuePolicy: Sendable, Equatable {
  /// Codes of issues for which a picture is proposed for leaving out.
  package var drop: [String] = []
  /// Codes of issues for which a person should look.
  package var review: [String] = []
  /// What chose them, for the reason of a verdict: "profile restoration".
  package var origin = ""
  /// Whether of pictures that are copies of one another all but the best are proposed for leaving out.
  package var dropsCopies = false

  package init(drop: [String] = [], review: [String] = [], origin: String = "", dropsCopies: Bool = false) {
    (self.drop, self.review, self.origin, self.dropsCopies) = (drop, review, origin, dropsCopies)
  }

  /// Codes that are named by hand outrank those of the profile.
  package init(_ choice: IssueChoice) {
    let profile = choice.profile.flatMap { IssueProfile(rawValue: $0) }?.policy ?? IssuePolicy()
    let named = choice.drop.isEmpty && choice.review.isEmpty ? [] : ["as asked for"]
    self.init(
      drop: profile.drop.filter { !choice.review.contains($0) } + choice.drop.filter { !profile.drop.contains($0) },
      review: profile.review.filter { !choice.drop.contains($0) }
        + choice.review.filter { !profile.review.contains($0) },
      origin: ((profile.origin.isEmpty ? [] : [profile.origin]) + named).joined(separator: ", "),
      dropsCopies: choice.dropsCopies)
  }
}

/// What is trained, and so which issues harm it.
package enum IssueProfile: String, Sendable, CaseIterable {
  case faceSwap = "face-swap"
  case generative, restoration, recognition

  /// A choice and why it is made.
  package struct Choice: Sendable {
    /// drop, review, or told: for what counts for nothing.
    package let verdict: String
    package let codes: [String]
    package let why: String
  }

  package var policy: IssuePolicy {
    func codes(_ verdict: String) -> [String] { choices.filter { $0.verdict == verdict }.flatMap(\.codes) }
    return IssuePolicy(drop: codes("drop"), review: codes("review"), origin: "profile \(rawValue)")
  }

  package var choices: [Choice] {
    switch self {
    case .faceSwap:
      [
        Choice(
          verdict: "drop", codes: ["blank", "not_a_face", "rotated", "upside_down", "torn", "spliced", "negative"],
          why: "the extractor or the source has failed: the decoder would learn to draw what is no aligned face"),
        Choice(
          verdict: "drop", codes: ["text", "pixelated"],
          why: "a fixed overlay is what an autoencoder learns first, and it shows in every swap"),
        Choice(
          verdict: "review", codes: ["blurred", "low_detail", "noisy", "compressed", "posterised"],
          why: "poor pictures are needed where they hold a pose or light that no other one has"),
        Choice(
          verdict: "review",
          codes: ["covered", "misaligned", "letterbox", "dark", "bright", "channels_swapped", "damaged", "odd"],
          why: "a hand before the face is wanted where masks are trained, and unwanted elsewhere"),
        Choice(
          verdict: "told",
          codes: ["gray_in_colour", "colour_cast", "low_contrast", "clipped", "odd_size", "rare_group"],
          why: "tone and colour are transferred or matched afterwards, and another light or camera is wanted"),
      ]
    case .generative:
      [
        Choice(
          verdict: "drop", codes: ["blank", "not_a_face", "rotated", "upside_down", "torn", "spliced", "negative"],
          why: "a generator draws what it is shown, and its evaluation counts the same faults"),
        Choice(
          verdict: "drop",
          codes: ["blurred", "low_detail", "noisy", "compressed", "pixelated", "posterised", "text", "letterbox"],
          why: "a generator cannot tell a fault of the picture from a feature of faces"),
        Choice(
          verdict: "review",
          codes: ["gray_in_colour", "colour_cast", "channels_swapped", "dark", "bright", "low_contrast", "clipped"],
          why: "a rare look may be wanted for variety; a fault of exposure is not"),
        Choice(
          verdict: "review", codes: ["covered", "misaligned", "damaged", "odd"],
          why: "glasses, hands and poses are part of faces; what hides the face is not"),
        Choice(
          verdict: "told", codes: ["odd_size", "rare_group"],
          why: "pictures are cut to one size anyway, and a small real group is variety"),
      ]
    case .restoration:
      [
        Choice(
          verdict: "drop", codes: ["blurred", "low_detail", "noisy", "compressed", "pixelated", "posterised"],
          why: "the picture is the answer that the network is trained towards: its faults are learnt as perfection"),
        Choice(
          verdict: "drop", codes: ["blank", "not_a_face", "text", "letterbox", "torn", "spliced"],
          why: "there is nothing to restore in it, or something that should not be"),
        Choice(
          verdict: "review",
          codes: [
            "dark", "bright", "low_contrast", "clipped", "gray_in_colour", "colour_cast", "channels_swapped",
            "negative",
          ],
          why: "a sound answer of another tone is harmless where inputs are toned alike"),
        Choice(
          verdict: "review", codes: ["covered", "misaligned", "rotated", "upside_down", "damaged", "odd"],
          why: "they are sharp answers all the same; whether they belong is for a person to say"),
        Choice(
          verdict: "told", codes: ["odd_size", "rare_group"],
          why: "what was enlarged shows as low_detail whatever its size, and a small real group is variety"),
      ]
    case .recognition:
      [
        Choice(
          verdict: "drop", codes: ["blank", "not_a_face"],
          why: "a label without a face pulls its whole class away"),
        Choice(
          verdict: "review",
          codes: [
            "covered", "misaligned", "rotated", "upside_down", "low_detail", "torn", "spliced", "negative", "damaged",
            "odd",
          ],
          why: "hard pictures make recognition robust, those that nobody could recognise do not"),
        Choice(
          verdict: "told",
          codes: [
            "blurred", "noisy", "compressed", "pixelated", "posterised", "dark", "bright", "low_contrast", "clipped",
            "gray_in_colour", "colour_cast", "channels_swapped", "letterbox", "text", "odd_size", "rare_group",
          ],
          why: "cameras deliver such pictures of the same people: a recogniser that never saw them fails on them"),
      ]
    }
  }

  /// For `audit explain profile NAME`.
  package var page: String {
    let lines = choices.map { choice in
      "  \(choice.verdict.padded(8))\(choice.codes.joined(separator: ", "))\n        because \(choice.why)"
    }
    return """
      PROFILE \(rawValue.uppercased()): which issues count when \(purpose)

      \(lines.joined(separator: "\n"))

        What is told counts for nothing. Skew stays what it is: a picture that it marks is
        marked whatever its profile says. --drop-issues and --review-issues outrank a profile.

      SEE ALSO
        audit explain damage
        audit scan FOLDER --profile \(rawValue)
      """
  }

  /// What an issue counts for in each profile: "drop with --profile generative; review with --profile face-swap".
  package static func words(for code: String) -> String {
    let parts = ["drop", "review"].compactMap { verdict -> String? in
      let names = allCases.filter { profile in
        profile.choices.contains { $0.verdict == verdict && $0.codes.contains(code) }
      }
      return names.isEmpty ? nil : "\(verdict) with --profile \(names.map(\.rawValue).joined(separator: ", "))"
    }
    return parts.isEmpty
      ? "nothing, unless --drop-issues \(code) or --review-issues \(code) says so"
      : parts.joined(separator: "; ") + "; else nothing, unless --drop-issues or --review-issues says so"
  }

  private var purpose: String {
    switch self {
    case .faceSwap: "faces are swapped by autoencoders"
    case .generative: "faces are generated"
    case .restoration: "faces are restored or enlarged"
    case .recognition: "people are recognised"
    }
  }
}
