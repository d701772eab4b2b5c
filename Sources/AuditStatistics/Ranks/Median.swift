import CKernels

/// Makes the MAD an estimate of the standard deviation for normal numbers: 1 / (the upper quartile of N(0, 1)).
package let consistencyOfMAD = 1.4826

/// The median: the mean of the two in the middle of an even count.
///
/// - Parameter values: numbers without NaN. Complexity: linear.
/// - Returns: nil for no values.
package func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  var scratch = values
  return scratch.withUnsafeMutableBufferPointer { buffer in
    buffer.baseAddress.map { audit_linear_median($0, buffer.count) }
  }
}

/// The median of the distances to the median, not scaled.
///
/// - Returns: nil for no values.
package func medianAbsoluteDeviation(_ values: [Double]) -> Double? {
  guard let centre = median(values) else { return nil }
  return median(values.map { abs($0 - centre) })
}

/// Median + 2 x 1.4826 MAD: where distances of a normal sample end in all but a few per cent (`docs/statistic.md`, 2).
///
/// Where more than half of the distances are 0 (copies of one picture that the model meets exactly), median and MAD say
/// nothing about the rest: the cut is then that of the distances above 0.
///
/// - Parameter distances: numbers from 0 up.
/// - Returns: 0 where no distance is above 0.
package func medianCut(_ distances: [Double]) -> Double {
  guard let centre = median(distances) else { return 0 }
  guard centre == 0 else { return centre + 2 * consistencyOfMAD * (medianAbsoluteDeviation(distances) ?? 0) }
  let apart = distances.filter { $0 > 0 }
  guard let middle = median(apart) else { return 0 }
  return middle + 2 * consistencyOfMAD * (medianAbsoluteDeviation(apart) ?? 0)
}
