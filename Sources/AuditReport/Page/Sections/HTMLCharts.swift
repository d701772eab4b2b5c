import AuditCore

/// The charts of the page as inline SVG: they need no script to be read, and print as they are.
struct HTMLCharts {
  let model: ReportModel

  /// Gain over the share left out, with the line that the reader moves.
  func cut(_ cut: CutCurve, initial: Int) -> HTML {
    let points = [(0.0, 0.0, 0.0, 0.0)] + cut.estimates.map { ($0.share, $0.gain, $0.low, $0.high) }
    // A tenth of the images is a whole number of them, and may be a little more than a tenth.
    let last = cut.stops.last?.share ?? 0
    let frame = ChartFrame(
      x: ChartAxis(upTo: last < 1.05 * CutCurve.largestShare ? CutCurve.largestShare : last),
      y: ChartAxis(from: points.map(\.2).min() ?? 0, to: max(0.005, points.map(\.3).max() ?? 0)))
    let band =
      frame.line(points.map { ($0.0, $0.3) }) + "L"
      + points.reversed().map { frame.place($0.0, $0.2) }.joined(separator: "L") + "Z"
    let dots: [HTML] = cut.estimates.map { point in
      """
      <circle class="dot" cx="\(fixed(frame.px(point.share), 1))" cy="\(fixed(frame.py(point.gain), 1))" r="3.2"/>
      """
    }
    let marked: HTML? = cut.stops.first { $0.images == cut.marked }.map { stop in
      let place = fixed(frame.px(stop.share), 1)
      return """
        <line class="marked" x1="\(place)" x2="\(place)" y1="\(fixed(frame.top, 1))" \
        y2="\(fixed(frame.height - frame.bottom, 1))"/>\
        <text class="note" x="\(fixed(frame.px(stop.share) + 5, 1))" y="\(fixed(frame.height - frame.bottom - 8, 1))">\
        as many as are marked drop: \(cut.marked.formattedWithCommas)</text>
        """
    }
    let places = [frame.px(0)] + cut.stops.map { frame.px($0.share) }
    let at = fixed(places[initial], 1)
    let middle = fixed((frame.top + frame.height - frame.bottom) / 2, 1)
    let handle: HTML = """
      <g id="cut-line" class="cutline" transform="translate(\(at) 0)" tabindex="0" role="slider" \
      aria-label="How many images to leave out" aria-valuemin="0" \
      aria-valuemax="\(cut.stops.last?.images ?? 0)" aria-valuenow="\(initial == 0 ? 0 : cut.stops[initial - 1].images)">\
      <rect class="grip" x="-16" y="\(fixed(frame.top, 1))" width="32" \
      height="\(fixed(frame.height - frame.top - frame.bottom, 1))"/>\
      <line y1="\(fixed(frame.top, 1))" y2="\(fixed(frame.height - frame.bottom, 1))"/>\
      <g transform="translate(0 \(middle))"><rect class="knob" x="-9" y="-14" width="18" height="28" rx="9"/>\
      <path class="arrows" d="M-3 -4L-6 0L-3 4M3 -4L6 0L3 4"/></g></g>
      """
    let axes = frame.axes(
      x: "share left out, highest skew first", y: "fall of squared error", labelX: percentTick, labelY: percentTick)
    return frame.svg(
      id: "cut-chart", title: "Fall of the squared error over the share of images that is left out",
      attributes: " data-places=\"\(places.map { fixed($0, 1) }.joined(separator: " "))\"",
      content: """
        \(axes)<path class="band" d="\(band)"/>\
        <path class="curve" d="\(frame.line(points.map { ($0.0, $0.1) }))"/>\(dots)\(marked)\(handle)
        """)
  }

  /// Lorenz curves of losses and pulls, the largest owners first.
  func concentration(_ curves: [ConcentrationCurve]) -> HTML {
    let frame = ChartFrame(x: ChartAxis(upTo: 1), y: ChartAxis(upTo: 1))
    let lines: [HTML] = curves.map { curve in
      """
      <path class="lorenz \(curve.quantity.rawValue)" d="\(frame.line(curve.points.map { ($0.share, $0.owned) }))">\
      <title>\(curve.quantity.name)</title></path>
      """
    }
    let legend: [HTML] = curves.enumerated().map { index, curve in
      let y = frame.height - frame.bottom - 18 - 20 * Double(curves.count - 1 - index)
      return """
        <path class="lorenz \(curve.quantity.rawValue)" d="M318 \(fixed(y - 4, 1))h30"/>\
        <text class="legend" x="356" y="\(fixed(y, 1))">\(curve.quantity.name)</text>
        """
    }
    let axes = frame.axes(
      x: "share of the images, the largest first", y: "share of the total", labelX: percentTick, labelY: percentTick)
    return frame.svg(
      id: "lorenz-chart", title: "Lorenz curves: what share of the images owns how much of losses and pulls",
      content: "\(axes)<path class=\"equal\" d=\"\(frame.line([(0, 0), (1, 1)]))\"/>\(lines)\(legend)")
  }

