import AuditDigest
import CKernels
import Testing

/// Fast kernels against plain loops, bit for bit.
struct ScoreKernelTests {
  @Test(arguments: [(1, 1), (2, 5), (3, 16), (192, 32)]) func projectionsAreTheSameOnAnyProcessor(
    chunks: Int, rank: Int
  ) {
    var source = SyntheticRows(seed: UInt64(chunks + rank))
    let length = 64 * chunks
    let row = (0..<length).map { _ in UInt8(source.next() * 256) }
    let mean = (0..<length).map { _ in Float(source.next()) }
    let tiles = (0..<(length * rank)).map { _ in Float(source.next() - 0.5) / 50 }
    func run(_ scalar: Int32) -> (scores: [Float], pictures: [Float], square: Double) {
      var centred = [Float](repeating: 0, count: length)
      var lanes = [Float](repeating: 0, count: 16 * rank)
      var scores = [Float](repeating: 0, count: rank)
      audit_linear_project(row, 1, mean, tiles, chunks, rank, &centred, &lanes, &scores, scalar)
      var reconstruction = centred
      var residual = centred
      let square = audit_linear_reconstruct(
        centred, mean, tiles, chunks, rank, scores, &reconstruction, &residual, scalar)
      return (scores, reconstruction + residual, square)
    }
    let (fast, plain) = (run(0), run(1))
    #expect(fast.scores == plain.scores && fast.pictures == plain.pictures && fast.square == plain.square)
    // The first score as a sum in Double.
    let expected = (0..<length).reduce(0.0) { sum, index in
      let tile = index / 64 * rank * 64 + index % 64
      return sum + Double(Float(row[index]) / 255 - mean[index]) * Double(tiles[tile])
    }
    #expect(abs(Double(fast.scores[0]) - expected) < 1e-5)
  }

  /// Rows around the number that one pass takes.
  @Test(arguments: [1, 4, 5, 6, 12]) func rowsTogetherGiveWhatEachGivesByItself(count: Int) {
    var source = SyntheticRows(seed: UInt64(count))
    let (chunks, rank) = (3, 7)
    let length = 64 * chunks
    let rows = (0..<(count * length)).map { _ in UInt8(source.next() * 256) }
    let mean = (0..<length).map { _ in Float(source.next()) }
    let tiles = (0..<(length * rank)).map { _ in Float(source.next() - 0.5) / 50 }
    func run(_ rows: [UInt8], _ scalar: Int32) -> (centred: [Float], scores: [Float]) {
      let count = rows.count / length
      var centred = [Float](repeating: 0, count: count * length)
      var lanes = [Float](repeating: 1, count: count * 16 * rank)
      var scores = [Float](repeating: 0, count: count * rank)
      audit_linear_project(rows, count, mean, tiles, chunks, rank, &centred, &lanes, &scores, scalar)
      return (centred, scores)
    }
    let alone = (0..<count).map { run(Array(rows[$0 * length..<($0 + 1) * length]), 1) }
    for scalar in [Int32(0), 1] {
      let together = run(rows, scalar)
      #expect(together.scores == alone.flatMap(\.scores) && together.centred == alone.flatMap(\.centred))
    }
  }

  @Test(arguments: [1, 15, 64, 127, 128, 129, 1000, 12_288]) func theNearestRowIsFoundExactly(length: Int) {
    var source = SyntheticRows(seed: UInt64(length))
    let count = 9
    let rows = (0..<(count * length)).map { _ in source.next() < 0.1 ? 255 : UInt8(source.next() * 256) }
    let row = (0..<length).map { _ in Int16(source.next() * 256) }
    var squares = [Int32](repeating: 0, count: count)
    audit_linear_squares(rows, count, length, &squares)
    let distances = (0..<count).map { index in
      (0..<length).reduce(Int64(0)) { sum, place in
        let apart = Int64(row[place]) - Int64(rows[index * length + place])
        return sum + apart * apart
      }
    }
    for scalar in [0, 1] as [Int32] {
      #expect(audit_linear_nearest_row(rows, squares, count, length, row, count, -1, scalar) == distances.min())
      let nearest = distances.firstIndex(of: distances.min() ?? 0) ?? 0
      var others = distances
      others.remove(at: nearest)
      #expect(audit_linear_nearest_row(rows, squares, count, length, row, nearest, -1, scalar) == others.min())
      let smallest = distances.min() ?? 0
      #expect(
        audit_linear_nearest_row(rows, squares, count, length, row, count, smallest, scalar)
          == distances.filter { $0 > smallest }.min() ?? .max)
    }
    #expect(audit_linear_nearest_row(rows, squares, 1, length, row, 0, -1, 0) == .max)
  }

  @Test func theDigestIsSHA256() {
    #expect(
      hexadecimal(sha256(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hexadecimal(sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }
}
