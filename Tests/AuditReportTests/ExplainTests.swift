import AuditCore
import AuditReport
import AuditScan
import AuditStore
import Foundation
import Testing

struct ExplainTests {
  private func explanation(
    _ path: String, in set: DrawnSet
  ) throws -> (sample: SampleExplanation, picture: SamplePicture) {
    let store = try set.store()
    let explainer = try SampleExplainer(store, run: nil)
    let pictures = try SamplePictures(store, run: explainer.run)
    let id = try explainer.find(path, in: store, dataset: pictures.dataset)
    let picture = try pictures.picture(of: id)
    let sample = try explainer.explanation(of: id, model: pictures.model(of: id), row: picture.modelRow) {
      SampleKey(seed: $0, path: $1).value
    }
    return (sample, picture)
  }

  private func worst(_ set: DrawnSet) throws -> SQLRow {
    try set.store().rows("SELECT * FROM samples WHERE verdict = 'drop' ORDER BY skew DESC LIMIT 1")[0]
  }

  @Test func thePlacesOfTheHeadlinesAgreeWithTheRanking() async throws {
    let set = try await DrawnSet.shared()
    let row = try worst(set)
    let sample = try explanation(row["path"].text ?? "", in: set).sample
    for name in ["mse", "mae", "ssim", "gmsd"] {
      let place = try #require(sample.metrics.first { $0.name == name })
      #expect(place.value == row[name].real && place.rank == row["rank_\(name)"].integer, "\(name)")
      #expect(abs((place.percentile ?? -1) - (row["pct_\(name)"].real ?? 2)) < 1e-12, "\(name)")
    }
    let skew = try #require(sample.standing.first { $0.name == "skew" })
    #expect(skew.rank == 1 && skew.percentile == 1 && skew.value == row["skew"].real)
    #expect(sample.rule == row["why"].text && sample.verdict == .drop)
  }

  @Test func theRegionsShareTheWholeResidual() async throws {
    let set = try await DrawnSet.shared()
    let sample = try explanation(try worst(set)["path"].text ?? "", in: set).sample
    #expect(sample.regions.count == 16 && abs(sample.regions.reduce(0, +) - 1) < 17 * 0.5e-4)
  }

  /// The heat map is made from the file and the stored model anew: its length is the stored orthogonal distance.
  @Test func theHeatMapHasTheResidualThatWasScored() async throws {
    let set = try await DrawnSet.shared()
    let (sample, picture) = try explanation(try worst(set)["path"].text ?? "", in: set)
    let heat = try #require(picture.heat)
    let squares = heat.magnitudes.reduce(0.0) { $0 + 3 * Double($1) * Double($1) }
    let distance = try #require(sample.orthogonalDistance)
    #expect(abs(squares.squareRoot() - distance) < 1e-3 * distance)
    #expect(!picture.isChanged)
  }

  @Test func theNeighbourIsKeptAndNoNearerThanTheNearest() async throws {
    let set = try await DrawnSet.shared()
    let row = try worst(set)
    let sample = try explanation(row["path"].text ?? "", in: set).sample
    let neighbour = try #require(sample.neighbour)
    let verdict = try set.store().rows("SELECT verdict FROM samples WHERE path = ?", .text(neighbour.path))[0]
    #expect(verdict["verdict"].text == "keep" && neighbour.path != sample.path)
    #expect(neighbour.distance >= (row["nearest"].real ?? .infinity) * (1 - 1e-6))
  }

  @Test func aPathIsFoundInEverySpelling() async throws {
    let set = try await DrawnSet.shared()
    let store = try set.store()
    let explainer = try SampleExplainer(store, run: nil)
    let row = try worst(set)
    let path = row["path"].text ?? ""
    let dataset = try store.rows("SELECT dataset FROM run")[0]["dataset"].text ?? ""
    for spelling in [path, "./" + path, dataset + "/" + path] {
      #expect(try explainer.find(spelling, in: store, dataset: dataset) == Int64(row["id"].integer ?? 0), "\(spelling)")
    }
  }

  @Test func aMisspeltPathGetsTheNearestNames() async throws {
    let set = try await DrawnSet.shared()
    let store = try set.store()
    let explainer = try SampleExplainer(store, run: nil)
    let path = try worst(set)["path"].text ?? ""
    let wrong = path.replacing("clip", with: "clap")
    #expect {
      try explainer.find(wrong, in: store, dataset: "/x")
    } throws: { error in
      "\(error)".contains("no sample '\(wrong)' in run \"first\"; did you mean ") && "\(error)".contains("'\(path)'")
    }
  }

  @Test func theTextNamesTheRuleTheDistancesAndTheIssue() async throws {
    let set = try await DrawnSet.shared()
    let (sample, picture) = try explanation(try worst(set)["path"].text ?? "", in: set)
    let plain = SummaryText.Emphasis(bold: { $0 }, dim: { $0 }, verdict: { $1 })
    let heat = try TerminalPicture(colour: .none).lines(of: #require(picture.heat), columns: 32)
    let text = ExplanationText(sample, emphasis: plain, width: 120).lines(heat: heat, note: nil).joined(separator: "\n")
    for part in [
      "✕ drop", "rule    " + sample.rule, "cut ", "loss shares", "per cent of the squared residual", heat[0],
      "nearest ordinary image", "metrics, 100 % = worst of the run",
    ] { #expect(text.contains(part), "\(part) is missing") }
    #expect(!text.contains("\u{1B}"))
  }

  @Test func everyIssueVerdictAndColumnHasATopic() {
    for code in SampleIssue.Code.allCases {
      #expect(ExplainTopic(code.rawValue)?.meaning == code.meaning && ExplainTopic(code.rawValue)?.kind == .issue)
    }
    for word in ["drop", "review", "keep", "skew", "ratio", "weight", "bad_leverage"] {
      #expect(ExplainTopic(word) != nil, "\(word)")
    }
    #expect(ExplainTopic("Not-Image")?.name == "not_image" && ExplainTopic("nonsense") == nil)
    #expect(Set(ExplainTopic.all.map(\.name)).count == ExplainTopic.all.count)
  }

  @Test func thePageOnSkewFitsATerminalAndNamesItsLimits() throws {
    let lines = try #require(ExplainTopic("skew")).lines { $0 }
    #expect(lines.allSatisfy { $0.count <= 88 } && lines.count <= 70)
    let text = lines.joined(separator: "\n").lowercased()
    for word in ["blur", "darkness", "identity", "look-alike", "five folds", "absolute"] {
      #expect(text.contains(word) || text.contains(word.replacing("look-alike", with: "resembles")), "\(word)")
    }
  }
}
