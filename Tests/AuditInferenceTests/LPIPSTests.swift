import AuditCore
import AuditImages
import Foundation
import Testing

@testable import AuditInference

@Suite struct LPIPSTests {
  struct GoldenFile: Decodable {
    struct Tolerance: Decodable {
      let atol: Double
      let rtol: Double
    }
    struct Pair: Decodable {
      let name: String
      let ref: String
      let img: String
      let values: [String: Value]
    }
    /// A number, nothing, or the word for infinity.
    struct Value: Decodable {
      let number: Double?
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        number = try? container.decode(Double.self)
      }
    }
    let metrics: [String: Tolerance]
    let pairs: [Pair]
  }

  func decode(_ path: String) throws -> RGBImage {
    try decodeImage(
      Array(try Data(contentsOf: URL(fileURLWithPath: path))), name: path, maxPixels: 64_000_000, target: .max
    ).image
  }

  func model(_ kind: LPIPSKind) throws -> LPIPSModel {
    let path = try #require(Support.models) + "/\(kind.rawValue).onnx"
    return try LPIPSModel(kind: kind, path: path, runner: try InferenceSession(path: path))
  }

  @Test(.needsModels, .enabled(if: Support.golden != nil), arguments: [LPIPSKind.alex, .squeeze])
  func theGoldenValuesAreMet(kind: LPIPSKind) throws {
    let folder = try #require(Support.golden)
    let golden = try JSONDecoder().decode(
      GoldenFile.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/golden.json")))
    let tolerance = try #require(golden.metrics[kind.rawValue])
    let pairs = try golden.pairs.map {
      (image: try decode("\(folder)/\($0.img)"), reference: try decode("\(folder)/\($0.ref)"))
    }
    let results = try model(kind).distances(pairs)
    #expect(results.count == 16)
    for (pair, result) in zip(golden.pairs, results) {
      let value = try result.get()
      let expected = try #require(pair.values[kind.rawValue]).number
      guard let value, let expected else {
        #expect((value == nil) == (expected == nil), "\(pair.name): got \(value as Any), want \(expected as Any)")
        continue
      }
      #expect(
        abs(value - expected) <= tolerance.atol + tolerance.rtol * abs(expected),
        "\(pair.name): got \(value), want \(expected)")
    }
  }

  @Test(.needsModels) func theMeasuredPairsAreMet() throws {
    let models = try #require(Support.models)
    let lines = try String(contentsOfFile: models + "/lpips_golden.csv", encoding: .utf8).split(separator: "\n")
    let alex = try model(.alex)
    let squeeze = try model(.squeeze)
    #expect(lines.count == 18)
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",").map(String.init)
      let root = URL(fileURLWithPath: models).deletingLastPathComponent().path
      guard FileManager.default.fileExists(atPath: "\(root)/\(fields[0])") else { continue }
      let pair = (image: try decode("\(root)/\(fields[1])"), reference: try decode("\(root)/\(fields[0])"))
      // The file's own note: another JPEG decoder may differ by 1e-3.
      let tolerance = fields[0].hasSuffix(".jpg") ? 1e-3 : 1e-5
      for (model, column) in [(alex, 4), (squeeze, 5)] {
        let expected = try #require(Double(fields[column]))
        let value = try #require(try model.distances([pair])[0].get())
        #expect(
          abs(value - expected) <= tolerance, "\(fields[1]) \(model.kind.rawValue): got \(value), want \(expected)")
      }
    }
  }

  @Test(.needsModels, arguments: [LPIPSKind.alex, .squeeze])
  func aBatchGivesWhatSinglePairsGive(kind: LPIPSKind) throws {
    let model = try model(kind)
    let pairs = (0..<9).map { (image: picture(64, 64, seed: $0), reference: picture(64, 64, seed: $0 + 3)) }
    let together = try model.distances(pairs).map { try $0.get() }
    let alone = try pairs.map { try model.distances([$0])[0].get() }
    #expect(together == alone)
  }

  @Test(.needsModels, arguments: [LPIPSKind.alex, .squeeze])
  func aPictureBelowTheSmallestSideHasNoValueAndOneAtItHas(kind: LPIPSKind) throws {
    let model = try model(kind)
    let smallest = kind.smallestSide
    let sizes = [(smallest - 1, 64), (64, smallest - 1), (8, 8), (smallest, smallest), (smallest, 64)]
    let results = try model.distances(sizes.map { (picture($0, $1), picture($0, $1, seed: 2)) })
    let values = try results.map { try $0.get() }
    #expect(values[0...2].allSatisfy { $0 == nil })
    #expect(values[3...].allSatisfy { ($0 ?? 0) > 0 })
  }

  @Test func aTooSmallPairIsNeverPassedToTheNetwork() throws {
    let runner = pairRunner()
    let model = try LPIPSModel(kind: .vgg, path: "net", runner: runner)
    let results = try model.distances([(picture(15, 99), picture(15, 99)), (picture(16, 16), picture(16, 16))])
    #expect(try results.map { try $0.get() } == [nil, 0.25])
    #expect(runner.batches == [1])
  }

  @Test func neighboursOfOneSizeGoTogetherAndOrderIsKept() throws {
    let runner = pairRunner()
    let model = try LPIPSModel(kind: .squeeze, path: "net", runner: runner)
    // 65,536 pixels a run: 16 pairs at 64.
    let sizes = [64, 64, 32, 64] + Array(repeating: 64, count: 17)
    let results = try model.distances(sizes.map { (picture($0, $0), picture($0, $0)) })
    #expect(results.count == 21)
    #expect(runner.batches == [2, 1, 16, 2])
  }

  @Test func aDistanceThatIsNotANumberIsAnIssue() throws {
    let runner = pairRunner(value: .nan)
    let results = try LPIPSModel(kind: .alex, path: "net", runner: runner).distances([
      (picture(64, 64), picture(64, 64))
    ])
    #expect(results == [.failure(SampleIssue(.modelNonfinite, "lpips_alex is nan"))])
  }

  @Test(.needsLibrary) func aFileWithOtherNamesAndAFourDimensionalDistanceIsAccepted() throws {
    let session = try InferenceSession(path: Support.network("distance"))
    let model = try LPIPSModel(kind: .alex, path: "net", runner: session)
    let dark = RGBImage(width: 40, height: 40, red: 0, green: 0, blue: 0)
    let light = RGBImage(width: 40, height: 40, red: 51, green: 102, blue: 0)
    // Mean of |d| over -1..1 values: (0.4 + 0.8 + 0) / 3; a float32 sum of 4,800 terms may be off by 4,800 x 2^-24.
    let value = try #require(try model.distances([(dark, light), (light, light)])[0].get())
    #expect(abs(value - 0.4) < 0.4 * 4800 / 16_777_216)
  }

  @Test(.needsLibrary) func aFileForOneSizeMeasuresThatSizeOneByOne() throws {
    let session = try InferenceSession(path: Support.network("distance_at_48"))
    let model = try LPIPSModel(kind: .alex, path: "net", runner: session)
    #expect(model.fixedSize == PictureSize(side: 48))
    let pairs = (0..<3).map { (image: picture(48, 48, seed: $0), reference: picture(48, 48)) }
    let values = try model.distances(pairs + [(picture(64, 64), picture(64, 64))]).map { try $0.get() }
    #expect(values[0] == 0 && (values[1] ?? 0) > 0 && (values[2] ?? 0) > 0 && values[3] == nil)
    #expect(try sentence { try model.requireFit(PictureSize(side: 64)) }.contains("takes pictures of 48x48 only"))
    try model.requireFit(PictureSize(side: 48))
  }

  @Test func otherGraphsAreRefusedWithWhatIsDifferent() throws {
    let picture = TensorPort(name: "x", shape: [nil, 3, nil, nil])
    let one = TensorPort(name: "d", shape: [nil])
    func refusal(_ inputs: [TensorPort], _ outputs: [TensorPort], _ properties: [String: String] = [:]) throws -> String
    {
      try sentence {
        _ = try LPIPSSignature(GraphDescription(inputs: inputs, outputs: outputs, properties: properties), path: "f")
      }
    }
    #expect(try refusal([picture], [one]).contains("takes 1 inputs"))
    #expect(try refusal([picture, picture], [one, one]).contains("gives 2 outputs"))
    #expect(try refusal([picture, one], [one]).contains("not a batch of pictures"))
    #expect(
      try refusal([picture, TensorPort(name: "y", shape: [nil, 3, 64, 64])], [one]).contains("two different shapes"))
    #expect(
      try refusal([picture, TensorPort(name: "y", type: .half, shape: picture.shape)], [one]).contains("32-bit floats"))
    #expect(try refusal([picture, picture], [one], ["input_range": "unknown"]).contains("'unknown'"))
  }

  @Test func theColumnsAreDescribedAndNotComputedUnlessNamed() {
    #expect(LPIPSKind.allCases.map { LPIPSModel.info($0).name } == ["lpips_alex", "lpips_squeeze", "lpips_vgg"])
    for kind in LPIPSKind.allCases {
      #expect(!kind.info.isDefault && kind.info.direction == .lower && kind.info.family == .perceptual)
    }
  }

  /// Two picture inputs; every distance is `value`.
  func pairRunner(value: Float = 0.25) -> PairRunner { PairRunner(value: value) }

  final class PairRunner: TensorRunner {
    let value: Float
    var batches: [Int] = []
    init(value: Float) { self.value = value }
    func description() -> GraphDescription {
      let port = TensorPort(name: "x", shape: [nil, 3, nil, nil])
      return GraphDescription(inputs: [port, port], outputs: [TensorPort(name: "d", shape: [nil])])
    }
    func run(_ inputs: [Tensor], outputs: [Int], within seconds: Double) throws(InferenceFailure) -> [Tensor] {
      batches.append(inputs[0].shape[0])
      return [Tensor(shape: [inputs[0].shape[0]], values: [Float](repeating: value, count: inputs[0].shape[0]))]
    }
  }
}
