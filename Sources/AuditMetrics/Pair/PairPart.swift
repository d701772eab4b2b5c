/// Something that is worked out once per pair and that several metrics read: moments, a spectrum, a pyramid.
///
/// A part lives with its metrics in one file. The object keeps its memory from pair to pair; `ImagePair.part` decides
/// when it has to measure anew, so `ImagePair` need not know it.
protocol PairPart: AnyObject {
  associatedtype Value
  init()
  /// Works the part out for the pair that is loaded.
  func measure(_ pair: ImagePair) -> Value
}

/// A part with the value for the pair of one number.
final class CachedPart<Part: PairPart> {
  private let part = Part()
  private var known: Part.Value?
  private var pairNumber = 0

  func value(_ pair: ImagePair, number: Int) -> Part.Value {
    if let known, pairNumber == number { return known }
    let value = part.measure(pair)
    known = value
    pairNumber = number
    return value
  }
}
