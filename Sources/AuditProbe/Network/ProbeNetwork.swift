import AuditCore

/// One fully connected layer: out = weights x in + bias.
final class DenseLayer: Sendable {
  let inputs: Int
  let outputs: Int
  /// `outputs` rows of `inputs` floats.
  let weights: FloatBuffer
  let bias: FloatBuffer

  init(inputs: Int, outputs: Int) {
    self.inputs = inputs
    self.outputs = outputs
    weights = FloatBuffer(inputs * outputs)
    bias = FloatBuffer(outputs)
  }

  /// Uniform in ± sqrt(6 / (inputs + outputs)) (Glorot, Bengio 2010); biases 0.
  func initialise(_ random: inout SplitMix64) {
    let bound = (6 / Double(inputs + outputs)).squareRoot()
    for place in 0..<weights.count { weights.base[place] = Float((2 * random.uniform() - 1) * bound) }
  }
}

/// The autoencoder: picture -> hidden -> code -> hidden -> picture, one encoder, one decoder per group of images.
///
/// Input is (picture - mean) x scale; output / scale + mean is the reconstruction.
package final class ProbeNetwork: Sendable {
  package let side: Int
  let mean: [Float]
  let scale: Float
  let activation: ProbeActivation
  /// picture -> hidden, hidden -> code.
  let encoder: [DenseLayer]
  /// code -> hidden, hidden -> picture, for each group.
  let decoders: [[DenseLayer]]

  init(
    side: Int, hidden: Int, code: Int, decoders count: Int, activation: ProbeActivation, mean: [Float], scale: Float
  ) {
    let width = 3 * side * side
    self.side = side
    self.mean = mean
    self.scale = scale
    self.activation = activation
    encoder = [DenseLayer(inputs: width, outputs: hidden), DenseLayer(inputs: hidden, outputs: code)]
    decoders = (0..<count).map { _ in
      [DenseLayer(inputs: code, outputs: hidden), DenseLayer(inputs: hidden, outputs: width)]
    }
  }

  func initialise(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for layer in encoder + decoders.flatMap({ $0 }) { layer.initialise(&random) }
  }

  var width: Int { mean.count }
  package var hidden: Int { encoder[0].outputs }
  package var code: Int { encoder[1].outputs }
  package var decoderCount: Int { decoders.count }

  /// The four layers that a picture of that group runs through.
  func layers(decoder: Int) -> [DenseLayer] { encoder + decoders[decoder] }
}
