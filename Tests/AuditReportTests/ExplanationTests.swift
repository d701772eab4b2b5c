import AuditCore
import AuditDemo
import AuditImages
import AuditProbe
import AuditReference
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
    let sample = try explainer.explanation(of: id, model: pictures.model(of: id), row: picture.modelRow)
    return (sample, picture)
  }

  @Test func aRunOfAnAutoencoderShowsWhatItDraws() async throws {
    let scratch = try Scratch()
    _ = try DemoSet.write(to: scratch.path + "/faces", count: 30, seed: 7) { _, _ in }
    var request = ScanRequest(dataset: scratch.path + "/faces")
    request.settings.size = 64
    request.database = scratch.path + "/autoencoder.db"
    request.version = "test"
    request.reference = AutoencoderRequest(loss: .mse, isWeighted: false)
    _ = try await Scan(request: request).run(stop: StopRequest()) { _ in }
    let store = try Store(reading: scratch.path + "/autoencoder.db")
    let pictures = try SamplePictures(store, run: try SampleExplainer(store, run: nil).run)
    for row in try store.rows("SELECT id, mse FROM samples WHERE mse NOTNULL ORDER BY mse DESC LIMIT 5") {
      let picture = try pictures.picture(of: Int64(try #require(row["id"].integer)))
      let drawn = try #require(picture.reference)
      #expect(picture.heat.map { [$0.width, $0.height] } == [drawn.width, drawn.height])
      // Scored at 64x64: what is shown, enlarged to that, has the very error that is stored.
      var resizer = ImageResizer()
      let (image, reference) = (
        resizer.resize(picture.image, width: 64, height: 64), resizer.resize(drawn, width: 64, height: 64)
      )
      let squares = zip(image.pixels, reference.pixels).reduce(0) {
        $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1))
      }
      let error = Double(squares) / Double(image.pixels.count) / (255 * 255)
      #expect(abs(error - (row["mse"].real ?? 0)) < 1e-9, "\(row)")
    }
  }

  @Test func aNumberThatAllImagesShareHasNoPercentile() async throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    _ = try DemoSet.write(to: faces, count: 30, seed: 7) { _, _ in }
    var request = ScanRequest(dataset: faces)
    request.database = scratch.path + "/single.db"
    request.version = "test"
    let picture = FileManager.default.subpaths(atPath: faces)?.sorted().first { $0.hasSuffix(".png") }
    request.reference = SingleReferenceRequest(file: faces + "/" + (try #require(picture)))
    _ = try await Scan(request: request).run(stop: StopRequest()) { _ in }
    let store = try Store(reading: scratch.path + "/single.db")
    let worst = try store.rows("SELECT id FROM samples ORDER BY skew DESC LIMIT 1")[0]["id"].integer
    let sample = try SampleExplainer(store, run: nil).explanation(
      of: Int64(try #require(worst)), model: nil, row: nil)
    // Against one picture every image has the same leverage.
    let percentiles = Dictionary(uniqueKeysWithValues: sample.standing.map { ($0.name, $0.percentile) })
    #expect(percentiles["pull_absolute"] == .some(nil) && percentiles["skew"] == 1)
  }

  @Test func theNearestOrdinaryImageIsNoCopy() async throws {
    let set = try await DrawnSet.shared()
    let copies = try set.store().rows(
      "SELECT s.path, o.path AS original FROM samples AS s JOIN samples AS o ON o.id = s.duplicate_of WHERE o.skew NOTNULL"
    )
    try #require(!copies.isEmpty, "the set is drawn otherwise")
    for row in copies {
      let (copy, original) = (row["path"].text ?? "", row["original"].text ?? "")
      for (path, twin) in [(copy, original), (original, copy)] {
        let neighbour = try #require(try explanation(path, in: set).sample.neighbour)
        #expect(neighbour.path != twin && neighbour.distance > 0, "\(path)")
      }
    }
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
    let lines = try #require(ExplainTopic("skew")).lines(width: 100) { $0 }
    #expect(lines.allSatisfy { $0.count <= 88 } && lines.count <= 70)
    let text = lines.joined(separator: "\n").lowercased()
    for word in ["blur", "darkness", "identity", "look-alike", "five folds", "absolute"] {
      #expect(text.contains(word) || text.contains(word.replacing("look-alike", with: "resembles")), "\(word)")
    }
  }
}
