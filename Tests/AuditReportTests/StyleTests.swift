import AuditReport
import AuditStore
import Foundation
import Testing

/// The style sheet and the bytes of the page, without a browser.
struct StyleTests {
  /// The colours of each theme by name, as the style sheet of a page has them.
  private static func themes() throws -> [[String: String]] {
    let scratch = try Scratch()
    let page = try HostileNames.page(in: scratch)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    return text.matches(of: /:root \{([^}]*)\}/).map { block in
      Dictionary(
        block.1.matches(of: /--([a-z]+): (#[0-9a-f]{3,8});/).map { (String($0.1), String($0.2)) }
      ) { first, _ in first }
    }
  }

  /// Relative luminance (WCAG 2.2).
  private static func luminance(_ colour: String) throws -> Double {
    var digits = Array(colour.dropFirst())
    if digits.count == 3 { digits = digits.flatMap { [$0, $0] } }
    let channels = try (0..<3).map { place in
      let value = Double(try #require(Int(String(digits[(2 * place)...(2 * place + 1)]), radix: 16))) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
  }

  private static func contrast(_ one: String, _ other: String) throws -> Double {
    let (left, right) = (try luminance(one), try luminance(other))
    return (max(left, right) + 0.05) / (min(left, right) + 0.05)
  }

  @Test func everyTextColourStandsOutFromEveryGroundInEveryTheme() throws {
    #expect(abs(try Self.contrast("#fff", "#000000") - 21) < 1e-9)
    let themes = try Self.themes()
    #expect(themes.count == 3, "light, dark, print")
    for (place, theme) in themes.enumerated() {
      for text in ["ink", "dim", "accent", "drop", "review", "keep"] {
        for ground in ["paper", "card", "soft"] {
          let (one, other) = (try #require(theme[text]), try #require(theme[ground]))
          #expect(try Self.contrast(one, other) >= 4.5, "\(text) on \(ground) in theme \(place)")
        }
      }
    }
  }

  /// Cells of the matrix of metrics: ink on some of the accent, mixed into the card.
  @Test func theStrongestCellOfTheMatrixIsReadable() throws {
    let scratch = try Scratch()
    let style = try String(contentsOfFile: try HostileNames.page(in: scratch), encoding: .utf8)
    let parts = style.matches(of: /--strength\) \* ([.0-9]+)\)/).compactMap { Double("0" + String($0.1)) }
    #expect(parts.count == 2)
    let part = try #require(parts.max())
    for theme in try Self.themes() {
      for tint in ["accent", "review"] {
        let (one, other) = (try #require(theme[tint]), try #require(theme["card"]))
        func channels(_ colour: String) throws -> [Int] {
          var digits = Array(colour.dropFirst())
          if digits.count == 3 { digits = digits.flatMap { [$0, $0] } }
          return try (0..<3).map { try #require(Int(String(digits[(2 * $0)...(2 * $0 + 1)]), radix: 16)) }
        }
        let mixed = zip(try channels(one), try channels(other)).map { Int(part * Double($0) + (1 - part) * Double($1)) }
        let colour = "#" + mixed.map { String($0 + 256, radix: 16).suffix(2) }.joined()
        #expect(try Self.contrast(try #require(theme["ink"]), colour) >= 4.5, "\(tint): \(colour)")
      }
    }
  }

  @Test func onePageIsThatOfItsDatabaseByteForByte() throws {
    let scratch = try Scratch()
    let one = try HostileNames.page(in: scratch)
    let first = try Data(contentsOf: URL(fileURLWithPath: one))
    try ReportWriter(try Store(reading: scratch.path + "/hostile.db"), run: nil).write([try ReportFile(path: one)])
    #expect(try Data(contentsOf: URL(fileURLWithPath: one)) == first)
  }

  @Test func thePageAsksForNothingFromAnywhere() throws {
    let scratch = try Scratch()
    let text = try String(contentsOfFile: try HostileNames.page(in: scratch), encoding: .utf8)
    #expect(text.contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-"))
    #expect(text.matches(of: /<script>/).count == 1, "one script, that of the digest")
    #expect(text.firstMatch(of: /(src|href)="(https?:)?\/\//) == nil)
  }

  @Test func foldersOfOneImageAreCountedAndNotListed() throws {
    let scratch = try Scratch()
    try SyntheticRun(at: scratch.path + "/alone.db", count: 200) { position in
      SyntheticRun.usualName(position < 100 ? position : 1_000 * (position - 99))
    }
    let model = try ReportModel(from: try Store(reading: scratch.path + "/alone.db"))
    #expect(model.groups.count == 100 && model.groups.alone == 99 && model.groups.shown.map(\.images) == [101])
  }
}
