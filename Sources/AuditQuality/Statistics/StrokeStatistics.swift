import CKernels

extension PictureStatistic {
  /// Thin bright and dark strokes: what an opening or closing with a square window takes away (top-hat transform).
  static let strokes: [PictureStatistic] = StandardMeasure.windows.indices.flatMap { index in
    ["white", "black"].indices.flatMap { tone in
      let window = StandardMeasure.windows[index]
      let (name, words) = tone == 0 ? ("white", "bright") : ("black", "dark")
      let place = 2 * index + tone
      return [
        PictureStatistic(
          "\(name)_tophat_\(window)_mean", unit: "ln full scale",
          "mean \(words) stroke thinner than \(window) of 128 pixels"
        ) { audit_log($0.standard.topHats[place].mean + 1e-4) },
        PictureStatistic(
          "\(name)_tophat_\(window)_p99", unit: "ln full scale",
          "99th percentile of \(words) strokes thinner than \(window) of 128 pixels"
        ) { audit_log($0.standard.topHats[place].top + 1e-3) },
        PictureStatistic(
          "\(name)_tophat_\(window)_share", unit: "ln share",
          "share of strong \(words) strokes thinner than \(window) of 128 pixels"
        ) { audit_log($0.standard.topHats[place].share + 1e-4) },
      ]
    }
  }
}
