/// Draws curves with characters: for a terminal, a log or a Markdown code block.
///
/// Each curve is drawn over its own indices 1...n, all on common axes. The vertical axis is logarithmic where all values
/// are positive and span more than a factor of 20, as losses do. Values that are not finite are left out.
///
/// - Parameters:
///   - curves: name and values; at most eight are told apart by their marks.
///   - width, height: of the whole drawing, with axes but without the legend, in characters; at least 24 x 6 is used.
///   - title: what the vertical axis shows.
///   - isASCII: plain letters as marks instead of braille dots, for terminals without Unicode. In braille the curves are
///     told apart only by `colours`; without colours letters mark each curve's end.
///   - coloured: ANSI colours, for a terminal.
/// - Returns: lines that end in a newline; empty where no curve has a finite value.
package func plotCurves(
  _ curves: [(name: String, values: [Double])], width: Int = 72, height: Int = 16, title: String = "",
  isASCII: Bool = false, coloured: Bool = false
) -> String {
  let finite = curves.flatMap(\.values).filter(\.isFinite)
  guard let low = finite.min(), let high = finite.max() else { return "" }
  let scale = PlotScale(low: low, high: high, lines: max(6, height) - 2)
  let margin = scale.labels.map(\.count).max() ?? 0
  let columns = max(24, width) - margin - 2
  let last = max(2, curves.map(\.values.count).max() ?? 2)
  var canvas = PlotCanvas(columns: columns, lines: scale.lines, isASCII: isASCII)
  for (place, curve) in curves.enumerated() {
    canvas.draw(
      curve.values.enumerated().map { step, value in
        (Double(step) / Double(last - 1), scale.position(of: value))
      }, curve: place)
  }
  var out = title.isEmpty ? "" : title + "\n"
  for line in 0..<scale.lines {
    let label = scale.labels[line]
    out += String(repeating: " ", count: margin - label.count) + label + (isASCII ? " |" : label.isEmpty ? " │" : " ┤")
    out += canvas.text(line: line, coloured: coloured) + "\n"
  }
  out += String(repeating: " ", count: margin + 1) + (isASCII ? "+" : "└")
  out += String(repeating: isASCII ? "-" : "─", count: columns) + "\n"
  out += String(repeating: " ", count: margin + 2) + "1"
  let end = "epoch \(curves.map(\.values.count).max() ?? 0)"
  out += String(repeating: " ", count: max(1, columns - 1 - end.count)) + end + "\n"
  for (place, curve) in curves.enumerated() {
    out += String(repeating: " ", count: margin + 2) + canvas.sign(place, coloured: coloured) + " \(curve.name)"
    if let final = curve.values.last(where: \.isFinite) { out += "  \(shortNumber(final))" }
    out += "\n"
  }
  return out
}

/// Four significant digits: 0.0004108, 0.02331, 12.50, 4.108e-07.
package func shortNumber(_ value: Double) -> String {
  guard value.isFinite else { return "-" }
  let size = abs(value)
  if size == 0 { return "0" }
  var exponent = 0
  var scaled = size
  while scaled >= 10 { (scaled, exponent) = (scaled / 10, exponent + 1) }
  while scaled < 1 { (scaled, exponent) = (scaled * 10, exponent - 1) }
  var digits = Int((scaled * 1000).rounded())
  if digits == 10_000 { (digits, exponent) = (1000, exponent + 1) }
  let text = String(digits)
  let sign = value < 0 ? "-" : ""
  if exponent < -5 || exponent > 6 {
    let power = (exponent < 0 ? "-" : "+") + (abs(exponent) < 10 ? "0" : "") + String(abs(exponent))
    return sign + text.prefix(1) + "." + text.dropFirst() + "e" + power
  }
  if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + text }
  if exponent >= 3 { return sign + text + String(repeating: "0", count: exponent - 3) }
  return sign + text.prefix(exponent + 1) + "." + text.dropFirst(exponent + 1)
}

/// The vertical axis.
private struct PlotScale {
  let lines: Int
  /// One per line from the top; empty where no number stands.
  private(set) var labels: [String]
  private let low: Double
  private let high: Double
  private let isLogarithmic: Bool

