import AuditCore
import AuditQuality
import AuditStore

/// Finds copies, near copies and runs of frames in a ranked run, and copies that lie in two parts of it.
struct CopySearch {
  let store: Store
  let run: Int64

  func write() throws {
    var finder = DuplicateFinder()
    var ids: [Int64] = []
    try store.forEachCopyRow(of: run) { row in
      ids.append(row.id)
      finder.add(DuplicateRow(row))
    }
    let groups = try finder.groups { row in
      try store.smallPicture(of: ids[row]).flatMap { SmallPicture(pixels: $0) }
    }
    let rows = groups.enumerated().flatMap { number, group in
      group.members.enumerated().map { place, member in
        NearGroupRow(
          sample: ids[member.row], number: number + 1, kind: member.kind.rawValue,
          original: member.original.map { ids[$0] }, isBest: place == 0, reason: place == 0 ? group.reason : nil)
      }
    }
    try store.write(
      groups: rows,
      leaks: finder.leaks(in: groups).map { (sample: ids[$0.row], other: ids[$0.other], kind: $0.kind.rawValue) },
      to: run)
  }
}

extension DuplicateRow {
  init(_ row: CopyRow) {
    self.init(path: row.path, content: row.sha256, fingerprint: row.fingerprint.flatMap { PictureFingerprint($0) })
    if let device = row.device, let inode = row.inode { file = FileIdentity(device: device, inode: inode) }
    (width, height) = (row.width, row.height)
    (sharpness, blockiness) = (row.sharpness, row.blockiness)
    split = SplitName.of(row.path)
  }
}

extension PictureFingerprint {
  /// nil where the bytes are not those of a fingerprint.
  init?(_ stored: StoredFingerprint) {
    guard stored.pixels.count == 16, stored.hashes.count == 96 else { return nil }
    let words = stride(from: 0, to: 96, by: 8).map { word(stored.hashes, at: $0) }
    func hash(_ first: Int) -> DifferenceHash {
      DifferenceHash(words: SIMD4(words[first], words[first + 1], words[first + 2], words[first + 3]))
    }
    self.init(
      upright: hash(0), mirrored: hash(4), inset: hash(8),
      pixels: PixelDigest(words: SIMD2(word(stored.pixels, at: 0), word(stored.pixels, at: 8))),
      contrast: Float(stored.contrast))
  }

  func stored(small: SmallPicture) -> StoredFingerprint {
    let hashes = [upright, mirrored, inset].flatMap { hash in (0..<4).flatMap { bytes(of: hash.words[$0]) } }
    return StoredFingerprint(
      pixels: bytes(of: pixels.words[0]) + bytes(of: pixels.words[1]), hashes: hashes, contrast: Double(contrast),
      small: small.pixels)
  }
}

/// A little-endian word.
private func word(_ bytes: [UInt8], at start: Int) -> UInt64 {
  (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
}

private func bytes(of word: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
