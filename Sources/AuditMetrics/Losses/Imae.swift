import CKernels

// IMAE for images. Wang, Hua, Kodirov, Clifton and Robertson (arXiv 1903.12141) define a gradient for classification:
// the direction of MAE, with magnitude exp(T p (1 - p)), p being the probability of the labelled class. The transfer
// to residuals is our own: p becomes the Laplace likelihood relative to its mode.
extension Loss {
  /// IMAE: p = 2^(-|r| / half), psi = sign(r) exp(T p (1 - p)), rho its integral from 0.
  ///
  /// Slope 1 at 0, steepest (e^(T/4)) at |r| = half, slope 1 again for gross residuals, so a plausible residual counts
  /// up to 7.4 times and an outlier only as in MAE plus a constant. T = 0 is MAE.
  package static func imae(temperature: Double = 8, half: Double = scale) -> Loss {
    let slope: @Sendable (Double) -> Double = { magnitude in
      let p = audit_exp(-0.6931471805599453 * magnitude / half)
      return audit_exp(temperature * p * (1 - p))
    }
    let integral = Integral(of: slope, width: half)
    return Loss(
      name: "imae", parameters: ["T": temperature, "half": half],
      rho: { integral.value(at: abs($0)) },
      psi: { sign($0) * slope(abs($0)) },
      robustness: "influence at most e^(T/4) at half, 1 far away; acts as the absolute loss on gross residuals")
  }

  /// The literal variant with p = 1 - |r|: (e^(T/4) / 2) sqrt(pi / T) (erf(sqrt T (|r| - 1/2)) + erf(sqrt T / 2)).
  ///
  /// Its peak weight falls on |r| = 1/2, on gross residuals, which makes it less robust than the absolute loss.
  package static func imaeLinear(temperature: Double = 8) -> Loss {
    let root = temperature.squareRoot()
    let factor = 0.5 * audit_exp(temperature / 4) * (Double.pi / temperature).squareRoot()
    return Loss(
      name: "imae_linear", parameters: ["T": temperature],
      rho: {
        temperature == 0 ? abs($0) : factor * (audit_erf(root * (abs($0) - 0.5)) + audit_erf(0.5 * root))
      },
      psi: { sign($0) * audit_exp(temperature * abs($0) * (1 - abs($0))) },
      robustness: "influence at most e^(T/4) at 1/2: gross residuals count most")
  }
}

/// The integral from 0 of a smooth function, tabulated at whole code values, where images need it.
private struct Integral: Sendable {
  private let function: @Sendable (Double) -> Double
  private let panelsPerCode: Int
  private let atCodes: [Double]

  /// - Parameter width: over what length the function changes; panels are at most half as long.
  init(of function: @escaping @Sendable (Double) -> Double, width: Double) {
    self.function = function
    panelsPerCode = max(1, Int((2 / (255 * width)).rounded(.up)))
    var sums = [0.0]
    for code in 0..<255 {
      let from = Double(code) / 255
      let to = Double(code + 1) / 255
      sums.append(sums[code] + Integral.gauss(function, from: from, to: to, panels: panelsPerCode))
    }
    atCodes = sums
  }

  func value(at end: Double) -> Double {
    let code = min(Int(end * 255), 255)
    let start = Double(code) / 255
    guard end > start else { return atCodes[code] }
    let panels = max(panelsPerCode, Int(((end - start) * 255 * Double(panelsPerCode)).rounded(.up)))
    return atCodes[code] + Integral.gauss(function, from: start, to: end, panels: panels)
  }

  /// Eight-point Gauss-Legendre rule: exact for polynomials of degree 15 on each panel.
  private static func gauss(_ function: (Double) -> Double, from: Double, to: Double, panels: Int) -> Double {
    let half = 0.5 * (to - from) / Double(panels)
    var sum = 0.0
    for panel in 0..<panels {
      let centre = from + Double(2 * panel + 1) * half
      for (node, weight) in nodes { sum += weight * (function(centre - half * node) + function(centre + half * node)) }
    }
    return sum * half
  }

  private static let nodes: [(Double, Double)] = [
    (0.1834346424956498, 0.3626837833783620), (0.5255324099163290, 0.3137066458778873),
    (0.7966664774136267, 0.2223810344533745), (0.9602898564975363, 0.1012285362903763),
  ]
}

/// Training weights of samples by the IMAE rule: the typical sample counts most, near-duplicates of their reference and
/// outliers least.
///
/// m being a sample's mean absolute residual, p = 2^(-m / median m) and the weight is exp(T p (1 - p)) divided by the
/// mean of all. With a median of 0, p is 1 where m is 0 and 0 elsewhere, so that all weights are equal.
///
/// - Parameters:
///   - meanAbsoluteErrors: `mae` of every sample, each at least 0.
///   - temperature: T; 8 in the paper.
/// - Returns: one weight per sample, of mean 1; empty for no samples.
package func imaeWeights(meanAbsoluteErrors: [Double], temperature: Double = 8) -> [Double] {
  guard !meanAbsoluteErrors.isEmpty else { return [] }
  let sorted = meanAbsoluteErrors.sorted()
  let middle = sorted.count / 2
  let median = sorted.count % 2 == 1 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle])
  let weights = meanAbsoluteErrors.map { error in
    let p = median > 0 ? audit_exp(-0.6931471805599453 * error / median) : (error == 0 ? 1 : 0)
    return audit_exp(temperature * p * (1 - p))
  }
  let mean = weights.reduce(0, +) / Double(weights.count)
  return weights.map { $0 / mean }
}
