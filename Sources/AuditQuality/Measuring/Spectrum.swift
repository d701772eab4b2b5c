import CKernels

/// How the power of a 128 x 128 luma spreads over rings of frequency.
struct Spectrum {
  /// Rings between these radii, cycles per picture.
  static let edges = [0.5, 2, 4, 8, 12, 16, 24, 32, 44, 64]
  static let bands = edges.count - 1

  private static let side = MeasuredPicture.side
  private static let half = side / 2
  private let cosines: [Double]
  private let sines: [Double]
  private let window: [Double]
  /// The ring of each frequency, 255 for none.
  private let ring: [UInt8]
  private let counts: [Double]

  init() {
    let side = Spectrum.side
    let roots = (0..<side).map { Spectrum.root(UInt($0), of: UInt(side)) }
    cosines = roots.map(\.cosine)
    sines = roots.map(\.sine)
    window = (0..<side).map { 0.5 - 0.5 * Spectrum.root(UInt($0), of: UInt(side - 1)).cosine }
    var ring = [UInt8](repeating: 255, count: side * Spectrum.half)
    var counts = [Double](repeating: 0, count: Spectrum.bands)
    for down in 0..<side {
      let signed = Double(down < Spectrum.half ? down : down - side)
      for across in 0..<Spectrum.half {
        let radius = (signed * signed + Double(across * across)).squareRoot()
        guard
          let band = (0..<Spectrum.bands).first(where: {
            Spectrum.edges[$0] <= radius && radius < Spectrum.edges[$0 + 1]
          })
        else { continue }
        ring[down * Spectrum.half + across] = UInt8(band)
        counts[band] += across == 0 ? 1 : 2
      }
    }
    self.ring = ring
    self.counts = counts
  }

  /// Logarithm of the mean power in each ring of the Hann-windowed luma, less that of rings 1 to 3.
  func bands(of luma: [Int32]) -> [Double] {
    let side = Spectrum.side
    let mean = Double(luma.reduce(Int64(0)) { $0 + Int64($1) }) / Double(luma.count)
    var plane = [Double](repeating: 0, count: side * side)
    for y in 0..<side {
      for x in 0..<side {
        plane[y * side + x] = (Double(luma[y * side + x]) - mean) / MeasuredPicture.fullScale * window[y] * window[x]
      }
    }
    var work = [Double](repeating: 0, count: 2 * side * side)
    var power = [Double](repeating: 0, count: side * Spectrum.half)
    audit_quality_power(plane, cosines, sines, &work, &power)
    var sums = [Double](repeating: 0, count: Spectrum.bands)
    for place in power.indices where ring[place] != 255 {
      // The other half of the spectrum is its mirror.
      sums[Int(ring[place])] += place % Spectrum.half == 0 ? power[place] : 2 * power[place]
    }
    let logarithms = zip(sums, counts).map { audit_log($0 / $1 + 1e-6) }
    let middle = (logarithms[1] + logarithms[2] + logarithms[3]) / 3
    return logarithms.map { $0 - middle }
  }

  private static func root(_ k: UInt, of n: UInt) -> (cosine: Double, sine: Double) {
    var (cosine, sine) = (0.0, 0.0)
    audit_root_of_unity(k, n, &cosine, &sine)
    return (cosine, sine)
  }
}
