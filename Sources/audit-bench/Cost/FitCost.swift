import ArgumentParser
import AuditCore
import AuditReference
import AuditStatistics
import Foundation

struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "CPU seconds of the robust fit and of the gain, which every scan pays once.")

  @Argument(help: ArgumentHelp("A folder of images; without one, demo faces are drawn.", valueName: "folder"))
  var folder: String?

  @Option(help: ArgumentHelp("At most so many images.", valueName: "count"))
  var images = 1_000

  @Option(help: ArgumentHelp("Exit with 1 where both together take more CPU seconds.", valueName: "seconds"))
  var maxSeconds: Double?

  func run() throws {
    let source = try folder.map { try PictureSource.folder($0, images: images) } ?? .demo(images: images, seed: 1)
    let rows = TruthSet.rows(of: source)
    let keys = (0..<(rows.count / LowRankModel.length)).map { UInt64($0) }
    var fitted: LowRankFit?
    let fitting = try cpu { fitted = try LowRankFit(rows: rows, keys: keys, seed: 7) }
    guard let fitted else { return }
    let judging = cpu { _ = fitted.gain(rule: .model(count: keys.count)) }
    BenchLine("fit", ("seconds", fitting), ("images", Double(keys.count))).print()
    BenchLine("gain", ("seconds", judging), ("images", Double(keys.count))).print()
    if fitting + judging > maxSeconds ?? .infinity { throw ExitCode(1) }
  }
}
