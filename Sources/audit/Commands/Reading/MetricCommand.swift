import ArgumentParser
import AuditCore
import AuditDataset
import AuditMetrics
import AuditScan
import Foundation

struct MetricCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metric", abstract: "Print the metrics of one pair of pictures, to check them against another tool.",
    discussion: """
      Both pictures must have the same size; nothing is resized.

      Example:
        audit metric faces/id014/a.png faces/id014/frame_331.png --metrics mse,ssim
      """)

  @Argument(help: "What the picture is compared with.", completion: .file())
  var reference: String

  @Argument(help: "The picture.", completion: .file())
  var image: String

  @Option(
    help: ArgumentHelp("Metrics to print: default, all, or names with commas.", valueName: "list"),
    completion: .custom(CompletionWords.metrics))
  var metrics = "all"

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let selection = try MetricSelection(metrics)
    let reference = try PictureFile(reference).image
    let image = try PictureFile(image).image
    guard reference.width == image.width, reference.height == image.height else {
      throw AuditError.usage(
        "'\(self.image)' is \(image.width)x\(image.height), its reference '\(self.reference)' "
          + "\(reference.width)x\(reference.height)", remedy: "give two pictures of one size")
    }
    let pair = ImagePair()
    pair.load(image: image, reference: reference)
    let values = selection.metrics.map { ($0.info, $0.value(of: pair)) }
    Terminal.print(json ? object(values) : table(values))
  }

  private func object(_ values: [(MetricInfo, Double?)]) -> String {
    let members = values.map { "  \"\($0.0.name)\": \($0.1.map { "\($0)" } ?? "null")" }
    return "{\n" + members.joined(separator: ",\n") + "\n}"
  }

  private func table(_ values: [(MetricInfo, Double?)]) -> String {
    var table = TextTable([.init("metric"), .init("value"), .init("unit", isOptional: true), .init("meaning", .prose)])
    for (info, value) in values {
      table.add([info.name, value.map { significant($0, 10) } ?? "NULL", info.unit, info.meaning])
    }
    return table.lines(width: Terminal.tableWidth).joined(separator: "\n")
  }
}
