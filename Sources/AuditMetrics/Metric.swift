package import AuditCore

/// One number for an image and what it is compared with: a column of the database.
///
/// A new metric is one file (or one function in `ResidualLosses.swift`) and one line in `MetricRegistry.all`.
package protocol Metric: Sendable {
  /// Name, unit, range, direction, meaning, formula and source.
  var info: MetricInfo { get }

  /// What a user may set, in the order in which column names list it. None by default.
  var parameters: [MetricParameter] { get }

  /// The loss whose mean over all residuals this is; nil for every metric that is more than that.
  var loss: Loss? { get }

  /// The same metric with other parameters, as a column of its own.
  ///
  /// - Parameter settings: only names of `parameters`, only values that those accept.
  func with(_ settings: MetricSettings) -> any Metric

  /// The value for the loaded pair.
  ///
  /// - Returns: a finite number, or nil where the metric is not defined for this pair.
  func value(of pair: ImagePair) -> Double?
}

extension Metric {
  package var parameters: [MetricParameter] { [] }
  package var loss: Loss? { nil }
  package func with(_ settings: MetricSettings) -> any Metric { self }
}

/// One parameter of a metric: a number in a range, or a variant that is on or off.
package struct MetricParameter: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case number(ClosedRange<Double>)
    case whole(ClosedRange<Int>)
    case variant
  }

  package let name: String
  package let kind: Kind
  /// The value that a column without parameters uses; 0 for a variant that is off.
  package let standard: Double
  package let meaning: String

  package init(_ name: String, _ kind: Kind, standard: Double = 0, meaning: String) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.meaning = meaning
  }

  /// Whether the parameter may have the value.
  package func accepts(_ value: Double) -> Bool {
    switch kind {
    case .number(let range): range.contains(value)
    case .whole(let range): Int(exactly: value).map(range.contains) ?? false
    case .variant: value == 1
    }
  }
}

/// Parameter values that a user gave, in the order of the metric's parameters.
package struct MetricSettings: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package let name: String
    package let value: Double
    /// A variant stands in the column name without a value.
    package let isVariant: Bool
  }

  package let entries: [Entry]

  /// Nothing given: every parameter has its standard value.
  package static let standard = MetricSettings(entries: [])

  package init(entries: [Entry]) { self.entries = entries }

  func value(_ name: String, standard: Double) -> Double {
    entries.first { $0.name == name }?.value ?? standard
  }

  func isOn(_ variant: String) -> Bool { value(variant, standard: 0) != 0 }

  /// The column name: `huber` without settings, `huber__delta_0.1`, `gmsd__sample_std`, `barron__alpha_neg3` with.
  package func column(_ metric: String) -> String {
    guard !entries.isEmpty else { return metric }
    let parts = entries.map { $0.isVariant ? $0.name : "\($0.name)_\(MetricSettings.text($0.value))" }
    return metric + "__" + parts.joined(separator: "_")
  }

  /// The shortest text that reads back as the value, with `neg` for a minus and `inf` for infinity.
  static func text(_ value: Double) -> String { (value < 0 ? "neg" : "") + shortest(abs(value)) }

  /// The shortest text that reads back as the value: `0.05`, `8`, `-inf`.
  static func shortest(_ value: Double) -> String {
    guard let whole = Int(exactly: value), abs(whole) < 1_000_000_000_000_000 else { return String(describing: value) }
    return String(whole)
  }
}
