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

  /// Line by line: a digest, a count, a share or a name that is stale shows.
  @Test func theDemoIsWhatTheProgramPrints() throws {
    let demo = try ReadmeDemo(of: text(of: "README.md"))
    let run = try Command.audit(demo.arguments)
    #expect(run.status == 0, "\(run.err)")
    let difference = Snapshot.difference(demo.lines, ReadmeDemo.lines(of: run.out))
    let command = "audit " + demo.arguments.joined(separator: " ")
    #expect(difference.isEmpty, "put what `\(command)` prints into README.md (- shown, + printed)")
  }

  /// What a run took is no other demo; everything beside it is.
  @Test func onlyTheSecondsOfTheDemoMayDiffer() {
    let line = "301 scored, 2 could not be read, in 2.6 s   digest 36c59896eef620a5"
    func isOther(_ text: String) -> Bool { ReadmeDemo.lines(of: text) != ReadmeDemo.lines(of: line) }
    #expect(!isOther("301 scored, 2 could not be read, in 104.1 s   digest 36c59896eef620a5\n"))
    for other in [
      "302 scored, 2 could not be read, in 2.6 s   digest 36c59896eef620a5",
      "301 scored, in 2.6 s   digest 36c59896eef620a5",
      "301 scored, 2 could not be read, in 2.6 s   digest 36c59896eef620a6", line + "\n" + line,
    ] {
      #expect(isOther(other), "\(other)")
    }
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

/// What README says that the demo prints: its only block that is one whole run.
struct ReadmeDemo {
  /// Behind the program's name.
  let arguments: [String]
  let lines: [String]

  init(of readme: String) throws {
    let found = try #require(readme.firstMatch(of: Self.place), "README.md shows no demo")
    arguments = found.1.split(separator: " ").dropFirst().map(String.init)
    lines = Self.lines(of: String(found.2))
  }

  /// The command that is named and the block below it.
  static var place: Regex<(Substring, Substring, Substring)> {
    /(?s)The demo, as printed \(`(audit [^`]+)`\):\n\n```\n(.*?)\n```\n/
  }

  /// With the seconds that the run took, the one thing in it that is the machine's, made equal. Everything else follows
  /// from the seed on every machine: the tests' program is given no terminal, no colour and no width, and it names its folder
  /// as it was told to.
  static func lines(of text: String) -> [String] {
    text.trimmingCharacters(in: .newlines)
      .replacing(/(?m)^(\d+ scored.*), in \d+\.\d s(   digest [0-9a-f]{16})$/) { "\($0.1), in 0.0 s\($0.2)" }
      .components(separatedBy: "\n")
  }
}
