import AuditCore
import AuditQuality
import AuditReference

/// What a child found when it looked at pictures, as bytes for whoever asked. Nothing that it sends is trusted.
enum StudyAnswer {
  /// Empty where the file could not be read.
  static func encoded(modelRow: [UInt8]?) -> [UInt8] { modelRow ?? [] }

  /// nil where the file could not be read, or the bytes are no answer; so below.
  static func modelRow(_ bytes: [UInt8]) -> [UInt8]? { bytes.count == LowRankModel.length ? bytes : nil }

  private static let fingerprint = (pixels: 16, hashes: 96, small: 3 * 32 * 32)

  static func encoded(_ measurement: PictureMeasurement?) -> [UInt8] {
    guard let measurement else { return [] }
    let found = measurement.fingerprint
    var bytes: [UInt8] = []
    bytes.reserveCapacity(
      PictureMeasures.encodedLength + PixelDigest.encodedLength + 8 + fingerprint.pixels + fingerprint.hashes
        + fingerprint.small + (measurement.modelRow?.count ?? 0))
    measurement.measures.encode(to: &bytes)
    bytes += measurement.pixels.encoded()
    bytes += encoded(found.contrast)
    for part in [found.pixels, found.hashes, found.small, encoded(modelRow: measurement.modelRow)] { bytes += part }
    return bytes
  }

  static func measurement(_ bytes: [UInt8]) -> PictureMeasurement? {
    var rest = bytes[...]
    guard let measures = PictureMeasures(decoding: rest.take(PictureMeasures.encodedLength)),
      let pixels = PixelDigest(decoding: rest.take(PixelDigest.encodedLength)), let contrast = double(rest.take(8))
    else { return nil }
    let found = StoredFingerprint(
      pixels: Array(rest.take(fingerprint.pixels)), hashes: Array(rest.take(fingerprint.hashes)), contrast: contrast,
      small: Array(rest.take(fingerprint.small)))
    let row = modelRow(Array(rest))
    guard found.small.count == fingerprint.small, rest.isEmpty || row != nil else { return nil }
    return PictureMeasurement(measures: measures, pixels: pixels, fingerprint: found, modelRow: row)
  }

  /// Each behind a byte that says whether it could be made.
  static func encoded(_ copies: [PlantedCopy?]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(copies.count * (1 + 8 + PictureMeasures.encodedLength))
    for copy in copies {
      bytes.append(copy == nil ? 0 : 1)
      guard let copy else { continue }
      bytes += encoded(copy.strength)
      copy.measures.encode(to: &bytes)
    }
    return bytes
  }

  static func copies(_ bytes: [UInt8], of jobs: [CopyPlan.Job]) -> [PlantedCopy?]? {
    var rest = bytes[...]
    var copies: [PlantedCopy?] = []
    for job in jobs {
      guard let isMade = rest.popFirst() else { return nil }
      guard isMade == 1 else {
        copies.append(nil)
        continue
      }
      guard let strength = double(rest.take(8)),
        let measures = PictureMeasures(decoding: rest.take(PictureMeasures.encodedLength))
      else { return nil }
      copies.append(PlantedCopy(measures: measures, kind: job.kind, source: job.source, strength: strength))
    }
    return rest.isEmpty ? copies : nil
  }

  private static func encoded(_ number: Double) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }

  private static func double(_ bytes: ArraySlice<UInt8>) -> Double? {
    guard bytes.count == 8 else { return nil }
    let number = bytes.withUnsafeBytes { $0.loadUnaligned(as: Double.self) }
    return number.isFinite ? number : nil
  }
}

extension ArraySlice<UInt8> {
  /// So many from the front; fewer where there are not as many.
  fileprivate mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    defer { self = dropFirst(count) }
    return prefix(count)
  }
}
