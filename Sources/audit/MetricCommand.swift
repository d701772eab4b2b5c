import ArgumentParser
import AuditCore
import AuditMetrics
import AuditReport
import AuditScan
import Foundation

struct MetricCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metric", abstract: "Print the metrics of one pair of pictures, to check them against another tool.",
    discussion: "Both pictures must have the same size; nothing is resized.")

  @Argument(help: "What the picture is compared with.")
  var reference: String

  @Argument(help: "The picture.")
  var image: String

  @Option(help: ArgumentHelp("Metrics to print: default, all, or names with commas.", valueName: "list"))
  var metrics = "all"

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let selection = try MetricSelection(metrics)
    let reference = try PictureFile.decode(reference)
    let image = try PictureFile.decode(image)
    guard reference.width == image.width, reference.height == image.height else {
      throw AuditError.other(
        "'\(self.image)' is \(image.width)x\(image.height), its reference '\(self.reference)' "
          + "\(reference.width)x\(reference.height); give two pictures of one size")
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
    let rows = values.map { info, value in
      [info.name, value.map { significant($0, 10) } ?? "NULL", info.unit, info.meaning]
    }
    return TextTable.lines([["metric", "value", "unit", "meaning"]] + rows).joined(separator: "\n")
  }
}
