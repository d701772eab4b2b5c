import AuditCore
import CKernels
import Glibc

/// One epoch of a training, for curves and the live line.
package struct ProbeEpoch: Sendable, Equatable, Codable {
  /// From 1.
  package let epoch: Int
  /// Mean chosen loss of the training images over the epoch, by training weight.
  package let loss: Double
  /// Means over the held-out images after the epoch: chosen loss, squared and absolute residual; nil without any.
  package let heldOutLoss: Double?
  package let heldOutSquared: Double?
  package let heldOutAbsolute: Double?
  /// Learning rate at the epoch's last step.
  package let rate: Double
}

/// Why a training ended.
package enum ProbeEnd: String, Sendable, Equatable, Codable {
  /// The smoothed loss stopped falling (`ProbeSettings.convergenceFall`).
  case converged
  case epochLimit = "epoch_limit"
  /// Somebody asked to stop.
  case stopped
}

/// Gradient descent on one network from a seed to its end.
struct ProbeTraining {
  let rows: ProbeRows
  /// Images to learn from; those of weight 0 are left out altogether.
  let training: [Int]
  /// Images that are only watched.
  let heldOut: [Int]
  /// One for each image of `rows`, not negative.
  let weights: [Float]
  /// Decoder of each image of `rows`.
  let decoderOf: [Int]
  let settings: ProbeSettings
  let threads: Int
  /// Looked at after each epoch: true ends the training there.
  var isStopped: @Sendable () -> Bool = { false }

  struct Outcome {
    let network: ProbeNetwork
    let curve: [ProbeEpoch]
    let end: ProbeEnd
    /// Fall of the smoothed loss over the last window, as a share; nil before there are two windows.
    let lastFall: Double?
  }

  /// - Returns: nil where a loss was not finite: the rate is too high.
  func run(report: (ProbeEpoch) -> Void) -> Outcome? {
    precondition(
      settings.epochs > 0 && settings.batch > 0 && settings.hidden > 0 && settings.code > 0, "settings below 1")
    let used = training.filter { weights[$0] > 0 }
    let meanWeight = used.reduce(0.0) { $0 + Double(weights[$1]) } / Double(used.count)
    let centring = rows.centring(over: used, weights: weights)
    let network = ProbeNetwork(
      side: rows.side, hidden: settings.hidden, code: settings.code, decoders: (decoderOf.max() ?? 0) + 1,
      activation: settings.activation, mean: centring.mean, scale: centring.scale)
    network.initialise(seed: settings.seed)
    let objective = ProbeObjective(settings.loss, side: rows.side)
    let pass = ProbePass(network: network, rows: rows, batch: settings.batch, threads: threads)
    let descent = ProbeDescent(network: network, pass: pass, settings: settings)
    // Another stream than the initial weights have.
    var random = SplitMix64(seed: settings.seed ^ 0x5EED_0F_BA7C4E5)
    var curve: [ProbeEpoch] = []
    for epoch in 0..<settings.epochs {
      let batches = batches(of: used, &random)
      var sum = 0.0
      for (place, batch) in batches.enumerated() {
        let rate = settings.rate(at: Double(epoch) + Double(place) / Double(batches.count))
        let scales = batch.map { Float(Double(weights[$0]) / (meanWeight * Double(batch.count))) }
        let losses = descent.step(batch, decoder: decoderOf[batch[0]], objective, scales: scales, rate: rate)
        for (index, loss) in zip(batch, losses) { sum += Double(weights[index]) * loss }
      }
      let mean = sum / (meanWeight * Double(used.count))
      guard mean.isFinite else { return nil }
      let entry = entry(
        epoch, loss: mean, rate: settings.rate(at: Double(epoch) + 1 - 1 / Double(batches.count)), pass, objective)
      guard entry.heldOutLoss?.isFinite ?? true else { return nil }
      curve.append(entry)
      report(entry)
      if isStopped() { return Outcome(network: network, curve: curve, end: .stopped, lastFall: nil) }
      if let fall = settings.fall(of: curve.map(\.loss)), abs(fall) < settings.convergenceFall {
        return Outcome(network: network, curve: curve, end: .converged, lastFall: fall)
      }
    }
    return Outcome(
      network: network, curve: curve, end: .epochLimit, lastFall: settings.fall(of: curve.map(\.loss)))
  }

