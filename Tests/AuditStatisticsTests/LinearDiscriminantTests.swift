import AuditCore
import Foundation
import Testing

@testable import AuditStatistics

/// Laws of the linear discriminant.
struct LinearDiscriminantTests {
  private struct Example {
    var rows: [[Double]] = []
    var labels: [Int] = []

    /// Three classes in six features; what tells the last two apart is spread over five of them.
    init(count: Int, seed: UInt64) {
      var random = Random(seed: seed)
      for index in 0..<count {
        let label = index % 3
        var row = (0..<6).map { _ in random.normal() }
        row[0] += label == 0 ? 0 : 4
        for feature in 1..<6 { row[feature] += label == 2 ? 1.5 : 0 }
        // Both move together, which says nothing of a class.
        row[5] += 2 * row[4]
        rows.append(row)
        labels.append(label)
      }
    }

    func fitted(classes: Int = 3, _ settings: LinearDiscriminant.Settings = .init()) -> LinearDiscriminant {
      LinearDiscriminant(
        rows: rows.flatMap { $0 }, features: 6, labels: labels, classes: classes, settings: settings)
    }
  }

  @Test func votesAddUpToOneAndTellUnseenRowsApart() {
    let fitted = Example(count: 300, seed: 1).fitted()
    let unseen = Example(count: 300, seed: 2)
    var right = 0
    for (row, label) in zip(unseen.rows, unseen.labels) {
      let votes = fitted.votes(of: row)
      #expect(abs(votes.reduce(0, +) - 1) < 1e-12 && votes.allSatisfy { $0 >= 0 })
      if votes.indices.max(by: { votes[$0] < votes[$1] }) == label { right += 1 }
    }
    #expect(right > 270, "\(right) of 300 right")
  }

  /// Two normal classes of one feature: the odds are known.
  @Test func theOddsAreThoseOfTwoNormalDistributions() {
    let rows = [-1.0, 1, 1, 3, 4, 6, 6, 8]
    var settings = LinearDiscriminant.Settings()
    (settings.shrinkage, settings.temperature) = (0.5, 1)
    let fitted = LinearDiscriminant(
      rows: rows, features: 1, labels: [0, 0, 0, 0, 1, 1, 1, 1], classes: 2, settings: settings)
    // Means 1 and 6, variance 2, and a thousandth of it: ln odds = 5 (x - 3.5) / 2.002.
    let votes = fitted.votes(of: [4])
    #expect(abs(votes[1] / votes[0] - 3.486_4) < 1e-3, "\(votes)")
    #expect(abs(fitted.votes(of: [3.5])[0] - 0.5) < 1e-12)
    settings.temperature = 2
    let cooler = LinearDiscriminant(
      rows: rows, features: 1, labels: [0, 0, 0, 0, 1, 1, 1, 1], classes: 2, settings: settings)
    let odds = cooler.votes(of: [4])
    #expect(abs(odds[1] / odds[0] - (votes[1] / votes[0]).squareRoot()) < 1e-9)
  }

  @Test func aClassThatNobodySawHasNoVote() {
    let fitted = Example(count: 60, seed: 3).fitted(classes: 5)
    let votes = fitted.votes(of: Example(count: 3, seed: 4).rows[1])
    #expect(votes.count == 5 && votes[3] == 0 && votes[4] == 0)
  }

  /// Features that never change, or say the same twice, are no reason to stop or to be sure.
  @Test func featuresThatNeverChangeOrSayTheSameDoNoHarm() {
    let rows = (0..<40).flatMap { [Double($0 % 2), Double($0 % 2), 7.0, 0.0] }
    let fitted = LinearDiscriminant(rows: rows, features: 4, labels: (0..<40).map { $0 % 2 }, classes: 2)
    #expect(fitted.votes(of: [1, 1, 7, 0])[1] > 0.9 && fitted.votes(of: [0, 0, 7, 0])[0] > 0.9)
    let equal = LinearDiscriminant(
      rows: [Double](repeating: 3, count: 12), features: 3, labels: [0, 0, 1, 1], classes: 2)
    #expect(abs(equal.votes(of: [3, 3, 3])[0] - 0.5) < 1e-9)
    #expect(equal.votes(of: [1e9, -1e9, 0]).allSatisfy { $0.isFinite })
  }

