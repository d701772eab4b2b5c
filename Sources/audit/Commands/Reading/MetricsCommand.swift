import ArgumentParser
import AuditCore
import AuditInference
import AuditMetrics
import AuditReport
import AuditScan
import AuditStore
import Foundation

struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "List the metrics, or explain one.",
    discussion: """
      Examples:
        audit metrics
        audit metrics show huber
      """,
    subcommands: [MetricsList.self, MetricsShow.self], defaultSubcommand: MetricsList.self)
}

struct MetricsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Every metric with its unit, range, direction, parameters and meaning.",
    discussion: """
      Examples:
        audit metrics list
        audit metrics list --bench --size 64
      """)

  @Flag(help: "Measure on this machine what each costs per image.")
  var bench = false

  @Option(help: ArgumentHelp("Side of the images that --bench measures on.", valueName: "pixels"))
  var size = ScanSettings.standardSize

  @Flag(help: "Print one JSON array.")
  var json = false

  @Flag(help: "Print a Markdown table.")
  var md = false

  func validate() throws {
    if !(16...1024).contains(size) { throw ValidationError("--size takes a number from 16 to 1024; got \(size)") }
  }

  func run() throws {
    if md { return Terminal.print(MetricsMarkdown.text) }
    let costs = bench ? try costs() : nil
    if json {
      let infos = MetricRegistry.all.map(\.info) + LPIPSKind.allCases.map(\.info)
      let entries = infos.map { MetricEntry($0, cost: costs?[$0.name]) }
      Terminal.print(try JSONDocument.text(of: entries))
      return
    }
    var table = TextTable(
      [
        .init("name"), .init("family", isOptional: true), .init("unit", isOptional: true),
        .init("range", isOptional: true), .init("better", isOptional: true), .init("parameters", isOptional: true),
      ] + (bench ? [.init("ms", .number)] : []) + [.init("meaning", .prose)])
    func add(_ info: MetricInfo, parameters: String) {
      table.add(
        [
          info.name + (info.isDefault ? "" : " *"), info.family.rawValue, info.unit, MetricText.range(info.range),
          info.direction.rawValue, parameters.isEmpty ? "-" : parameters,
        ] + (costs.map { [$0[info.name].map { fixed($0, 4) } ?? "-"] } ?? []) + [info.meaning])
    }
    for metric in MetricRegistry.all {
      add(metric.info, parameters: metric.parameters.map(MetricText.parameter).joined(separator: " "))
    }
    for kind in LPIPSKind.allCases { add(kind.info, parameters: "") }
    Terminal.print(table.lines(width: Terminal.tableWidth).joined(separator: "\n"))
    Terminal.print("")
    let notes = [
      "* not computed unless named: audit scan FOLDER --metrics default,NAME",
      "A parameter makes a column of its own: --metrics huber:delta=0.1",
    ]
    Terminal.print(
      notes.flatMap { TextLayout.wrapped($0, width: Terminal.tableWidth ?? .max) }.joined(separator: "\n"))
    if let costs, let pair = costs["load"] {
      let absent = LPIPSKind.allCases.map(\.rawValue).filter { costs[$0] == nil }
      if !absent.isEmpty { Terminal.print("-: not there, see `audit models`: \(absent.joined(separator: ", "))") }
      Terminal.print("ms: CPU per \(size)x\(size) pair with nothing shared; loading the pair took \(fixed(pair, 4))")
    }
  }

  private func costs() throws -> [String: Double] {
    let networks = try ModelShelf.ofUser().entries()
    let measured = networks.isEmpty ? [:] : try MetricBench.measure(networks: networks, size: size)
    return MetricBench.measure(size: size).merging(measured) { own, _ in own }
  }
}

/// One metric for `audit metrics --json`.
struct MetricEntry: Encodable {
  let name: String
  let version: Int
  let family: String
  let unit: String
  let low: Double?
  let high: Double?
  let direction: String
  let parameters: [String: Double]
  let meaning: String
  let formula: String
  let source: String
  let isDefault: Bool
  let millisecondsPerImage: Double?

