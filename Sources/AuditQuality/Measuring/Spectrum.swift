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
  /// The frequencies of the upper half, ring by ring, and where each ring ends.
  private let places: [UInt16]
  private let ends: [Int]
  private let counts: [Double]
  private var work = [Double](repeating: 0, count: 2 * side * side)

  init() {
    let side = Spectrum.side
    let roots = (0..<side).map { Spectrum.root(UInt($0), of: UInt(side)) }
    cosines = roots.map(\.cosine)
    sines = roots.map(\.sine)
    window = (0..<side).map { 0.5 - 0.5 * Spectrum.root(UInt($0), of: UInt(side - 1)).cosine }
    var rings = [[UInt16]](repeating: [], count: Spectrum.bands)
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
        rings[band].append(UInt16(down * Spectrum.half + across))
        counts[band] += across == 0 ? 1 : 2
      }
    }
    places = rings.flatMap { $0 }
    var end = 0
    ends = rings.map {
      end += $0.count
      return end
    }
    self.counts = counts
  }

  /// Logarithm of the mean power in each ring of the Hann-windowed luma, less that of rings 1 to 3.
  ///
  /// - Parameter sum: of the luma.
  mutating func bands(of luma: [Int32], sum: Int64) -> [Double] {
    let mean = Double(sum) / Double(luma.count)
    var sums = [Double](repeating: 0, count: Spectrum.bands)
    audit_quality_rings(luma, mean, window, cosines, sines, places, ends, Spectrum.bands, &work, &sums)
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
