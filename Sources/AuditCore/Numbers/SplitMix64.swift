/// A small seeded generator whose sequence is the same on every machine and in every version of Swift.
///
/// The standard library's `random(in:using:)` and `shuffled(using:)` may change how they consume a generator, so the
/// drawing code only uses the functions below: integers, exact floating-point products, no library function.
///
/// - Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
package struct SplitMix64: RandomNumberGenerator, Sendable, Equatable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// An independent generator for one of several things that are made from the same seed.
  ///
  /// - Parameter keys: which one; the same keys give the same generator, whatever was drawn in between elsewhere.
  package init(seed: UInt64, keys: UInt64...) {
    var mixed = SplitMix64(seed: seed)
    for key in keys { mixed = SplitMix64(seed: mixed.next() ^ (key &* 0xD1B5_4A32_D192_ED03)) }
    state = mixed.next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// The output function alone: a hash of a 64-bit number.
  package static func mixed(_ number: UInt64) -> UInt64 {
    var bits = number
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// Uniform in 0..<1, 24 bits.
  package mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// Uniform between the bounds.
  package mutating func uniform(_ range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  /// Uniform in 0..<bound by the high half of a product: bias below 2^-32 for any bound that fits 32 bits.
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "an integer below \(bound) does not exist")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Mean 0, standard deviation 1, within ±3.5: a sum of four uniforms, which needs no logarithm.
  package mutating func normal() -> Float {
    let bits = next()
    let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
    return (Float(sum) * 0x1p-16 - 2) * 1.7320508
  }

  /// True with the given probability.
  package mutating func chance(_ probability: Float) -> Bool { unit() < probability }

  /// One of the elements, all equally likely.
  package mutating func choice<Element>(_ elements: [Element]) -> Element { elements[integer(below: elements.count)] }
}
