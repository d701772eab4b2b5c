import AuditCore
import AuditMetrics
import Glibc
import Testing

/// Residual of one channel in full scale, row by row.
private func residual(_ pictures: Pictures, channel: Int) -> [Double] {
  stride(from: channel, to: pictures.image.pixels.count, by: 3).map {
    (Double(pictures.image.pixels[$0]) - Double(pictures.reference.pixels[$0])) / 255
  }
}

/// Energies of the orthonormal transform by its definition.
private func energies(_ plane: [Double], width: Int, height: Int) -> [Double] {
  func transform(_ real: [Double], _ imaginary: [Double]) -> ([Double], [Double]) {
    let n = real.count
    var out = ([Double](), [Double]())
    for k in 0..<n {
      var sum = (0.0, 0.0)
      for j in 0..<n {
        let angle = -2 * Double.pi * Double(j * k % n) / Double(n)
        sum.0 += real[j] * cos(angle) - imaginary[j] * sin(angle)
        sum.1 += real[j] * sin(angle) + imaginary[j] * cos(angle)
      }
      out.0.append(sum.0)
      out.1.append(sum.1)
    }
    return out
  }
  var real = plane
  var imaginary = [Double](repeating: 0, count: plane.count)
  for y in 0..<height {
    let row = y * width..<(y + 1) * width
    (real[row], imaginary[row]) = {
      let (re, im) = transform(Array(real[row]), Array(imaginary[row]))
      return (re[...], im[...])
    }()
  }
  for x in 0..<width {
    let column = (0..<height).map { $0 * width + x }
    let (re, im) = transform(column.map { real[$0] }, column.map { imaginary[$0] })
    for (y, place) in column.enumerated() {
      real[place] = re[y]
      imaginary[place] = im[y]
    }
  }
  return zip(real, imaginary).map { ($0 * $0 + $1 * $1) / Double(width * height) }
}

private func focalFrequency(_ pictures: Pictures, weight: (Double) -> Double) -> Double {
  let (width, height) = (pictures.image.width, pictures.image.height)
  var sum = 0.0
  for channel in 0..<3 {
    let e = energies(residual(pictures, channel: channel), width: width, height: height)
    let weights = e.map(weight)
    let top = weights.max() ?? 0
    if top > 0 { sum += zip(e, weights).reduce(0) { $0 + $1.0 * $1.1 / top } }
  }
  return sum / Double(3 * width * height)
}

/// Every length up to 130 and some beyond: small factors, primes up to 31, and primes that take the detour.
@Test(arguments: Array(1...130) + [139, 149, 161, 178, 218, 251, 256, 258, 289])
func spectraOfAnyLengthAgreeWithTheDefinition(length: Int) throws {
  for (width, height) in [(length, 1), (1, length), (length, 3), (5, length)] {
    let pictures = Pictures(width: width, height: height, seed: UInt64(length))
    let expected = focalFrequency(pictures) { $0.squareRoot() }
    let value = try #require(try value("ffl", pictures.image, pictures.reference))
    #expect(
      abs(value - expected) <= 1e-11 * expected + 1e-16, "\(width)x\(height): \(value), by definition \(expected)")
  }
}

@Test(arguments: [(37, 41), (12, 16), (62, 31), (19, 17), (16, 17), (24, 9)])
func weightsOfSpectraAgreeWithTheDefinition(width: Int, height: Int) throws {
  let pictures = Pictures(width: width, height: height, seed: UInt64(width))
  for (name, weight) in [
    ("ffl", { $0.squareRoot() }), ("ffl:alpha=2", { $0 }), ("ffl:alpha=3", { pow($0, 1.5) }),
    ("ffl:log_matrix", { log($0.squareRoot() + 1) }), ("ffl:alpha=0", { _ in 1 }),
  ] as [(String, (Double) -> Double)] {
    let expected = focalFrequency(pictures, weight: weight)
    let value = try #require(try value(name, pictures.image, pictures.reference))
    #expect(abs(value - expected) <= 1e-11 * expected, "\(name): \(value), by definition \(expected)")
  }
}

