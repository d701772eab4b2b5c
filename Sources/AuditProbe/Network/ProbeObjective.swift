import AuditCore
import CKernels
import Glibc

/// A loss as training uses it: value and slope of one picture's reconstruction.
struct ProbeObjective: Sendable {
  let loss: ProbeLoss
  let side: Int
  private let integral: [Float]
  private let window: [Float]

  static let huberDelta: Float = 0.05
  static let imaeSteepness = 8.0
  static let imaeHalf = 0.05
  static let integralSteps = 65_536

  init(_ loss: ProbeLoss, side: Int) {
    self.loss = loss
    self.side = side
    integral = loss == .imae ? ProbeObjective.imaeIntegral() : [0, 0]
    window = ProbeObjective.gaussianWindow(taps: min(11, side % 2 == 1 ? side : side - 1))
  }

  /// Factor that gives a residual of 0.05 about the slope it has under squared error, so that one rate suits all losses.
  ///
  /// Constant factors change neither the minimum nor, under Adam, the steps.
  var unit: Double {
    switch loss {
    case .mse: 1
    case .mae: 0.1
    case .huber: 2
    case .imae: 0.1 / exp(ProbeObjective.imaeSteepness / 4)
    case .ssim: 0.005
    }
  }

  /// Floats that `value` needs as scratch.
  var scratchCount: Int { loss == .ssim ? audit_probe_ssim_scratch(side) : 0 }

  /// Mean loss over the picture's values.
  ///
  /// - Parameters:
  ///   - reconstruction, picture: 3 * side * side values; floats in full scale, bytes.
  ///   - slope: gets the derivative of the *sum* over the values (of `value` times their number) times `scale`.
  func value(
    _ reconstruction: UnsafePointer<Float>, _ picture: UnsafePointer<UInt8>, slope: UnsafeMutablePointer<Float>?,
    scale: Float, scratch: UnsafeMutablePointer<Float>
  ) -> Double {
    let count = 3 * side * side
    let kind: audit_probe_loss_kind
    switch loss {
    case .mse: kind = AUDIT_PROBE_MSE
    case .mae: kind = AUDIT_PROBE_MAE
    case .huber: kind = AUDIT_PROBE_HUBER
    case .imae: kind = AUDIT_PROBE_IMAE
    case .ssim:
      return audit_probe_ssim(
        reconstruction, picture, side, window, window.count, slope, scale * Float(count), scratch)
    }
    return audit_probe_loss(
      kind, reconstruction, picture, count, slope, scale, ProbeObjective.huberDelta,
      Float(ProbeObjective.imaeSteepness), Float(ProbeObjective.imaeHalf), integral, integral.count - 1,
      KernelChoice.isScalar) / Double(count)
  }

  /// Cumulative Simpson over 65,536 steps of 0...1 (error 6e-9 with linear interpolation, in double).
  private static func imaeIntegral() -> [Float] {
    func height(_ residual: Double) -> Double {
      let p = exp2(-residual / imaeHalf)
      return exp(imaeSteepness * p * (1 - p))
    }
    let step = 1 / Double(integralSteps)
    var sum = 0.0
    var table: [Float] = [0]
    for place in 0..<integralSteps {
      let start = Double(place) * step
      sum += (height(start) + 4 * height(start + step / 2) + height(start + step)) * step / 6
      table.append(Float(sum))
    }
    return table
  }

  private static func gaussianWindow(taps: Int) -> [Float] {
    let middle = Double(taps / 2)
    let weights = (0..<max(1, taps)).map { exp(-(Double($0) - middle) * (Double($0) - middle) / 4.5) }
    let total = weights.reduce(0, +)
    return weights.map { Float($0 / total) }
  }
}
