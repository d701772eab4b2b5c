package import AuditCore

/// A metric that is one function of a pair, without settings of its own.
package struct PairFunction: Metric {
  package let info: MetricInfo
  private let read: @Sendable (ImagePair) -> Double?

  init(info: MetricInfo, read: @escaping @Sendable (ImagePair) -> Double?) {
    self.info = info
    self.read = read
  }

  package func value(of pair: ImagePair) -> Double? { read(pair) }
}
