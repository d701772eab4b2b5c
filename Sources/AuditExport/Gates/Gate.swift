import AuditCore

/// A line that a run must not cross: `flagged>1%`, `drop>0`, `skew.top1%>0.25`, `code:TRUNCATED>0`.
package struct Gate: Sendable, Equatable {
  /// What is counted or measured.
  package enum Quantity: Sendable, Equatable {
    /// Samples; of all where the limit is a share.
    case count(Count)
    /// Samples with an issue of that code, compared without case.
    case issue(code: String)
    /// Part of all pull under squared error that the worst samples by skew have; the share of samples is 0...1.
    case topSkew(Double)
    /// Part of a metric's total that its worst samples have.
    case topMetric(name: String, Double)
    /// Pictures that are damaged, as estimated for the whole set.
    case damaged
    /// Pictures with a copy in another part of the set, or in another set.
    case leaks
    /// What the recommended remedy would save, else the better one.
    case gain
  }

  package enum Count: String, Sendable, CaseIterable {
    case flagged, drop, review, errors, copies, samples
    /// Flagged now, and not in the baseline.
    case newFlagged = "new_flagged"
    case newDrop = "new_drop"

    /// Whether it means nothing without a run to compare with.
    package var needsBaseline: Bool { self == .newFlagged || self == .newDrop }
  }

  package enum Comparison: String, Sendable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case equal = "=="
    case unequal = "!="
    case above = ">"
    case below = "<"

    func holds(_ value: Double, _ limit: Double) -> Bool {
      switch self {
      case .atLeast: value >= limit
      case .atMost: value <= limit
      case .equal: value == limit
      case .unequal: value != limit
      case .above: value > limit
      case .below: value < limit
      }
    }
  }

  /// As it was written, without blanks.
  package let text: String
  package let quantity: Quantity
  package let comparison: Comparison
  /// A number, or a share of 0...1 where it was written in percent.
  package let limit: Double
  package let isShare: Bool

  /// What is accepted, for help and complaints.
  package static let grammar =
    "flagged>1%, drop>0, review, errors, copies, samples, new_flagged and new_drop (with --baseline), "
    + "code:TRUNCATED>0, code:BLURRED>1%, damaged>5%, leaks>0, skew.top1%>0.25, mse.top1%>25%, gain>5%; with >, >=, <, <=, == or !="

  /// - Throws: `AuditError` with what was expected.
  package init(_ expression: String) throws {
    text = expression.filter { !$0.isWhitespace }
    guard let found = Gate.split(text) else {
      throw Gate.complaint(expression, "it has no comparison such as >")
    }
    comparison = found.comparison
    isShare = found.right.hasSuffix("%")
    guard let number = Double(isShare ? found.right.dropLast() : found.right), number.isFinite, number >= 0 else {
      throw Gate.complaint(expression, "'\(found.right)' is not a number or percentage from 0")
    }
    limit = isShare ? number / 100 : number
    quantity = try Gate.quantity(String(found.left), expression)
  }

  private static func split(_ text: String) -> (left: Substring, comparison: Comparison, right: Substring)? {
    // The longer signs first: >= begins with >.
    guard let start = text.firstIndex(where: { "<>=!".contains($0) }) else { return nil }
    let rest = text[start...]
    for comparison in Comparison.allCases where rest.hasPrefix(comparison.rawValue) {
      return (text[..<start], comparison, rest.dropFirst(comparison.rawValue.count))
    }
    return nil
  }

  private static func quantity(_ name: String, _ expression: String) throws -> Quantity {
    if let count = Count(rawValue: name) { return .count(count) }
    if name == "gain" { return .gain }
    if name == "damaged" { return .damaged }
    if name == "leaks" { return .leaks }
    if name.hasPrefix("code:"), name.count > 5 { return .issue(code: name.dropFirst(5).lowercased()) }
    if let match = name.wholeMatch(of: /([a-z][a-z0-9_]*)\.top([0-9.]+)%/) {
      guard let percent = Double(match.2), percent > 0, percent <= 100 else {
        throw complaint(expression, "top takes a percentage above 0 and up to 100; got '\(match.2)'")
      }
      return match.1 == "skew" ? .topSkew(percent / 100) : .topMetric(name: String(match.1), percent / 100)
    }
    let known = Count.allCases.map(\.rawValue) + ["gain", "damaged", "leaks", "skew.top1%", "code:TRUNCATED"]
    let near = Spelling.nearest(to: name, in: known)
    throw complaint(
      expression,
      "'\(name)' is not known" + (near.isEmpty ? "" : "; did you mean " + near.joined(separator: ", ") + "?"))
  }

  private static func complaint(_ expression: String, _ what: String) -> AuditError {
    .usage("--fail-on '\(expression)': \(what)", remedy: "expected one of \(grammar)")
  }
}
