/// Rows of text with their columns lined up, fitted to the columns of a terminal.
///
/// Where the width is short, prose is broken under itself, text loses its end and paths their middle; then columns that
/// may be left out go, the last first. What still does not fit is written as one block a row: no row is ever broken.
package struct TextTable {
  package struct Column {
    package enum Kind {
      /// Right-aligned, never shortened.
      case number
      /// Never shortened.
      case word
      /// Loses its middle.
      case path
      /// Loses its end.
      case text
      /// Broken between words, under itself.
      case prose
    }

    let title: String
    let kind: Kind
    let isOptional: Bool

    package init(_ title: String, _ kind: Kind = .word, isOptional: Bool = false) {
      self.title = title
      self.kind = kind
      self.isOptional = isOptional
    }

    /// Fewest columns that still say something, with the title whole; nil where it is never shortened.
    var smallest: Int? {
      switch kind {
      case .number, .word: nil
      case .path: max(16, TextLayout.width(title))
      case .text: max(10, TextLayout.width(title))
      case .prose: max(24, TextLayout.width(title))
      }
    }
  }

  private static let gap = 2

  private let columns: [Column]
  private let indent: Int
  private let hasHead: Bool
  private let dim: (String) -> String
  private var rows: [(cells: [String], style: (String) -> String)] = []

  /// - Parameter dim: for heads and for `-`, which stands where there is nothing; the identity without colour.
  package init(
    _ columns: [Column], indent: Int = 0, hasHead: Bool = true, dim: @escaping (String) -> String = { $0 }
  ) {
    self.columns = columns
    self.indent = indent
    self.hasHead = hasHead
    self.dim = dim
  }

  /// - Parameter style: applied to each cell that holds something.
  package mutating func add(_ cells: [String], style: @escaping (String) -> String = { $0 }) {
    precondition(cells.count == columns.count, "a cell for each column")
    rows.append((cells, style))
  }

  /// - Parameter width: columns of the terminal; nil where nothing limits them.
  package func lines(width: Int?) -> [String] {
    guard !columns.isEmpty else { return [] }
    var shown = Array(columns.indices)
    while true {
      if let widths = fitted(shown, into: width) { return table(shown, widths) }
      guard let last = shown.last(where: { columns[$0].isOptional }) else { break }
      shown.removeAll { $0 == last }
    }
    return records(width: width ?? 80)
  }

  /// Widths of the columns; nil where they do not fit.
  private func fitted(_ shown: [Int], into width: Int?) -> [Int]? {
    let widths = shown.map { column in
      max(
        hasHead ? TextLayout.width(columns[column].title) : 0,
        rows.map { TextLayout.width($0.cells[column]) }.max() ?? 0)
    }
    return TextTable.fitted(widths, shown.map { columns[$0] }, into: width.map { $0 - indent })
  }

  /// Natural widths made smaller, the widest first, until all fit with the gaps between them.
  ///
  /// - Returns: nil where they cannot.
  package static func fitted(_ natural: [Int], _ columns: [Column], into width: Int?) -> [Int]? {
    guard let width else { return natural }
    var widths = natural
    var excess = widths.reduce(0, +) + gap * (widths.count - 1) - width
    while excess > 0 {
      let able = widths.indices.filter { place in columns[place].smallest.map { $0 < widths[place] } ?? false }
      guard let widest = able.max(by: { widths[$0] < widths[$1] }) else { return nil }
      let next = able.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
      let floor = max(columns[widest].smallest ?? 0, min(next - 1, widths[widest] - 1))
      let step = min(excess, widths[widest] - floor)
      widths[widest] -= step
      excess -= step
    }
    return widths
  }

  private func table(_ shown: [Int], _ widths: [Int]) -> [String] {
    let head = hasHead ? [line(shown.map { columns[$0].title }, shown, widths, style: dim)] : []
    return head
      + rows.flatMap { row -> [String] in
        let pieces = zip(shown, widths).map { column, width in
          self.pieces(row.cells[column], columns[column].kind, width)
        }
        let height = pieces.map(\.count).max() ?? 1
        return (0..<height).map { level in
          line(pieces.map { level < $0.count ? $0[level] : "" }, shown, widths, style: row.style)
        }
      }
  }

  private func pieces(_ cell: String, _ kind: Column.Kind, _ width: Int) -> [String] {
    switch kind {
    case .prose: TextLayout.wrapped(cell, width: width)
    case .path: [TextLayout.shortened(path: cell, to: width)]
    case .text: [TextLayout.shortened(cell, to: width)]
    case .number, .word: [cell]
    }
  }

  private func line(
    _ cells: [String], _ shown: [Int], _ widths: [Int], style: (String) -> String
  ) -> String {
    var line = String(repeating: " ", count: indent)
    for (place, cell) in cells.enumerated() {
      let blanks = String(repeating: " ", count: max(0, widths[place] - TextLayout.width(cell)))
      let drawn = cell.isEmpty ? "" : cell == "-" ? dim(cell) : style(cell)
      line += columns[shown[place]].kind == .number ? blanks + drawn : drawn + blanks
      if place < cells.count - 1 { line += String(repeating: " ", count: TextTable.gap) }
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }

  /// A block of lines for each row: name and value.
  private func records(width: Int) -> [String] {
    let names = columns.map { TextLayout.width($0.title) }.max() ?? 0
    let start = indent + names + TextTable.gap
    let blocks = rows.map { row in
      zip(columns, row.cells).flatMap { column, cell -> [String] in
        let name =
          String(repeating: " ", count: indent) + dim(column.title)
          + String(repeating: " ", count: names - TextLayout.width(column.title) + TextTable.gap)
        let room = max(10, width - start)
        let values =
          column.kind == .path
          ? [TextLayout.shortened(path: cell, to: room)]
          : TextLayout.wrapped(cell, width: room)
        return values.enumerated().map { place, value in
          (place == 0 ? name : String(repeating: " ", count: start)) + (value == "-" ? dim(value) : row.style(value))
        }
      }
    }
    return Array(blocks.joined(separator: [""]))
  }
}
