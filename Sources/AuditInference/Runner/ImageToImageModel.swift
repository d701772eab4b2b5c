package import AuditCore

/// A user's image-to-image network with everything settled that scoring needs: made once, handed to every worker.
package struct OnnxModelPlan: Sendable, Equatable, Codable {
  package let path: String
  /// SHA-256 of the file and its weights (`NetworkFile.identity`); part of the run's settings.
  package let sha256: String
  package let convention: OnnxConvention
  /// What was inferred or assumed, a sentence each, for the screen and the report.
  package let notes: [String]
}

/// Makes reconstructions with a user's network (`--model onnx:FILE`).
///
/// One per worker, like its runner: not for two threads at once.
package struct ImageToImageModel {
  package let plan: OnnxModelPlan
  private let runner: any TensorRunner
  private let seconds: Double
  private let pictures: PictureTensor

  /// Most pixels per run: enough to spread the cost of a call, few enough for a network's intermediate maps.
  static let pixelsPerRun = 1 << 18

  /// - Parameters:
  ///   - runner: of the plan's file; a child process (`IsolatedRunner`) is started with the first batch.
  ///   - seconds: how long one picture may take; a batch has that many times as much.
  package init(plan: OnnxModelPlan, runner: any TensorRunner, secondsPerImage seconds: Double = 30) {
    self.plan = plan
    self.runner = runner
    self.seconds = seconds
    pictures = PictureTensor(convention: plan.convention)
  }

  /// Pictures per run.
  package var batch: Int {
    plan.convention.batch ?? max(1, min(64, Self.pixelsPerRun / plan.convention.size.pixels))
  }

  /// Reconstructs pictures of the plan's size, in runs of `batch`.
  ///
  /// - Returns: for each picture the network's output, clamped and rounded to 8 bit, or what kept it from one:
  ///   `.modelNonfinite`, `.crash` (the network ended its process, or refused the picture), `.timeout`.
  /// - Throws: where the network can no longer be loaded.
  package func reconstruct(_ images: [RGBImage]) throws(AuditError) -> [Result<RGBImage, SampleIssue>] {
    var results: [Result<RGBImage, SampleIssue>] = []
    results.reserveCapacity(images.count)
    for start in stride(from: 0, to: images.count, by: batch) {
      let slice = Array(images[start..<min(start + batch, images.count)])
      results += try isolating(slice, secondsPerItem: seconds) { items, seconds throws(InferenceFailure) in
        try run(items, within: seconds)
      }
    }
    return results
  }

  private func run(_ images: [RGBImage], within seconds: Double) throws(InferenceFailure) -> [Result<
    RGBImage, SampleIssue
  >] {
    var padded = images
    if let fixed = plan.convention.batch, let last = images.last {
      padded += Array(repeating: last, count: max(0, fixed - images.count))
    }
    let outputs = try runner.run(
      [pictures.tensor(of: padded)], outputs: [plan.convention.outputIndex], within: seconds)
    let planes = plan.convention.channels == .gray ? 1 : 3
    guard let output = outputs.first,
      output.values.count == padded.count * planes * plan.convention.size.pixels
    else { throw .refused("its output has the shape \(outputs.first?.shape ?? []) for \(padded.count) pictures") }
    return images.indices.map { index in
      Result { () throws(SampleIssue) in try pictures.image(index, of: output) }
    }
  }
}
