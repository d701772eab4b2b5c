import CKernels

/// Tables for discrete Fourier transforms of one length, whatever the length.
///
/// Lengths whose prime factors are all at most 31 are transformed directly, with radices 4, 2 and the odd primes.
/// Others go through Bluestein's convolution with a chirp, of a length that has only small factors.
final class FourierPlan {
  /// The largest radix of a direct transform: a prime p costs p multiplications per value, the detour about 30.
  static let largestRadix = 31

  private let plan: UnsafeMutablePointer<audit_fourier>
  private let factors: UnsafeMutablePointer<UInt32>
  private let places: UnsafeMutablePointer<UInt32>
  private let tables: UnsafeMutablePointer<Double>
  /// Length of the direct transforms: the length itself, or that of the convolution.
  let innerLength: Int

  var pointer: UnsafePointer<audit_fourier> { UnsafePointer(plan) }

  init(length: Int, kernels: audit_metric_kernels) {
    precondition(length > 0, "a transform has a length")
    let isDirect = FourierPlan.factors(of: length).allSatisfy { $0 <= FourierPlan.largestRadix }
    let inner = isDirect ? length : FourierPlan.smoothLength(from: 2 * length - 1)
    innerLength = inner
    let radices = FourierPlan.factors(of: inner)
    factors = .allocate(capacity: max(radices.count, 1))
    for (index, radix) in radices.enumerated() { factors[index] = UInt32(radix) }
    tables = .allocate(capacity: 2 * inner + (isDirect ? 0 : 2 * length + 2 * inner))
    for k in 0..<inner { audit_root_of_unity(UInt(k), UInt(inner), tables + k, tables + inner + k) }
    places = .allocate(capacity: inner + length)
    for k in 0..<inner { places[k] = UInt32(FourierPlan.place(of: k, factors: radices, length: inner)) }
    for k in 0..<length { places[inner + k] = isDirect ? places[k] : UInt32(k) }
    plan = .allocate(capacity: 1)
    plan.initialize(
      to: audit_fourier(
        length: length,
        inner: audit_mixed_radix(
          length: inner, factor_count: radices.count, factors: factors, cosines: tables, sines: tables + inner,
          places: places),
        places: places + inner,
        chirp_cosines: nil, chirp_sines: nil, filter_real: nil, filter_imaginary: nil))
    if !isDirect { addChirp(length: length, kernels: kernels) }
  }

  deinit {
    plan.deallocate()
    factors.deallocate()
    places.deallocate()
    tables.deallocate()
  }

  /// The chirp e^(i pi k² / n) and the transform of its mirrored copy.
  private func addChirp(length: Int, kernels: audit_metric_kernels) {
    let cosines = tables + 2 * innerLength
    let sines = cosines + length
    for k in 0..<length {
      // k² enters modulo 2 n, where the chirp repeats, so the angle stays exact.
      audit_root_of_unity(UInt(k * k % (2 * length)), UInt(2 * length), cosines + k, sines + k)
    }
    var real = [Double](repeating: 0, count: 8 * innerLength)
    var imaginary = real
    for k in 0..<length {
      for place in [k, (innerLength - k) % innerLength] {
        real[8 * place] = cosines[k]
        imaginary[8 * place] = sines[k]
      }
    }
    var direct = plan.pointee
    direct.length = innerLength
    direct.places = direct.inner.places
    var work = [Double](repeating: 0, count: 32 * innerLength)
    kernels.fourier(&direct, &real, &imaginary, &work)
    let filterReal = sines + length
    let filterImaginary = filterReal + innerLength
    for k in 0..<innerLength {
      filterReal[k] = real[8 * k] / Double(innerLength)
      filterImaginary[k] = imaginary[8 * k] / Double(innerLength)
    }
    plan.pointee.chirp_cosines = UnsafePointer(cosines)
    plan.pointee.chirp_sines = UnsafePointer(sines)
    plan.pointee.filter_real = UnsafePointer(filterReal)
    plan.pointee.filter_imaginary = UnsafePointer(filterImaginary)
  }

  /// Where a frequency stands after the radices have been worked off in place: its digits, the last one first.
  static func place(of frequency: Int, factors: [Int], length: Int) -> Int {
    var rest = frequency
    var block = length
    var place = 0
    for radix in factors {
      block /= radix
      place += rest % radix * block
      rest /= radix
    }
    return place
  }

  /// Fours first, then a two, then odd primes.
  static func factors(of length: Int) -> [Int] {
    var rest = length
    var factors: [Int] = []
    for radix in [4, 2] {
      while rest % radix == 0 {
        factors.append(radix)
        rest /= radix
      }
    }
    var prime = 3
    while rest > 1 {
      if prime * prime > rest { prime = rest }
      while rest % prime == 0 {
        factors.append(prime)
        rest /= prime
      }
      prime += 2
    }
    return factors
  }

  /// The smallest length from `least` that is a power of two, or three or nine times one.
  static func smoothLength(from least: Int) -> Int {
    [1, 3, 9].map { odd in
      var length = odd
      while length < least { length *= 2 }
      return length
    }.min() ?? least
  }
}
