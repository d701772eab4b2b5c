import AuditCore
import CKernels

/// The working storage of one batch, and the runs forward and back through the network.
///
/// Activations are kept twice: feature by feature (`columns` pictures side by side), which is what the products of the
/// network read, and picture by picture, which is what the products of the weight gradients read. Columns beyond the
/// batch are zero pictures with zero slopes. Every number is worked out by one thread in one order, so splitting the
/// columns over threads changes nothing.
final class ProbePass {
  let network: ProbeNetwork
  let rows: ProbeRows
  let threads: Int
  let columns: Int
  /// Input of each layer, feature-major: inputs x columns.
  private let inputs: [FloatBuffer]
  /// The same, picture-major: columns x inputs.
  let inputRows: [FloatBuffer]
  /// Derivative of the activation behind layer 0 and 2: outputs x columns.
  private let slopes: [FloatBuffer?]
  /// Derivative of the objective by the sums of each layer: outputs x columns.
  let deltas: [FloatBuffer]
  /// The reconstruction and the objective's derivative by it: columns x width.
  let reconstructions: FloatBuffer
  private let outputSlopes: FloatBuffer
  private let scratch: FloatBuffer
  private let scratchEach: Int

  /// - Parameter batch: largest number of pictures of a run.
  init(network: ProbeNetwork, rows: ProbeRows, batch: Int, threads: Int) {
    self.network = network
    self.rows = rows
    self.threads = threads
    columns = (batch + 15) / 16 * 16
    let layers = network.layers(decoder: 0)
    let columns = columns
    inputs = layers.map { FloatBuffer($0.inputs * columns) }
    inputRows = layers.map { FloatBuffer($0.inputs * columns) }
    slopes = layers.enumerated().map { $0.offset % 2 == 0 ? FloatBuffer($0.element.outputs * columns) : nil }
    deltas = layers.map { FloatBuffer($0.outputs * columns) }
    reconstructions = FloatBuffer(network.width * columns)
    outputSlopes = FloatBuffer(network.width * columns)
    scratchEach = ProbeObjective(.ssim, side: network.side).scratchCount
    scratch = FloatBuffer(scratchEach * columns)
  }

  /// Reconstructs the pictures at `indices`, into `reconstructions`.
  func forward(_ indices: ArraySlice<Int>, decoder: Int, keepRows: Bool) {
    let layers = network.layers(decoder: decoder)
    eachStrip(indices.count) { strip in
      fillInput(indices, strip)
      for (place, layer) in layers.enumerated() {
        let last = place == layers.count - 1
        let out = last ? deltas[place] : inputs[place + 1]
        audit_probe_gemm(
          out.base + strip.lowerBound, columns, layer.weights.base, layer.inputs, 1,
          inputs[place].base + strip.lowerBound, columns, layer.outputs, strip.count, layer.inputs, layer.bias.base,
          KernelChoice.isScalar)
        if let slope = slopes[place] { activate(out, slope, layer.outputs, strip) }
        if keepRows, !last { transposeToRows(out, inputRows[place + 1], layer.outputs, strip) }
      }
      transposeToRows(deltas[layers.count - 1], reconstructions, network.width, strip)
      for column in strip {
        audit_probe_uncentre(
          reconstructions.base + column * network.width, network.mean, network.width, 1 / network.scale)
      }
    }
  }

  /// The objective of each picture that `forward` has just reconstructed.
  func losses(_ indices: ArraySlice<Int>, _ objective: ProbeObjective) -> [Double] {
    slopesAndLosses(indices, objective, scales: nil)
  }

  /// Losses, and the derivatives of the objective by every layer's sums, in `deltas`.
  ///
  /// The objective is the sum over pictures of scale x loss x width x unit x (network.scale)²: with the last factor a
  /// residual counts in standard deviations of the set, and one rate suits sets of any contrast and size.
  ///
  /// - Parameter scales: one factor for each picture.
  func backward(
    _ indices: ArraySlice<Int>, decoder: Int, _ objective: ProbeObjective, scales: [Float]
  ) -> [Double] {
    let layers = network.layers(decoder: decoder)
    let losses = slopesAndLosses(indices, objective, scales: scales)
    eachStrip(indices.count) { strip in
      let last = layers.count - 1
      audit_probe_transpose(
        deltas[last].base + strip.lowerBound, columns, outputSlopes.base + strip.lowerBound * network.width,
        network.width, strip.count, network.width)
      for place in stride(from: last, to: 0, by: -1) {
        let layer = layers[place]
        let out = deltas[place - 1].base + strip.lowerBound
        audit_probe_gemm(
          out, columns, layer.weights.base, 1, layer.inputs, deltas[place].base + strip.lowerBound, columns,
          layer.inputs, strip.count, layer.outputs, nil, KernelChoice.isScalar)
        guard let slope = slopes[place - 1] else { continue }
        for feature in 0..<layer.inputs {
          audit_probe_multiply(
            out + feature * columns, slope.base + feature * columns + strip.lowerBound, strip.count)
        }
      }
    }
    return losses
  }

