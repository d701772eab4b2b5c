import AuditCore

/// Tells whether a file is LPIPS, and whose weights it holds, by running it on two drawn pictures.
struct LPIPSProof {
  /// Distances of the two pictures with the published weights, worked out with the `lpips` package in double
  /// precision; VGG16's weights were not at hand.
  static let distances: [LPIPSKind: Double] = [.alex: 0.431935, .squeeze: 0.453437]

  /// The tolerance of the metric itself: what one float32 implementation may differ from another.
  static func agrees(_ value: Double, with expected: Double) -> Bool {
    abs(value - expected) <= 1e-5 + 1e-4 * expected
  }

  /// What the file gave for the two pictures; nil where it was exported for another size than theirs.
  let distance: Double?

  /// The published network that gives this distance.
  var kind: LPIPSKind? {
    guard let distance else { return nil }
    return LPIPSProof.distances.first { LPIPSProof.agrees(distance, with: $0.value) }?.key
  }

  /// Runs the file: equal pictures must give 0, different ones more.
  ///
  /// - Throws: a sentence where they do not.
  init(path: String, runner: any TensorRunner) throws(AuditError) {
    // The kind matters for small pictures only, and these are large enough for each.
    let model = try LPIPSModel(kind: .alex, path: path, runner: runner)
    let size = model.fixedSize ?? PictureSize(side: 64)
    let (first, second) = LPIPSProof.pictures(size)
    let results = try model.distances([(first, first), (second, second), (second, first)])
    var values: [Double] = []
    for result in results {
      switch result {
      case .success(let value?): values.append(value)
      case .success(nil):
        throw .wrongFile(path: path, finding: "takes pictures of \(size) only, which is too small for LPIPS")
      case .failure(let issue): throw .wrongFile(path: path, finding: "does not work as LPIPS: \(issue.detail)")
      }
    }
    guard abs(values[0]) < 1e-6, abs(values[1]) < 1e-6 else {
      throw .wrongFile(path: path, finding: "is no LPIPS network: equal pictures have the distance \(values[0]), not 0")
    }
    guard values[2] > 1e-4 else {
      throw .wrongFile(
        path: path, finding: "is no LPIPS network: two very different pictures have the distance \(values[2])")
    }
    distance = size == PictureSize(side: 64) ? values[2] : nil
  }

  /// Ramps, and rings over ramps: integer arithmetic, so that anybody can draw the same.
  static func pictures(_ size: PictureSize) -> (RGBImage, RGBImage) {
    var ramps = RGBImage(width: size.width, height: size.height)
    var rings = ramps
    for y in 0..<size.height {
      for x in 0..<size.width {
        for channel in 0..<3 {
          let index = 3 * (y * size.width + x) + channel
          ramps.pixels[index] = UInt8((x * 3 + y * 2 + channel * 40) % 256)
          rings.pixels[index] = UInt8(((x * x + y * y) / 8 + x * (channel + 1)) % 256)
        }
      }
    }
    return (ramps, rings)
  }
}
