/// How far a planted defect goes.
package enum Severity: String, Sendable, Codable, CaseIterable {
  case mild, medium, strong

  /// One of three values.
  package func choose<Value>(_ mild: Value, _ medium: Value, _ strong: Value) -> Value {
    switch self {
    case .mild: mild
    case .medium: medium
    case .strong: strong
    }
  }
}
