import AuditCore
import Testing

@testable import AuditStatistics

/// What models of some rows make of others, and what a remedy is worth by it.
struct HeldOutRowsTests {
  private static let rows: [[UInt8]] = {
    var source = RowSource(seed: 31)
    var rows = (0..<60).map { _ in source.row() }
    rows[7] = source.stranger()
    return rows
  }()

  private typealias Model = (mean: [Double], components: [Double])

  /// Squared distance between what two models make of a row, worked out pixel by pixel.
  private func apart(_ one: Model, _ other: Model, _ row: [UInt8]) -> Double {
    func picture(_ fit: Model) -> [Double] {
      let centred = row.indices.map { Double(row[$0]) / 255 - fit.mean[$0] }
      var picture = fit.mean
      for component in 0..<(fit.components.count / row.count) {
        let direction = fit.components[(component * row.count)..<((component + 1) * row.count)]
        let score = zip(direction, centred).reduce(0) { $0 + $1.0 * $1.1 }
        for (place, value) in direction.enumerated() { picture[place] += score * value }
      }
      return picture
    }
    return zip(picture(one), picture(other)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  private func plain(_ rows: [[UInt8]]) -> Model {
    let bytes = rows.flatMap { $0 }
    let gram = GramMatrix(rows: bytes, length: 96)
    return RobustFit(plain: gram, rank: 4).pixels(of: bytes, in: gram)
  }

  @Test func theLossIsThatOfThePicturesThatTheModelDraws() {
    let (train, test) = (Array(0..<50), Array(50..<60))
    let rows = HeldOutRowsTests.rows
    let gram = GramMatrix(rows: rows.flatMap { $0 }, length: 96)
    let losses = HeldOutRows(gram: gram, train: train, test: test, rank: 4).losses(weights: train.map { _ in 1 })
    let model = plain(Array(rows[..<50]))
    for (place, row) in test.enumerated() {
      let centred = rows[row].indices.map { Double(rows[row][$0]) / 255 - model.mean[$0] }
      var rest = centred.reduce(0) { $0 + $1 * $1 }
      for component in 0..<4 {
        let score = zip(model.components[(component * 96)..<((component + 1) * 96)], centred)
          .reduce(0) { $0 + $1.0 * $1.1 }
        rest -= score * score
      }
      #expect(abs(losses[place] / (rest / 96) - 1) < 1e-6, "row \(row)")
    }
  }

  @Test(arguments: [0, 7, 30]) func theEffectOfARowIsTheMoveOfThePicturesWithoutIt(left: Int) {
    let (train, test) = (Array(0..<50), Array(50..<60))
    let rows = HeldOutRowsTests.rows
    let gram = GramMatrix(rows: rows.flatMap { $0 }, length: 96)
    let effects = HeldOutRows(gram: gram, train: train, test: test, rank: 4).effects(ofLeavingOut: [left], jobs: 2)
    let (all, less) = (plain(Array(rows[..<50])), plain(train.filter { $0 != left }.map { rows[$0] }))
    let squares = test.reduce(0) { $0 + apart(all, less, rows[$1]) }
    #expect(abs(effects[0] / (squares / 10).squareRoot() - 1) < 1e-6)
  }

  @Test func aRowOfWeightZeroIsNotThere() {
    let rows = HeldOutRowsTests.rows
    let gram = GramMatrix(rows: rows.flatMap { $0 }, length: 96)
    let test = Array(50..<60)
    let without = Array(0..<50).filter { $0 != 7 }
    let weights = (0..<50).map { $0 == 7 ? 0.0 : 2 }
    let one = HeldOutRows(gram: gram, train: Array(0..<50), test: test, rank: 4).losses(weights: weights)
    let other = HeldOutRows(gram: gram, train: without, test: test, rank: 4).losses(weights: without.map { _ in 1 })
    #expect(zip(one, other).allSatisfy { abs($0 / $1 - 1) < 1e-6 })
  }

  /// Losses 4 and 2 fall to 3 and 1; errors f - g b with g = 2 / 6 are -1/3 and 1/3.
  @Test func aGainIsTheFallOverTheLossWithTheErrorsOfARatio() {
    var sums = GainSums()
    sums.add(importance: 1, before: 4, after: 3)
    sums.add(importance: 1, before: 2, after: 1)
    let reach = 1.96 * (2.0 / 9 * 2).squareRoot() / 6
    #expect(abs(sums.gain.gain - 1.0 / 3) < 1e-15 && sums.mean == 3)
    #expect(abs(sums.gain.high - (1.0 / 3 + reach)) < 1e-12 && abs(sums.gain.low - (1.0 / 3 - reach)) < 1e-12)
  }

  /// The median of 1, 2, 3 is 2: up to 6 a row judges with its own loss, a row of 60 with 6 too.
  @Test func aRowJudgesWithAtMostThreeMedianLosses() {
    let judge = Judge(losses: [1, 2, 3])
    #expect([0, 2, 6].allSatisfy { judge.importance(ofLoss: $0) == 1 })
    #expect(judge.importance(ofLoss: 60) == 0.1)
    #expect(Judge(losses: [0, 0, 0, 0, 2, 2]).importance(ofLoss: 12) == 0.5, "copies leave a median of 0")
    #expect(Judge(losses: [0, 0]).importance(ofLoss: 0) == 1)
  }

  /// Ten images of a loss of 1 that does not fall stand beside two rows that lose 2 of 6.
  @Test func partsAddUpByTheImagesThatTheyStandFor() {
    var (one, other) = (GainSums(), GainSums())
    one.add(importance: 1, before: 4, after: 3)
    one.add(importance: 1, before: 2, after: 1)
    other.add(importance: 1, before: 1, after: 1)
    one.add(other, images: 10)
    #expect(abs(one.gain.gain - 2.0 / 16) < 1e-15)
    #expect(GainSums().gain == Gain(gain: 0, low: 0, high: 0))
  }
}
