import AuditCore
import Testing

@testable import AuditProbe

@Test func theLiveLineSaysHowFarAndHowGood() {
  let epoch = ProbeEpoch(
    epoch: 12, loss: 0.00123449, heldOutLoss: 0.002, heldOutSquared: 0.002, heldOutAbsolute: 0.03, rate: 0.00095)
  let progress = ProbeProgress(
    training: 0, trainings: 2, name: "mse, half 1", epoch: epoch, epochs: 60, fractionDone: 0.1999)
  #expect(
    progress.line == "mse, half 1  epoch 12/60  loss 0.001234  held out 0.002000  rate 0.0009500  19 %")
}

@Test func theTableGivesMeansRangesAndGains() {
  let comparison = ProbeComparison(
    trainings: [
      training(.all, 1, 0.004, 0.05), training(.all, 2, 0.006, 0.07), training(.drop, 1, 0.003, 0.04),
      training(.drop, 2, 0.003, 0.06), training(.weights, 1, 0.004, 0.05), training(.weights, 2, 0.0045, 0.05),
      training(.both, 1, 0.003, 0.04), training(.both, 2, 0.003, 0.06), training(.robust, 1, 0.005, 0.05),
      training(.robust, 2, 0.006, 0.05),
    ], heldOut: [1], seeds: [1, 2], rate: 1)
  #expect(
    comparison.table() == """
                                        held-out squared error           absolute error                gain in squared error
      squared error, all images         0.005000 (0.004000 to 0.006000)  0.06000 (0.05000 to 0.07000)  -
      squared error, without the drops  0.003000 (0.003000 to 0.003000)  0.05000 (0.04000 to 0.06000)  37.5 % (25.0 % to 50.0 %)
      squared error, training weights   0.004250 (0.004000 to 0.004500)  0.05000 (0.05000 to 0.05000)  12.5 % (0.0 % to 25.0 %)
      squared error, both of these      0.003000 (0.003000 to 0.003000)  0.05000 (0.04000 to 0.06000)  37.5 % (25.0 % to 50.0 %)
      Huber's loss, all images          0.005500 (0.005000 to 0.006000)  0.05000 (0.05000 to 0.05000)  -12.5 % (-25.0 % to 0.0 %)

      """, "\(comparison.table())")
}

@Test func curvesAreMeansOverTheSeedsAsFarAsAllWent() {
  func curve(_ values: [Double]) -> [ProbeEpoch] {
    values.enumerated().map {
      ProbeEpoch(
        epoch: $0 + 1, loss: 0, heldOutLoss: $1, heldOutSquared: $1, heldOutAbsolute: $1, rate: 1)
    }
  }
  let trainings = [curve([4, 2, 1]), curve([6, 4])].enumerated().map { place, curve in
    ProbeComparison.Training(
      remedy: .all, seed: UInt64(place), curve: curve, end: .epochLimit, lastFall: nil, heldOutSquared: 1,
      heldOutAbsolute: 1)
  }
  let curves = ProbeComparison(trainings: trainings, heldOut: [], seeds: [0, 1], rate: 1).heldOutCurves()
  #expect(curves[0].values == [5, 3])
  #expect(curves[1].values.isEmpty)
}

@Test func columnsAreNamedAsTheViewHasThem() {
  #expect(ProbeColumns.all.map(\.info.name) == ["probe_share_mse", "probe_share_mae", "probe_skew"])
  let score = ProbeScore(loss: 1, squared: 2, absolute: 3, shareSquared: 4, shareAbsolute: 2, skew: nil)
  #expect(ProbeColumns.all.map { $0.value(score) } == [4, 2, nil])
}

private func training(
  _ remedy: ProbeComparison.Remedy, _ seed: UInt64, _ squared: Double, _ absolute: Double
) -> ProbeComparison.Training {
  ProbeComparison.Training(
    remedy: remedy, seed: seed, curve: [], end: .epochLimit, lastFall: nil, heldOutSquared: squared,
    heldOutAbsolute: absolute)
}
