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
    let (groups, leaks) = try finder.copies { row in
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
      leaks: leaks.map { (sample: ids[$0.row], other: ids[$0.other], kind: $0.kind.rawValue) },
      to: run)
  }
}

extension DuplicateRow {
  init(_ row: CopyRow) {
    self.init(path: row.path, content: row.sha256, fingerprint: row.fingerprint.flatMap { PictureFingerprint($0) })
    if let device = row.device, let inode = row.inode { file = FileIdentity(device: device, inode: inode) }
    (width, height) = (row.width, row.height)
    (sharpness, blockiness) = (row.sharpness, row.blockiness)
    (bytes, white) = (row.bytes, row.white)
    part = (row.split ?? SplitName.of(row.path))?.rawValue
  }
}

extension PictureFingerprint {
  /// nil where the bytes are not those of a fingerprint.
  init?(_ stored: StoredFingerprint) {
    guard stored.pixels.count == 16, stored.hashes.count == 96 else { return nil }
    var reader = LittleEndianReader(stored.hashes + stored.pixels)
    guard let words: [UInt64] = reader.next(14) else { return nil }
    func hash(_ first: Int) -> DifferenceHash {
      DifferenceHash(words: SIMD4(words[first], words[first + 1], words[first + 2], words[first + 3]))
    }
    self.init(
      upright: hash(0), mirrored: hash(4), inset: hash(8), pixels: PixelDigest(words: SIMD2(words[12], words[13])),
      contrast: Float(stored.contrast))
  }

  func stored(small: SmallPicture) -> StoredFingerprint {
    var (digest, hashes): ([UInt8], [UInt8]) = ([], [])
    digest.append(littleEndian: [pixels.words[0], pixels.words[1]])
    for hash in [upright, mirrored, inset] { hashes.append(littleEndian: (0..<4).map { hash.words[$0] }) }
    return StoredFingerprint(pixels: digest, hashes: hashes, contrast: Double(contrast), small: small.pixels)
  }
}
