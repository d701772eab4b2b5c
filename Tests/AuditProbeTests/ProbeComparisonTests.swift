import AuditCore
import Synchronization
import Testing

@testable import AuditProbe

@Test func leavingGrossOutliersOutHelpsSquaredErrorMost() throws {
  let (rows, mask) = outlierSet()
  let comparison = try ProbeComparison.run(
    rows, dropMask: mask, trainingWeights: mask.map { $0 ? 0.05 : 1 }, settings: Toy.settings(epochs: 40), seeds: 3,
    threads: 2
  ) { _ in }
  let gain = comparison.gain(.drop)
  #expect(gain.lowest > 0.3, "\(gain)")
  #expect(comparison.gain(.weights).mean > 0.1)
  #expect(comparison.gain(.both).lowest > 0.3, "weights do no harm where the outliers are gone")
  #expect(gain.lowest <= gain.mean && gain.mean <= gain.highest)
  let before = comparison.heldOutSquared(.all).mean
  #expect(comparison.heldOutSquared(.drop).mean < before)
  #expect(comparison.heldOutAbsolute(.drop).mean < comparison.heldOutAbsolute(.all).mean)
  #expect(comparison.gain(.all) == ProbeComparison.Spread([0, 0, 0]))
}

@Test func aComparisonIsTheSameWhateverTheNumberOfThreads() throws {
  let (rows, mask) = outlierSet()
  let runs = try [1, 2, 5].map { threads in
    try ProbeComparison.run(
      rows, dropMask: mask, trainingWeights: mask.map { $0 ? 0.5 : 1 }, settings: Toy.settings(epochs: 3), seeds: 2,
      threads: threads
    ) { _ in }
  }
  for run in runs {
    #expect(run.trainings.map(\.curve) == runs[0].trainings.map(\.curve))
    #expect(run.trainings.map(\.remedy) == ProbeComparison.Remedy.allCases.flatMap { [$0, $0] })
    #expect(run.trainings.map(\.seed) == [7, 8, 7, 8, 7, 8, 7, 8, 7, 8])
  }
  #expect(runs[0].trainings[0].curve != runs[0].trainings[1].curve)
}

@Test func allTrainingsOfAComparisonHaveOneRate() throws {
  let (rows, mask) = outlierSet()
  var settings = Toy.settings(epochs: 4)
  settings.optimiser = .sgd
  settings.rate = 3
  let comparison = try ProbeComparison.run(
    rows, dropMask: mask, trainingWeights: mask.map { _ in 1 }, settings: settings, seeds: 2, threads: 2
  ) { _ in }
  #expect(comparison.rate < 3)
  #expect(comparison.trainings.count == 10)
  for training in comparison.trainings {
    let peak = try #require(training.curve.map(\.rate).max())
    #expect(peak <= comparison.rate && peak > 0.5 * comparison.rate)
  }
}

@Test func allTrainingsOfAComparisonMakeTheSameSteps() throws {
  let (rows, mask) = outlierSet()
  var settings = Toy.settings(epochs: 3)
  settings.minimumGroup = 20
  // Groups of 30 and 170 images that lose a tenth each: the batches of 8 do not come out even.
  let comparison = try ProbeComparison.run(
    rows, dropMask: mask, trainingWeights: mask.map { _ in 1 }, groups: (0..<200).map { $0 < 30 ? 0 : 1 },
    settings: settings, seeds: 1, threads: 2
  ) { _ in }
  // The rate at an epoch's last step tells how many steps the epoch has.
  let rates = comparison.trainings.map { $0.curve.map(\.rate) }
  #expect(rates.count == 5 && rates.allSatisfy { $0 == rates[0] }, "\(rates)")
}

