import AuditCore
import AuditDataset
import AuditInference
import AuditMetrics
import AuditQuality
import AuditReference
import AuditStore
import Foundation
import Synchronization
import Testing

@testable import AuditScan

/// One of each that a newcomer may add, without a line anywhere else.
@Suite struct JointTests {
  /// A reference that is grey throughout.
  private struct Grey: Reference, ReferenceRequest, PreparedReference {
    static let info = ReferenceInfo(name: "grey", word: "grey", older: "grey")

    final class Source: ReferenceSource {
      let demand = PictureDemand.atLeast(side: 16)

      func comparison(of decoded: RGBImage, sample: Sample) -> Comparison {
        Comparison(
          image: decoded,
          reference: RGBImage(
            width: decoded.width, height: decoded.height, pixels: decoded.pixels.map { _ in 128 }))
      }
    }

    var identity: String { "grey 128" }
    func reference(_ context: ReferenceContext) -> any Reference { self }
    func prepare(_ context: PreparationContext) -> Preparation { Preparation(self, notes: ["all are grey"]) }
    func makeSource(stop: StopRequest) -> (any ReferenceSource)? { Source() }
  }

  @Test func aNewKindOfReferenceIsOneType() async throws {
    let set = try SyntheticSet(count: 30)
    let outcome = try await set.scan { $0.reference = Grey() }
    #expect(outcome.notes.contains("all are grey"))
    #expect(try set.column("SELECT count(*) FROM samples WHERE mse > 0 AND skew > 0") == ["30"])
    let settings = try #require(try set.column("SELECT settings FROM run").first)
    let kept = try StoredSettings.decoded(settings, run: "")
    #expect(kept.reference == "grey 128" && kept.compared == ReferenceDescription(kind: "grey"))
    // An audit that does not know the kind shows a run without it.
    #expect(ReferenceKinds.kind(of: kept.compared, text: kept.reference) == nil)
    let again = try await set.scan { $0.reference = Grey() }
    #expect(again.scoredNow == 0)
  }

  /// Runs of audits that did not name the kind yet.
  @Test(arguments: [
    ("low-rank", "low-rank"), ("low-rank per identity", "low-rank-per-identity"),
    ("low-rank model 0123", "low-rank-model"), ("paired folder /a by stem", "paired"), ("file 0123", "file"),
    ("autoencoder of 32x32, 256-64", "autoencoder"), ("onnx 0123: nchw", "onnx"),
  ])
  func anOlderRunsTextLeadsToItsKind(text: String, kind: String) {
    #expect(ReferenceKinds.kind(of: nil, text: text)?.info.name == kind)
  }

  @Test func everyKindHasANameOfItsOwn() {
    #expect(Set(ReferenceKinds.all.map { $0.info.name }).count == ReferenceKinds.all.count)
    #expect(ReferenceKinds.words == ["lowrank", "autoencoder", "onnx:FILE"])
  }

  /// Something that runs networks in this process: it gives pictures back as they are, but darker.
  private struct Dimmer: InferenceProvider {
    static let name = "dimmer"

    final class Runner: TensorRunner {
      func description() -> GraphDescription {
        let port = TensorPort(name: "x", shape: [nil, 3, 32, 32])
        return GraphDescription(inputs: [port], outputs: [port], properties: ["input_range": "0..1"])
      }

      func run(_ inputs: [Tensor], outputs: [Int], within seconds: Double) -> [Tensor] {
        outputs.map { _ in Tensor(shape: inputs[0].shape, values: inputs[0].values.map { 0.5 * $0 }) }
      }
    }

    func runner(of path: String) -> any TensorRunner { Runner() }
  }

  @Test func somethingElseThanONNXRuntimeRunsNetworks() async throws {
    let set = try SyntheticSet(count: 30)
    let file = set.folder + "/any.onnx"
    try Data([0x08, 0x09, 0x12, 0x00]).write(to: URL(fileURLWithPath: file))
    _ = try await set.scan {
      $0.settings.size = nil
      $0.inference = Dimmer()
      $0.reference = NetworkReferenceRequest(file: file, options: OnnxOptions())
      $0.metrics = "mbe,mse"
    }
    #expect(try set.column("SELECT count(*) FROM samples WHERE mbe > 0 AND mse > 0") == ["30"])
  }

  /// Columns of the database, and their explanations in it, follow from the lists that a store is opened with.
  @Test func aMetricAndAStatisticAreExplainedByTheDatabase() throws {
    let set = try SyntheticSet(count: 0)
    let metric = MetricInfo(
      name: "toy_metric", family: .squared, unit: "1", range: 0...1, meaning: "a toy", formula: "0", source: "none",
      headline: true)
    let statistic = MetricInfo(
      name: "toy_statistic", family: .optional, unit: "1", range: 0...1, direction: .none, meaning: "another toy",
      formula: "0", source: "none")
    _ = try Store(
      path: set.database(), metrics: MetricRegistry.all.map(\.info) + [metric],
      derived: DerivedColumn.all + DerivedColumn.standing(of: metric),
      statistics: PictureStatistics.all.map(\.info) + [statistic])
    #expect(
      try set.column("SELECT meaning FROM metric WHERE name LIKE 'toy_%' ORDER BY name") == ["a toy", "another toy"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE toy_metric > 0") == ["0"])
    #expect(try set.column("SELECT count(*) FROM quality WHERE toy_statistic > 0") == ["0"])
  }
}
