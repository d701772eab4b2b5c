import AuditCore
import AuditQuality

/// What the words of the page mean, in those of `audit explain`.
extension HTMLReport {
  /// Term, and the topic that explains it.
  private static let terms = [
    ("skew", "skew"), ("ratio", "ratio"), ("pull", "pull_squared"), ("alike", "alike"), ("training weight", "weight"),
    ("orthogonal distance", "od"), ("score distance", "sd"), ("drop", "drop"), ("review", "review"), ("keep", "keep"),
    ("reason", "reason"), ("damage", "damage"), ("damaged", "confidence"), ("oddness", "oddness"),
  ]

  private static let ofAnyReference = ["reason", "damage", "confidence", "oddness"]

  var words: HTML {
    let issues = (model.issues.map(\.code) + model.rows.issues).reduce(into: [String]()) { codes, code in
      if !codes.contains(code) { codes.append(code) }
    }
    // Where only residuals are known, nothing is said of look-alikes.
    let terms = HTMLReport.terms.filter { model.reference.isModel || HTMLReport.ofAnyReference.contains($0.1) }
    let entries: [HTML] = (terms + issues.map { ($0, $0) }).compactMap { term, topic in
      ExplainTopic(topic).map { "<div><dt>\(term)</dt><dd>\($0.meaning)</dd></div>" }
    }
    return """
      <section id="words"><h2>Words</h2><p class="about">In full: <code>audit explain WORD</code>.</p>
      <dl class="facts-list words">\(entries)</dl></section>

      """
  }

  /// The same for the script, by the name that it has there.
  var meanings: [String: String] {
    let own = [
      "skew": "skew", "alike": "alike", "weight": "weight", "orthogonal_distance": "od", "score_distance": "sd",
      "reason": "reason",
    ].compactMapValues { ExplainTopic($0)?.meaning }
    let issues = model.rows.issues.compactMap { code in IssueCatalogue.info(code).map { (code, $0.meaning) } }
    let verdict = "what audit proposes, or what a person decided: keep, review or drop"
    return own.merging(issues) { first, _ in first }.merging(["verdict": verdict]) { first, _ in first }
  }
}
