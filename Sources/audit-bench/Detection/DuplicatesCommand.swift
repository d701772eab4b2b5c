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

  @Argument(help: ArgumentHelp("Folders of images; without one, faces are drawn.", valueName: "folder"))
  var folders: [String] = []

  @Option(help: ArgumentHelp("At most so many images of a set.", valueName: "count"))
  var images: Int?

  @Option(
    help: ArgumentHelp(
      "Also search so many made-up hashes: alone, in clusters, equal, and of frames between those of the folders.",
      valueName: "count"))
  var hashes = 0

  @Flag(
    help: """
      Exit with 1 where fewer than 95 % of the copies of a kind are found, where fewer than 90 % of those that lost something \
      are called worse than what they were made of, or where copies are found in a set as it is.
      """)
  var check = false

  func run() throws {
    let sources = try folders.map { try PictureSource.folder($0, images: images ?? 1_000) }
    var isGood = true
    for source in folders.isEmpty && hashes == 0 ? [.portraits(images ?? 300, seed: 1)] : sources {
      isGood = try CopyTrial(of: source).print() && isGood
    }
    if hashes > 0 {
      for shape in HashTrial.Shape.allCases { try HashTrial(count: hashes, shape: shape).print() }
      for source in sources {
        if let trial = FrameTrial(of: source, count: hashes) { try trial.print() }
      }
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
      pictures.append(picture(image, bytes: source.bytes(number), path: source.path(number)))
      guard number % 5 == 0 else { continue }
      for maker in CopyMaker.allCases {
        guard let copy = maker.copy(of: image, resizer: &resizer) else { continue }
        // What is not encoded here is taken for a file with as many bytes to a pixel as the first has.
        let own = source.bytes(number) * (copy.image.width * copy.image.height) / (image.width * image.height)
        let made = picture(
          copy.image, bytes: copy.bytes ?? own, path: SamplePath("0 copies/\(maker.rawValue)/\(number).jpg"))
        copies[maker, default: []].append((pictures.count - 1, made))
      }
    }
  }

  private mutating func picture(_ image: RGBImage, bytes: Int, path: SamplePath) -> TrialPicture {
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
    row.bytes = bytes
    row.white = ["red_white", "green_white", "blue_white"].compactMap { statistics[$0]?.value(measured) }
    return TrialPicture(row: row, small: made.small)
  }

  /// - Returns: whether everything is as `--check` asks.
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
    let isClean = own.allSatisfy { $0.kind == .run }
    return try CopyMaker.allCases.map { try printFound($0) }.allSatisfy { $0 } && isClean
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
    let areWorse = !maker.losesSomething || Double(best) >= 0.9 * Double(found)
    return Double(found) >= 0.95 * Double(copies.count) && areWorse
  }

  private func groups(of pictures: [TrialPicture]) throws -> [DuplicateGroup] {
    var finder = DuplicateFinder()
    for picture in pictures { finder.add(picture.row) }
    return try finder.copies { pictures[$0].small }.groups
  }
}