  /// Held-out squared error over the epochs, a line per remedy.
  func learning(_ learning: LearningCurves) -> HTML {
    let lowest = learning.curves.flatMap(\.squaredErrors).min() ?? 0
    // The fall of the first epochs is many times what the remedies differ by.
    let shown = learning.curves.map { curve in
      curve.squaredErrors.enumerated().map { (Double($0.offset + 1), 1e6 * $0.element) }
        .filter { $0.1 <= 4e6 * lowest }
    }
    let points = shown.flatMap { $0 }
    let frame = ChartFrame(
      x: ChartAxis(upTo: points.map(\.0).max() ?? 1), y: ChartAxis(upTo: points.map(\.1).max() ?? 1))
    let styles = ["squared_loss", "pull_squared", "pull_absolute", "both", "absolute_loss"]
    let lines: [HTML] = zip(styles, zip(learning.curves, shown)).map { style, curve in
      """
      <path class="lorenz \(style)" d="\(frame.line(curve.1.map { ($0.0, $0.1) }))">\
      <title>\(curve.0.remedy.name)</title></path>
      """
    }
    let legend: [HTML] = zip(styles, learning.curves).enumerated().map { index, entry in
      let y = frame.top + 18 + 20 * Double(index)
      return """
        <path class="lorenz \(entry.0)" d="M300 \(fixed(y - 4, 1))h30"/>\
        <text class="legend" x="338" y="\(fixed(y, 1))">\(entry.1.remedy.name)</text>
        """
    }
    let axes = frame.axes(
      x: "epoch", y: "held-out squared error x 10⁶", labelX: { significant($0, 4) }, labelY: { significant($0, 4) })
    return frame.svg(
      id: "learning-chart", title: "Learning curves: held-out squared error over the epochs, by remedy",
      content: "\(axes)\(lines)\(legend)")
  }

  /// Score distance against orthogonal distance. One path a verdict: thousands of points stay small.
  func outliers(_ map: OutlierMap) -> HTML {
    let frame = ChartFrame(
      x: ChartAxis(distances: map.points.map(\.scoreDistance), cut: map.scoreCut),
      y: ChartAxis(distances: map.points.map(\.orthogonalDistance), cut: map.orthogonalCut))
    let cutX = fixed(frame.px(map.scoreCut), 1)
    let cutY = fixed(frame.py(map.orthogonalCut), 1)
    let paths: [HTML] = [Verdict.keep, .review, .drop].map { verdict in
      let marks = map.points.filter { ($0.verdict ?? .keep) == verdict }.map { point in
        HTMLCharts.mark(verdict, frame.px(point.scoreDistance), frame.py(point.orthogonalDistance))
      }
      return "<path class=\"points \(verdict.rawValue)\" d=\"\(marks.joined())\"/>"
    }
    let places = map.points.map { point in
      fixed(frame.px(point.scoreDistance), 1) + " " + fixed(frame.py(point.orthogonalDistance), 1)
    }
    let axes = frame.axes(
      x: map.isRelative ? "score distance / cut of its folder" : "score distance (inside the model)",
      y: map.isRelative ? "orthogonal distance / cut of its folder" : "orthogonal distance (off the model)",
      labelX: { significant($0, 3) }, labelY: { significant($0, 3) })
    return frame.svg(
      id: "map-chart", title: "Outlier map: score distance against orthogonal distance",
      attributes: " tabindex=\"0\" data-places=\"\(places.joined(separator: ","))\"",
      content: """
        \(axes)<line class="cut" x1="\(cutX)" x2="\(cutX)" y1="\(fixed(frame.top, 1))" \
        y2="\(fixed(frame.height - frame.bottom, 1))"/>\
        <line class="cut" x1="\(fixed(frame.left, 1))" x2="\(fixed(frame.width - frame.right, 1))" y1="\(cutY)" \
        y2="\(cutY)"/>\(paths)<circle id="map-focus" r="9" visibility="hidden"/>
        """)
  }

  /// A dot, a square or a cross: the verdict shows without colour.
  private static func mark(_ verdict: Verdict, _ x: Double, _ y: Double) -> String {
    let (px, py) = (fixed(x, 1), fixed(y, 1))
    switch verdict {
    case .keep: return "M\(px) \(py)h0"
    case .review: return "M\(fixed(x - 3, 1)) \(fixed(y - 3, 1))h6v6h-6z"
    case .drop: return "M\(fixed(x - 4, 1)) \(fixed(y - 4, 1))l8 8m0 -8l-8 8"
    }
  }
}
