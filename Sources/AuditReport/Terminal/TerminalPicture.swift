import AuditCore

/// A heat map as text: two pixels in a character.
package struct TerminalPicture {
  package enum Colour: Sendable {
    /// Shades of one character.
    case none
    /// 6 x 6 x 6 colours.
    case palette
    /// 24 bit.
    case full
  }

  private let colour: Colour

  package init(colour: Colour) { self.colour = colour }

  /// - Parameter columns: characters across; half as many lines down.
  package func lines(of map: HeatMap, columns: Int) -> [String] {
    let values = map.reduced(columns: columns, rows: columns).map { row in row.map { $0 / HeatMap.brightest } }
    return stride(from: 0, to: columns - 1, by: 2).map { row in
      let pairs = zip(values[row], values[row + 1])
      guard colour != .none else { return pairs.map { shade(($0 + $1) / 2) }.joined() }
      // The upper half of the cell is the character, the lower one its background.
      return pairs.map { upper, lower in
        "\u{1B}[38;\(code(HeatMap.colour(upper)));48;\(code(HeatMap.colour(lower)))m▀"
      }.joined() + "\u{1B}[0m"
    }
  }

  /// Lightest for nothing. A square root lets weak residuals show in the five steps there are.
  private func shade(_ value: Float) -> String {
    let shades = [" ", "░", "▒", "▓", "█"]
    return shades[min(4, Int(5 * min(max(value, 0), 1).squareRoot()))]
  }

  private func code(_ rgb: [UInt8]) -> String {
    if colour == .full { return "2;\(rgb[0]);\(rgb[1]);\(rgb[2])" }
    let steps = rgb.map { (Int($0) * 5 + 127) / 255 }
    return "5;\(16 + 36 * steps[0] + 6 * steps[1] + steps[2])"
  }
}
