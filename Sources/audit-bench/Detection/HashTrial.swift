import AuditCore
import AuditImages
import AuditQuality

/// Time and memory of the search for copies over many made-up hashes.
struct HashTrial {
  enum Shape: String, CaseIterable {
    /// Like no other.
    case random = "hashes_at_random"
    /// Around ten in a million hashes, 60 of 256 bits away on average, as aligned faces lie.
    case clusters = "hashes_in_clusters"
    /// One row in ten has the same hash and shows the same.
    case copies = "hashes_equal_of_copies"
    /// One row in ten has the same hash, and hardly any two show the same.
    case strangers = "hashes_equal_of_strangers"
    /// One row in ten has nearly the same hash, 16 of 256 bits away from another on average, and shows the same.
    case nearCopies = "hashes_near_of_copies"
    /// The same, and hardly any two show the same.
    case nearStrangers = "hashes_near_of_strangers"

    fileprivate var isCrowd: Bool { self != .random && self != .clusters }
    fileprivate var showsTheSame: Bool { self == .copies || self == .nearCopies }
    fileprivate var isNear: Bool { self == .nearCopies || self == .nearStrangers }
  }

  /// Pictures of noise that rows show; two in so many show the same.
  private static let pictures = 4096

  private var finder = DuplicateFinder()
  private let count: Int
  private let shape: Shape

  /// One in a hundred rows is, by its hash, a copy of the row before.
  init(count: Int, shape: Shape) {
    (self.count, self.shape) = (count, shape)
    var random = SplitMix64(seed: 11)
    let centres = (0..<max(1, count / 100_000)).map { _ in HashTrial.random(&random) }
    let common = HashTrial.random(&random)
    var last = common
    for number in 0..<count {
      if number % 100 == 99 {
        last = HashTrial.moved(last, chance: 20, &random)
      } else if isCommon(number) {
        last = shape.isNear ? HashTrial.moved(common, chance: 8, &random) : common
      } else {
        last =
          shape == .clusters
          ? HashTrial.moved(centres[number % centres.count], chance: 60, &random) : HashTrial.random(&random)
      }
      finder.add(
        .made(
          number,
          PictureFingerprint(
            upright: DifferenceHash(words: last), mirrored: DifferenceHash(words: HashTrial.random(&random)),
            inset: DifferenceHash(words: HashTrial.moved(last, chance: 20, &random)),
            pixels: PixelDigest(words: SIMD2(UInt64(number), 1)), contrast: 50)))
    }
  }

  private func isCommon(_ number: Int) -> Bool { shape.isCrowd && number % 10 == 0 }

  func print() throws {
    let noise = (0..<HashTrial.pictures).map { seed -> SmallPicture? in
      var random = SplitMix64(seed: UInt64(seed))
      return SmallPicture(pixels: (0..<SmallPicture.count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }
    try finder.printCost(shape.rawValue, rows: count) { row in
      noise[shape.showsTheSame && isCommon(row) ? 0 : (row / 10) % noise.count]
    }
  }

  private static func random(_ random: inout SplitMix64) -> SIMD4<UInt64> {
    SIMD4(random.next(), random.next(), random.next(), random.next())
  }

  /// Each bit turned with a chance of so many in 256.
  private static func moved(_ hash: SIMD4<UInt64>, chance: UInt64, _ random: inout SplitMix64) -> SIMD4<UInt64> {
    var turned = hash
    for word in 0..<4 {
      for byte in 0..<8 {
        var draws = random.next()
        for bit in 0..<8 {
          if draws & 255 < chance { turned[word] ^= 1 << UInt64(8 * byte + bit) }
          draws >>= 8
        }
      }
    }
    return turned
  }
}

/// The same over frames that lie between those of a folder, as a longer film of the same scenes would have them.
struct FrameTrial {
  private var finder = DuplicateFinder()
  private let count: Int
  private var smalls: [SmallPicture] = []

  private static let mostFrames = 200
  private static let grain = 4
  /// Small pictures between two frames.
  private static let steps = 16

  /// - Returns: nil for less than two pictures.
  init?(of source: PictureSource, count: Int) {
    self.count = count
    var resizer = ImageResizer()
    var frames: [RGBImage] = []
    for number in 0..<min(source.count, FrameTrial.mostFrames) {
      guard let picture = source.picture(number) else { continue }
      frames.append(resizer.resize(picture, width: 128, height: 128))
      smalls.append(SmallPicture(of: picture, resizer: &resizer))
    }
    guard frames.count > 1 else { return nil }
    let measured = MeasuredPicture()
    for number in 0..<count {
      var random = SplitMix64(seed: UInt64(number))
      var image = frames[pair(number).first]
      let (other, share) = (frames[pair(number).second], pair(number).share)
      for place in image.pixels.indices {
        let grain = Int(random.next() >> 61) - FrameTrial.grain
        let mixed = Int(image.pixels[place]) * (256 - share) + Int(other.pixels[place]) * share
        image.pixels[place] = UInt8(max(0, min(255, mixed / 256 + grain)))
      }
      measured.load(image, resizer: &resizer)
      let small = SmallPicture(of: measured, resizer: &resizer)
      finder.add(
        .made(number, PictureFingerprint(of: measured, pixels: PixelDigest(of: image), small: small)))
    }
  }

  /// Between which frames a made-up one lies, and how much of 256 it has of the second.
  private func pair(_ number: Int) -> (first: Int, second: Int, share: Int) {
    let place = number * 256 * (smalls.count - 1) / count
    return (place / 256, place / 256 + 1, place % 256)
  }

  func print() throws {
    let between = (0..<FrameTrial.steps * (smalls.count - 1)).map { place -> SmallPicture? in
      let (first, share) = (place / FrameTrial.steps, place % FrameTrial.steps)
      let (one, other) = (smalls[first].pixels, smalls[first + 1].pixels)
      return SmallPicture(
        pixels: one.indices.map {
          UInt8((Int(one[$0]) * (FrameTrial.steps - share) + Int(other[$0]) * share) / FrameTrial.steps)
        })
    }
    try finder.printCost("hashes_of_frames", rows: count) { number in
      let (first, _, share) = pair(number)
      return between[first * FrameTrial.steps + share * FrameTrial.steps / 256]
    }
  }
}

extension DuplicateRow {
  fileprivate static func made(_ number: Int, _ fingerprint: PictureFingerprint) -> DuplicateRow {
    var row = DuplicateRow(path: SamplePath("id/x\(1_000_000_000 + 10 * number)y"), fingerprint: fingerprint)
    (row.width, row.height) = (256, 256)
    return row
  }
}

extension DuplicateFinder {
  fileprivate func printCost(_ name: String, rows: Int, small: (Int) -> SmallPicture?) throws {
    var (asked, groups) = (0, 0)
    let seconds = try cpu {
      groups = try copies { row in
        asked += 1
        return small(row)
      }.groups.count
    }
    BenchLine(
      name, ("rows", Double(rows)), ("seconds", seconds), ("megabytes", Double(peakMemory()) / 1e6),
      ("pictures asked for", Double(asked)), ("groups", Double(groups))
    ).print()
  }
}
