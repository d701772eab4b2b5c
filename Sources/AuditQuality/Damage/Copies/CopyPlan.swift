package import AuditCore

/// Which copies of which pictures a set's damage is learnt from.
///
/// Pictures are known by keys that do not change, and everything that is drawn hangs on keys: neither the order of the
/// pictures nor that of the jobs nor how many run at a time changes a copy.
package struct CopyPlan: Sendable {
  /// What is done to a copy.
  package enum Treatment: Sendable, Hashable {
    /// The place of the kind in `DamageKinds.all`.
    case damaged(Int)
    case harmless
    case reencoded
  }

  /// One copy to make.
  package struct Job: Sendable, Equatable {
    package let treatment: Treatment
    /// Place of its picture among the keys that the plan was made from.
    package let source: Int
    /// Place of the picture that is mixed in; the same as `source` where there is no other.
    package let other: Int
    package let seed: UInt64

    /// Place of the kind of damage in `DamageKinds.all`; nil for a harmless copy.
    package var kind: Int? {
      if case .damaged(let place) = treatment { place } else { nil }
    }

    /// Whether the picture at `other` goes into the copy.
    package var mixes: Bool { kind.map { DamageKinds.all[$0].mixesAnother } ?? false }
  }

  /// How many copies. `docs/damage.md`, 3, has what more and fewer give.
  package struct Amounts: Sendable, Equatable {
    /// Of each kind of damage.
    package var perKind: Int
    /// Pictures that they are made from, at most.
    package var sources: Int
    package var harmless: Int
    package var reencoded: Int

    package init(perKind: Int = 48, sources: Int = 500, harmless: Int = 75, reencoded: Int = 75) {
      (self.perKind, self.sources, self.harmless, self.reencoded) = (perKind, sources, harmless, reencoded)
    }

    /// What is made of a set of so many pictures. Few are soon worn out: a tenth of them for each kind, from 10 up.
    package init(ofPictures pictures: Int) {
      let (most, perKind) = (Self(), max(pictures / 10, 10))
      self.init(
        perKind: min(perKind, most.perKind), sources: most.sources, harmless: min(5 * perKind, most.harmless),
        reencoded: min(5 * perKind, most.reencoded))
    }
  }

  /// A finished copy.
  package struct Copy: Sendable, Equatable {
    package let image: RGBImage
    /// From mild (0) to gross (1); nil for a copy that is not damaged.
    package let strength: Double?
  }

  /// Kind by kind in the order of the registry, then the harmless, then the encoded ones.
  package let jobs: [Job]

  /// - Parameters:
  ///   - keys: of the pictures, all different; their places are what `Job.source` counts.
  ///   - kinds: places in `DamageKinds.all` of the kinds to plant.
  package init(
    keys: [UInt64], seed: UInt64, amounts: Amounts = Amounts(), kinds: [Int] = Array(DamageKinds.all.indices)
  ) {
    let sources = CopyPlan.order(of: Array(keys.indices), keys, seed: seed, label: 0).prefix(amounts.sources)
    let parts: [(Treatment, String, Int)] =
      kinds.map { (.damaged($0), DamageKinds.all[$0].name, amounts.perKind) }
      + [(.harmless, "harmless", amounts.harmless), (.reencoded, "reencoded", amounts.reencoded)]
    jobs = parts.flatMap { treatment, name, count -> [Job] in
      let label = CopyPlan.hash(name)
      let order = CopyPlan.order(of: Array(sources), keys, seed: seed, label: label)
      guard !order.isEmpty else { return [] }
      return (0..<count).map { number in
        let source = order[number % order.count]
        var random = SplitMix64(seed: seed, keys: label, keys[source], UInt64(number / order.count))
        return Job(
          treatment: treatment, source: source, other: order[(number + 1) % order.count], seed: random.next())
      }
    }
  }

  /// A copy none of whose values lies further from the picture's than this shows nothing: an encoder does as much.
  private static let hardlySeen = 8

  /// Makes one copy, saves it and reads it again.
  ///
  /// - Parameters:
  ///   - image: the picture at `job.source`; at most `MeasuredPicture.mostPixels` pixels.
  ///   - other: that at `job.other`.
  /// - Returns: nil where the damage does not show on this picture, as exchanged channels do not on a gray one: nobody
  ///   could tell such a copy from the picture.
  /// - Throws: `EncodingError` where memory is out or a side is longer than a codec takes.
  package static func make(_ job: Job, from image: RGBImage, other: RGBImage) throws -> Copy? {
    var random = SplitMix64(seed: job.seed)
    let copy: Copy
    var isSaved = true
    switch job.treatment {
    case .damaged(let place):
      let kind = DamageKinds.all[place]
      let damaged = kind.apply(to: image, other: other, using: &random)
      guard damaged.image.differs(from: image, byMoreThan: hardlySeen) else { return nil }
      copy = Copy(image: damaged.image, strength: damaged.strength)
      // A picture that was compressed to death has often not been saved again.
      isSaved = kind.name != "compressed" || random.fraction() < 0.5
    case .harmless: copy = Copy(image: image.harmlesslyChanged(&random), strength: nil)
    case .reencoded: copy = Copy(image: image, strength: nil)
    }
    guard isSaved else { return copy }
    return Copy(image: try CopyEncoding(&random).passed(copy.image), strength: copy.strength)
  }

  /// Places in an order that hangs on their keys alone.
  private static func order(of places: [Int], _ keys: [UInt64], seed: UInt64, label: UInt64) -> [Int] {
    let ranked = places.map { place in
      var random = SplitMix64(seed: seed, keys: label, keys[place])
      return (random.next(), keys[place], place)
    }
    return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  /// FNV-1a of a name.
  private static func hash(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

extension RGBImage {
  /// Whether some value lies further than so many codes from that of a picture of the same size.
  fileprivate func differs(from other: RGBImage, byMoreThan codes: Int) -> Bool {
    zip(pixels, other.pixels).contains { abs(Int($0) - Int($1)) > codes }
  }
}