  /// Originals at -1 and 1; each was changed by 4 times a strength of 1 and of 2.
  @Test func aClassThatWasMadeOfOthersStandsAlongItsStrengths() {
    var settings = LinearDiscriminant.Settings()
    settings.temperature = 1
    let origins: [LinearDiscriminant.Origin?] =
      [nil, nil]
      + [(0, 1.0), (1, 1), (0, 2), (1, 2)].map { LinearDiscriminant.Origin(row: $0.0, strength: $0.1) }
    let fitted = LinearDiscriminant(
      rows: [-1, 1, 3, 5, 7, 9], features: 1, labels: [0, 0, 1, 1, 1, 1], classes: 2, origins: origins,
      settings: settings)
    // About these points all that is left is what the originals differ by: a variance of 1, and a thousandth of it.
    let points = [-1.5.squareRoot(), 0, 1.5.squareRoot()].map { 6 + 2 * $0 }
    for place in [-2.0, 0, 1.7, 4, 6.3, 12] {
      func density(_ point: Double) -> Double { exp(-(place - point) * (place - point) / 2.002) }
      let odds = 2 / 3.0 * points.map(density).reduce(0, +) / density(0)
      let votes = fitted.votes(of: [place])
      #expect(abs(votes[1] / votes[0] / odds - 1) < 1e-9, "at \(place)")
    }
  }

  /// What the rows of a class were made from may be unlike all others; what was done to them is not that.
  @Test func whatRowsWereMadeFromIsNotTakenForWhatWasDoneToThem() {
    var random = Random(seed: 5)
    var rows = (0..<400).map { _ in (0..<3).map { _ in random.normal() } }
    let unlike = rows.indices.filter { rows[$0][1] > 0.8 }
    let labels = rows.map { _ in 0 } + unlike.map { _ in 1 }
    let origins = rows.map { _ in nil } + unlike.map { LinearDiscriminant.Origin(row: $0, strength: 1) }
    rows += unlike.map { [rows[$0][0] + 3, rows[$0][1], random.normal()] }
    func share(of origins: [LinearDiscriminant.Origin?], at row: [Double]) -> Double {
      var settings = LinearDiscriminant.Settings()
      settings.temperature = 1
      let fitted = LinearDiscriminant(
        rows: rows.flatMap { $0 }, features: 3, labels: labels, classes: 2, origins: origins, settings: settings)
      return fitted.votes(of: row)[1]
    }
    let (low, high) = (share(of: origins, at: [1.5, -2, 0]), share(of: origins, at: [1.5, 2, 0]))
    #expect(abs(low - high) < 0.1, "\(low) and \(high)")
    #expect(share(of: [], at: [1.5, 2, 0]) - share(of: [], at: [1.5, -2, 0]) > 0.5)
  }

  /// Where nothing is left of what a row was made from, that says nothing of the class.
  @Test func rowsThatKeepNothingOfTheirOriginsStandWhereTheyAre() {
    let rows = [-9.0, -8, 8, 9, 1, 2, 2, 1]
    let origins: [LinearDiscriminant.Origin?] =
      [nil, nil, nil, nil] + [2, 2, 3, 3].map { LinearDiscriminant.Origin(row: $0, strength: 1) }
    let labels = [0, 0, 0, 0, 1, 1, 1, 1]
    let fitted = LinearDiscriminant(rows: rows, features: 1, labels: labels, classes: 2, origins: origins)
    #expect(fitted == LinearDiscriminant(rows: rows, features: 1, labels: labels, classes: 2))
  }

  @Test func itComesBackFromItsBytesAndNonsenseIsRefused() throws {
    let fitted = Example(count: 60, seed: 3).fitted(classes: 4)
    var bytes: [UInt8] = []
    fitted.encode(to: &bytes)
    var reader = LittleEndianReader(bytes)
    #expect(LinearDiscriminant(decoding: &reader, features: 6, classes: 4) == fitted && reader.left == 0)
    var short = LittleEndianReader(Array(bytes.dropLast()))
    #expect(LinearDiscriminant(decoding: &short, features: 6, classes: 4) == nil)
    for (place, value) in [
      (0, Double.nan), (3, .infinity), (30, .nan), (40, 1e300), (48, .nan), (50, .infinity), (59, 1e300),
    ] {
      var changed = bytes
      changed.replaceSubrange(8 * place..<8 * place + 8, with: withUnsafeBytes(of: value.bitPattern) { Array($0) })
      var reader = LittleEndianReader(changed)
      #expect(LinearDiscriminant(decoding: &reader, features: 6, classes: 4) == nil, "\(value) at \(place)")
    }
  }
}
