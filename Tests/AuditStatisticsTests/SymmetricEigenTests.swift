import CKernels
import Testing

@testable import AuditStatistics

/// The solver on matrices whose eigenvalues are written down.
struct SymmetricEigenTests {
  /// H diag(values) H with the mirror H = I - 2 u u' for a repeatable unit vector u.
  private func matrix(_ values: [Double], seed: UInt64) -> (entries: [Double], mirror: [Double]) {
    var random = Random(seed: seed)
    let count = values.count
    let raw = (0..<count).map { _ in random.normal() }
    let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let mirror = raw.map { $0 / length }
    func h(_ row: Int, _ column: Int) -> Double { (row == column ? 1 : 0) - 2 * mirror[row] * mirror[column] }
    // (H D H)_ij = d_i δ_ij - 2 u_i u_j (d_i + d_j) + 4 u_i u_j sum d u².
    let sum = zip(values, mirror).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    var entries = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0..<count {
        let both = mirror[row] * mirror[column]
        entries[row * count + column] =
          (row == column ? values[row] : 0) - 2 * both * (values[row] + values[column]) + 4 * both * sum
      }
    }
    return (entries, (0..<count).map { h($0, count - 1) })
  }

  private func solve(
    _ values: [Double], rank: Int, accuracy: SymmetricEigen.Accuracy = .components(round: 0), seed: UInt64 = 1
  ) -> TopEigenpairs {
    let (entries, unit) = matrix(values, seed: seed)
    let operation = GramOperator(
      matrix: SymmetricMatrix(entries, count: values.count), scale: [Double](repeating: 1, count: values.count),
      unit: unit, jobs: 1)
    return SymmetricEigen(rank: rank, accuracy: accuracy).top(
      of: operation, dimension: values.count - 1, start: nil)
  }

  static let spectra: [[Double]] = [
    // Falls off like a picture set's; the last one belongs to the direction that centring takes out.
    (0..<200).map { (index: Int) -> Double in 1 / Double((index + 1) * (index + 1)) },
    // Equal ones within the wanted, and close ones around the last wanted.
    [5, 5, 5, 4, 4] + (0..<195).map { (index: Int) -> Double in 1 - 0.001 * Double(index) },
    // All equal from the fourth on: the last wanted is one of many.
    [9, 8, 7] + [Double](repeating: 1, count: 197),
    // Seven directions altogether.
    [7, 6, 5, 4, 3, 2, 1] + [Double](repeating: 0, count: 193),
    // A wide range.
    (0..<200).map { (index: Int) -> Double in index < 20 ? 1 / Double(1 << index) : 1e-7 },
  ]

  @Test(arguments: spectra) func eigenvaluesAreThoseOfTheMatrix(values: [Double]) {
    let pairs = solve(values, rank: 10)
    #expect(pairs.converged)
    for index in 0..<10 {
      #expect(abs(pairs.values[index] - values[index]) < 1e-12 * values[0], "eigenvalue \(index)")
    }
  }

  @Test func vectorsAreOrthonormalAndSolveTheirEquation() {
    let values = (0..<150).map { 1 / Double($0 + 1) }
    let pairs = solve(values, rank: 12)
    let inner = pairs.vectors.inner(pairs.vectors)
    for row in 0..<12 {
      for column in 0..<12 {
        #expect(abs(inner[row, column] - (row == column ? 1 : 0)) < 1e-13)
      }
    }
    let (entries, unit) = matrix(values, seed: 1)
    let operation = GramOperator(
      matrix: SymmetricMatrix(entries, count: 150), scale: [Double](repeating: 1, count: 150), unit: unit, jobs: 1)
    let image = operation.image(ofRaw: operation.raw(pairs.vectors, rough: false))
    for column in 0..<12 {
      let worst = (0..<150).map { abs(image[$0, column] - values[column] * pairs.vectors[$0, column]) }.max() ?? 1
      #expect(worst < 1e-13, "vector \(column)")
    }
  }

  @Test func theSpaceAloneNeedsFewerProducts() {
    let values = (0..<300).map { 1 / Double($0 + 1) }
    let (fine, coarse) = (solve(values, rank: 16), solve(values, rank: 16, accuracy: .subspace))
    #expect(coarse.converged && coarse.products < fine.products)
    #expect(fine.products < 60, "\(fine.products) products")
  }

  /// Seven digits of the first eigenvalue are more than the others have: the solver has to see that, and to go on in
  /// double precision.
  @Test(arguments: [1.0, 1e5]) func theSpaceOfManyRowsIsFoundBesideOneLargeValue(first: Double) {
    let values = [first] + (1..<600).map { 1 / Double($0 + 1) }
    let pairs = solve(values, rank: 16, accuracy: .subspace)
    #expect(pairs.converged && pairs.products < 60, "\(pairs.products) products")
    for index in 0..<16 { #expect(abs(pairs.values[index] / values[index] - 1) < 1e-3, "eigenvalue \(index)") }
  }

  @Test func aFewRowsAreSolvedWhole() {
    let pairs = solve([4, 3, 2, 1, 0.5], rank: 3)
    #expect(pairs.values.count == 4)
    #expect(zip(pairs.values, [4, 3, 2, 1]).allSatisfy { abs($0 - $1) < 1e-13 })
  }

  @Test func aMatrixOfZerosHasNoEigenvalues() {
    let pairs = solve([Double](repeating: 0, count: 40), rank: 4)
    #expect(pairs.converged && pairs.values.allSatisfy { $0 == 0 })
  }
}

