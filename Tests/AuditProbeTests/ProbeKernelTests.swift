import AuditCore
import CKernels
import Glibc
import Testing

@testable import AuditProbe

/// Sizes around every edge of the tiles (4 rows, 32 and 16 columns).
@Test(arguments: [(1, 1, 1), (4, 32, 7), (5, 33, 16), (7, 47, 65), (3, 15, 2), (13, 64, 300), (37, 53, 41), (8, 16, 1)])
func fastProductsEqualScalarOnesToTheBit(rows: Int, columns: Int, depth: Int) {
  let left = noise(rows * depth, seed: 1)
  let right = noise(depth * columns, seed: 2)
  let bias = noise(rows, seed: 3)
  for isTransposed in [false, true] {
    let (step, stride) = isTransposed ? (1, rows) : (depth, 1)
    var fast = [Float](repeating: .nan, count: rows * columns)
    var scalar = fast
    audit_probe_gemm(&fast, columns, left, step, stride, right, columns, rows, columns, depth, bias, false)
    audit_probe_gemm(&scalar, columns, left, step, stride, right, columns, rows, columns, depth, bias, true)
    #expect(fast == scalar)
    for i in 0..<rows {
      for j in 0..<columns {
        let terms = (0..<depth).map { Double(left[i * step + $0 * stride]) * Double(right[$0 * columns + j]) }
        let exact = terms.reduce(Double(bias[i]), +)
        // Each of depth + 1 roundings is at most 2^-24 of the largest partial sum.
        let bound = Double(depth + 1) * 0x1p-23 * (terms.map(abs).reduce(0, +) + 1)
        #expect(abs(Double(fast[i * columns + j]) - exact) <= bound)
      }
    }
  }
}

