import ArgumentParser
import AuditCore
import AuditDemo
import AuditImages
import AuditQuality
import Foundation

struct DuplicatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "duplicates",
    abstract:
      "Which copies of a set's pictures are found, what is found where there is none, and what the search costs.")

  @Argument(help: ArgumentHelp("Folders of images; without one, demo faces are drawn.", valueName: "folder"))
  var folders: [String] = []

  @Option(help: ArgumentHelp("At most so many images of a folder.", valueName: "count"))
  var images = 1_000

  @Option(help: ArgumentHelp("Also search so many made-up hashes, alone and in clusters.", valueName: "count"))
  var hashes = 0

  @Option(help: ArgumentHelp("A file of 96 bytes per row that takes the place of made-up hashes.", valueName: "file"))
  var hashFile: String?

  @Flag(help: "Exit with 1 where fewer than 95 % of the copies of a kind are found.")
  var check = false

  func run() throws {
    let sources = try folders.map { try PictureSource.folder($0, images: images) }
    var isGood = true
    for source in folders.isEmpty && hashes == 0 && hashFile == nil ? [.demo(images: images, seed: 1)] : sources {
      isGood = try CopyTrial(of: source).print() && isGood
    }
    if let hashFile { try HashTrial(file: hashFile).print("hashes_of_a_file") }
    if hashes > 0 {
      try HashTrial(count: hashes, clusters: nil).print("hashes_at_random")
      try HashTrial(count: hashes, clusters: max(1, hashes / 100_000)).print("hashes_in_clusters")
    }
    if check && !isGood { throw ExitCode(1) }
  }
}

/// A picture as the search knows it.
private struct TrialPicture {
  let row: DuplicateRow
  let small: SmallPicture
}

/// Copies of every fifth picture of a set.
private struct CopyTrial {
  private let name: String
  private var pictures: [TrialPicture] = []
  private var copies: [CopyMaker: [(of: Int, picture: TrialPicture)]] = [:]
  private var resizer = ImageResizer()
  private var measured = MeasuredPicture()
  private var seconds = 0.0

  init(of source: PictureSource) throws {
    name = source.name
    for number in 0..<source.count {
      guard let image = source.picture(number) else { continue }
      pictures.append(picture(image, path: source.path(number)))
      guard number % 5 == 0 else { continue }
      for maker in CopyMaker.allCases {
        guard let copy = maker.copy(of: image, resizer: &resizer) else { continue }
        let made = picture(copy, path: SamplePath("copies/\(maker.rawValue)/\(number).jpg"))
        copies[maker, default: []].append((pictures.count - 1, made))
      }
    }
  }

  private mutating func picture(_ image: RGBImage, path: SamplePath) -> TrialPicture {
    var image = image
    if image.width * image.height > MeasuredPicture.mostPixels {
      image = resizer.resize(image, width: 1024, height: 1024)
    }
    measured.load(image, resizer: &resizer)
    var made: (small: SmallPicture, fingerprint: PictureFingerprint)?
    seconds += cpu {
      let small = SmallPicture(of: measured, resizer: &resizer)
      made = (small, PictureFingerprint(of: measured, image: image, small: small))
    }
    guard let made else { preconditionFailure("cpu() did not run its body") }
    var row = DuplicateRow(path: path, fingerprint: made.fingerprint)
    (row.width, row.height) = (image.width, image.height)
    let statistics = Dictionary(uniqueKeysWithValues: PictureStatistics.all.map { ($0.info.name, $0) })
    row.sharpness = statistics["log_sharpness"]?.value(measured)
    if let across = statistics["block_x"]?.value(measured), let down = statistics["block_y"]?.value(measured) {
      row.blockiness = (across + down) / 2
    }
    return TrialPicture(row: row, small: made.small)
  }

