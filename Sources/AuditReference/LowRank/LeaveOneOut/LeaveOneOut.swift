package import AuditCore
import AuditDigest
package import AuditStatistics

/// The reference of a set too small for components: each picture is compared with the median picture of the others.
///
/// Model space is that of `LowRankModel`. Among so few pictures a component would be made of single ones, and a mean
/// would be bent by the one that does not belong; the median of three or more is not.
package struct LeaveOneOut: Sendable {
  /// Pictures from which on there are others to compare with.
  package static let fewest = 2
  /// Pictures from which on there is a robust model instead.
  package static let tooMany = RobustFit.fewestRows

  /// count x `LowRankModel.length` bytes.
  package let rows: [UInt8]
  /// What each row is known by; see `SampleKey`.
  package let keys: [UInt64]
  package let seed: UInt64

  package var count: Int { keys.count }

  /// - Throws: `FitRefusal`: fewer than two rows, or all rows the same picture.
  package init(rows: [UInt8], keys: [UInt64], seed: UInt64) throws(FitRefusal) {
    precondition(rows.count == keys.count * LowRankModel.length && keys.count < LeaveOneOut.tooMany)
    guard keys.count >= LeaveOneOut.fewest else { throw .tooFewRows(count: keys.count) }
    guard !GramMatrix(rows: rows, length: LowRankModel.length).rowsAreEqual else {
      throw .rowsAreEqual(count: keys.count)
    }
    (self.rows, self.keys, self.seed) = (rows, keys, seed)
  }

  /// The median of all pictures but the one of that key: 64 x 64 x 3, full scale.
  package func reference(besides key: UInt64) -> [Float] {
    let others = keys.indices.filter { keys[$0] != key }
    return (0..<LowRankModel.length).map { place in
      let values = others.map { rows[$0 * LowRankModel.length + place] }.sorted()
      let twice = Int(values[(values.count - 1) / 2]) + Int(values[values.count / 2])
      return Float(twice) / 510
    }
  }
}

/// The file format: little-endian "AUDITLOO", seed, count, keys (8 bytes each), rows, SHA-256 of everything before.
extension LeaveOneOut {
  private static let magic = Array("AUDITLOO".utf8)
  private static let checksumBytes = 32

  package var encoded: [UInt8] {
    var bytes = LeaveOneOut.magic
    for number in [seed, UInt64(count)] + keys { bytes.append(littleEndian: number) }
    bytes += rows
    return bytes + sha256(bytes)
  }

  /// SHA-256 of `encoded`, 64 hexadecimal digits.
  package var digest: String { hexadecimal(sha256(encoded)) }

  /// - Throws: `AuditError` where the bytes are none of these.
  package init(decoding bytes: [UInt8]) throws(AuditError) {
    var reader = LittleEndianReader(bytes)
    let body = bytes.count - LeaveOneOut.checksumBytes
    guard bytes.starts(with: LeaveOneOut.magic), reader.skip(LeaveOneOut.magic.count), body > 0,
      let seed: UInt64 = reader.next(), let count: UInt64 = reader.next(), count < LeaveOneOut.tooMany,
      let keys: [UInt64] = reader.next(Int(count)), let rows: [UInt8] = reader.next(Int(count) * LowRankModel.length),
      sha256(Array(bytes[..<body])) == Array(bytes[body...])
    else { throw LeaveOneOut.damaged }
    do throws(FitRefusal) {
      try self.init(rows: rows, keys: keys, seed: seed)
    } catch {
      throw LeaveOneOut.damaged
    }
  }

  private static let damaged = AuditError.damaged(
    "the stored copy of the pictures that this run compared with one another", remedy: "scan anew with --fresh")
}
