import CKernels

/// 256 bits of a picture: in each of 16 rows, whether each of 16 neighbouring means of luma falls from left to right.
///
/// - Source: N. Krawetz, "Kind of Like That" (2013), difference hash, here at 17 x 16.
package struct DifferenceHash: Sendable, Hashable {
  /// Bit 16 y + x, from the lowest of the first word.
  package let words: SIMD4<UInt64>

  package init(words: SIMD4<UInt64>) { self.words = words }

  /// In how many bits two hashes differ, 0...256.
  package func distance(to other: DifferenceHash) -> Int {
    let different = words ^ other.words
    return (0..<4).reduce(0) { $0 + different[$1].nonzeroBitCount }
  }

  /// The hashes of a picture and of its mirror image.
  ///
  /// - Parameters:
  ///   - luma: 128 x 128, 0...255000.
  ///   - inset: pixels left out on each side.
  static func pair(of luma: [Int32], inset: Int) -> (upright: DifferenceHash, mirrored: DifferenceHash) {
    precondition(luma.count == StandardMeasure.count && inset >= 0 && inset < 32, "\(luma.count) lumas, inset \(inset)")
    var (upright, mirrored) = ([UInt64](repeating: 0, count: 4), [UInt64](repeating: 0, count: 4))
    audit_difference_hash(luma, inset, &upright, &mirrored)
    return (DifferenceHash(upright), DifferenceHash(mirrored))
  }

  private init(_ words: [UInt64]) { self.words = SIMD4(words[0], words[1], words[2], words[3]) }
}
