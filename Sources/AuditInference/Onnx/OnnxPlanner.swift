package import AuditCore

/// Settles how a user's network is used, and finds out everything that is wrong with it, before anything is scored.
///
/// The order: the file is looked at, loaded, its shapes and metadata read, run on plain grey for its true output, and
/// where nobody says which values it takes, run on a few pictures of the dataset.
package struct OnnxPlanner {
  package let path: String
  package let options: OnnxOptions
  private let runner: any TensorRunner
  private let seconds: Double

  /// - Parameter runner: of the file; a child process (`IsolatedRunner`) makes a network that ends it an error message.
  package init(
    path: String, options: OnnxOptions = OnnxOptions(), runner: any TensorRunner,
    secondsPerImage seconds: Double = 30
  ) {
    self.path = path
    self.options = options
    self.runner = runner
    self.seconds = seconds
  }

  /// - Parameters:
  ///   - requestedSize: what the user asked to score at; nil leaves it to the network.
  ///   - defaultSize: for a network that takes any size.
  ///   - examples: up to eight pictures of the dataset at the size it is called with; only asked for where the value
  ///     range is open.
  package func plan(
    requestedSize: PictureSize?, defaultSize: PictureSize,
    examples: (PictureSize) throws(AuditError) -> [RGBImage]
  ) throws(AuditError) -> OnnxModelPlan {
    try NetworkFile.check(path)
    let digest = try NetworkFile.identity(path)
    let graph: GraphDescription
    do {
      graph = try runner.description()
    } catch {
      throw .network(error.description)
    }
    var inferred = try ConventionInference(graph: graph, options: options, path: path)
      .infer(requestedSize: requestedSize, defaultSize: defaultSize)
    let outputLayout = try probe(&inferred)
    var convention = OnnxConvention(
      input: inferred.input.name, output: inferred.output.name, outputIndex: inferred.outputIndex,
      layout: inferred.layout, outputLayout: outputLayout, range: inferred.range ?? .unit,
      outputRange: inferred.outputRange ?? .unit, channels: inferred.channels, size: inferred.size,
      batch: inferred.batch)
    if inferred.range == nil || inferred.outputRange == nil {
      let calibration = RangeCalibration(convention: convention, path: path, runner: runner, seconds: seconds)
      let images = try examples(convention.size)
      let choice = try calibration.choose(range: inferred.range, outputRange: inferred.outputRange, images: images)
      convention.range = choice.range
      convention.outputRange = choice.outputRange
      inferred.notes.append(choice.note)
    }
    return OnnxModelPlan(path: path, sha256: digest, convention: convention, notes: inferred.notes)
  }

  /// Runs on plain grey: the output's true shape, and whether a batch goes.
  private func probe(_ inferred: inout InferredConvention) throws(AuditError) -> TensorLayout {
    let count = inferred.batch ?? 1
    let output: Tensor
    do {
      output = try runGrey(inferred, count: count)
    } catch .unusable(let text) {
      throw .network(text)
    } catch {
      throw .wrongFile(
        path: path, finding: "cannot be run on a picture of \(inferred.size): \(error)",
        remedy: "the picture may be too small or its sides no multiple of what the network needs: try another "
          + "size (--onnx-size)")
    }
    let layout = try outputLayout(output.shape, count: count, inferred: inferred)
    if inferred.batch == nil {
      // Some exports claim an open batch, but hold a constant made for one picture.
      let two = try? runGrey(inferred, count: 2)
      if two.map({ $0.shape == [2] + output.shape.dropFirst() }) != true {
        inferred.batch = 1
        inferred.notes.append("the network runs on one picture at a time only")
      }
    }
    return layout
  }

  private func runGrey(_ inferred: InferredConvention, count: Int) throws(InferenceFailure) -> Tensor {
    let planes = inferred.channels == .gray ? 1 : 3
    let (width, height) = (inferred.size.width, inferred.size.height)
    let shape = inferred.layout == .nchw ? [count, planes, height, width] : [count, height, width, planes]
    let grey = Tensor(shape: shape, values: [Float](repeating: 0.5, count: shape.reduce(1, *)))
    let outputs = try runner.run([grey], outputs: [inferred.outputIndex], within: seconds * Double(count))
    guard let output = outputs.first else { throw .refused("it gave no output") }
    return output
  }

  private func outputLayout(
    _ shape: [Int], count: Int, inferred: InferredConvention
  ) throws(AuditError) -> TensorLayout {
    let planes = inferred.channels == .gray ? 1 : 3
    let (width, height) = (inferred.size.width, inferred.size.height)
    let fits: [TensorLayout] = [.nchw, .nhwc].filter { layout in
      shape == (layout == .nchw ? [count, planes, height, width] : [count, height, width, planes])
    }
    if fits.contains(inferred.layout) { return inferred.layout }
    if let other = fits.first { return other }
    let given = shape.map(String.init).joined(separator: "x")
    throw .wrongFile(
      path: path,
      finding: "gives \(given) in '\(inferred.output.name)' for a picture of \(inferred.size) with \(planes) "
        + "channels: a reconstruction has the size of its picture")
  }
}
