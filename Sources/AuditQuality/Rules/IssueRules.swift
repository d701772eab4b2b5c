package import AuditCore

/// Every rule, in the order in which they are told.
package enum IssueRules {
  package static var all: [any IssueRule] { added.isEmpty ? own : own + added }

  /// Rules of a program that uses audit, for the tasks within: a test adds a toy so.
  @TaskLocal package static var added: [any IssueRule] = []

  private static let own: [any IssueRule] =
    DamageRule.tone + DamageRule.focus + DamageRule.grain + DamageRule.coding + DamageRule.colour
    + DamageRule.frame + DamageRule.placement + DamageRule.content
    + [OddSizeRule(), DamagedRule(), OddRule(), RareGroupRule()]

  /// Kinds of damage that an issue is the name of; none where it is not the name of any.
  package static func kinds(of code: String) -> [String] {
    all.compactMap { $0 as? DamageRule }.first { $0.info.code == code }?.kinds ?? []
  }

  /// What a set is of which the usual picture has an issue; the code where no rule has it.
  package static func wordsOfAll(_ code: String) -> String {
    all.first { $0.info.code == code }?.wordsOfAll ?? code
  }

  /// What the rules say about one picture, in the order in which they are told.
  package static func findings(
    in sample: MeasuredSample, of set: MeasuredSet
  ) -> [(info: IssueInfo, finding: RuleFinding)] {
    let found = all.compactMap { rule in
      rule.finding(in: sample, of: set).map { (info: rule.info, finding: $0) }
    }
    // Damage that has a name needs no other.
    let general = [DamagedRule.code, OddRule.code, RareGroupRule.code]
    let isNamed = found.contains { !general.contains($0.info.code) && $0.finding.confidence != nil }
    return isNamed ? found.filter { !general.contains($0.info.code) } : found
  }

  /// What to say once of a set whose usual picture has an issue.
  package static func findings(ofAll set: MeasuredSet) -> [(info: IssueInfo, finding: RuleFinding)] {
    all.compactMap { rule in rule.finding(ofAll: set).map { (info: rule.info, finding: $0) } }
  }
}