  /// The gradient of some rows of a layer's weights and biases, summed over the `count` pictures of the batch.
  func gradient(
    layer place: Int, _ layer: DenseLayer, outputs: Range<Int>, count: Int, weights: UnsafeMutablePointer<Float>,
    bias: UnsafeMutablePointer<Float>
  ) {
    let delta = deltas[place].base + outputs.lowerBound * columns
    audit_probe_gemm(
      weights, layer.inputs, delta, columns, 1, inputRows[place].base, layer.inputs, outputs.count, layer.inputs,
      count, nil, KernelChoice.isScalar)
    for output in 0..<outputs.count {
      var sum: Float = 0
      for column in 0..<count { sum += delta[output * columns + column] }
      bias[output] = sum
    }
  }

  private func slopesAndLosses(
    _ indices: ArraySlice<Int>, _ objective: ProbeObjective, scales: [Float]?
  ) -> [Double] {
    let width = network.width
    let first = indices.startIndex
    var losses = [Double](repeating: 0, count: indices.count)
    losses.withUnsafeMutableBufferPointer { losses in
      rows.pixels.withUnsafeBufferPointer { pixels in
        // Each thread writes the elements of its own columns only.
        nonisolated(unsafe) let losses = losses
        guard let pixels = pixels.baseAddress else { return }
        eachStrip(indices.count) { strip in
          for column in strip {
            let slope = outputSlopes.base + column * width
            guard column < indices.count else {
              slope.update(repeating: 0, count: width)
              continue
            }
            losses[column] = objective.value(
              reconstructions.base + column * width, pixels + indices[first + column] * width,
              slope: scales == nil ? nil : slope,
              scale: (scales?[column] ?? 0) * Float(objective.unit) * network.scale,
              scratch: scratch.base + column * scratchEach)
          }
        }
      }
    }
    return losses
  }

  /// Runs a piece of work for strips of whole vectors of columns.
  private func eachStrip(_ count: Int, _ work: (Range<Int>) -> Void) {
    let vectors = (count + 15) / 16
    let each = (vectors + threads - 1) / threads
    guard each > 0 else { return }
    inParallel((vectors + each - 1) / each, threads: threads) { strip in
      work((strip * each * 16)..<(min(vectors, (strip + 1) * each) * 16))
    }
  }

  private func fillInput(_ indices: ArraySlice<Int>, _ strip: Range<Int>) {
    let width = network.width
    rows.pixels.withUnsafeBufferPointer { pixels in
      guard let pixels = pixels.baseAddress else { return }
      for column in strip {
        let row = inputRows[0].base + column * width
        if column < indices.count {
          let index = indices[indices.startIndex + column]
          audit_probe_centre(row, pixels + index * width, network.mean, width, network.scale)
        } else {
          row.update(repeating: 0, count: width)
        }
      }
    }
    audit_probe_transpose(
      inputs[0].base + strip.lowerBound, columns, inputRows[0].base + strip.lowerBound * width, width, strip.count,
      width)
  }

  private func transposeToRows(_ from: FloatBuffer, _ to: FloatBuffer, _ features: Int, _ strip: Range<Int>) {
    audit_probe_transpose(
      to.base + strip.lowerBound * features, features, from.base + strip.lowerBound, columns, features, strip.count)
  }

  private func activate(_ sums: FloatBuffer, _ slope: FloatBuffer, _ features: Int, _ strip: Range<Int>) {
    let kind =
      switch network.activation {
      case .tanh: AUDIT_PROBE_TANH
      case .silu: AUDIT_PROBE_SILU
      case .leakyReLU: AUDIT_PROBE_LEAKY_RELU
      }
    for feature in 0..<features {
      let place = feature * columns + strip.lowerBound
      audit_probe_activate(sums.base + place, slope.base + place, strip.count, kind, KernelChoice.isScalar)
    }
  }
}
