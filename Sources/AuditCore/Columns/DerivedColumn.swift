/// The columns that are made from a whole run, described like metrics, for table `metric` and everything made from it.
package enum DerivedColumn {
  package static let all = statistic + face + damage

  private static let statistic: [MetricInfo] = [
    column(
      "skew", unit: "times", range: 0 ... .infinity, direction: .lower,
      meaning: "how many times more squared error listens to this image than absolute error would",
      formula: "ratio * alike^2"),
    column(
      "ratio", unit: "times", range: 0 ... .infinity, direction: .lower,
      meaning: "pull under squared error over pull under absolute error", formula: "pull_squared / pull_absolute"),
    column(
      "alike", unit: "1", range: 0...1, direction: .none,
      meaning: "what no look-alike explains: 1 where nothing else resembles the image",
      formula: "min(1, nearest / (0.8 od)) where ratio > 1.5, else 1"),
    column(
      "pull_squared", unit: "average images", range: 0 ... .infinity, direction: .lower,
      meaning: "how many average images it pulls like on a squared-error model", formula: "n od c / sum(od c)"),
    column(
      "pull_absolute", unit: "average images", range: 0 ... .infinity, direction: .lower,
      meaning: "how many average images it pulls like on an absolute-error model", formula: "n c / sum(c)"),
    column(
      "od", unit: "full scale", range: 0 ... .infinity, direction: .lower,
      meaning: "orthogonal distance: length of what the reference model cannot draw", formula: "|x - m - V V'(x - m)|"),
    column(
      "sd", unit: "1", range: 0 ... .infinity, direction: .lower,
      meaning: "score distance: how far out inside the reference model", formula: "sqrt(sum z_j^2 / lambda_j)"),
    column(
      "leverage", unit: "1 / full scale", range: 0 ... .infinity, direction: .none,
      meaning: "how strongly a residual of length 1 would turn the model",
      formula: "sqrt(sum z_j^2 / (lambda_j - tail)^2)"),
    column(
      "nearest", unit: "full scale", range: 0 ... .infinity, direction: .none,
      meaning: "distance to the nearest image of the subsample but the same picture again; only where ratio > 1.5",
      formula: "min |x - x_j|"),
    column(
      "weight", unit: "1", range: 0...1, direction: .none,
      meaning: "training weight that gives squared error the pull of absolute error",
      formula: "min(1, median(od) / (od alike))"),
  ]

  /// What the headers of FaceSwap and DeepFaceLab say about a face.
  private static let face: [MetricInfo] = [
    header(
      "yaw", unit: "degrees", range: -90...90,
      meaning: "how the head is turned: positive where the nose points to the left of the picture"),
    header("pitch", unit: "degrees", range: -180...180, meaning: "how the head is raised: positive where it looks up"),
    header(
      "roll", unit: "degrees", range: -180...180, meaning: "how the head leans in its frame: positive clockwise"),
    header(
      "face_size", unit: "pixels", range: 0 ... .infinity,
      meaning: "side of a square as large as the face's box in the frame that it was cut from"),
  ]

  private static let damage: [MetricInfo] = [
    learnt(
      "damage", range: 0...1, direction: .lower,
      meaning: "share of the votes for any kind of damage, by judges that learnt from damaged copies of the set",
      source: "extremely randomised trees: Geurts, Ernst, Wehenkel 2006; discriminant: Fisher 1936"),
    learnt(
      "confidence", range: 0...1, direction: .lower, meaning: "probability that the picture is damaged",
      formula: "share of the set that is damaged x density of copies / density of the set, at its votes",
      source: "isotonic regression: Barlow et al. 1972"),
    learnt(
      "oddness", range: 0 ... .infinity, direction: .lower,
      meaning: "how far off the set the picture is in any respect, in robust deviations",
      formula: "length of five distances: of statistics, their density, edges and pixels",
      source: "Hubert, Rousseeuw, Vanden Branden 2005; Breunig et al. 2000"),
  ]

  private static func learnt(
    _ name: String, range: ClosedRange<Double>, direction: MetricInfo.Direction, meaning: String, formula: String = "",
    source: String
  ) -> MetricInfo {
    MetricInfo(
      name: name, family: .quality, unit: "1", range: range, direction: direction, meaning: meaning, formula: formula,
      source: source)
  }

  private static func header(_ name: String, unit: String, range: ClosedRange<Double>, meaning: String) -> MetricInfo {
    MetricInfo(
      name: name, family: .influence, unit: unit, range: range, direction: .none, meaning: meaning, formula: "",
      source: "landmarks and box in the header that FaceSwap or DeepFaceLab wrote; DeMenthon, Davis 1995")
  }

  /// The place columns that a headline metric has in `standing`.
  package static func standing(of metric: MetricInfo) -> [MetricInfo] {
    [
      column(
        "pct_\(metric.name)", unit: "1", range: 0...1, direction: .lower,
        meaning: "percentile of \(metric.name) in the run; 1 = worst", formula: "(n - rank) / (n - 1)"),
      column(
        "rank_\(metric.name)", unit: "1", range: 1 ... .infinity, direction: .none,
        meaning: "rank of \(metric.name) in the run; 1 = worst", formula: ""),
      column(
        "share_\(metric.name)", unit: "1", range: 0...1, direction: .lower,
        meaning: "share of the run's total \(metric.name)", formula: "\(metric.name) / sum(\(metric.name))"),
    ]
  }

  private static func column(
    _ name: String, unit: String, range: ClosedRange<Double>, direction: MetricInfo.Direction, meaning: String,
    formula: String
  ) -> MetricInfo {
    MetricInfo(
      name: name, family: .influence, unit: unit, range: range, direction: direction, meaning: meaning,
      formula: formula, source: "Critchley 1985; Hubert, Rousseeuw, Vanden Branden 2005")
  }
}
