import AuditCore
import Synchronization
import Testing

@testable import AuditProbe

@Test(arguments: ProbeLoss.allCases)
func numbersAreTheSameWhateverTheNumberOfThreads(loss: ProbeLoss) throws {
  let rows = ProbeRows(pixels: Toy.random(count: 77, side: 6, seed: 3), side: 6)
  var settings = Toy.settings(epochs: 3)
  settings.loss = loss
  settings.batch = 50
  settings.folds = 2
  let one = try Probe.train(rows, settings: settings, threads: 1) { _ in }
  for threads in [2, 3, 8] {
    let many = try Probe.train(rows, settings: settings, threads: threads) { _ in }
    #expect(many.curve == one.curve, "\(threads) threads")
    #expect(many.scores == one.scores, "\(threads) threads")
  }
}

@Test func anotherSeedGivesAnotherTraining() throws {
  let rows = ProbeRows(pixels: Toy.random(count: 30, side: 6, seed: 3), side: 6)
  var settings = Toy.settings(epochs: 2)
  let one = try Probe.train(rows, settings: settings, threads: 1) { _ in }
  settings.seed += 1
  let other = try Probe.train(rows, settings: settings, threads: 1) { _ in }
  #expect(one.curve != other.curve)
}

@Test(arguments: ProbeOptimiser.allCases)
func aWeightOfZeroLeavesAnImageOut(optimiser: ProbeOptimiser) throws {
  let bytes = Toy.random(count: 40, side: 6, seed: 8)
  let rows = ProbeRows(pixels: bytes, side: 6)
  var settings = Toy.settings(epochs: 4)
  settings.optimiser = optimiser
  let weights = (0..<40).map { $0 % 4 == 1 ? 0.0 : 1 }
  let kept = (0..<40).filter { $0 % 4 != 1 }
  let fewer = ProbeRows(
    pixels: kept.flatMap { bytes[($0 * rows.width)..<(($0 + 1) * rows.width)] }, side: 6)
  let weighted = try Probe.train(rows, weights: weights, settings: settings, threads: 1) { _ in }
  let without = try Probe.train(fewer, settings: settings, threads: 1) { _ in }
  #expect(weighted.curve == without.curve)
  #expect(kept.map { weighted.scores[$0].squared } == without.scores.map(\.squared))
}

@Test func aHeavierImageIsLearntBetter() throws {
  let rows = ProbeRows(pixels: Toy.random(count: 40, side: 6, seed: 9), side: 6)
  let settings = Toy.settings(epochs: 30)
  let even = try Probe.train(rows, settings: settings, threads: 1) { _ in }
  let uneven = try Probe.train(
    rows, weights: (0..<40).map { $0 == 7 ? 8 : 1 }, settings: settings, threads: 1
  ) { _ in }
  #expect(uneven.scores[7].squared < 0.7 * even.scores[7].squared)
}

@Test(arguments: ProbeLoss.allCases, ProbeOptimiser.allCases)
func threeNumbersSufficeForASetThatThreeNumbersDescribe(loss: ProbeLoss, optimiser: ProbeOptimiser) throws {
  let rows = ProbeRows(pixels: Toy.smooth(count: 200, side: 8, seed: 4), side: 8)
  var settings = Toy.settings(epochs: 80)
  settings.loss = loss
  settings.optimiser = optimiser
  let probe = try Probe.train(rows, settings: settings, threads: 1) { _ in }
  let first = try #require(probe.curve.first)
  let last = try #require(probe.curve.last)
  #expect(last.loss < 0.1 * first.loss, "\(first.loss) to \(last.loss)")
  #expect(probe.curve.count == 80 || probe.end == .converged)
}