  /// The epoch's images in random order, cut into batches of one decoder each, those in random order too.
  private func batches(of used: [Int], _ random: inout SplitMix64) -> [[Int]] {
    var groups = [[Int]](repeating: [], count: (decoderOf.max() ?? 0) + 1)
    for index in used { groups[decoderOf[index]].append(index) }
    var batches: [[Int]] = []
    for (var group, count) in zip(groups, settings.batches(ofGroups: groups.map(\.count))) where count > 0 {
      random.shuffle(&group)
      for place in 0..<count {
        batches.append(Array(group[(place * group.count / count)..<((place + 1) * group.count / count)]))
      }
    }
    if groups.count > 1 { random.shuffle(&batches) }
    return batches
  }

  private func entry(
    _ epoch: Int, loss: Double, rate: Double, _ pass: ProbePass, _ objective: ProbeObjective
  ) -> ProbeEpoch {
    let watched = heldOut.isEmpty ? nil : pass.meanLosses(heldOut, decoderOf: decoderOf, objective)
    return ProbeEpoch(
      epoch: epoch + 1, loss: loss, heldOutLoss: watched?.chosen, heldOutSquared: watched?.squared,
      heldOutAbsolute: watched?.absolute, rate: rate)
  }
}

extension ProbeSettings {
  /// How many batches each group of pictures is cut into: `stepsPerEpoch` in all, where the batch and the pictures allow.
  package func batches(ofGroups sizes: [Int]) -> [Int] {
    var counts = sizes.map { ($0 + batch - 1) / batch }
    for _ in 0..<max(0, (stepsPerEpoch ?? 0) - counts.reduce(0, +)) {
      // The largest batches are the next to be cut.
      let largest = sizes.indices.filter { sizes[$0] > counts[$0] }
        .max { (sizes[$0] * counts[$1], $1) < (sizes[$1] * counts[$0], $0) }
      guard let largest else { break }
      counts[largest] += 1
    }
    return counts
  }

  /// Relative fall of the mean of the last `convergenceEpochs` losses against those before; 0 where both are 0.
  ///
  /// - Returns: nil in the first half of the epochs, where the rate is high and a standstill means nothing yet, and
  ///   until there are two windows after the warm-up.
  func fall(of losses: [Double]) -> Double? {
    let window = max(1, convergenceEpochs)
    guard losses.count >= max(epochs / 2, warmUpEpochs + 2 * window) else { return nil }
    let last = losses.suffix(window).reduce(0, +)
    let before = losses.dropLast(window).suffix(window).reduce(0, +)
    return before > 0 ? 1 - last / before : 0
  }
}

/// Network, optimiser state and the step.
final class ProbeDescent {
  private let pass: ProbePass
  private let network: ProbeNetwork
  private let settings: ProbeSettings
  private let encoderState: [LayerState]
  private let decoderStates: [[LayerState]]
  private let scratch: [FloatBuffer]

  /// Moments of a layer's weights and biases, and the steps it took part in.
  private final class LayerState {
    let layer: DenseLayer
    let weightMoments: (first: FloatBuffer, second: FloatBuffer)
    let biasMoments: (first: FloatBuffer, second: FloatBuffer)
    var steps = 0
    /// Running mean of the squared length of (input, 1): what normalised least mean squares divides the rate by.
    private(set) var inputSquare = 0.0

    func follow(_ square: Double) {
      inputSquare = inputSquare == 0 ? square : 0.9 * inputSquare + 0.1 * square
    }

