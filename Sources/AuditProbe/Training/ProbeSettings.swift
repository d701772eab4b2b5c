/// What the probe's training minimises, per value of a picture; `r` is reconstruction minus picture in full scale.
package enum ProbeLoss: String, Sendable, Codable, CaseIterable {
  /// r².
  case mse
  /// |r|.
  case mae
  /// Huber's loss with delta 0.05: r²/2 up to it, linear beyond.
  case huber
  /// Integral of exp(T p (1 - p)), p = 2^(-|r| / half), T = 8, half = 0.05.
  case imae
  /// 1 - SSIM with an 11-tap Gaussian window of sigma 1.5 (fewer taps where the side is under 11).
  case ssim
}

/// The rule that turns gradients into steps.
package enum ProbeOptimiser: String, Sendable, Codable, CaseIterable {
  /// Adam, beta 0.9 and 0.95, epsilon 1e-8 (Kingma, Ba 2015). Trainings of some thousand steps are too short for the
  /// usual 0.999: after 1,500 it left a third more held-out squared error, and networks of different seeds parted more.
  case adam
  /// Stochastic gradient descent with momentum; each layer's rate is divided by the mean squared length of its input
  /// (normalised least mean squares), without which the brightest principal component alone sets the pace.
  case sgd

  /// The peak learning rate that was measured to be good.
  package var defaultRate: Double {
    switch self {
    case .adam: 0.001
    case .sgd: 0.02
    }
  }
}

/// The non-linearity of the two hidden layers; the code and the output are linear.
package enum ProbeActivation: String, Sendable, Codable, CaseIterable {
  case tanh, silu
  case leakyReLU = "leaky_relu"
}

/// How the learning rate moves after the warm-up.
package enum ProbeSchedule: String, Sendable, Codable, CaseIterable {
  /// Half a cosine from the peak down to a hundredth of it at the epoch limit.
  case cosine
  /// A third of the rate after each quarter of the epochs.
  case step
}

/// Everything that decides what a training gives, beside the pictures: stored with the run, so that it can be repeated.
package struct ProbeSettings: Sendable, Equatable, Codable {
  package var loss = ProbeLoss.mse
  package var optimiser = ProbeOptimiser.adam
  package var activation = ProbeActivation.silu
  package var schedule = ProbeSchedule.cosine
  /// Units of the two hidden layers.
  package var hidden = 256
  /// Numbers a picture is squeezed to.
  package var code = 64
  /// Pictures per step; the batches of an epoch differ by at most one picture.
  package var batch = 32
  /// Steps of an epoch; nil makes as few as the batch allows. Trainings on unlike numbers of pictures are given the same,
  /// with smaller batches where there are fewer: else leaving pictures out would also be training less.
  package var stepsPerEpoch: Int?
  /// The epoch limit, which the schedule is laid out for.
  package var epochs = 60
  /// Epochs over which the rate rises from 0 to its peak.
  package var warmUpEpochs = 3
  /// Peak learning rate; nil takes `ProbeOptimiser.defaultRate`.
  package var rate: Double?
  /// For `sgd`.
  package var momentum = 0.9
  /// Training has converged when, in the second half of the epochs, the mean loss of this many of them ...
  package var convergenceEpochs = 5
  /// ... moved by less than this share against the same number of epochs before.
  package var convergenceFall = 0.001
  /// 2: each half of the images is judged by a network that was trained on the other half. 1: one network that has
  /// seen what it judges; after 200 epochs it held half as many planted defects among its 100 highest skews.
  package var folds = 2
  /// Folders with fewer images share one decoder.
  package var minimumGroup = 100
  package var seed: UInt64 = 7

  package init() {}

  /// The learning rate at a point of the training.
  ///
  /// - Parameter epoch: epochs done, with the part of the running one: 0..<epochs.
  func rate(at epoch: Double) -> Double {
    let peak = rate ?? optimiser.defaultRate
    let warmUp = Double(min(warmUpEpochs, epochs - 1))
    if epoch < warmUp { return peak * (epoch + 1 / Double(epochs)) / (warmUp + 1 / Double(epochs)) }
    let done = (epoch - warmUp) / (Double(epochs) - warmUp)
    switch schedule {
    case .cosine: return peak * (0.01 + 0.99 * 0.5 * (1 + cosine(.pi * done)))
    case .step:
      var current = peak
      for quarter in 1...3 where done * 4 >= Double(quarter) { current /= 3 }
      return current
    }
  }
}