  init(_ info: MetricInfo, cost: Double?) {
    name = info.name
    version = info.version
    family = info.family.rawValue
    unit = info.unit
    low = info.range.lowerBound.isFinite ? info.range.lowerBound : nil
    high = info.range.upperBound.isFinite ? info.range.upperBound : nil
    direction = info.direction.rawValue
    parameters = info.parameters
    meaning = info.meaning
    formula = info.formula
    source = info.source
    isDefault = info.isDefault
    millisecondsPerImage = cost
  }
}

struct MetricsShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Explain one metric: formula, source, and what it is robust to.",
    discussion: """
      Examples:
        audit metrics show ssim
        audit metrics show huber:delta=0.1
      """)

  @Argument(
    help: "The metric, such as huber or huber:delta=0.1.", completion: .custom(CompletionWords.metric))
  var name: String

  @OptionGroup var streams: StreamOptions

  func run() throws {
    let style = Style(isOn: Terminal.usesColour(streams.color, isTerminal: Terminal.outIsTerminal))
    if let kind = LPIPSKind(rawValue: name) {
      return Terminal.print(MetricText.lines(kind.info, style: style).joined(separator: "\n"))
    }
    let metric: any Metric
    do {
      metric = try MetricRegistry.parse(name)
    } catch {
      throw AuditError.usage("\(error)")
    }
    try MetricsShow.show(metric, json: false, style: style)
  }

  /// Everything about a metric; as JSON what `audit metrics list --json` says of it.
  static func show(_ metric: any Metric, json: Bool, style: Style) throws {
    let info = metric.info
    if json {
      return Terminal.print(try JSONDocument.text(of: MetricEntry(info, cost: nil)))
    }
    let width = Terminal.tableWidth ?? 120
    var lines = MetricText.lines(info, style: style)
    for parameter in metric.parameters {
      let value = info.parameters[parameter.name] ?? parameter.standard
      let now = parameter.kind == .variant ? "" : " = \(significant(value, 6))"
      lines.append("  parameter  \(parameter.name)\(now)  \(parameter.meaning) (\(parameter.acceptedText))")
    }
    if let loss = metric.loss, width >= 66 {
      lines += ["  robust to  " + loss.robustness, ""]
      lines += FunctionPlot(title: "psi: how hard a residual pulls", function: loss.psi).lines
      lines += [""]
      lines += FunctionPlot(title: "weight = psi(r) / r", function: loss.weight).lines
    }
    Terminal.print(lines.flatMap { TextLayout.wrapped($0, width: width) }.joined(separator: "\n"))
  }
}

/// Words for the parts of a metric's description.
enum MetricText {
  /// What every metric has to say.
  static func lines(_ info: MetricInfo, style: Style) -> [String] {
    [
      style.bold(info.name) + "  " + info.meaning, "",
      "  formula    " + info.formula,
      "  unit       \(info.unit), \(range(info.range)), \(direction(info.direction))",
      "  family     \(info.family.rawValue)\(info.isDefault ? "" : "; not computed unless named")",
      "  source     " + info.source,
    ]
  }

  static func range(_ range: ClosedRange<Double>) -> String {
    bound(range.lowerBound) + "..." + bound(range.upperBound)
  }

  static func parameter(_ parameter: MetricParameter) -> String {
    if parameter.kind == .variant { return "[\(parameter.name)]" }
    return "\(parameter.name)=\(significant(parameter.standard, 4))"
  }

  static func direction(_ direction: MetricInfo.Direction) -> String {
    switch direction {
    case .lower: "lower is more alike"
    case .higher: "higher is more alike"
    case .zero: "0 is most alike"
    case .none: "neither end is better"
    }
  }

  private static func bound(_ value: Double) -> String {
    value.isFinite ? significant(value, 6) : (value < 0 ? "-inf" : "inf")
  }
}
