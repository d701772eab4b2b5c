package import AuditCore
import CKernels

/// What the search for copies is told about one picture.
package struct DuplicateRow: Sendable {
  package var path: SamplePath
  /// SHA-256 of the file; nil where the file was not read or is empty.
  package var content: [UInt8]?
  /// Which file of the file system it is; nil where that is not known.
  package var file: FileIdentity?
  /// nil where the picture could not be decoded: it can then only equal another file.
  package var fingerprint: PictureFingerprint?
  /// Pixels as decoded; 0 without a fingerprint.
  package var width = 0
  package var height = 0
  /// Statistic `log_sharpness`, ln of full scale squared.
  package var sharpness: Double?
  /// Mean of the statistics `block_x` and `block_y`, ln ratio: 0 without blocks.
  package var blockiness: Double?
  /// Of the file; 0 where that is not known.
  package var bytes = 0
  /// Statistics `red_white`, `green_white` and `blue_white`, ln shares; may be empty.
  package var white: [Double] = []
  /// Part of the set that it is for, 0 to 7: what is copied into a later part from an earlier one is a leak.
  package var part: Int?

  package init(path: SamplePath, content: [UInt8]? = nil, fingerprint: PictureFingerprint? = nil) {
    (self.path, self.content, self.fingerprint) = (path, content, fingerprint)
  }

  /// Device and inode.
  package struct FileIdentity: Sendable, Hashable {
    package let device: Int64
    package let inode: Int64

    package init(device: Int64, inode: Int64) { (self.device, self.inode) = (device, inode) }
  }
}

/// Rows side by side in about 220 bytes each beside their paths, so that a million fit.
struct DuplicateColumns {
  /// Parts that a set may have.
  static let mostParts = 8

  private(set) var count = 0
  /// Of each row the words of its three hashes; zeros without a fingerprint.
  private(set) var words: [UInt64] = []
  private(set) var digests: [SIMD2<UInt64>] = []
  /// Spread of the small picture, code values; negative without a fingerprint.
  private(set) var contrasts: [Float] = []
  private var contents: [SIMD2<UInt64>?] = []
  private var files: [DuplicateRow.FileIdentity?] = []
  private(set) var widths: [Int32] = []
  private(set) var heights: [Int32] = []
  private(set) var sharpness: [Float] = []
  private(set) var blockiness: [Float] = []
  private(set) var bytes: [Float] = []
  /// Share of the values of the pixels that are white.
  private(set) var white: [Float] = []
  /// 255 for none.
  private var parts: [UInt8] = []
  /// Whether any lies in a part that could have a copy in an earlier one.
  private(set) var hasParts = false
  private var pathBytes: [UInt8] = []
  private var pathEnds: [Int] = [0]

  mutating func append(_ row: DuplicateRow) {
    count += 1
    for hash in [row.fingerprint?.upright, row.fingerprint?.inset, row.fingerprint?.mirrored] {
      for word in 0..<4 { words.append(hash?.words[word] ?? 0) }
    }
    digests.append(row.fingerprint?.pixels.words ?? .zero)
    contrasts.append(row.fingerprint?.contrast ?? -1)
    contents.append(row.content.flatMap(DuplicateColumns.half))
    files.append(row.file)
    widths.append(Int32(clamping: row.width))
    heights.append(Int32(clamping: row.height))
    sharpness.append(Float(row.sharpness ?? -.infinity))
    blockiness.append(Float(row.blockiness ?? 0))
    bytes.append(Float(max(1, row.bytes)))
    white.append(Float(row.white.reduce(0) { $0 + audit_exp($1) } / Double(max(1, row.white.count))))
    precondition(row.part.map { (0..<DuplicateColumns.mostParts).contains($0) } ?? true, "part \(row.part ?? 0)")
    parts.append(row.part.map { UInt8($0) } ?? 255)
    hasParts = hasParts || row.part ?? 0 > 0
    pathBytes.append(contentsOf: row.path.bytes)
    pathEnds.append(pathBytes.count)
  }

  /// 128 bits of a digest: enough to tell files apart.
  private static func half(_ content: [UInt8]) -> SIMD2<UInt64>? {
    guard content.count >= 16 else { return nil }
    func word(_ start: Int) -> UInt64 { content[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
    return SIMD2(word(0), word(8))
  }

  func path(_ row: Int) -> SamplePath { SamplePath(bytes: Array(pathBytes[pathEnds[row]..<pathEnds[row + 1]])) }

  func part(_ row: Int) -> Int? { parts[row] == 255 ? nil : Int(parts[row]) }

  func content(_ row: Int) -> SIMD2<UInt64>? { contents[row] }

  func file(_ row: Int) -> DuplicateRow.FileIdentity? { files[row] }

  func hasFingerprint(_ row: Int) -> Bool { contrasts[row] >= 0 }

  func pixels(_ row: Int) -> Int { Int(widths[row]) * Int(heights[row]) }

  /// Rows in the order of their paths' bytes; equal paths in the order of arrival.
  var inOrderOfPaths: [Int] {
    pathBytes.withUnsafeBufferPointer { bytes in
      (0..<count).sorted { one, other in
        let left = bytes[pathEnds[one]..<pathEnds[one + 1]]
        let right = bytes[pathEnds[other]..<pathEnds[other + 1]]
        if left.lexicographicallyPrecedes(right) { return true }
        return left.elementsEqual(right) ? one < other : false
      }
    }
  }
}