    init(_ layer: DenseLayer) {
      self.layer = layer
      weightMoments = (FloatBuffer(layer.weights.count), FloatBuffer(layer.weights.count))
      biasMoments = (FloatBuffer(layer.outputs), FloatBuffer(layer.outputs))
    }
  }

  /// Adam's two betas.
  private static let firstDecay = 0.9
  private static let secondDecay = 0.95

  /// Rows of weights that one piece of work takes: its gradient stays in the cache until the step is done.
  private static let floatsPerPiece = 65_536

  init(network: ProbeNetwork, pass: ProbePass, settings: ProbeSettings) {
    self.network = network
    self.pass = pass
    self.settings = settings
    encoderState = network.encoder.map(LayerState.init)
    decoderStates = network.decoders.map { $0.map(LayerState.init) }
    let widest = network.layers(decoder: 0).map { max($0.inputs, Self.floatsPerPiece) + $0.outputs }.max() ?? 0
    scratch = (0..<pass.threads).map { _ in FloatBuffer(widest) }
  }

  /// One step down the gradient of the batch.
  ///
  /// - Returns: the losses before the step.
  func step(
    _ batch: [Int], decoder: Int, _ objective: ProbeObjective, scales: [Float], rate: Double
  ) -> [Double] {
    pass.forward(batch[...], decoder: decoder, keepRows: true)
    let losses = pass.backward(batch[...], decoder: decoder, objective, scales: scales)
    let states = encoderState + decoderStates[decoder]
    for (place, state) in states.enumerated() {
      state.steps += 1
      if settings.optimiser == .sgd { state.follow(pass.meanSquare(ofInput: place, count: batch.count)) }
    }
    var pieces: [(place: Int, outputs: Range<Int>)] = []
    for (place, state) in states.enumerated() {
      let each = max(1, Self.floatsPerPiece / state.layer.inputs)
      for start in stride(from: 0, to: state.layer.outputs, by: each) {
        pieces.append((place, start..<min(start + each, state.layer.outputs)))
      }
    }
    let threads = min(pass.threads, pieces.count)
    inParallel(threads, threads: threads) { thread in
      let gradient = scratch[thread].base
      for piece in stride(from: thread, to: pieces.count, by: threads) {
        let (place, outputs) = pieces[piece]
        let state = states[place]
        let bias = gradient + outputs.count * state.layer.inputs
        pass.gradient(
          layer: place, state.layer, outputs: outputs, count: batch.count, weights: gradient, bias: bias)
        let start = outputs.lowerBound * state.layer.inputs
        move(
          state.layer.weights.base + start, state.weightMoments.first.base + start,
          state.weightMoments.second.base + start, gradient, outputs.count * state.layer.inputs, rate, state)
        move(
          state.layer.bias.base + outputs.lowerBound, state.biasMoments.first.base + outputs.lowerBound,
          state.biasMoments.second.base + outputs.lowerBound, bias, outputs.count, rate, state)
      }
    }
    return losses
  }

  private func move(
    _ weights: UnsafeMutablePointer<Float>, _ first: UnsafeMutablePointer<Float>,
    _ second: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, _ count: Int, _ rate: Double,
    _ state: LayerState
  ) {
    switch settings.optimiser {
    case .adam:
      let steps = Double(state.steps)
      let correction = (1 - pow(ProbeDescent.secondDecay, steps)).squareRoot()
      audit_probe_adam(
        weights, first, second, gradient, count, Float(rate * correction / (1 - pow(ProbeDescent.firstDecay, steps))),
        Float(ProbeDescent.firstDecay), Float(ProbeDescent.secondDecay), Float(1e-8 * correction), KernelChoice.isScalar
      )
    case .sgd:
      audit_probe_descend(
        weights, first, gradient, count, Float(rate / state.inputSquare), Float(settings.momentum),
        KernelChoice.isScalar)
    }
  }
}
