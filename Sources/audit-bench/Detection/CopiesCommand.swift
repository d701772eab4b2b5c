import ArgumentParser
import AuditCore
import AuditDemo
import AuditImages
import AuditQuality
import Foundation

struct CopiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copies",
    abstract: "CPU milliseconds of each kind of damaged copy, and a sheet of them to look at.",
    discussion: "Times hold for damaging, encoding and decoding one picture.")

  @Argument(help: ArgumentHelp("A folder of images; without one, demo faces are drawn.", valueName: "folder"))
  var folder: String?

  @Option(help: ArgumentHelp("At most so many images.", valueName: "count"))
  var images = 60

  @Option(help: ArgumentHelp("What is drawn by lot.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Longer side that larger images are brought to, pixels.", valueName: "pixels"))
  var size = 256

  @Option(
    help: ArgumentHelp("Write a PNG: a row for each kind, from mild to gross in three steps.", valueName: "file"))
  var sheet: String?

  func run() throws {
    let source =
      try folder.map { try PictureSource.folder($0, images: images) } ?? .demo(images: images, seed: seed)
    let pictures = (0..<source.count).compactMap { source.picture($0).map { $0.atMost(size) } }
    guard pictures.count >= 2 else {
      throw AuditError.lacking("it takes two readable images", remedy: "give another folder")
    }
    try measure(pictures)
    if let sheet { try Data(encodePNG(drawSheet(pictures))).write(to: URL(fileURLWithPath: sheet)) }
  }

  private func measure(_ pictures: [RGBImage]) throws {
    let plan = CopyPlan(
      keys: pictures.indices.map { UInt64($0) }, seed: seed,
      amounts: .init(perKind: images, harmless: images, reencoded: images))
    var seconds: [String: Double] = [:]
    for job in plan.jobs {
      seconds[name(job.treatment), default: 0] += try cpu {
        _ = try CopyPlan.make(job, from: pictures[job.source], other: pictures[job.other])
      }
    }
    for name in DamageKinds.all.map(\.name) + ["harmless", "reencoded"] {
      BenchLine("copy_" + name, ("ms", 1000 * (seconds[name] ?? .nan) / Double(images))).print()
    }
    // As a scan plants them.
    let amounts = CopyPlan.Amounts()
    let count = { (name: String) -> Int in
      DamageKinds.named(name) != nil ? amounts.perKind : name == "harmless" ? amounts.harmless : amounts.reencoded
    }
    let copies = Double(seconds.keys.reduce(0) { $0 + count($1) })
    let total = seconds.reduce(0.0) { $0 + $1.value / Double(images) * Double(count($1.key)) }
    BenchLine("copy", ("ms", 1000 * total / copies), ("copies", copies), ("seconds", total)).print()
  }

  private func name(_ treatment: CopyPlan.Treatment) -> String {
    switch treatment {
    case .damaged(let place): DamageKinds.all[place].name
    case .harmless: "harmless"
    case .reencoded: "reencoded"
    }
  }

  /// Three strengths of three pictures a row.
  private func drawSheet(_ pictures: [RGBImage]) -> RGBImage {
    var sheet = ContactSheet(columns: 9)
    for kind in DamageKinds.all {
      for column in 0..<9 {
        let picture = pictures[(column / 3 * 7) % pictures.count]
        let other = pictures[(column + 5) % pictures.count]
        var random = SplitMix64(seed: seed, keys: UInt64(column))
        sheet.add(kind.apply(to: picture, other: other, strength: Double(column % 3) / 2, using: &random))
      }
    }
    return sheet.image
  }
}
