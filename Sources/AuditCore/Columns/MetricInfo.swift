/// What a number in the database means: one column, its unit, range, direction and source.
///
/// A metric carries one beside its code, and so does every derived column (skew, pull, ...). Columns, help, report
/// headings, table `metric` and the README are made from it.
package struct MetricInfo: Sendable, Equatable, Codable {
  /// The families that `audit metrics` groups by.
  package enum Family: String, Sendable, Codable, CaseIterable {
    case squared, absolute, robust, signed, relative, structural, frequency, perceptual, optional, influence, quality
  }

  /// Which way is more alike (or, for derived columns, less conspicuous).
  package enum Direction: String, Sendable, Codable {
    case lower, higher, zero, none
  }

  /// Column name, unique in the registry: letters, digits and underscores. Parameters may add a dot, as in
  /// `huber__delta_0.1`, which SQL has to quote.
  package let name: String
  /// Raised when the numbers change; stored scores of another version are computed anew.
  package let version: Int
  package let family: Family
  package let unit: String
  /// Smallest and largest value that can occur; infinite where there is no bound.
  package let range: ClosedRange<Double>
  package let direction: Direction
  /// One phrase for a heading or a tooltip.
  package let meaning: String
  /// The formula in plain characters.
  package let formula: String
  /// Paper or implementation that the values agree with.
  package let source: String
  /// Parameters by name, as they entered the value.
  package let parameters: [String: Double]
  /// Whether `standing` holds its percentile, rank and share.
  package let headline: Bool
  /// Whether a scan computes it unless told otherwise.
  package let isDefault: Bool

  package init(
    name: String, version: Int = 1, family: Family, unit: String, range: ClosedRange<Double>,
    direction: Direction = .lower, meaning: String, formula: String = "", source: String,
    parameters: [String: Double] = [:], headline: Bool = false, isDefault: Bool = true
  ) {
    self.name = name
    self.version = version
    self.family = family
    self.unit = unit
    self.range = range
    self.direction = direction
    self.meaning = meaning
    self.formula = formula
    self.source = source
    self.parameters = parameters
    self.headline = headline
    self.isDefault = isDefault
  }

  /// `name@version`, the part of the settings digest that a changed metric changes.
  package var identity: String { "\(name)@\(version)" }
}
