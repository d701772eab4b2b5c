package import AuditCore
import AuditDigest
import AuditStatistics

/// The file format of a model: little-endian, in this order.
///
///     8   "AUDITLRM"
///     4   version (1 or 2), then width, height, rank and count of rows, 4 each
///     8   seed
///     8   tail, sum of pulls, sum of leverages, median distance, both cuts: 6 doubles
///     8   eigenvalues: rank doubles
///     4   mean: length floats, then components: rank x length floats
///     8   keys: one per row
///     1   in version 2, 1 for each row that is surely damaged, else 0: in version 1 nobody looked
///     1   rows: count x length bytes
///     32  SHA-256 of everything before
extension LowRankModel {
  private static let magic = Array("AUDITLRM".utf8)
  /// Without and with what is known of damage.
  private static let versions: (plain: UInt32, looked: UInt32) = (1, 2)
  private static let checksumBytes = 32

  package func encoded() -> [UInt8] { LowRankModel.encode(parts) }

  /// `encoded()` without its checksum: for a process of this program that is handed it in memory.
  package func body() -> [UInt8] { LowRankModel.body(of: parts) }

  private var parts: Parts {
    Parts(
      seed: seed, mean: mean, components: components, eigenvalues: eigenvalues, tail: tail, sums: sums,
      orthogonalCut: orthogonalCut, scoreCut: scoreCut, rows: rows, keys: keys, isDamaged: isDamaged)
  }

  static func encode(_ parts: Parts) -> [UInt8] {
    var bytes = body(of: parts)
    bytes += sha256(bytes)
    return bytes
  }

  private static func body(of parts: Parts) -> [UInt8] {
    let rank = parts.eigenvalues.count
    let count = parts.keys.count
    var bytes: [UInt8] = []
    let version = parts.isDamaged == nil ? versions.plain : versions.looked
    bytes.reserveCapacity(encodedSize(version: version, rank: rank, count: count) ?? 0)
    bytes += magic
    for number in [version, UInt32(side), UInt32(side), UInt32(rank), UInt32(count)] {
      bytes.append(littleEndian: number)
    }
    bytes.append(littleEndian: parts.seed)
    let sums = parts.sums
    for number in [
      parts.tail, sums.pull, sums.leverage, sums.medianDistance, parts.orthogonalCut, parts.scoreCut,
    ] + parts.eigenvalues {
      bytes.append(littleEndian: number.bitPattern)
    }
    bytes.append(littleEndian: parts.mean)
    bytes.append(littleEndian: parts.components)
    bytes.append(littleEndian: parts.keys)
    bytes += parts.isDamaged?.map { $0 ? 1 : 0 } ?? []
    bytes += parts.rows
    return bytes
  }

  /// Whether a file begins as a model does.
  package static func begins(_ head: UnsafeRawBufferPointer) -> Bool { head.starts(with: magic) }

  /// - Parameter file: the file that a person named; nil where the bytes were stored with a run.
  /// - Throws: `AuditError` with what is wrong with the bytes.
  package init(decoding bytes: [UInt8], from file: String? = nil) throws(AuditError) {
    do throws(Flaw) {
      self.init(try LowRankModel.parts(of: bytes, isWhole: true), digest: hexadecimal(sha256(bytes)))
    } catch {
      throw error.refusal(of: file)
    }
  }

  /// A model that another process of this program handed over in memory, where nothing can have happened to it.
  ///
  /// - Parameters:
  ///   - body: of the model.
  ///   - digest: of the model.
  /// - Throws: `AuditError` where the bytes are none.
  package init(body: [UInt8], digest: String) throws(AuditError) {
    do throws(Flaw) {
      self.init(try LowRankModel.parts(of: body, isWhole: false), digest: digest)
    } catch {
      throw error.refusal(of: nil)
    }
  }

