import AuditCore

/// Finds out which values a network takes and gives, where neither the user nor the file says it.
///
/// A reconstruction network redraws its input: under the right reading of the numbers its output is nearest to the
/// picture. Each of 0..1, -1..1 and 0..255 is tried for the input, and each output is read in all three ways; the pair
/// with the smallest mean absolute difference wins. Pairs are tried from the most usual to the least (equal ranges
/// first, 0..1 before -1..1 before 0..255), and a later one must be at least a tenth better than the best so far: a
/// network without bias fits several alike, and noise must not decide.
struct RangeCalibration {
  let convention: OnnxConvention
  let path: String
  let runner: any TensorRunner
  let seconds: Double

  struct Choice: Equatable {
    let range: ValueRange
    let outputRange: ValueRange
    let note: String
  }

  /// A later candidate must come below this share of the best error so far.
  static let improvement = 0.9

  /// - Parameters:
  ///   - range: what the input takes; nil where it is open.
  ///   - outputRange: how the output is to be read; nil where it is open.
  ///   - images: of the convention's size.
  func choose(range: ValueRange?, outputRange: ValueRange?, images: [RGBImage]) throws(AuditError) -> Choice {
    let inputs = range.map { [$0] } ?? ValueRange.allCases
    let outputs = outputRange.map { [$0] } ?? ValueRange.allCases
    let pairs = inputs.flatMap { input in outputs.map { (input, $0) } }
    let ordered = pairs.filter { $0 == $1 } + pairs.filter { $0 != $1 }
    guard let standard = ordered.first else { preconditionFailure("there is always a candidate") }
    guard !images.isEmpty else {
      return Choice(
        range: standard.0, outputRange: standard.1,
        note: "no picture could be read to find out the network's values: \(standard.0.rawValue) was assumed "
          + "(--onnx-range)")
    }
    var errors: [(pair: (ValueRange, ValueRange), error: Double)] = []
    for input in inputs {
      for (output, error) in try meanErrors(of: images, input: input, outputs: outputs) {
        errors.append(((input, output), error))
      }
    }
    var best: (pair: (ValueRange, ValueRange), error: Double)?
    for pair in ordered {
      guard let candidate = errors.first(where: { $0.pair == pair }) else { continue }
      if let now = best, candidate.error >= Self.improvement * now.error { continue }
      best = candidate
    }
    guard let best else {
      throw .wrongFile(
        path: path, finding: "gives no finite numbers on \(images.count) pictures, whatever values it is given")
    }
    return choice(best.pair, error: best.error, errors: errors, count: images.count)
  }

  private func choice(
    _ pair: (ValueRange, ValueRange), error: Double, errors: [(pair: (ValueRange, ValueRange), error: Double)],
    count: Int
  ) -> Choice {
    let name = pair.0 == pair.1 ? pair.0.rawValue : "\(pair.0.rawValue) in and \(pair.1.rawValue) out"
    let others = errors.filter { $0.pair != pair }.min { $0.error < $1.error }
    let next = others.map { "; the next best reading differs by \(codes($0.error))" } ?? ""
    return Choice(
      range: pair.0, outputRange: pair.1,
      note: "the file does not say which values the network takes: \(name) redraws \(count) pictures best "
        + "(mean difference \(codes(error)) of 255\(next)); say it with --onnx-range if that is wrong")
  }

  private func codes(_ error: Double) -> String {
    let tenths = Int((error * 2550).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Mean absolute difference per way to read the output, 0...1; left out where the output is not finite.
  private func meanErrors(
    of images: [RGBImage], input: ValueRange, outputs: [ValueRange]
  ) throws(AuditError) -> [(ValueRange, Double)] {
    var errors: [(ValueRange, Double)] = []
    for output in outputs {
      var trial = convention
      trial.range = input
      trial.outputRange = output
      let plan = OnnxModelPlan(path: path, sha256: "", convention: trial, notes: [])
      let model = ImageToImageModel(plan: plan, runner: runner, secondsPerImage: seconds)
      var sum = 0.0
      var count = 0
      for (image, result) in zip(images, try model.reconstruct(images)) {
        guard case .success(let reconstruction) = result else { continue }
        sum += difference(image, reconstruction)
        count += 1
      }
      if count > 0 { errors.append((output, sum / Double(count))) }
    }
    return errors
  }

  private func difference(_ left: RGBImage, _ right: RGBImage) -> Double {
    var sum = 0
    for (a, b) in zip(left.pixels, right.pixels) { sum += abs(Int(a) - Int(b)) }
    return Double(sum) / Double(left.pixels.count) / 255
  }
}
