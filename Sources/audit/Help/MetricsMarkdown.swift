import AuditCore
import AuditMetrics

/// The metric table of the README.
enum MetricsMarkdown {
  static var text: String {
    var lines = [
      "| column | family | unit | range | better | parameters | meaning | agrees with |",
      "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for metric in MetricRegistry.all {
      let info = metric.info
      let parameters = metric.parameters.map { "`\(MetricText.parameter($0))`" }.joined(separator: " ")
      let cells = [
        "`\(info.name)`" + (info.isDefault ? "" : " \\*"), info.family.rawValue, info.unit,
        MetricText.range(info.range), info.direction.rawValue, parameters, info.meaning, info.source,
      ]
      lines.append("| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }
}
