/// Measures and jobs on their way between two processes of this program on one machine: fixed lengths, numbers bit for
/// bit in the machine's own order. What comes back is checked, for its process may have been made to say anything.
extension PictureMeasures {
  private static let numbers =
    PictureStatistics.all.count + linesLength + (1 + Turn.allCases.count) * histogramLength

  /// Bytes of any picture's measures.
  package static let encodedLength = numbers * MemoryLayout<Double>.size + pixelsLength

  package func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(PictureMeasures.encodedLength)
    encode(to: &bytes)
    return bytes
  }

  package func encode(to bytes: inout [UInt8]) {
    for numbers in [statistics, lines, histogram] + turnedHistograms {
      numbers.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    bytes += pixels
  }

  /// nil where the bytes are no measures: too few or too many, or numbers that no picture has.
  package init?(decoding bytes: some Collection<UInt8>) {
    let found = bytes.withContiguousStorageIfAvailable { PictureMeasures(UnsafeRawBufferPointer($0)) }
    guard let measures = found ?? Array(bytes).withUnsafeBytes({ PictureMeasures($0) }) else { return nil }
    self = measures
  }

  private init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == PictureMeasures.encodedLength else { return nil }
    var rest = bytes[...]
    func take(_ count: Int) -> [Double] {
      [Double](unsafeUninitializedCapacity: count) { out, filled in
        let size = count * MemoryLayout<Double>.size
        UnsafeMutableRawBufferPointer(out).copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(size)))
        rest = rest.dropFirst(size)
        filled = count
      }
    }
    let (statistics, lines) = (take(PictureStatistics.all.count), take(PictureMeasures.linesLength))
    let histograms = (0...Turn.allCases.count).map { _ in take(PictureMeasures.histogramLength) }
    // A picture that is too small for a statistic or a line has none.
    guard (statistics + lines).allSatisfy({ !$0.isInfinite }),
      histograms.allSatisfy({ $0.allSatisfy { $0 >= 0 && $0 <= 1 } })
    else { return nil }
    self.init(
      statistics: statistics, lines: lines, histogram: histograms[0],
      turnedHistograms: Array(histograms.dropFirst()), pixels: Array(rest))
  }
}

extension PixelDigest {
  package static let encodedLength = 16

  package func encoded() -> [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

  /// nil where there are not 16 bytes.
  package init?(decoding bytes: some Collection<UInt8>) {
    guard bytes.count == PixelDigest.encodedLength else { return nil }
    var words = SIMD2<UInt64>()
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    self.init(words: words)
  }
}

extension CopyPlan.Job {
  private static let encodedLength = 10
  private static let (harmless, reencoded): (UInt16, UInt16) = (.max, .max - 1)

  /// What whoever makes the copy has to know; not which pictures it is made of.
  package func encoded() -> [UInt8] {
    let number =
      switch treatment {
      case .damaged(let place): UInt16(place)
      case .harmless: CopyPlan.Job.harmless
      case .reencoded: CopyPlan.Job.reencoded
      }
    return withUnsafeBytes(of: number) { Array($0) } + withUnsafeBytes(of: seed) { Array($0) }
  }

  /// Jobs that were encoded one after the other; nil where the bytes are none.
  package static func decoded(_ bytes: [UInt8]) -> [CopyPlan.Job]? {
    guard bytes.count % encodedLength == 0 else { return nil }
    var jobs: [CopyPlan.Job] = []
    for start in stride(from: 0, to: bytes.count, by: encodedLength) {
      let (number, seed) = bytes.withUnsafeBytes {
        (
          $0.loadUnaligned(fromByteOffset: start, as: UInt16.self),
          $0.loadUnaligned(fromByteOffset: start + 2, as: UInt64.self)
        )
      }
      guard let treatment = treatment(number) else { return nil }
      jobs.append(CopyPlan.Job(treatment: treatment, source: 0, other: 0, seed: seed))
    }
    return jobs
  }

  private static func treatment(_ number: UInt16) -> CopyPlan.Treatment? {
    switch number {
    case harmless: .harmless
    case reencoded: .reencoded
    default: DamageKinds.all.indices.contains(Int(number)) ? .damaged(Int(number)) : nil
    }
  }
}
