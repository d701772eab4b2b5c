package import AuditCore

/// A way in which a picture can be bad, and how to make a sound picture so.
///
/// Copies of a set's own pictures are damaged to learn what each kind looks like in that set.
package struct DamageKind: Sendable {
  /// Stored, and written into SQL by users: never changes.
  package let name: String
  /// What such a picture is, for a sentence: "blurred".
  package let words: String
  /// Whether there is more and less of it; a picture that is upside down is wholly so.
  package let hasDegrees: Bool
  /// Whether another picture of the set goes into the copy.
  package let mixesAnother: Bool
  private let damage: @Sendable (RGBImage, RGBImage, Double, inout SplitMix64) -> RGBImage

  /// - Parameter damage: picture, another picture of the set, strength from mild (0) to gross (1), what is drawn by lot.
  init(
    _ name: String, _ words: String, hasDegrees: Bool = true, mixesAnother: Bool = false,
    damage: @escaping @Sendable (RGBImage, RGBImage, Double, inout SplitMix64) -> RGBImage
  ) {
    (self.name, self.words, self.hasDegrees, self.mixesAnother) = (name, words, hasDegrees, mixesAnother)
    self.damage = damage
  }

  /// A damaged copy, as large as the picture.
  ///
  /// - Parameters:
  ///   - image: any size from 1 x 1; at most `MeasuredPicture.mostPixels` pixels.
  ///   - other: another picture of the set, of any size, for the kinds that mix two.
  ///   - strength: 0 is mild, 1 is gross; limited to that. Without a meaning for kinds that have no degrees.
  ///   - random: places, colours and variants; the same state gives the same copy on every machine.
  package func apply(
    to image: RGBImage, other: RGBImage, strength: Double, using random: inout SplitMix64
  ) -> RGBImage {
    damage(image, other, min(max(strength, 0), 1), &random)
  }

  /// A damaged copy of a strength that is drawn by lot, with that strength; 1 where the kind has no degrees.
  package func apply(
    to image: RGBImage, other: RGBImage, using random: inout SplitMix64
  ) -> (image: RGBImage, strength: Double) {
    let strength = hasDegrees ? random.fraction() : 1
    return (apply(to: image, other: other, strength: strength, using: &random), strength)
  }
}

/// Every kind of damage that copies are planted with; the order is that of the learnt classes.
package enum DamageKinds {
  package static let all: [DamageKind] =
    DamageKind.focus + DamageKind.grain + DamageKind.exposure + DamageKind.coding + DamageKind.cover
    + DamageKind.placement + DamageKind.colour + DamageKind.mixture

  /// Where each kind stands, by its name.
  static let places = Dictionary(uniqueKeysWithValues: all.indices.map { (all[$0].name, $0) })

  /// The kind with most votes; nil without votes.
  ///
  /// - Parameter votes: in the order of `all`.
  package static func likeliest(votes: [Double]) -> DamageKind? {
    guard let most = votes.indices.prefix(all.count).max(by: { votes[$0] < votes[$1] }), votes[most] > 0 else {
      return nil
    }
    return all[most]
  }

  package static func named(_ name: String) -> DamageKind? { all.first { $0.name == name } }
}
