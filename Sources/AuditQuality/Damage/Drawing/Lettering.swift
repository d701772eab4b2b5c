import AuditCore

/// A word of invented capitals, drawn with strokes: once, or all over the picture.
struct Lettering {
  /// Corners of the strokes of A to Z on a grid of 5 x 7 points, column and row from the top left.
  private static let strokes: [[[(Double, Double)]]] = [
    "062046 1434", "06003041423303 3344453606", "4130100105163645", "06002042442606", "40000646 0333", "400006 0333",
    "41301001051636454323", "0006 4046 0343", "1030 2026 1636", "2040 3035261605", "0006 400346", "000646",
    "0600234046", "06004640", "103041453616050110", "06003041423303", "103041453616050110 2446", "06003041423303 1346",
    "413010010213334445361605", "0040 2026", "000516364540", "002640", "0016233640", "0046 4006", "002340 2326",
    "00400646",
  ].map { letter in letter.split(separator: " ").map { corners(of: Array($0.utf8)) } }

  /// Most times that a word stands in a row or a column on one side of the middle.
  private static let mostRepeats = 12

  private let letters: [Int]
  /// Side of the grid's squares, pixels.
  private let unit: Double
  private let radius: Double
  /// All over the picture, a word by itself, or lines below each other.
  private enum Layout { case repeated, single, caption(lines: Int) }
  private let layout: Layout
  /// From line to line where it is repeated, pixels.
  private let lineStep: Double

  /// - Parameter side: of the picture, the shorter one in pixels.
  init(_ random: inout SplitMix64, side: Int) {
    let size = max(8, Double(side) * random.between(0.08, 0.2))
    letters = (0..<4 + random.integer(below: 8)).map { _ in random.integer(below: Lettering.strokes.count) }
    unit = 0.7 * size / 6
    radius = max(0.5, unit * random.between(0.35, 0.7))
    let drawn = random.fraction()
    layout = drawn < 0.35 ? .repeated : drawn < 0.6 ? .single : .caption(lines: 1 + random.integer(below: 4))
    lineStep = max(1.2 * size, Double(side) * random.between(0.2, 0.5))
  }

  /// What the letters cover of a picture, written at up to 45 degrees.
  func plane(width: Int, height: Int, _ random: inout SplitMix64) -> Plane {
    var plane = Plane(width: width, height: height)
    let steepest = if case .caption = layout { 10.0 } else { 45.0 }
    let turn = Direction(degrees: random.between(-steepest, steepest))
    let middle = (Double(width) / 2, Double(height) / 2)
    switch layout {
    case .repeated:
      let reach = (middle.0 * middle.0 + middle.1 * middle.1).squareRoot()
      let step = 1.4 * length
      let (rows, columns) = (Lettering.repeats(reach / lineStep), Lettering.repeats(reach / step + 1))
      for row in -rows...rows {
        for column in -columns...columns {
          write((Double(column) * step, Double(row) * lineStep), turn, middle, on: &plane)
        }
      }
    case .single:
      write((-0.4 * Double(width), Double(height) * random.between(-0.4, 0.4)), turn, middle, on: &plane)
    case .caption(let lines):
      let (left, top) = (Double(width) * random.between(-0.5, -0.1), Double(height) * random.between(-0.45, 0.4))
      for line in 0..<lines {
        let indent = unit * random.between(0, 6)
        write((left + indent, top + Double(line) * 10 * unit), turn, middle, on: &plane)
      }
    }
    return plane
  }

  private var length: Double { Double(letters.count) * 5.5 * unit }

  private static func repeats(_ wanted: Double) -> Int { min(mostRepeats, Int(wanted.rounded(.up))) }

  /// - Parameter start: top left of the word before it is turned about the middle, from there.
  private func write(
    _ start: (Double, Double), _ turn: Direction, _ middle: (Double, Double), on plane: inout Plane
  ) {
    func place(_ corner: (Double, Double), _ letter: Int) -> (Double, Double) {
      let (u, v) = (start.0 + (corner.0 + 5.5 * Double(letter)) * unit, start.1 + corner.1 * unit)
      return (middle.0 + u * turn.cosine - v * turn.sine, middle.1 + u * turn.sine + v * turn.cosine)
    }
    for (number, letter) in letters.enumerated() {
      for line in Lettering.strokes[letter] {
        for (from, to) in zip(line, line.dropFirst()) {
          plane.draw(from: place(from, number), to: place(to, number), radius: radius)
        }
      }
    }
  }

  private static func corners(of digits: [UInt8]) -> [(Double, Double)] {
    stride(from: 0, to: digits.count - 1, by: 2).map { (Double(digits[$0]) - 48, Double(digits[$0 + 1]) - 48) }
  }
}