@Test(arguments: [(1, 1), (16, 16), (17, 33), (5, 100)])
func transposingSwapsRowsAndColumns(rows: Int, columns: Int) {
  let values = noise(rows * columns, seed: 4)
  var out = [Float](repeating: 0, count: rows * columns)
  audit_probe_transpose(&out, rows, values, columns, rows, columns)
  for i in 0..<rows { for j in 0..<columns { #expect(out[j * rows + i] == values[i * columns + j]) } }
}

@Test(arguments: [0, 1, 15, 16, 17, 255, 3072])
func fastStepsEqualScalarOnesToTheBit(count: Int) {
  let gradient = noise(count, seed: 5)
  var states = [false, true].map { _ in [noise(count, seed: 6), noise(count, seed: 7), noise(count, seed: 8).map(abs)] }
  for (place, scalar) in [false, true].enumerated() {
    states[place].withUnsafeMutableBufferPointer { state in
      audit_probe_adam(&state[0], &state[1], &state[2], gradient, count, 0.01, 0.9, 0.999, 1e-8, scalar)
      audit_probe_descend(&state[0], &state[1], gradient, count, 0.01, 0.9, scalar)
    }
  }
  #expect(states[0] == states[1])
  #expect(audit_probe_square_sum(gradient, count, false) == audit_probe_square_sum(gradient, count, true))
}

/// Two steps worked out by hand: gradients 1 and -0.5, weight 1, rate 0.1.
@Test func adamTakesTheStepsOfThePaper() {
  var (weight, first, second): ([Float], [Float], [Float]) = ([1], [0], [0])
  for (step, gradient) in [Float(1), -0.5].enumerated() {
    let count = Double(step + 1)
    let correction = (1 - pow(0.999, count)).squareRoot()
    audit_probe_adam(
      &weight, &first, &second, [gradient], 1, Float(0.1 * correction / (1 - pow(0.9, count))), 0.9, 0.999,
      Float(1e-8 * correction), false)
  }
  // Step 1 moves by the rate. Step 2: m = 0.04 / 0.19, v = 0.001249 / 0.001999.
  #expect(abs(Double(weight[0]) - (0.9 - 0.1 * (0.04 / 0.19) / (0.001249 / 0.001999).squareRoot())) < 1e-6)
}

@Test(arguments: [(AUDIT_PROBE_TANH, "tanh"), (AUDIT_PROBE_SILU, "silu"), (AUDIT_PROBE_LEAKY_RELU, "leaky ReLU")])
func activationsAgreeWithTheMathLibrary(activation: audit_probe_activation, name: String) {
  let sums = (-2000...2000).map { Float($0) / 20 } + [0.001, -0.001, 1e-7, 300, -300]
  var (fast, slope) = (sums, sums)
  var (scalar, scalarSlope) = (sums, sums)
  audit_probe_activate(&fast, &slope, sums.count, activation, false)
  audit_probe_activate(&scalar, &scalarSlope, sums.count, activation, true)
  #expect(fast == scalar && slope == scalarSlope, "\(name)")
  for (place, sum) in sums.enumerated() {
    let x = Double(sum)
    let s = 1 / (1 + exp(-x))
    let (value, derivative) =
      switch name {
      case "tanh": (tanh(x), 1 - tanh(x) * tanh(x))
      case "silu": (x * s, s + x * s * (1 - s))
      default: (x >= 0 ? x : 0.1 * x, x >= 0 ? 1 : 0.1)
      }
    #expect(abs(Double(fast[place]) - value) <= 4e-7 * max(1, abs(value)), "\(name)(\(x))")
    #expect(abs(Double(slope[place]) - derivative) <= 1e-6, "\(name)'(\(x))")
  }
}

@Test(arguments: [0, 1, 15, 16, 17, 100, 3072])
func fastLossesEqualScalarOnesToTheBit(count: Int) {
  let values = noise(count, seed: 9)
  let bytes = noise(count, seed: 10).map { UInt8(127 * ($0 + 1)) }
  let table = (0...64).map { Float($0) }
  for kind in [AUDIT_PROBE_MSE, AUDIT_PROBE_MAE, AUDIT_PROBE_HUBER, AUDIT_PROBE_IMAE] {
    var (fast, scalar) = (values, values)
    let sums = [
      audit_probe_loss(kind, values, bytes, count, &fast, 2, 0.05, 8, 0.05, table, 64, false),
      audit_probe_loss(kind, values, bytes, count, &scalar, 2, 0.05, 8, 0.05, table, 64, true),
    ]
    #expect(sums[0] == sums[1])
    #expect(fast == scalar)
  }
}

/// Integrals by scipy.integrate.quad; the peak slope is exp(T / 4) by definition.
@Test(arguments: [
  (0.01, 0.016764274743472904), (0.05, 0.2418543951091534), (0.2, 0.8098868441835612), (0.9, 1.5494417468042188),
])
func imaeAgreesWithQuadrature(residual: Double, expected: Double) {
  let objective = ProbeObjective(.imae, side: 1)
  var slope: [Float] = [0, 0, 0]
  var scratch: [Float] = [0]
  let value = objective.value(
    [Float](repeating: Float(residual), count: 3), [0, 0, 0], slope: &slope, scale: 1, scratch: &scratch)
  #expect(abs(value - expected) < 2e-7 + 1e-6 * expected)
  if residual == 0.05 { #expect(abs(Double(slope[0]) - exp(2)) < 1e-5) }
}

/// 32 x 32 pattern with a known disturbance; the value is from a double-precision scipy program of the same definition.
@Test func structuralLossAgreesWithAnIndependentProgram() {
  var (bytes, values): ([UInt8], [Float]) = ([], [])
  for i in 0..<32 {
    for j in 0..<32 {
      for c in 0..<3 {
        let code = (i * 7 + j * 13 + c * 50 + (i * j) % 17 * 4) % 256
        bytes.append(UInt8(code))
        values.append(Float(code + (i * 3 + j * 5 + c) % 41 - 20) / 255)
      }
    }
  }
  let objective = ProbeObjective(.ssim, side: 32)
  var scratch = [Float](repeating: 0, count: objective.scratchCount)
  let value = objective.value(values, bytes, slope: nil, scale: 0, scratch: &scratch)
  #expect(abs(value - 0.04212945287257286) < 1e-6)
}

private func noise(_ count: Int, seed: UInt64) -> [Float] {
  var random = SplitMix64(seed: seed)
  return (0..<count).map { _ in Float(2 * random.uniform() - 1) }
}