@Test func bothLeavesOutAndWeighs() throws {
  let (rows, mask) = outlierSet()
  func curves(_ weights: [Double]) throws -> [ProbeComparison.Remedy: [ProbeEpoch]] {
    let comparison = try ProbeComparison.run(
      rows, dropMask: mask, trainingWeights: weights, settings: Toy.settings(epochs: 2), seeds: 1, threads: 2
    ) { _ in }
    return Dictionary(uniqueKeysWithValues: comparison.trainings.map { ($0.remedy, $0.curve) })
  }
  let even = try curves(mask.map { _ in 1 })
  #expect(even[.both] == even[.drop] && even[.both] != even[.all])
  let uneven = try curves(mask.indices.map { $0 % 3 == 0 ? 0.2 : 1 })
  #expect(uneven[.both] != uneven[.drop] && uneven[.both] != uneven[.weights])
}

@Test func batchesAreCutFurtherWhereTheyAreLargest() {
  var settings = ProbeSettings()
  settings.batch = 32
  #expect(settings.batches(ofGroups: [95, 0, 97]) == [3, 0, 4])
  settings.stepsPerEpoch = 9
  #expect(settings.batches(ofGroups: [95, 0, 97]) == [4, 0, 5])
  settings.stepsPerEpoch = 3
  #expect(settings.batches(ofGroups: [95, 0, 97]) == [3, 0, 4], "a batch holds no more")
  settings.stepsPerEpoch = 50
  #expect(settings.batches(ofGroups: [2, 3]) == [2, 3], "none is empty")
}

@Test func theJudgesAreImagesThatStayAndTheSameForAll() throws {
  let (rows, mask) = outlierSet()
  var settings = Toy.settings(epochs: 1)
  let first = try ProbeComparison.run(
    rows, dropMask: mask, trainingWeights: mask.map { _ in 1 }, settings: settings, seeds: 1, threads: 1
  ) { _ in }
  settings.seed = 99
  let second = try ProbeComparison.run(
    rows, dropMask: mask, trainingWeights: mask.map { _ in 1 }, settings: settings, seeds: 1, threads: 1
  ) { _ in }
  #expect(first.heldOut == second.heldOut)
  #expect(first.heldOut.allSatisfy { !mask[$0] })
  #expect((20...60).contains(first.heldOut.count), "\(first.heldOut.count) of 180")
}

@Test func progressOfAComparisonNeverFallsAndEndsWithAllDone() throws {
  let (rows, mask) = outlierSet()
  let seen = Mutex<[ProbeProgress]>([])
  _ = try ProbeComparison.run(
    rows, dropMask: mask, trainingWeights: mask.map { _ in 1 }, settings: Toy.settings(epochs: 3), seeds: 2, threads: 2
  ) { progress in seen.withLock { $0.append(progress) } }
  let fractions = seen.withLock { $0.map(\.fractionDone) }
  #expect(fractions == fractions.sorted())
  #expect(fractions.count == 30)
  #expect(abs((fractions.last ?? 0) - 1) < 1e-12)
}

@Test func aSetOfWhichNothingStaysCannotBeCompared() {
  let rows = ProbeRows(pixels: Toy.random(count: 4, side: 4, seed: 1), side: 4)
  #expect(throws: AuditError.self) {
    try ProbeComparison.run(
      rows, dropMask: [true, true, true, true], trainingWeights: [1, 1, 1, 1], settings: Toy.settings(), seeds: 1,
      threads: 1
    ) { _ in }
  }
}

/// 180 smooth pictures and 20 of noise, every tenth.
private func outlierSet() -> (ProbeRows, [Bool]) {
  var bytes = Toy.smooth(count: 200, side: 8, seed: 21)
  let odd = Toy.random(count: 20, side: 8, seed: 22)
  for place in 0..<20 {
    bytes.replaceSubrange((place * 1920)..<(place * 1920 + 192), with: odd[(place * 192)..<((place + 1) * 192)])
  }
  return (ProbeRows(pixels: bytes, side: 8), (0..<200).map { $0 % 10 == 0 })
}