  /// - Returns: whether 95 % of the copies of each kind were found.
  func print() throws -> Bool {
    let made = copies.values.reduce(0) { $0 + $1.count }
    BenchLine(
      "fingerprint of \(name)", ("milliseconds", 1_000 * seconds / Double(max(1, pictures.count + made)))
    ).print()
    let own = try groups(of: pictures)
    for kind in DuplicateGroup.Kind.allCases {
      let found = own.filter { $0.kind == kind }
      guard !found.isEmpty else { continue }
      let members = found.reduce(0) { $0 + $1.members.count }
      BenchLine(
        "\(name) as it is: \(kind.rawValue)", ("groups", Double(found.count)), ("members", Double(members))
      ).print()
      for group in found.prefix(6) where kind != .run {
        Swift.print("  " + group.members.prefix(4).map { pictures[$0.row].row.path.printable }.joined(separator: "  "))
      }
    }
    BenchLine(
      "\(name) as it is", ("pictures", Double(pictures.count)), ("groups", Double(own.count)),
      ("in runs", Double(own.filter { $0.kind == .run }.reduce(0) { $0 + $1.members.count }))
    ).print()
    return try CopyMaker.allCases.map { try printFound($0) }.allSatisfy { $0 }
  }

  private func printFound(_ maker: CopyMaker) throws -> Bool {
    let copies = copies[maker] ?? []
    guard !copies.isEmpty else { return true }
    let groups = try groups(of: pictures + copies.map(\.picture))
    var group: [Int: Int] = [:]
    for (number, found) in groups.enumerated() { for member in found.members { group[member.row] = number } }
    var (found, best) = (0, 0)
    for (number, copy) in copies.enumerated() {
      guard let own = group[pictures.count + number], own == group[copy.of] else { continue }
      found += 1
      if groups[own].best < pictures.count { best += 1 }
    }
    BenchLine(
      "\(name): \(maker.rawValue)", ("copies", Double(copies.count)),
      ("found", Double(found) / Double(copies.count)), ("an original is best", Double(best) / Double(max(1, found)))
    ).print()
    return Double(found) >= 0.95 * Double(copies.count)
  }

  private func groups(of pictures: [TrialPicture]) throws -> [DuplicateGroup] {
    var finder = DuplicateFinder()
    for picture in pictures { finder.add(picture.row) }
    return try finder.groups { pictures[$0].small }
  }
}

/// Time and memory of the search over many hashes.
private struct HashTrial {
  private var finder = DuplicateFinder()
  private var count = 0

  /// - Parameter clusters: around how many hashes all others lie, 80 of 256 bits away on average, as aligned faces do;
  ///   nil for none. One in a hundred rows is a copy of the row before, 20 bits away.
  init(count: Int, clusters: Int?) {
    var random = SplitMix64(seed: 11)
    let centres = (0..<(clusters ?? 0)).map { _ in HashTrial.random(&random) }
    var last = HashTrial.random(&random)
    for number in 0..<count {
      if number % 100 == 99 {
        last = HashTrial.moved(last, chance: 20, &random)
      } else if centres.isEmpty {
        last = HashTrial.random(&random)
      } else {
        last = HashTrial.moved(centres[number % centres.count], chance: 60, &random)
      }
      add(last, HashTrial.moved(last, chance: 20, &random), HashTrial.random(&random))
    }
  }

  init(file: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    let words = data.withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
    for row in 0..<(words.count / 12) {
      let views = (0..<3).map { view in
        SIMD4((0..<4).map { words[12 * row + 4 * view + $0] })
      }
      add(views[0], views[1], views[2])
    }
  }

  private mutating func add(_ upright: SIMD4<UInt64>, _ inset: SIMD4<UInt64>, _ mirrored: SIMD4<UInt64>) {
    let fingerprint = PictureFingerprint(
      upright: DifferenceHash(words: upright), mirrored: DifferenceHash(words: mirrored),
      inset: DifferenceHash(words: inset), pixels: PixelDigest(words: SIMD2(UInt64(count), 1)), contrast: 50)
    var row = DuplicateRow(path: SamplePath("\(10_000_000 + count)"), fingerprint: fingerprint)
    (row.width, row.height) = (256, 256)
    finder.add(row)
    count += 1
  }

  /// Every pair of hashes that is near is asked for its pictures, and none is confirmed.
  func print(_ name: String) throws {
    let noise = (0..<64).map { seed -> SmallPicture? in
      var random = SplitMix64(seed: UInt64(seed))
      return SmallPicture(pixels: (0..<SmallPicture.count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }
    var (asked, groups) = (0, 0)
    let seconds = try cpu {
      groups = try finder.groups { row in
        asked += 1
        return noise[row % noise.count]
      }.count
    }
    BenchLine(
      name, ("rows", Double(count)), ("seconds", seconds), ("megabytes", Double(peakMemory()) / 1e6),
      ("pictures asked for", Double(asked)), ("groups", Double(groups))
    ).print()
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
