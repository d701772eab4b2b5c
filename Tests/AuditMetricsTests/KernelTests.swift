import AuditCore
import AuditMetrics
import CKernels
import Glibc
import Testing

/// Fast against slow, bit for bit, at widths around every block and vector boundary.
@Test(arguments: [
  1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 26, 31, 32, 33, 63, 64, 65, 70, 71, 73, 74, 75, 128, 138, 139,
  255, 256, 257, 266, 267,
])
func fastKernelsEqualScalarOnes(width: Int) throws {
  for (index, height) in [1, 2, 3, 11, 13, 16, 37].enumerated() {
    let pictures = Pictures(width: width, height: height, seed: UInt64(width + index))
    let fast = try values(image: pictures.image, reference: pictures.reference, kernels: .fast)
    let scalar = try values(image: pictures.image, reference: pictures.reference, kernels: .scalar)
    for (name, value) in fast {
      #expect(value?.bitPattern == (scalar[name] ?? nil)?.bitPattern, "\(name) at \(width)x\(height)")
    }
  }
}

@Test(arguments: [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 255, 1023, 50_001])
func histogramsCountEveryResidualOnce(count: Int) {
  var random = SplitMix64(seed: UInt64(count))
  let image = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  let reference = image.map { UInt8.random(in: ($0 / 2)...255, using: &random) }
  var expected = [UInt32](repeating: 0, count: 511)
  for (one, other) in zip(image, reference) { expected[255 + Int(one) - Int(other)] += 1 }
  for kernels in [Kernels.fast, .scalar] {
    var bins = [UInt32](repeating: 0, count: 511)
    kernels.table.histogram(image + [0], reference + [0], count, &bins)
    #expect(bins == expected)
  }
}

/// The C library as the independent implementation. A unit in the last place is 1.1e-16 to 2.2e-16.
@Test func elementaryFunctionsAgreeWithTheCLibrary() {
  var random = SplitMix64(seed: 5)
  func near(_ value: Double, _ expected: Double, _ units: Double, _ what: String) {
    #expect(abs(value - expected) <= units * 2.3e-16 * abs(expected), "\(what): \(value) and \(expected)")
  }
  for _ in 0..<20_000 {
    let x = Double.random(in: -30...30, using: &random)
    let positive = exp(Double.random(in: -40...40, using: &random))
    near(audit_exp(x), exp(x), 2, "exp \(x)")
    near(audit_log(positive), log(positive), 2, "log \(positive)")
    near(audit_log1p(positive), log1p(positive), 3, "log1p \(positive)")
    near(audit_tanh(x / 10), tanh(x / 10), 3, "tanh \(x / 10)")
    near(audit_erf(x / 10), erf(x / 10), 10, "erf \(x / 10)")
    near(audit_power(positive, 0.7), pow(positive, 0.7), 40, "power \(positive)")
    let n = UInt.random(in: 1...5000, using: &random)
    let k = UInt.random(in: 0..<n, using: &random)
    var cosine = 0.0
    var sine = 0.0
    audit_root_of_unity(k, n, &cosine, &sine)
    let angle = 2 * Double.pi * Double(k) / Double(n)
    // The angle itself is rounded here, by up to 4 units of 2 pi.
    #expect(abs(cosine - cos(angle)) < 1.2e-15 && abs(sine - sin(angle)) < 1.2e-15, "root \(k) of \(n)")
  }
  #expect(audit_exp(0) == 1 && audit_log(1) == 0 && audit_tanh(0) == 0 && audit_erf(0) == 0)
  #expect(audit_exp(-800) == 0 && audit_exp(800) == .infinity && audit_power(0, 0.7) == 0)
}