/// Fast kernels against plain loops, bit for bit, at sizes around every block border.
struct LinearKernelTests {
  @Test(arguments: [(1, 1), (3, 31), (4, 32), (5, 33), (31, 100), (32, 3071), (33, 3072), (40, 3073), (70, 6200)])
  func integerProductsAreTheSumsOfProducts(count: Int, length: Int) {
    var random = Random(seed: UInt64(count * length))
    var rows = (0..<(count * length)).map { _ in UInt8(random.next() * 256) }
    if length > 1000 { rows.replaceSubrange(0..<length, with: [UInt8](repeating: 255, count: length)) }
    var fast = [Int32](repeating: -1, count: count * count)
    var plain = fast
    audit_linear_gram(rows, count, length, 0, count, &fast, 0)
    audit_linear_gram(rows, count, length, 0, count, &plain, 1)
    audit_linear_mirror(&fast, count)
    audit_linear_mirror(&plain, count)
    #expect(fast == plain)
    for (row, column) in [(0, 0), (count - 1, 0), (count - 1, count - 1), (count / 2, count / 3)] {
      let expected = (0..<length).reduce(0) {
        $0 + Int(rows[row * length + $1]) * Int(rows[column * length + $1])
      }
      #expect(Int(fast[row * count + column]) == expected && Int(fast[column * count + row]) == expected)
    }
  }

  /// Every count of rows has another overlap of the products with the entries that take their place.
  @Test(arguments: Array(1...9) + [31, 32, 33, 64, 101])
  func aGramMatrixIsMadeInThePlaceOfItsProducts(count: Int) {
    var random = Random(seed: UInt64(count))
    let products = (0..<(count * count)).map { _ in Int32(random.next() * 800_000_000) }
    let along = (0..<count).map { _ in Int64(random.next() * 1_600_000_000) }
    let four: Int64 = 3_100_000_001
    var matrix = [Double](repeating: .nan, count: count * count)
    matrix.withUnsafeMutableBytes { bytes in
      let half = UnsafeMutableRawBufferPointer(rebasing: bytes[(4 * count * count)...])
      products.withUnsafeBytes { half.copyMemory(from: $0) }
      if let base = bytes.baseAddress { audit_linear_centred_gram(count, along, four, base) }
    }
    let expected = products.indices.map { place in
      let shift = 0.25 * Double(four) - 0.5 * Double(along[place / count]) - 0.5 * Double(along[place % count])
      return (Double(products[place]) + shift) / 65_025
    }
    #expect(matrix == expected)
  }

  @Test(arguments: [(1, 1, 8), (3, 5, 8), (4, 255, 16), (5, 256, 24), (7, 257, 32), (64, 600, 48), (65, 513, 40)])
  func blockProductsAreTheSumsInOrder(rows: Int, inner: Int, columns: Int) {
    var random = Random(seed: UInt64(rows + inner * columns))
    let matrix = (0..<(rows * inner)).map { _ in random.normal() }
    let block = (0..<(inner * columns)).map { _ in random.normal() }
    var fast = [Double](repeating: 7, count: rows * columns)
    var plain = fast
    audit_linear_product(matrix, inner, 0, rows, inner, block, columns, &fast, 0)
    audit_linear_product(matrix, inner, 0, rows, inner, block, columns, &plain, 1)
    #expect(fast == plain)
    var sum = 0.0
    for index in 0..<inner { sum.addProduct(matrix[(rows - 1) * inner + index], block[index * columns + columns - 1]) }
    #expect(fast[rows * columns - 1] == sum)
  }

  @Test(arguments: [
    (1, 1, 8), (3, 5, 8), (4, 255, 16), (5, 256, 24), (7, 257, 32), (13, 300, 24), (64, 600, 48), (65, 513, 40),
  ])
  func roughProductsAreTheSumsOfSinglesInOrder(rows: Int, inner: Int, columns: Int) {
    var random = Random(seed: UInt64(rows + inner * columns))
    let matrix = (0..<(rows * inner)).map { _ in Float(random.normal()) }
    let block = (0..<(inner * columns)).map { _ in random.normal() }
    var fast = [Double](repeating: 7, count: rows * columns)
    var plain = fast
    audit_linear_rough_product(matrix, inner, 0, rows, inner, block, columns, &fast, 0)
    audit_linear_rough_product(matrix, inner, 0, rows, inner, block, columns, &plain, 1)
    #expect(fast == plain)
    var (sum, part) = (0.0, Float(0))
    for index in 0..<inner {
      part.addProduct(matrix[(rows - 1) * inner + index], Float(block[index * columns + columns - 1]))
      if index % 256 == 255 || index == inner - 1 { (sum, part) = (sum + Double(part), 0) }
    }
    #expect(fast[rows * columns - 1] == sum)
  }

  @Test(arguments: [1, 2, 25, 64]) func mediansOfColumnsAreThoseOfTheSortedColumns(count: Int) {
    var random = Random(seed: UInt64(count))
    let length = 37
    let rows = (0..<(count * length)).map { _ in UInt8(random.next() * 256) }
    var twice = [UInt16](repeating: 0, count: length)
    audit_linear_twice_medians(rows, count, length, &twice)
    for column in 0..<length {
      let sorted = (0..<count).map { Int(rows[$0 * length + column]) }.sorted()
      #expect(Int(twice[column]) == sorted[(count - 1) / 2] + sorted[count / 2])
    }
  }
}
