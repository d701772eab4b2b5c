import CKernels

extension PictureStatistic {
  /// What a Gaussian blur of one pixel takes away, at the picture's own size.
  static let grain =
    [
      PictureStatistic("grain", unit: "ln code values", "standard deviation of the grain") {
        audit_log($0.native.grain.variance.squareRoot() + 1e-3)
      },
      PictureStatistic("grain_tails", unit: "ln 1", "kurtosis of the grain: salt and pepper, strokes") {
        let variance = $0.native.grain.variance + 1e-6
        return audit_log($0.native.grain.fourthMoment / (variance * variance) + 1e-3)
      },
    ]
    + (0..<9).map { part in
      PictureStatistic(
        "grain_\(part / 3)\(part % 3)", unit: "ln code values",
        "grain in the \(["upper", "middle", "lower"][part / 3]) \(["left", "middle", "right"][part % 3]) ninth"
      ) { picture in
        let parts = picture.native.grain.parts
        return parts.isEmpty ? nil : audit_log(parts[part] + 1e-2)
      }
    } + [
      PictureStatistic("grain_spread", unit: "ln 1", range: 0 ... .infinity, "how unlike the grain of the ninths is") {
        let logs = $0.native.grain.parts.map { audit_log($0 + 1e-2) }
        guard !logs.isEmpty else { return nil }
        let mean = logs.reduce(0, +) / 9
        return (logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 9).squareRoot()
      },
      PictureStatistic("chroma_grain", unit: "ln code values", "grain of red less green") {
        audit_log($0.native.grain.chroma + 1e-2)
      },
    ]
}
