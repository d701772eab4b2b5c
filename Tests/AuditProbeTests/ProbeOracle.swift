import AuditCore
import Glibc

@testable import AuditProbe

/// The autoencoder and its losses in plain double precision, one weight at a time: what the kernels must agree with.
struct ProbeOracle {
  /// Weights and biases of the four layers, layer by layer.
  var parameters: [Double]
  let shapes: [(inputs: Int, outputs: Int)]
  let mean: [Double]
  let scale: Double
  let activation: ProbeActivation
  let side: Int

  init(_ network: ProbeNetwork, decoder: Int = 0) {
    let layers = network.layers(decoder: decoder)
    parameters = layers.flatMap { $0.weights.values.map(Double.init) + $0.bias.values.map(Double.init) }
    shapes = layers.map { ($0.inputs, $0.outputs) }
    mean = network.mean.map(Double.init)
    scale = Double(network.scale)
    activation = network.activation
    side = network.side
  }

  func reconstruction(of picture: [UInt8]) -> [Double] {
    var values = zip(picture, mean).map { (Double($0) / 255 - $1) * scale }
    var start = 0
    for (place, shape) in shapes.enumerated() {
      let biases = start + shape.inputs * shape.outputs
      values = (0..<shape.outputs).map { output in
        var sum = parameters[biases + output]
        for input in 0..<shape.inputs { sum += parameters[start + output * shape.inputs + input] * values[input] }
        return place % 2 == 0 ? activated(sum) : sum
      }
      start = biases + shape.outputs
    }
    return zip(values, mean).map { $0 / scale + $1 }
  }

  private func activated(_ sum: Double) -> Double {
    switch activation {
    case .tanh: tanh(sum)
    case .silu: sum / (1 + exp(-sum))
    case .leakyReLU: sum >= 0 ? sum : 0.1 * sum
    }
  }

  /// Mean loss over the picture's values.
  func loss(_ loss: ProbeLoss, _ picture: [UInt8]) -> Double {
    let reconstruction = reconstruction(of: picture)
    if loss == .ssim { return structuralLoss(reconstruction, picture) }
    let each = zip(reconstruction, picture).map { value, byte -> Double in
      let a = abs(value - Double(byte) / 255)
      switch loss {
      case .mse: return a * a
      case .mae: return a
      case .huber: return a <= 0.05 ? a * a / 2 : 0.05 * (a - 0.025)
      default: return imae(a)
      }
    }
    return each.reduce(0, +) / Double(each.count)
  }

  /// Simpson's rule from 0 to `a`.
  private func imae(_ a: Double) -> Double {
    func height(_ u: Double) -> Double {
      let p = pow(2, -u / 0.05)
      return exp(8 * p * (1 - p))
    }
    let steps = 64
    let step = a / Double(steps)
    var sum = 0.0
    for place in 0..<steps {
      let u = Double(place) * step
      sum += (height(u) + 4 * height(u + step / 2) + height(u + step)) * step / 6
    }
    return sum
  }

  private func structuralLoss(_ reconstruction: [Double], _ picture: [UInt8]) -> Double {
    let taps = min(11, side % 2 == 1 ? side : side - 1)
    let middle = Double(taps / 2)
    let raw = (0..<taps).map { exp(-(Double($0) - middle) * (Double($0) - middle) / 4.5) }
    let window = raw.map { $0 / raw.reduce(0, +) }
    var sum = 0.0
    var places = 0.0
    for channel in 0..<3 {
      for top in 0...(side - taps) {
        for left in 0...(side - taps) {
          var (x, y, xx, yy, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
          for i in 0..<taps {
            for j in 0..<taps {
              let at = 3 * ((top + i) * side + left + j) + channel
              let weight = window[i] * window[j]
              let (a, b) = (reconstruction[at], Double(picture[at]) / 255)
              (x, y) = (x + weight * a, y + weight * b)
              (xx, yy, xy) = (xx + weight * a * a, yy + weight * b * b, xy + weight * a * b)
            }
          }
          let luminance = (2 * x * y + 1e-4) / (x * x + y * y + 1e-4)
          let structure = (2 * (xy - x * y) + 9e-4) / (xx - x * x + yy - y * y + 9e-4)
          sum += luminance * structure
          places += 1
        }
      }
    }
    return 1 - sum / places
  }

  /// The derivative of `loss` by every parameter, by central differences.
  func gradient(_ loss: ProbeLoss, _ picture: [UInt8], step: Double = 1e-6) -> [Double] {
    var moved = self
    return parameters.indices.map { place in
      moved.parameters[place] = parameters[place] + step
      let above = moved.loss(loss, picture)
      moved.parameters[place] = parameters[place] - step
      let below = moved.loss(loss, picture)
      moved.parameters[place] = parameters[place]
      return (above - below) / (2 * step)
    }
  }
}

/// Pictures made in the test.
enum Toy {
  static func random(count: Int, side: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    return (0..<(count * 3 * side * side)).map { _ in UInt8(random.next() >> 56) }
  }

  /// Smooth pictures that three numbers describe: brightness, and a slope along each axis.
  static func smooth(count: Int, side: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    var bytes: [UInt8] = []
    for _ in 0..<count {
      let level = 100 + 50 * random.uniform()
      let (across, down) = (80 * random.uniform() - 40, 80 * random.uniform() - 40)
      for i in 0..<side {
        for j in 0..<side {
          let (x, y) = (Double(j) / Double(side) - 0.5, Double(i) / Double(side) - 0.5)
          for tint in [0.0, 10, -10] { bytes.append(UInt8(level + tint + across * x + down * y)) }
        }
      }
    }
    return bytes
  }

  static func settings(epochs: Int = 12) -> ProbeSettings {
    var settings = ProbeSettings()
    settings.hidden = 24
    settings.code = 5
    settings.batch = 20
    settings.folds = 1
    settings.loss = .huber
    settings.epochs = epochs
    return settings
  }
}

/// For tests of one network.
extension Probe {
  var curve: [ProbeEpoch] { trainings.flatMap(\.curve) }
  var network: ProbeNetwork { networks[0] }
  var end: ProbeEnd { trainings[0].end }
  var lastFall: Double? { trainings[0].lastFall }
  var rate: Double { trainings[0].rate }
  var restarts: Int { trainings[0].restarts }
}
