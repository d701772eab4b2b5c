import AuditCore

/// What is wrong with a metric that a user named.
package enum MetricSpecificationError: Error, Equatable, CustomStringConvertible {
  case unknownMetric(name: String, nearest: [String])
  case unknownParameter(metric: String, name: String, nearest: [String])
  case takesNoParameters(metric: String)
  case repeatedParameter(metric: String, name: String)
  case notANumber(metric: String, parameter: String, text: String)
  case outOfRange(metric: String, parameter: String, text: String, accepted: String)

  package var description: String {
    switch self {
    case .unknownMetric(let name, let nearest):
      "no metric '\(name)'\(MetricSpecificationError.suggestion(nearest)); `audit metrics` lists them"
    case .unknownParameter(let metric, let name, let nearest):
      "'\(metric)' has no parameter '\(name)'\(MetricSpecificationError.suggestion(nearest)); "
        + "`audit metrics show \(metric)` lists them"
    case .takesNoParameters(let metric):
      "'\(metric)' takes no parameters; give it as '\(metric)'"
    case .repeatedParameter(let metric, let name):
      "parameter '\(name)' of '\(metric)' is given twice; give it once"
    case .notANumber(let metric, let parameter, let text):
      "parameter '\(parameter)' of '\(metric)' takes a number; got '\(text)'"
    case .outOfRange(let metric, let parameter, let text, let accepted):
      "parameter '\(parameter)' of '\(metric)' takes \(accepted); got '\(text)'"
    }
  }

  private static func suggestion(_ nearest: [String]) -> String {
    nearest.isEmpty ? "" : " (did you mean \(nearest.map { "'\($0)'" }.joined(separator: " or "))?)"
  }
}

extension MetricRegistry {
  /// The metric for `name` or `name:parameter=value:variant`, as a column of its own.
  ///
  /// `huber:delta=0.1` gives the column `huber__delta_0.1`, `gmsd:sample_std` gives `gmsd__sample_std` and
  /// `barron:alpha=-inf:c=0.05` gives `barron__alpha_neginf_c_0.05`: two underscores, then the given parameters in the
  /// order in which the metric lists them, whatever order they were given in. Such names hold dots, so SQL quotes them.
  /// A comma separates parameters too.
  package static func parse(_ text: String) throws(MetricSpecificationError) -> any Metric {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let metric = named(name) else {
      throw .unknownMetric(name: name, nearest: Spelling.nearest(to: name, in: all.map(\.info.name)))
    }
    guard parts.count > 1 else { return metric }
    guard !metric.parameters.isEmpty else { throw .takesNoParameters(metric: name) }
    var given: [String: Double] = [:]
    for assignment in parts[1].split(whereSeparator: { $0 == ":" || $0 == "," }) {
      let (parameter, value) = try value(of: assignment, metric: metric)
      guard given.updateValue(value, forKey: parameter) == nil else {
        throw .repeatedParameter(metric: name, name: parameter)
      }
    }
    let entries = metric.parameters.compactMap { parameter in
      given[parameter.name].map {
        MetricSettings.Entry(name: parameter.name, value: $0, isVariant: parameter.kind == .variant)
      }
    }
    return entries.isEmpty ? metric : metric.with(MetricSettings(entries: entries))
  }

  private static func value(
    of assignment: Substring, metric: any Metric
  ) throws(MetricSpecificationError) -> (String, Double) {
    let sides = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(sides[0])
    guard let parameter = metric.parameters.first(where: { $0.name == name }) else {
      let known = metric.parameters.map(\.name)
      throw .unknownParameter(metric: metric.info.name, name: name, nearest: Spelling.nearest(to: name, in: known))
    }
    if parameter.kind == .variant {
      guard sides.count == 1 else {
        throw .outOfRange(
          metric: metric.info.name, parameter: name, text: String(sides[1]), accepted: "no value")
      }
      return (name, 1)
    }
    let text = sides.count > 1 ? String(sides[1]) : ""
    guard let value = number(text) else {
      throw .notANumber(metric: metric.info.name, parameter: name, text: text)
    }
    guard parameter.accepts(value) else {
      throw .outOfRange(metric: metric.info.name, parameter: name, text: text, accepted: parameter.acceptedText)
    }
    return (name, value)
  }

  private static func number(_ text: String) -> Double? {
    guard let value = Double(text), !value.isNaN else { return nil }
    return value
  }
}

extension MetricParameter {
  /// The accepted values in words.
  package var acceptedText: String {
    switch kind {
    case .number(let range):
      "a number from \(MetricSettings.shortest(range.lowerBound)) to \(MetricSettings.shortest(range.upperBound))"
    case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .variant: "no value"
    }
  }
}
