package import AuditCore

/// The bytes of a discriminant: weights and slopes class by class, then the offsets; 8 each.
extension LinearDiscriminant {
  /// Larger weights could add up to what is no number.
  private static let largest = 1e100

  package func encode(to bytes: inout [UInt8]) { bytes.append(littleEndian: weights + slopes + offsets) }

  /// - Returns: nil where the bytes are not those of such a discriminant.
  package init?(decoding reader: inout LittleEndianReader, features: Int, classes: Int) {
    guard features > 0, classes > 0, let weights = reader.doubles(features * classes),
      let slopes = reader.doubles(features * classes),
      (weights + slopes).allSatisfy({ abs($0) <= LinearDiscriminant.largest }),
      let bits: [UInt64] = reader.next(LinearDiscriminant.points * classes)
    else { return nil }
    let offsets = bits.map(Double.init(bitPattern:))
    guard offsets.allSatisfy({ abs($0) <= LinearDiscriminant.largest || $0 == -.infinity }),
      offsets.contains(where: \.isFinite)
    else { return nil }
    self.init(features: features, weights: weights, slopes: slopes, offsets: offsets)
  }
}
