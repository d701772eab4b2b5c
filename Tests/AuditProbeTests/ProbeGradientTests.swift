import AuditCore
import Testing

@testable import AuditProbe

/// Loss, activation: every pair, at every weight and bias of a small network.
@Test(arguments: ProbeLoss.allCases, ProbeActivation.allCases)
func gradientsAgreeWithFiniteDifferences(loss: ProbeLoss, activation: ProbeActivation) {
  let (network, rows, pictures) = smallNetwork(activation)
  let objective = ProbeObjective(loss, side: rows.side)
  let pass = ProbePass(network: network, rows: rows, batch: 3, threads: 1)
  let scales: [Float] = [1, 0.5, 2]
  pass.forward([0, 1, 2][...], decoder: 0, keepRows: true)
  let losses = pass.backward([0, 1, 2][...], decoder: 0, objective, scales: scales)
  let oracle = ProbeOracle(network)
  var expected = [Double](repeating: 0, count: oracle.parameters.count)
  for (picture, scale) in zip(pictures, scales) {
    let factor = Double(scale) * objective.unit * Double(rows.width) * 9
    for (place, slope) in oracle.gradient(loss, picture).enumerated() { expected[place] += factor * slope }
  }
  let found = wholeGradient(network, pass, count: 3)
  let size = expected.map { $0 * $0 }.reduce(0, +).squareRoot()
  let off = zip(found, expected).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
  #expect(size > 1e-4)
  // Single precision against double: sums of some hundred rounded terms.
  #expect(off <= 1e-4 * size, "\(off / size)")
  for (picture, value) in zip(pictures, losses) {
    let exact = oracle.loss(loss, picture)
    #expect(abs(value - exact) <= 1e-5 * exact, "\(value) is not \(exact)")
  }
}

/// The product of norms against gradients that were made in full, one picture at a time.
@Test(arguments: [ProbeLoss.mse, .mae, .huber])
func perSampleGradientNormsAreThoseOfWholeGradients(loss: ProbeLoss) {
  let (network, rows, pictures) = smallNetwork(.silu)
  let objective = ProbeObjective(loss, side: rows.side)
  let pass = ProbePass(network: network, rows: rows, batch: 3, threads: 1)
  pass.forward([0, 1, 2][...], decoder: 0, keepRows: true)
  let norms = pass.gradientNorms([0, 1, 2][...], decoder: 0, objective)
  let oracle = ProbeOracle(network)
  for (picture, norm) in zip(pictures, norms) {
    let squares = oracle.gradient(loss, picture).map { $0 * $0 }.reduce(0, +)
    let expected = squares.squareRoot() * objective.unit * Double(rows.width) * 9
    #expect(abs(norm - expected) <= 1e-4 * expected, "\(norm) is not \(expected)")
  }
}

@Test func sharesAreRatiosOfGradientNorms() throws {
  let (network, rows, pictures) = smallNetwork(.silu)
  let scores = Probe.scores(of: rows, at: [0, 1, 2], by: network, decoderOf: [0, 0, 0], loss: .huber, threads: 1)
  let oracle = ProbeOracle(network)
  func norms(_ loss: ProbeLoss) -> [Double] {
    pictures.map { oracle.gradient(loss, $0).map { $0 * $0 }.reduce(0, +).squareRoot() }
  }
  let (squared, absolute) = (norms(.mse), norms(.mae))
  for (place, score) in scores.enumerated() {
    let share = 3 * squared[place] / squared.reduce(0, +)
    let other = 3 * absolute[place] / absolute.reduce(0, +)
    #expect(abs(try #require(score.shareSquared) - share) < 1e-3)
    #expect(abs(try #require(score.shareAbsolute) - other) < 1e-3)
    #expect(abs(try #require(score.skew) - share / other) < 2e-3)
    #expect(abs(score.squared - oracle.loss(.mse, pictures[place])) < 1e-6)
    #expect(abs(score.absolute - oracle.loss(.mae, pictures[place])) < 1e-6)
    #expect(abs(score.loss - oracle.loss(.huber, pictures[place])) < 1e-6)
  }
}

/// Scale 3, so the objective has the factor 9. 48 -> 6 -> 3 -> 6 -> 48 with random weights and biases, and three random pictures.
private func smallNetwork(_ activation: ProbeActivation) -> (ProbeNetwork, ProbeRows, [[UInt8]]) {
  let bytes = Toy.random(count: 3, side: 4, seed: 11)
  let rows = ProbeRows(pixels: bytes, side: 4)
  let network = ProbeNetwork(
    side: 4, hidden: 6, code: 3, decoders: 1, activation: activation,
    mean: [Float](repeating: 0.5, count: 48), scale: 3)
  network.initialise(seed: 5)
  var random = SplitMix64(seed: 6)
  for layer in network.layers(decoder: 0) {
    layer.bias.fill((0..<layer.outputs).map { _ in Float(random.uniform() - 0.5) })
  }
  return (network, rows, (0..<3).map { Array(bytes[($0 * 48)..<(($0 + 1) * 48)]) })
}

/// In the oracle's order.
private func wholeGradient(_ network: ProbeNetwork, _ pass: ProbePass, count: Int) -> [Double] {
  network.layers(decoder: 0).enumerated().flatMap { place, layer -> [Double] in
    let weights = FloatBuffer(layer.weights.count)
    let bias = FloatBuffer(layer.outputs)
    pass.gradient(
      layer: place, layer, outputs: 0..<layer.outputs, count: count, weights: weights.base, bias: bias.base)
    return (weights.values + bias.values).map(Double.init)
  }
}
