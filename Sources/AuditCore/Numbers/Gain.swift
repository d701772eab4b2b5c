/// A fall of the squared error on what stays, 1 - loss after / loss before, and how sure it is.
package struct Gain: Codable, Sendable, Equatable {
  /// 0.149 = 14.9 % less.
  package let gain: Double
  /// Of the 95 % interval, or over the seeds of the trainings.
  package let low: Double
  package let high: Double

  package init(gain: Double, low: Double, high: Double) {
    (self.gain, self.low, self.high) = (gain, low, high)
  }

  /// Whether the interval holds nothing but gains, or nothing but losses.
  package var isMeasurable: Bool { low > 0 || high < 0 }
}
