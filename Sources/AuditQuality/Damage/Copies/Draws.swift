import AuditCore

extension SplitMix64 {
  /// Uniform in 0..<1, 53 bits.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform between two numbers.
  mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * fraction() }

  /// Cosine and sine of an angle drawn from a full turn.
  mutating func direction() -> Direction { Direction(sixteenBits: integer(below: 1 << 16)) }

  /// 1 or -1.
  mutating func sign() -> Double { next() >> 63 == 0 ? 1 : -1 }

  /// For a kernel that draws its own numbers.
  mutating func seed() -> UInt32 { UInt32(truncatingIfNeeded: next() >> 32) }
}
