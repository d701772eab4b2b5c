import Foundation
import Testing

/// The parts of the README that are made by the program.
struct ReadmeTests {
  private static let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../README.md").standardized.path

  @Test func theMetricTableIsWhatTheProgramPrints() throws {
    let printed = try Command.audit(["metrics", "--md"])
    #expect(printed.status == 0)
    #expect(
      try section("metrics") == printed.out.trimmingCharacters(in: .newlines),
      "put the output of `audit metrics --md` between the markers of README.md")
  }

  private func section(_ name: String) throws -> String {
    let text = String(decoding: try #require(FileManager.default.contents(atPath: Self.readme)), as: UTF8.self)
    let begin = try #require(text.range(of: "<!-- \(name):begin -->\n"))
    let end = try #require(text.range(of: "\n<!-- \(name):end -->", range: begin.upperBound..<text.endIndex))
    return String(text[begin.upperBound..<end.lowerBound])
  }
}
