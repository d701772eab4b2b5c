import CKernels

extension PictureStatistic {
  static let colour = [
    PictureStatistic("saturation", range: 0...1, "mean of the largest less the smallest channel") {
      saturation($0).mean / 255
    },
    PictureStatistic("saturation_spread", range: 0...0.5, "standard deviation of saturation") {
      saturation($0).deviation / 255
    },
    PictureStatistic("red_green", range: -1...1, "mean of red less green") {
      redGreen($0).mean / 255
    },
    PictureStatistic("yellow_blue", range: -1...1, "mean of yellow less blue", formula: "mean((R + G) / 2 - B)") {
      twiceYellowBlue($0).mean / 510
    },
    PictureStatistic("red_green_spread", range: 0...1, "standard deviation of red less green") {
      redGreen($0).deviation / 255
    },
    PictureStatistic("yellow_blue_spread", range: 0...1, "standard deviation of yellow less blue") {
      twiceYellowBlue($0).deviation / 510
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
        lowerQuantile(share, codes: $0.standard.saturationCodes, count: StandardMeasure.count) / 255
      }
    }

  private static func saturation(_ picture: MeasuredPicture) -> Spread {
    var (sum, squares) = (Int64(0), Int64(0))
    for (value, count) in picture.standard.saturationCodes.enumerated() {
      sum += Int64(value) * Int64(count)
      squares += Int64(value * value) * Int64(count)
    }
    return Spread(sum: sum, squares: squares, count: StandardMeasure.count)
  }

  private static func redGreen(_ picture: MeasuredPicture) -> Spread { spread(picture, (1, -1, 0)) }
  private static func twiceYellowBlue(_ picture: MeasuredPicture) -> Spread { spread(picture, (1, 1, -2)) }

  /// Of a sum of the channels, each times a whole number.
  private static func spread(_ picture: MeasuredPicture, _ factors: (Int64, Int64, Int64)) -> Spread {
    let (r, g, b) = factors
    let (sums, products) = (picture.standard.colours.sums, picture.standard.colours.products)
    let ones = r * r * products.0 + g * g * products.1 + b * b * products.2
    let mixed = r * g * products.3 + r * b * products.4 + g * b * products.5
    return Spread(
      sum: r * sums.0 + g * sums.1 + b * sums.2, squares: ones + 2 * mixed, count: StandardMeasure.count)
  }

  private static func correlation(_ standard: StandardMeasure, _ first: Int, _ second: Int) -> Double {
    let (sums, products) = (standard.colours.sums, standard.colours.products)
    let sum = [sums.0, sums.1, sums.2]
    let square = [products.0, products.1, products.2]
    let n = Int64(StandardMeasure.count)
    func varying(_ channel: Int) -> Double { Double(n * square[channel] - sum[channel] * sum[channel]) }
    let product = varying(first).squareRoot() * varying(second).squareRoot()
    let together = [products.3, products.4, products.5][first + second - 1]
    return product > 0 ? Double(n * together - sum[first] * sum[second]) / product : 1
  }
}
