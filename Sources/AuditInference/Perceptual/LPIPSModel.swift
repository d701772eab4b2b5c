package import AuditCore

/// LPIPS between pictures, by a network file that the user brought.
///
/// One per worker, like its runner: not for two threads at once.
package final class LPIPSModel {
  package let kind: LPIPSKind
  private let runner: any TensorRunner
  private let signature: LPIPSSignature
  private let seconds: Double

  /// Most pixels of one side of the pairs per run: 4 pairs at 128.
  package static let pixelsPerRun = 1 << 16

  /// - Parameters:
  ///   - path: an ONNX file with two picture inputs and one output, whatever their names.
  ///   - runner: of the file; a child process (`IsolatedRunner`) is started here.
  ///   - seconds: how long one pair may take; a batch has that many times as much.
  /// - Throws: where the library is missing, or the file is no LPIPS network.
  package init(
    kind: LPIPSKind, path: String, runner: any TensorRunner, secondsPerPair seconds: Double = 30
  ) throws(AuditError) {
    self.kind = kind
    self.runner = runner
    self.seconds = seconds
    let graph: GraphDescription
    do {
      graph = try self.runner.description()
    } catch {
      throw .network(error.description)
    }
    signature = try LPIPSSignature(graph, path: path)
  }

  package static func info(_ kind: LPIPSKind) -> MetricInfo { kind.info }

  /// The one size that the file was exported for; nil where it takes any.
  package var fixedSize: PictureSize? { signature.size }

  /// - Parameter size: of the pairs to come.
  /// - Throws: where the file was exported for another size; to be called before anything is scored.
  package func requireFit(_ size: PictureSize) throws(AuditError) {
    guard let fixed = signature.size, fixed != size else { return }
    throw .lacking(
      "the \(kind.rawValue) file takes pictures of \(fixed) only, and these are \(size)",
      remedy: "export it with open sizes (`audit models import --help` says how)")
  }

  /// The distance of each pair, in runs of equal sizes.
  ///
  /// - Parameter pairs: both sides of a pair have one size; pairs may differ in size.
  /// - Returns: the distance, from 0, no unit; nil where a side is below `smallestSide` or not the one that the file
  ///   was exported for; or the issue: `.modelNonfinite`, `.crash`, `.timeout`.
  /// - Throws: where the network can no longer be loaded.
  package func distances(
    _ pairs: [(image: RGBImage, reference: RGBImage)]
  ) throws(AuditError) -> [Result<Double?, SampleIssue>] {
    var results = [Result<Double?, SampleIssue>](repeating: .success(nil), count: pairs.count)
    for run in runs(pairs) {
      let batch = run.map { pairs[$0] }
      let values = try isolating(batch, secondsPerItem: seconds) { items, seconds throws(InferenceFailure) in
        try measure(items, within: seconds)
      }
      for (index, value) in zip(run, values) { results[index] = value }
    }
    return results
  }

  /// Indices of pairs that go through the network together: neighbours of one size, as many as the limit allows.
  private func runs(_ pairs: [(image: RGBImage, reference: RGBImage)]) -> [[Int]] {
    var runs: [[Int]] = []
    var size: PictureSize?
    for (index, pair) in pairs.enumerated() {
      precondition(
        pair.image.width == pair.reference.width && pair.image.height == pair.reference.height,
        "the sides of a pair differ in size")
      let own = PictureSize(width: pair.image.width, height: pair.image.height)
      guard canMeasure(own) else { continue }
      let most = signature.batch ?? max(1, Self.pixelsPerRun / own.pixels)
      if own == size, let last = runs.last, last.count < most {
        runs[runs.count - 1].append(index)
      } else {
        runs.append([index])
      }
      size = own
    }
    return runs
  }

  private func canMeasure(_ size: PictureSize) -> Bool {
    min(size.width, size.height) >= kind.smallestSide && (signature.size ?? size) == size
  }

  private func measure(
    _ pairs: [(image: RGBImage, reference: RGBImage)], within seconds: Double
  ) throws(InferenceFailure) -> [Result<Double?, SampleIssue>] {
    guard let first = pairs.first else { return [] }
    var padded = pairs
    padded += Array(repeating: first, count: max(0, (signature.batch ?? pairs.count) - pairs.count))
    let size = PictureSize(width: first.image.width, height: first.image.height)
    let pictures = PictureTensor(convention: signature.convention(size: size))
    let outputs = try runner.run(
      [pictures.tensor(of: padded.map(\.reference)), pictures.tensor(of: padded.map(\.image))], outputs: [0],
      within: seconds)
    guard let output = outputs.first, output.values.count == padded.count else {
      throw .refused("its output has the shape \(outputs.first?.shape ?? []) for \(padded.count) pairs")
    }
    return pairs.indices.map { index in
      let value = Double(output.values[index])
      guard value.isFinite else { return .failure(SampleIssue(.modelNonfinite, "\(kind.rawValue) is \(value)")) }
      return .success(value)
    }
  }
}
