import CKernels

extension PictureStatistic {
  static let colour = [
    PictureStatistic("saturation", range: 0...1, "mean of the largest less the smallest channel") {
      Spread($0.standard.saturation, count: StandardMeasure.count).mean / 255
    },
    PictureStatistic("saturation_spread", range: 0...0.5, "standard deviation of saturation") {
      Spread($0.standard.saturation, count: StandardMeasure.count).deviation / 255
    },
    PictureStatistic("red_green", range: -1...1, "mean of red less green") {
      Spread(redGreen($0), count: StandardMeasure.count).mean / 255
    },
    PictureStatistic("yellow_blue", range: -1...1, "mean of yellow less blue", formula: "mean((R + G) / 2 - B)") {
      Spread(twiceYellowBlue($0), count: StandardMeasure.count).mean / 510
    },
    PictureStatistic("red_green_spread", range: 0...1, "standard deviation of red less green") {
      Spread(redGreen($0), count: StandardMeasure.count).deviation / 255
    },
    PictureStatistic("yellow_blue_spread", range: 0...1, "standard deviation of yellow less blue") {
      Spread(twiceYellowBlue($0), count: StandardMeasure.count).deviation / 510
    },
  ]

  /// Correlation of the channels, and saturation.
  static let mixture =
    [("corr_rg", 0, 1, "red and green"), ("corr_rb", 0, 2, "red and blue"), ("corr_gb", 1, 2, "green and blue")].map {
      name, first, second, words in
      PictureStatistic(name, range: -1...1, "correlation of \(words); 1 where one of them is constant") {
        correlation($0.standard, first, second)
      }
    }
    + [("saturation_p95", 0.95), ("saturation_p5", 0.05), ("saturation_p50", 0.5)].map { name, share in
      PictureStatistic(name, range: 0...1, "saturation that \(Int(100 * share)) % of the pixels lie below") {
        lowerQuantile(share, of: $0.standard.saturation, count: StandardMeasure.count) / 255
      }
    }

  private static func redGreen(_ picture: MeasuredPicture) -> [Int32] { picture.standard.plane { r, g, _ in r - g } }
  private static func twiceYellowBlue(_ picture: MeasuredPicture) -> [Int32] {
    picture.standard.plane { r, g, b in r + g - 2 * b }
  }

  private static func correlation(_ standard: StandardMeasure, _ first: Int, _ second: Int) -> Double {
    var sums = (a: Int64(0), b: Int64(0), aa: Int64(0), bb: Int64(0), ab: Int64(0))
    for place in 0..<StandardMeasure.count {
      let (a, b) = (Int64(standard.pixels[3 * place + first]), Int64(standard.pixels[3 * place + second]))
      sums = (sums.a + a, sums.b + b, sums.aa + a * a, sums.bb + b * b, sums.ab + a * b)
    }
    let n = Int64(StandardMeasure.count)
    let product =
      Double(n * sums.aa - sums.a * sums.a).squareRoot() * Double(n * sums.bb - sums.b * sums.b).squareRoot()
    return product > 0 ? Double(n * sums.ab - sums.a * sums.b) / product : 1
  }
}
