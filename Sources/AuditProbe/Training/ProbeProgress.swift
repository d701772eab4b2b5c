import Synchronization

/// A moment of a training, for a live line.
package struct ProbeProgress: Sendable {
  /// What is trained, from 0, of how many.
  package let training: Int
  package let trainings: Int
  package let name: String
  package let epoch: ProbeEpoch
  package let epochs: Int
  /// Of all the work, 0...1.
  package let fractionDone: Double
}

/// How far each training is; turns an epoch of one into progress of all.
final class ProbeBoard: Sendable {
  private let done: Mutex<[Double]>
  private let epochs: Int

  init(count: Int, epochs: Int) {
    done = Mutex([Double](repeating: 0, count: count))
    self.epochs = epochs
  }

  func report(training: Int, name: String, _ epoch: ProbeEpoch, to receiver: (ProbeProgress) -> Void) {
    done.withLock { done in
      // A training that begins anew at a lower rate must not take the bar back.
      done[training] = max(done[training], Double(epoch.epoch) / Double(epochs))
      receiver(
        ProbeProgress(
          training: training, trainings: done.count, name: name, epoch: epoch, epochs: epochs,
          fractionDone: done.reduce(0, +) / Double(done.count)))
    }
  }
}
