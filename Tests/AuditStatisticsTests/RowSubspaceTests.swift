import CKernels
import Testing

@testable import AuditStatistics

/// Robust models of rows of numbers.
struct RowSubspaceTests {
  private static let length = 30

  /// Rows around four directions, the last few strangers.
  private func rows(count: Int = 120, strangers: Int = 0, seed: UInt64 = 5) -> [[Double]] {
    var random = Random(seed: seed)
    let directions = (0..<4).map { index in
      (0..<Self.length).map { _ in random.normal() * 3 / Double(index + 1) }
    }
    return (0..<count).map { row in
      let scores = directions.map { _ in random.normal() }
      return (0..<Self.length).map { place in
        if row >= count - strangers { return 40 * random.normal() }
        return zip(scores, directions).reduce(5) { $0 + $1.0 * $1.1[place] } + 0.1 * random.normal()
      }
    }
  }

  private func subspace(_ rows: [[Double]], rank: Int = 4, jobs: Int = 1) throws -> RowSubspace {
    try RowSubspace(fitting: rows.flatMap { $0 }, length: rows[0].count, rank: rank, jobs: jobs)
  }

  /// Bytes have an exact way by the products of rows; the way by the covariance must find the same model.
  @Test(arguments: [3, 8]) func theModelOfBytesIsTheOneOfTheirNumbers(rank: Int) throws {
    var source = RowSource(seed: 3, length: 64)
    var bytes = (0..<90).map { _ in source.row() }
    bytes[4] = source.stranger()
    bytes[60] = source.stranger()
    let exact = try ByteSubspace(fitting: bytes.flatMap { $0 }, length: 64, rank: rank)
    let numbers = bytes.map { $0.map { Double($0) / 255 } }
    let model = try subspace(numbers, rank: rank)
    for (value, wanted) in zip(model.eigenvalues, exact.eigenvalues) { #expect(abs(value - wanted) <= 1e-9 * wanted) }
    for row in bytes.indices {
      let (one, other) = (model.distances(of: numbers[row]), exact.distances(of: bytes[row]))
      // The model of bytes is kept in single precision.
      #expect(abs(one.orthogonal - other.orthogonal) <= 1e-4 * one.orthogonal)
      #expect(abs(one.score - other.score) <= 1e-4 * one.score)
    }
  }

  @Test func strangersDoNotTurnTheModelTowardsThem() throws {
    let (clean, spoiled) = (rows(), rows(strangers: 12))
    let model = try subspace(spoiled)
    let crowd = clean.prefix(100).map { model.distances(of: $0).orthogonal }
    let strangers = spoiled.suffix(12).map { model.distances(of: $0).orthogonal }
    #expect(try #require(crowd.max()) < 1.2, "noise of 0.1 in 30 numbers is about 0.55")
    #expect(try #require(strangers.min()) > 50)
  }

  @Test func distancesAreThoseOfTheDefinition() throws {
    let rows = rows(strangers: 5)
    let model = try subspace(rows)
    let components = model.componentRows
    for row in rows {
      let apart = zip(row, model.mean).map { $0 - $1 }
      var rest = apart
      var score = 0.0
      for component in 0..<model.rank {
        let direction = components[(component * Self.length)..<((component + 1) * Self.length)]
        let along = zip(apart, direction).reduce(0) { $0 + $1.0 * $1.1 }
        score += along * along / model.eigenvalues[component]
        rest = zip(rest, direction).map { $0 - along * $1 }
      }
      let distances = model.distances(of: row)
      let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(distances.orthogonal - length) <= 1e-9 * length)
      #expect(abs(distances.score - score.squareRoot()) <= 1e-12 * score.squareRoot())
    }
  }

  @Test func jobsDoNotChangeABit() throws {
    #expect(try subspace(rows(), jobs: 1) == subspace(rows(), jobs: 3))
  }

  @Test func rowsThatAreAllEqualHaveNoComponents() throws {
    let equal = [[Double]](repeating: (0..<30).map { Double($0) }, count: 40)
    let model = try subspace(equal)
    #expect(model.rank == 0 && model.distances(of: equal[0]) == SubspaceDistances(orthogonal: 0, score: 0))
    #expect(abs(model.distances(of: equal[0].map { $0 + 1 }).orthogonal - 30.0.squareRoot()) < 1e-12)
    let bytes = try ByteSubspace(fitting: [UInt8](repeating: 9, count: 64 * 30), length: 64, rank: 3)
    #expect(bytes.rank == 0 && abs(bytes.distances(of: [UInt8](repeating: 60, count: 64)).orthogonal - 1.6) < 1e-6)
  }

  @Test(arguments: [1, 2, 7, 9]) func shortRowsHaveAtMostAsManyComponents(length: Int) throws {
    let short = rows().map { Array($0.prefix(length)) }
    let model = try subspace(short, rank: 8)
    #expect(model.rank <= length)
    let distances = short.map { model.distances(of: $0) }
    #expect(distances.allSatisfy { $0.orthogonal.isFinite && $0.score.isFinite })
  }

  @Test func fewRowsAreRefusedAndAStopIsHeeded() {
    #expect(throws: FitRefusal.tooFewRows(count: 24)) { try subspace(rows(count: 24)) }
    #expect(throws: FitRefusal.stopped) {
      try RowSubspace(fitting: rows().flatMap { $0 }, length: Self.length, rank: 4, isStopped: { true })
    }
  }

  @Test(arguments: [1, 7, 8, 9, 40]) func neighbourDistancesAreThoseOfTheDefinition(length: Int) {
    var random = Random(seed: 8)
    for count in [1, 15, 513] {
      let columns = (0..<(count * length)).map { _ in random.normal() }
      let row = (0..<length).map { _ in random.normal() }
      var squares = [Double](repeating: -1, count: count)
      audit_linear_squared_distances(columns, count, length, row, &squares)
      for index in 0..<count {
        var wanted = 0.0
        for place in 0..<length {
          let apart = row[place] - columns[place * count + index]
          wanted += apart * apart
        }
        #expect(squares[index] == wanted)
      }
    }
  }
}

struct LocalOutlierFactorTests {
  private static let rows: [[Double]] = {
    var random = Random(seed: 2)
    return (0..<80).map { _ in [random.normal(), random.normal(), random.normal()] }
  }()

  @Test func aRowIsNotItsOwnNeighbour() {
    let model = LocalOutlierFactor(fitting: Self.rows + [[9, 9, 9]])
    #expect(model.factor(of: [9, 9, 9], member: 80) > model.factor(of: [9, 9, 9]))
  }

  @Test func aRowFarFromTheCrowdStandsOut() {
    let model = LocalOutlierFactor(fitting: Self.rows)
    #expect(model.factor(of: [0, 0, 0]) < 1.2)
    #expect(model.factor(of: [30, 0, 0]) > 10)
  }

  @Test func copiesAndSmallSetsHaveFiniteFactors() {
    let copies = LocalOutlierFactor(fitting: [[Double]](repeating: [1, 2], count: 40))
    #expect(abs(copies.factor(of: [1, 2], member: 3) - 1) < 1e-9 && copies.factor(of: [5, 5]).isFinite)
    let two = LocalOutlierFactor(fitting: [[0], [1]])
    #expect(two.factor(of: [0], member: 0) == 1 && two.factor(of: [0.5], member: 0).isFinite)
  }
}