@Test func trainingStopsOnceTheLossStopsFalling() throws {
  // Noise, which no code of one number describes: the loss is at its floor soon.
  let rows = ProbeRows(pixels: Toy.random(count: 200, side: 4, seed: 4), side: 4)
  var settings = Toy.settings(epochs: 400)
  settings.loss = .mse
  settings.code = 1
  settings.hidden = 4
  settings.convergenceFall = 0.002
  let probe = try Probe.train(rows, settings: settings, threads: 1) { _ in }
  #expect(probe.end == .converged)
  #expect(probe.curve.count < 400)
  let losses = probe.curve.map(\.loss)
  let last = losses.suffix(5).reduce(0, +)
  let before = losses.dropLast(5).suffix(5).reduce(0, +)
  #expect(1 - last / before < 0.002)
  #expect(probe.lastFall == 1 - last / before)
}

@Test(arguments: ProbeLoss.allCases)
func nothingIsNotANumberForDegenerateSets(loss: ProbeLoss) throws {
  let flat = [UInt8](repeating: 90, count: 12 * 27)
  let sets: [(name: String, side: Int, bytes: [UInt8])] = [
    ("constant pictures, all the same", 3, flat),
    ("black", 3, [UInt8](repeating: 0, count: 12 * 27)),
    ("one picture", 6, Toy.random(count: 1, side: 6, seed: 1)),
    ("one picture of one pixel", 1, [255, 0, 3]),
    ("fewer than a batch", 6, Toy.random(count: 5, side: 6, seed: 1)),
    ("constant pictures of two colours", 3, flat + [UInt8](repeating: 91, count: 27)),
  ]
  for set in sets {
    var settings = Toy.settings()
    settings.loss = loss
    settings.batch = 64
    let probe = try Probe.train(ProbeRows(pixels: set.bytes, side: set.side), settings: settings, threads: 2) { _ in }
    for score in probe.scores {
      let values = [score.loss, score.squared, score.absolute, score.shareSquared, score.shareAbsolute, score.skew]
      #expect(values.allSatisfy { $0?.isFinite ?? true }, "\(set.name): \(score)")
    }
    #expect(probe.curve.allSatisfy { $0.loss.isFinite && $0.rate.isFinite }, "\(set.name)")
  }
}

@Test func identicalPicturesHaveNoPull() throws {
  let probe = try Probe.train(
    ProbeRows(pixels: [UInt8](repeating: 0, count: 12 * 27), side: 3), settings: Toy.settings(), threads: 1
  ) { _ in }
  #expect(probe.scores.allSatisfy { $0.squared == 0 && $0.shareSquared == nil && $0.skew == nil })
}

@Test func anOddPictureSkewsSquaredErrorTheMost() throws {
  var bytes = Toy.smooth(count: 120, side: 8, seed: 2)
  let odd = Toy.random(count: 2, side: 8, seed: 3)
  bytes.replaceSubrange((17 * 192)..<(18 * 192), with: odd[..<192])
  bytes.replaceSubrange((80 * 192)..<(81 * 192), with: odd[192...])
  let probe = try Probe.train(ProbeRows(pixels: bytes, side: 8), settings: Toy.settings(epochs: 40), threads: 1) { _ in
  }
  let order = probe.scores.indices.sorted { (probe.scores[$0].skew ?? 0) > (probe.scores[$1].skew ?? 0) }
  #expect(Set(order.prefix(2)) == [17, 80])
  #expect(order.prefix(2).allSatisfy { (probe.scores[$0].skew ?? 0) > 2 })
  #expect((probe.scores[order[60]].skew ?? 9) < 1.2)
}

@Test func aRateThatIsTooHighIsLowered() throws {
  let rows = ProbeRows(pixels: Toy.random(count: 60, side: 6, seed: 5), side: 6)
  var settings = Toy.settings()
  settings.loss = .mse
  settings.optimiser = .sgd
  settings.rate = 20
  let probe = try Probe.train(rows, settings: settings, threads: 1) { _ in }
  #expect(probe.restarts > 0)
  #expect(probe.rate < 20)
  #expect(probe.scores.allSatisfy { $0.squared.isFinite })
  settings.rate = 1e20
  #expect(throws: AuditError.self) { try Probe.train(rows, settings: settings, threads: 1) { _ in } }
}