  /// - Parameter isWhole: whether a checksum follows.
  private static func parts(of bytes: [UInt8], isWhole: Bool) throws(Flaw) -> Parts {
    let body = isWhole ? bytes.count - checksumBytes : bytes.count
    var reader = LittleEndianReader(bytes)
    guard bytes.starts(with: LowRankModel.magic), reader.skip(LowRankModel.magic.count),
      let version: UInt32 = reader.next()
    else { throw .damaged("these bytes are not a model") }
    guard [versions.plain, versions.looked].contains(version) else { throw .version(version) }
    guard let width: UInt32 = reader.next(), let height: UInt32 = reader.next(), let rank: UInt32 = reader.next(),
      let count: UInt32 = reader.next(), width == LowRankModel.side, height == LowRankModel.side, rank > 0, count > 0,
      let size = LowRankModel.encodedSize(version: version, rank: Int(rank), count: Int(count)),
      size == body + checksumBytes
    else { throw .damaged("its header says another size than \(counted(bytes.count, "byte"))") }
    if isWhole, bytes.withUnsafeBytes({ sha256(.init(rebasing: $0[..<body])) }) != Array(bytes[body...]) {
      throw .damaged("its checksum does not agree")
    }
    guard let parts = reader.parts(rank: Int(rank), count: Int(count), looked: version == versions.looked),
      parts.numbersAreSound
    else { throw .damaged("it holds values that cannot be") }
    return parts
  }

  /// What is wrong with the bytes of a model.
  private enum Flaw: Error {
    case damaged(String)
    case version(UInt32)

    func refusal(of file: String?) -> AuditError {
      let name = file.map { "'\($0)'" } ?? "the stored reference model"
      let remedy = file == nil ? "fit it anew with --fresh" : "fetch it again, or make it again with `audit fit`"
      switch self {
      case .damaged(let what):
        return .damaged(name, cause: what, remedy: remedy)
      case .version(let version):
        return .otherVersion(
          of: name, found: "\(version)", known: "\(LowRankModel.versions.plain) and \(LowRankModel.versions.looked)",
          remedy: remedy)
      }
    }
  }

  /// Bytes of a whole file; nil where the numbers are beyond any file.
  private static func encodedSize(version: UInt32, rank: Int, count: Int) -> Int? {
    guard rank <= 4096, count <= 1 << 24 else { return nil }
    let numbers = 8 * (1 + 6 + rank) + 4 * length * (1 + rank)
    let ofRow = 8 + length + (version == versions.looked ? 1 : 0)
    return magic.count + 20 + numbers + count * ofRow + checksumBytes
  }
}

extension LowRankModel.Parts {
  /// Nothing that would make a score that is not a number.
  fileprivate var numbersAreSound: Bool {
    let scalars = [tail, sums.pull, sums.leverage, sums.medianDistance, orthogonalCut, scoreCut]
    return scalars.allSatisfy { $0.isFinite && $0 >= 0 } && eigenvalues.allSatisfy { $0.isFinite && $0 > 0 }
      && mean.allSatisfy(\.isFinite) && components.allSatisfy(\.isFinite)
  }
}

extension LittleEndianReader {
  /// - Parameter looked: whether it says which rows are damaged.
  fileprivate mutating func parts(rank: Int, count: Int, looked: Bool) -> LowRankModel.Parts? {
    let length = LowRankModel.length
    guard let seed: UInt64 = next(), let numbers: [Double] = next(6), let eigenvalues: [Double] = next(rank),
      let mean: [Float] = next(length), let components: [Float] = next(rank * length),
      let keys: [UInt64] = next(count), let flags: [UInt8] = next(looked ? count : 0), flags.allSatisfy({ $0 < 2 }),
      let rows: [UInt8] = next(count * length)
    else { return nil }
    return LowRankModel.Parts(
      seed: seed, mean: mean, components: components,
      eigenvalues: eigenvalues, tail: numbers[0],
      sums: SkewSums(count: count, pull: numbers[1], leverage: numbers[2], medianDistance: numbers[3]),
      orthogonalCut: numbers[4], scoreCut: numbers[5], rows: rows, keys: keys,
      isDamaged: looked ? flags.map { $0 == 1 } : nil)
  }
}