/// SSIM with the whole two-dimensional window at every position, in the order of the formula.
@Test(arguments: [(11, 11), (12, 17), (24, 13), (75, 12), (11, 76)])
func ssimAgreesWithItsDefinition(width: Int, height: Int) throws {
  let pictures = Pictures(width: width, height: height, seed: UInt64(width * height))
  let raw = (-5...5).map { exp(-Double($0 * $0) / 4.5) }
  let window = raw.map { $0 / raw.reduce(0, +) }
  var sum = 0.0
  for channel in 0..<3 {
    func at(_ image: RGBImage, _ x: Int, _ y: Int) -> Double {
      Double(image.pixels[3 * (y * width + x) + channel]) / 255
    }
    for top in 0...(height - 11) {
      for left in 0...(width - 11) {
        var (mr, ms, rr, ss, rs) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for dy in 0..<11 {
          for dx in 0..<11 {
            let w = window[dx] * window[dy]
            let r = at(pictures.reference, left + dx, top + dy)
            let s = at(pictures.image, left + dx, top + dy)
            mr += w * r
            ms += w * s
            rr += w * r * r
            ss += w * s * s
            rs += w * r * s
          }
        }
        let luminance = (2 * mr * ms + 1e-4) / (mr * mr + ms * ms + 1e-4)
        let contrast = (2 * (rs - mr * ms) + 9e-4) / (rr - mr * mr + ss - ms * ms + 9e-4)
        sum += luminance * contrast
      }
    }
  }
  let expected = sum / Double(3 * (width - 10) * (height - 10))
  let value = try #require(try value("ssim", pictures.image, pictures.reference))
  #expect(abs(value - expected) <= 1e-12, "\(value), by definition \(expected)")
}

@Test(arguments: sizes) func ranksAgreeWithSorting(width: Int, height: Int) throws {
  let pictures = Pictures(width: width, height: height, seed: UInt64(width + 7 * height))
  let sorted = zip(pictures.image.pixels, pictures.reference.pixels).map { abs(Int($0) - Int($1)) }.sorted()
  let middle = sorted.count / 2
  let median = sorted.count % 2 == 1 ? Double(sorted[middle]) : Double(sorted[middle - 1] + sorted[middle]) / 2
  #expect(try value("median_ae", pictures.image, pictures.reference) == median / 255)
  #expect(try value("l_inf", pictures.image, pictures.reference) == Double(sorted[sorted.count - 1]) / 255)
}

/// Losses pixel by pixel against the histogram.
@Test(arguments: Loss.all.filter { !$0.name.hasPrefix("imae") }.map(\.name))
func meansOfLossesAgreeWithDirectSums(name: String) throws {
  let columns = [
    "squared": "mse", "absolute": "mae", "pinball": "quantile", "smooth_loss": "faceswap_smooth_loss",
  ]
  let loss = try #require(Loss.all.first { $0.name == name })
  guard let metric = MetricRegistry.named(columns[name] ?? name) else {
    #expect(["tukey", "cauchy", "geman_mcclure"].contains(name), "\(name) is a loss without a column")
    return
  }
  let pictures = Pictures(width: 31, height: 27, seed: 2)
  let all = (0..<3).flatMap { residual(pictures, channel: $0) }
  let expected = all.reduce(0) { $0 + loss.rho($1) } / Double(all.count)
  let pair = ImagePair()
  pair.load(image: pictures.image, reference: pictures.reference)
  let value = try #require(metric.value(of: pair))
  #expect(abs(value - expected) <= 1e-12 * expected)
}

/// The border strips of the mirrored SSIM against the definition on the extended image, where SSIM's own kernel is
/// trusted: the extended image is an ordinary one.
@Test(arguments: [(6, 6), (7, 10), (10, 11), (11, 11), (12, 30), (41, 17), (70, 64)])
func mirroredSimilarityIsThatOfTheExtendedImage(width: Int, height: Int) throws {
  let pictures = Pictures(width: width, height: height, seed: UInt64(width))
  func extended(_ image: RGBImage) -> RGBImage {
    func inside(_ place: Int, _ count: Int) -> Int {
      let moved = abs(place - 5)
      return moved < count ? moved : 2 * (count - 1) - moved
    }
    return image.rearranged(width: width + 10, height: height + 10) { (inside($0, width), inside($1, height), $2) }
  }
  let whole = try #require(try value("ssim", extended(pictures.image), extended(pictures.reference)))
  let mirrored = try #require(try value("faceswap_ssim", pictures.image, pictures.reference))
  #expect(abs(mirrored - (1 - whole)) <= 1e-13)
}
