import AuditCore
import Foundation

/// One direction of a chart: values to places on the page, and where its ticks stand.
struct ChartAxis {
  let low: Double
  let high: Double
  let isLogarithmic: Bool
  let ticks: [Double]

  /// From 0 to a round number at or above `high`.
  init(upTo high: Double) {
    let high = ChartAxis.drawable(high)
    let step = ChartAxis.roundStep(high, parts: 5)
    let last = max(1, (high / step - 1e-9).rounded(.up))
    low = 0
    self.high = last * step
    isLogarithmic = false
    ticks = (0...Int(last)).map { Double($0) * step }
  }

  /// From a round number below `low`, which may be negative, to one above `high`.
  init(from low: Double, to high: Double) {
    let (low, high) = (ChartAxis.drawable(low), ChartAxis.drawable(high))
    let step = ChartAxis.roundStep(high - min(0, low), parts: 5)
    let first = (min(0, low) / step + 1e-9).rounded(.down)
    let last = max(first + 1, (high / step - 1e-9).rounded(.up))
    self.low = first * step
    self.high = last * step
    isLogarithmic = false
    ticks = (Int(first)...Int(last)).map { Double($0) * step }
  }

  /// At most twelve decades.
  private init(logarithmicFrom least: Double, to most: Double) {
    let high = max(ChartAxis.drawable(most), 1e-100)
    let low = max(ChartAxis.drawable(least), high / 1e12)
    self.low = low
    self.high = high
    isLogarithmic = true
    let decades = Int(Foundation.log10(low).rounded(.down))...Int(Foundation.log10(high).rounded(.up))
    ticks = decades.flatMap { decade in [1.0, 2, 5].map { $0 * Foundation.pow(10, Double(decade)) } }
      .filter { $0 >= low && $0 <= high }
  }

  /// For distances: linear, or logarithmic where a few values would press the others into a corner.
  init(distances: [Double], cut: Double) {
    let positive = distances.filter { $0 > 0 } + [cut].filter { $0 > 0 }
    let (least, most) = (positive.min() ?? 1, positive.max() ?? 1)
    if most > 8 * cut, cut > 0 {
      self.init(logarithmicFrom: least / 1.1, to: most * 1.1)
    } else {
      self.init(upTo: most)
    }
  }

  /// 0...1 along the axis.
  func part(_ value: Double) -> Double {
    let clamped = min(max(value, low), high)
    if isLogarithmic { return Foundation.log(clamped / low) / Foundation.log(high / low) }
    return (clamped - low) / (high - low)
  }

  /// Numbers come from a database that anybody may have written: beyond this there is nothing to draw, and the steps
  /// of an axis could not be counted.
  private static func drawable(_ value: Double) -> Double { value.isFinite ? min(max(value, -1e100), 1e100) : 0 }

  /// 1, 2 or 5 times a power of ten, so that about `parts` of them make `span`.
  private static func roundStep(_ span: Double, parts: Double) -> Double {
    guard span > 1e-100, span.isFinite else { return 1 }
    let rough = span / parts
    let power = Foundation.pow(10, Foundation.log10(rough).rounded(.down))
    for factor in [1.0, 2, 5] where rough <= factor * power * 1.0001 { return factor * power }
    return 10 * power
  }
}

/// The plot area of an inline SVG chart with its grid, ticks and axis names.
struct ChartFrame {
  let width = 560.0
  let height = 330.0
  let left = 70.0
  let right = 14.0
  let top = 14.0
  let bottom = 50.0
  let x: ChartAxis
  let y: ChartAxis

  func px(_ value: Double) -> Double { left + x.part(value) * (width - left - right) }
  func py(_ value: Double) -> Double { height - bottom - y.part(value) * (height - top - bottom) }

  /// "x,y" of a point with a tenth of a pixel.
  func place(_ x: Double, _ y: Double) -> String { fixed(px(x), 1) + "," + fixed(py(y), 1) }

  func line(_ points: [(Double, Double)]) -> String {
    points.enumerated().map { ($0 == 0 ? "M" : "L") + place($1.0, $1.1) }.joined()
  }

  /// Grid lines, tick labels and names of the axes.
  func axes(x nameX: String, y nameY: String, labelX: (Double) -> String, labelY: (Double) -> String) -> HTML {
    let vertical: [HTML] = x.ticks.map { tick in
      let place = fixed(px(tick), 1)
      return """
        <text class="tick" x="\(place)" y="\(fixed(height - bottom + 18, 1))" text-anchor="middle">\(labelX(tick))</text>
        """
    }
    let horizontal: [HTML] = y.ticks.map { tick in
      let place = fixed(py(tick), 1)
      return """
        <line class="\(tick == 0 ? "zero" : "grid")" x1="\(fixed(left, 1))" x2="\(fixed(width - right, 1))" \
        y1="\(place)" y2="\(place)"/>\
        <text class="tick" x="\(fixed(left - 8, 1))" y="\(fixed(py(tick) + 4, 1))" text-anchor="end">\(labelY(tick))</text>
        """
    }
    let middle = (left + width - right) / 2
    return """
      \(horizontal)\(vertical)\
      <text class="axis" x="\(fixed(middle, 1))" y="\(fixed(height - 10, 1))" text-anchor="middle">\(nameX)</text>\
      <text class="axis" transform="translate(14 \(fixed((top + height - bottom) / 2, 1))) rotate(-90)" \
      text-anchor="middle">\(nameY)</text>
      """
  }

  /// The whole chart around its content.
  func svg(id: String, title: String, attributes: HTML = .empty, content: HTML) -> HTML {
    """
    <svg id="\(id)" class="chart" viewBox="0 0 \(Int(width)) \(Int(height))" role="group" \
    aria-labelledby="\(id)-title"\(attributes)><title id="\(id)-title">\(title)</title>\(content)</svg>
    """
  }
}

/// 0.075 as `7.5 %`, 0.1 as `10 %`: for ticks.
func percentTick(_ share: Double) -> String { significant((1e6 * share).rounded() / 1e4, 4) + " %" }
