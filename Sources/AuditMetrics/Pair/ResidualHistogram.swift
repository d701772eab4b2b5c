import CKernels

/// How often each residual of image minus reference occurs in one or all channels of a pair of 8-bit images.
///
/// Every mean of a function of the residual alone is exact from these counts.
package struct ResidualHistogram: Sendable, Equatable {
  /// `counts[residual + 255]` for -255...255 code values; 511 bins.
  package private(set) var counts: [UInt32]
  /// The sum of all counts.
  package private(set) var total: Int

  package init() {
    counts = [UInt32](repeating: 0, count: 511)
    total = 0
  }

  /// Empties the histogram and counts anew.
  mutating func refill(total: Int, _ fill: (UnsafeMutablePointer<UInt32>) -> Void) {
    self.total = total
    counts.withUnsafeMutableBufferPointer { bins in
      bins.update(repeating: 0)
      if let base = bins.baseAddress { fill(base) }
    }
  }

  /// Sum over all residuals of a function given as a table of 511 values, in the order of the bins.
  package func sum(_ table: [Double]) -> Double {
    var sum = 0.0
    for bin in 0..<511 where counts[bin] != 0 { sum += Double(counts[bin]) * table[bin] }
    return sum
  }

  /// Sum of the residuals in code values.
  package var signedSum: Int {
    var sum = 0
    for bin in 0..<511 { sum += Int(counts[bin]) * (bin - 255) }
    return sum
  }

  /// Sum of the squared residuals in squared code values.
  package var squaredSum: Int {
    var sum = 0
    for bin in 0..<511 { sum += Int(counts[bin]) * (bin - 255) * (bin - 255) }
    return sum
  }

  /// The largest magnitude in code values.
  package var largestMagnitude: Int {
    (0...255).last { counts[255 + $0] != 0 || counts[255 - $0] != 0 } ?? 0
  }

  /// The magnitude in code values at a place of the ascending order, 0 ..< total.
  package func magnitude(atRank rank: Int) -> Int {
    precondition(rank >= 0 && rank < total, "rank outside the histogram")
    var below = Int(counts[255])
    var magnitude = 0
    while below <= rank {
      magnitude += 1
      below += Int(counts[255 + magnitude]) + Int(counts[255 - magnitude])
    }
    return magnitude
  }

  /// The quantile of the magnitudes in code values, linear between neighbouring ranks (NumPy's default).
  package func magnitudeQuantile(_ share: Double) -> Double {
    let position = share * Double(total - 1)
    let lower = Int(position)
    let low = Double(magnitude(atRank: lower))
    let high = Double(magnitude(atRank: min(lower + 1, total - 1)))
    return low + (position - Double(lower)) * (high - low)
  }
}

/// The histograms of a pair: of each channel and of all. Refilled in place, so that no pair allocates.
final class ResidualCounts: PairPart {
  private(set) var channels = [ResidualHistogram](repeating: ResidualHistogram(), count: 3)
  private(set) var all = ResidualHistogram()

  func measure(_ pair: ImagePair) -> ResidualCounts {
    for channel in 0..<3 {
      channels[channel].refill(total: pair.count) {
        pair.kernels.histogram(pair.imageCodes(channel), pair.referenceCodes(channel), pair.count, $0)
      }
    }
    all.refill(total: 3 * pair.count) { bins in
      for histogram in channels {
        for bin in 0..<511 { bins[bin] += histogram.counts[bin] }
      }
    }
    return self
  }
}