@Test func nothingToLearnFromIsAnError() {
  let empty = ProbeRows(pixels: [], side: 4)
  #expect(throws: AuditError.self) { try Probe.train(empty, settings: Toy.settings(), threads: 1) { _ in } }
  let rows = ProbeRows(pixels: Toy.random(count: 3, side: 4, seed: 5), side: 4)
  #expect(throws: AuditError.self) {
    try Probe.train(rows, weights: [0, 0, 0], settings: Toy.settings(), threads: 1) { _ in }
  }
}

@Test func theRateRisesThenFalls() {
  var settings = ProbeSettings()
  settings.rate = 1
  settings.epochs = 43
  settings.warmUpEpochs = 3
  let rates = (0..<43).map { settings.rate(at: Double($0)) }
  #expect(rates[0] > 0 && rates[0] < 0.02)
  #expect(rates[1] < rates[2] && rates[2] < rates[3])
  #expect(abs(rates[3] - 1) < 1e-12)
  #expect(abs(settings.rate(at: 23) - 0.505) < 1e-12)
  #expect(abs(settings.rate(at: 43) - 0.01) < 1e-12)
  settings.schedule = .step
  let steps: [(epoch: Double, rate: Double)] = [(12.9, 1), (13, 1 / 3), (23, 1 / 9), (33, 1 / 27)]
  for step in steps { #expect(abs(settings.rate(at: step.epoch) - step.rate) < 1e-12) }
  settings.epochs = 1
  #expect(settings.rate(at: 0).isFinite)
}

@Test func progressEndsWithAllDoneAndCarriesTheHeldOutLoss() throws {
  let rows = ProbeRows(pixels: Toy.random(count: 60, side: 6, seed: 5), side: 6)
  var settings = Toy.settings(epochs: 5)
  settings.folds = 2
  let seen = Mutex<[ProbeProgress]>([])
  let probe = try Probe.train(rows, settings: settings, threads: 1) { progress in seen.withLock { $0.append(progress) }
  }
  let all = seen.withLock { $0 }
  #expect(all.map(\.epoch) == probe.curve)
  #expect(all.map { Int(($0.fractionDone * 10).rounded()) } == Array(1...10))
  #expect(all.allSatisfy { $0.epoch.heldOutLoss != nil && $0.epoch.rate > 0 && $0.trainings == 2 })
}

@Test func aHalfIsJudgedByTheNetworkOfTheOtherHalf() throws {
  let bytes = Toy.random(count: 60, side: 6, seed: 6)
  let rows = ProbeRows(pixels: bytes, side: 6)
  var settings = Toy.settings(epochs: 6)
  settings.folds = 2
  let probe = try Probe.train(rows, settings: settings, threads: 1) { _ in }
  #expect(Set(probe.foldOf) == [0, 1])
  for fold in [0, 1] {
    // The network of a fold is the one that a training without the fold's rows gives.
    var alone = settings
    alone.folds = 1
    let without = try Probe.train(
      rows, weights: probe.foldOf.map { $0 == fold ? 0 : 1 }, settings: alone, threads: 1
    ) { _ in }
    #expect(without.networks[0].encoded() == probe.networks[fold].encoded())
    let rest = (0..<60).filter { probe.foldOf[$0] == fold }
    #expect(rest.map { probe.scores[$0].squared } == rest.map { without.scores[$0].squared })
    let shares = rest.compactMap { probe.scores[$0].shareSquared }
    #expect(abs(shares.reduce(0, +) / Double(rest.count) - 1) < 1e-9)
    let made = probe.reconstructions(of: rows, threads: 1)
    let other = without.reconstructions(of: rows, threads: 1)
    #expect(rest.allSatisfy { made[($0 * 108)..<(($0 + 1) * 108)] == other[($0 * 108)..<(($0 + 1) * 108)] })
  }
}

@Test func largeGroupsHaveDecodersOfTheirOwn() throws {
  let groups = [4, 4, 4, 9, 9, 9, 9, 1, 2]
  #expect(Probe.decoders(groups: groups, count: 9, minimum: 3) == [1, 1, 1, 2, 2, 2, 2, 0, 0])
  #expect(Probe.decoders(groups: [4, 4, 9, 9], count: 4, minimum: 2) == [0, 0, 1, 1])
  #expect(Probe.decoders(groups: groups, count: 9, minimum: 100) == [Int](repeating: 0, count: 9))
  #expect(Probe.decoders(groups: nil, count: 2, minimum: 100) == [0, 0])
  #expect(Set(Probe.decoders(groups: Array(0..<100), count: 100, minimum: 1)).count == 32)
}

@Test func twoGroupsShareTheEncoderAndNothingElse() throws {
  let bytes = Toy.smooth(count: 80, side: 8, seed: 1)
  // Three numbers describe a picture and the code has one; a decoder of its own saves it saying which group it is.
  let rows = ProbeRows(pixels: bytes + bytes.map { 255 - $0 }, side: 8)
  var settings = Toy.settings(epochs: 100)
  settings.minimumGroup = 10
  settings.code = 1
  let groups = [Int](repeating: 0, count: 80) + [Int](repeating: 1, count: 80)
  let together = try Probe.train(rows, settings: settings, threads: 1) { _ in }
  let apart = try Probe.train(rows, groups: groups, settings: settings, threads: 1) { _ in }
  #expect(apart.network.decoderCount == 2)
  #expect(apart.decoderOf == groups)
  func total(_ probe: Probe) -> Double { probe.scores.map(\.loss).reduce(0, +) }
  #expect(total(apart) < 0.8 * total(together))
}

@Test func fewerPicturesMakeTheSameNumberOfStepsWhereAsked() throws {
  let rows = ProbeRows(pixels: Toy.smooth(count: 60, side: 6, seed: 5), side: 6)
  var settings = Toy.settings(epochs: 3)
  settings.batch = 10
  settings.stepsPerEpoch = 6
  settings.convergenceFall = 0
  var weights = [Double](repeating: 1, count: 60)
  let all = try Probe.train(rows, weights: weights, settings: settings, threads: 1) { _ in }
  for place in stride(from: 0, to: 60, by: 4) { weights[place] = 0 }
  let fewer = try Probe.train(rows, weights: weights, settings: settings, threads: 1) { _ in }
  // The rate at an epoch's last step tells how many steps the epoch has.
  #expect(fewer.curve.map(\.rate) == all.curve.map(\.rate))
  settings.stepsPerEpoch = nil
  let unpaced = try Probe.train(rows, weights: weights, settings: settings, threads: 1) { _ in }
  #expect(unpaced.curve.map(\.rate) != all.curve.map(\.rate))
}

@Test func stepsThatWouldLeaveBatchesEmptyOrOverfullAreNotMade() throws {
  let rows = ProbeRows(pixels: Toy.smooth(count: 7, side: 6, seed: 5), side: 6)
  for steps in [1, 100] {
    var settings = Toy.settings(epochs: 2)
    settings.folds = 1
    settings.batch = 3
    settings.stepsPerEpoch = steps
    let probe = try Probe.train(rows, settings: settings, threads: 1) { _ in }
    #expect(probe.scores.allSatisfy { $0.squared.isFinite })
  }
}

@Test func halvedPicturesAreMeansOfTheirSquares() {
  // Two pictures of 2x2: the second holds one value a channel.
  let rows = ProbeRows(
    halving: [0, 10, 20, 2, 10, 20, 4, 10, 21, 7, 10, 21] + [9, 8, 7, 9, 8, 7, 9, 8, 7, 9, 8, 7], side: 2)
  #expect(rows.side == 1 && rows.count == 2)
  #expect(rows.pixels == [3, 10, 21, 9, 8, 7])
  // A picture of 4x2 pixels would be none; 4x4 keeps columns and lines apart.
  let marked = (0..<48).map { UInt8($0) }
  let halved = ProbeRows(halving: marked, side: 4)
  // Values of red at (x, y) are 12 y + 3 x: the mean of the first square is 7.5.
  #expect(halved.pixels == [8, 9, 10, 14, 15, 16, 32, 33, 34, 38, 39, 40])
}
