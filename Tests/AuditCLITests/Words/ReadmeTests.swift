import Foundation
import Testing

/// The parts of the README that are made by the program, and whether pages lead anywhere.
struct ReadmeTests {
  private static let root = Checkout.root.path

  @Test func theMetricTableIsWhatTheProgramPrints() throws {
    let printed = try Command.audit(["metrics", "--md"])
    #expect(printed.status == 0)
    #expect(
      try section("metrics") == printed.out.trimmingCharacters(in: .newlines),
      "put the output of `audit metrics --md` between the markers of README.md")
  }

  @Test func everyMetricIsToldForATrainer() throws {
    let told = try text(of: "docs/metrics.md")
    let names = try Command.audit(["metrics", "--md"]).out.matches(of: /\n\| `([a-z0-9_]+)`/).map { String($0.1) }
    #expect(names.count > 30)
    for name in names { #expect(told.contains("`\(name)`"), "docs/metrics.md does not tell of \(name)") }
  }

  @Test(arguments: [
    "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/statistic.md", "docs/damage.md", "docs/metrics.md",
    "docs/decisions.md",
  ])
  func whatAPageLeadsToIsThere(page: String) throws {
    let folder = URL(fileURLWithPath: Self.root + "/" + page).deletingLastPathComponent()
    let places = try text(of: page).matches(of: /\]\(([^)#:]+)\)/).map { folder.appendingPathComponent(String($0.1)) }
    for place in places { #expect(FileManager.default.fileExists(atPath: place.path), "\(page): \(place.path)") }
    let named = try text(of: page).matches(of: /`((Sources|Tests|schema|docs)\/[A-Za-z0-9_\/.]+)`/).map { String($0.1) }
    for name in named { #expect(FileManager.default.fileExists(atPath: Self.root + "/" + name), "\(page): \(name)") }
  }

  private func text(of page: String) throws -> String {
    String(decoding: try #require(FileManager.default.contents(atPath: Self.root + "/" + page)), as: UTF8.self)
  }

  private func section(_ name: String) throws -> String {
    let text = try text(of: "README.md")
    let begin = try #require(text.range(of: "<!-- \(name):begin -->\n"))
    let end = try #require(text.range(of: "\n<!-- \(name):end -->", range: begin.upperBound..<text.endIndex))
    return String(text[begin.upperBound..<end.lowerBound])
  }
}
