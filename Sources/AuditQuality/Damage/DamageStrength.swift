/// Thirds of how strong damage is, from mild to gross.
package enum DamageStrength: String, Sendable, CaseIterable {
  case mild, clear, gross

  /// Those that a kind has: one that has no degrees is wholly so.
  package static func of(_ kind: DamageKind) -> [DamageStrength] { kind.hasDegrees ? allCases : [.gross] }

  /// - Parameter strength: 0...1.
  package func holds(_ strength: Double) -> Bool {
    switch self {
    case .mild: strength < 1.0 / 3
    case .clear: (1.0 / 3..<2.0 / 3).contains(strength)
    case .gross: strength >= 2.0 / 3
    }
  }
}