  init(low: Double, high: Double, lines: Int) {
    self.lines = lines
    isLogarithmic = low > 0 && high / low > 20
    // Equal values would divide by zero: give them a range of their own size.
    let spread = high - low > 0 ? 0 : (high == 0 ? 1 : abs(high) / 2)
    (self.low, self.high) = (low - spread, high + spread)
    labels = []
    for line in 0..<lines {
      let isLabelled = line % 4 == 0 || line == lines - 1
      labels.append(isLabelled ? shortNumber(value(at: 1 - Double(line) / Double(lines - 1))) : "")
    }
    // The last label must not stand right below another.
    if lines >= 2, (lines - 1) % 4 == 1 { labels[lines - 2] = "" }
  }

  /// 0 at the bottom, 1 at the top; nil for what is not finite.
  func position(of value: Double) -> Double? {
    guard value.isFinite else { return nil }
    if isLogarithmic { return logarithm(value / low) / logarithm(high / low) }
    return (value - low) / (high - low)
  }

  private func value(at position: Double) -> Double {
    isLogarithmic ? low * exponential(position * logarithm(high / low)) : low + position * (high - low)
  }
}

/// Dots: 2 x 4 to a character in braille, 1 x 1 in ASCII.
private struct PlotCanvas {
  private static let letters = Array("abcdefgh")
  /// Bright enough on a dark ground and dark enough on a light one.
  private static let colours = [36, 33, 35, 32, 31, 34, 96, 95]
  private static let dots: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  private let isASCII: Bool
  private let columns: Int
  private let lines: Int
  private var patterns: [UInt32]
  private var owners: [Int?]
  private var ends: [Int: Int] = [:]

  init(columns: Int, lines: Int, isASCII: Bool) {
    self.isASCII = isASCII
    self.columns = columns
    self.lines = lines
    patterns = [UInt32](repeating: 0, count: columns * lines)
    owners = [Int?](repeating: nil, count: columns * lines)
  }

  /// Joins the points (0...1 across, 0...1 up) by straight lines; a missing point leaves a gap.
  mutating func draw(_ points: [(across: Double, up: Double?)], curve: Int) {
    let (wide, high) = isASCII ? (columns, lines) : (2 * columns, 4 * lines)
    var before: (x: Int, y: Int)?
    for point in points {
      guard let up = point.up else {
        before = nil
        continue
      }
      let here = (
        x: Int((point.across * Double(wide - 1)).rounded()), y: Int(((1 - up) * Double(high - 1)).rounded())
      )
      let from = before ?? here
      let steps = max(abs(here.x - from.x), abs(here.y - from.y), 1)
      for step in 0...steps {
        let done = Double(step) / Double(steps)
        mark(
          x: from.x + Int((done * Double(here.x - from.x)).rounded()),
          y: from.y + Int((done * Double(here.y - from.y)).rounded()), curve)
      }
      before = here
    }
    guard !isASCII, let before else { return }
    // Ends that meet stand side by side.
    var cell = before.y / 4 * columns + before.x / 2
    while ends[cell] != nil, cell % columns > 0 { cell -= 1 }
    ends[cell] = curve
  }

  private mutating func mark(x: Int, y: Int, _ curve: Int) {
    let cell = isASCII ? y * columns + x : y / 4 * columns + x / 2
    patterns[cell] |= isASCII ? 1 : PlotCanvas.dots[y % 4][x % 2]
    owners[cell] = curve
  }

  func text(line: Int, coloured: Bool) -> String {
    var out = ""
    for cell in (line * columns)..<((line + 1) * columns) {
      guard let owner = owners[cell] else {
        out += " "
        continue
      }
      let letter = PlotCanvas.letters[owner % PlotCanvas.letters.count]
      let braille = Unicode.Scalar(0x2800 + patterns[cell]).map(Character.init) ?? " "
      let end = coloured ? nil : ends[cell].map { PlotCanvas.letters[$0 % PlotCanvas.letters.count] }
      let character = isASCII ? letter : end ?? braille
      out += paint(String(character), owner, coloured)
    }
    while out.last == " " { out.removeLast() }
    return out
  }

  /// The mark of a curve in the legend.
  func sign(_ curve: Int, coloured: Bool) -> String {
    let letter = String(PlotCanvas.letters[curve % PlotCanvas.letters.count])
    return coloured && !isASCII ? paint("━━", curve, true) : paint(letter, curve, coloured)
  }

  private func paint(_ text: String, _ curve: Int, _ coloured: Bool) -> String {
    coloured ? "\u{1B}[\(PlotCanvas.colours[curve % PlotCanvas.colours.count])m\(text)\u{1B}[0m" : text
  }
}
