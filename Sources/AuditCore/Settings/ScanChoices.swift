/// What a scan was asked for that its settings do not say: kept with the run, so that the command which goes on with it
/// can be told. No part of what makes settings equal.
package struct ScanChoices: Codable, Equatable, Sendable {
  /// Whether the files were those of a list, which is not kept.
  package var isListed = false
  package var followLinks = false
  /// The command that handed out the files, for a shell; nil where they are files.
  package var feeder: String?
  /// What `--labels` was given, with whole paths; nil for what lies beside the pictures.
  package var labels: [String]?
  /// Whether pictures are measured by themselves, and damage, issues and near duplicates looked for.
  package var quality = true
  package var thresholds = VerdictThresholds()
  /// Probability of damage from which an issue is raised; nil for one that follows from the set.
  package var issueThreshold: Double?
  package var issues = IssueChoice()
  /// Databases of other sets in which copies are looked for, such as that of the test set.
  package var against: [String] = []

  package init() {}
}

/// Which issues a person lets count for verdicts.
package struct IssueChoice: Codable, Equatable, Sendable {
  /// Name of what is trained, and so of the issues that harm it; nil for none.
  package var profile: String?
  /// Codes of issues that were named for leaving a picture out, and for looking at it.
  package var drop: [String] = []
  package var review: [String] = []
  /// Whether of pictures that are copies of one another all but the best are proposed for leaving out.
  package var dropsCopies = false

  package init() {}
}
