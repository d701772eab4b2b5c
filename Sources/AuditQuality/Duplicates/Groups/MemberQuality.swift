import AuditCore
import CKernels

/// Which of several copies is worth keeping.
struct MemberQuality {
  let pixels: Int
  /// Variance of the Laplacian over that of the picture, so that brightening is no gain: ln.
  let sharpness: Double
  /// Steps at the blocks of an encoder, ln ratio, 0 without.
  let blocks: Double
  /// Of the file, and the share of white in the picture.
  private let bytes: Double
  private let white: Double
  let size: Size

  struct Size: Hashable, Comparable {
    let width: Int32
    let height: Int32

    static func < (one: Size, other: Size) -> Bool { (one.width, one.height) < (other.width, other.height) }
  }

  init(_ columns: DuplicateColumns, row: Int) {
    pixels = columns.pixels(row)
    size = Size(width: columns.widths[row], height: columns.heights[row])
    (bytes, white) = (Double(columns.bytes[row]), Double(columns.white[row]))
    sharpness = Double(columns.sharpness[row]) - 2 * audit_log(max(1, Double(columns.contrasts[row])))
    blocks = max(0, Double(columns.blockiness[row]))
  }

  /// Detail in all: sharpness per pixel times pixels. A copy made smaller loses more pixels than it gains sharpness, and
  /// one made larger loses more sharpness than it gains pixels; blocks look sharp and are not.
  ///
  /// Blocks count from where they can be seen: a little of them is in most files, and a crop only hides it.
  var detail: Double { sharpness + 2 * audit_log(Double(max(1, pixels))) - hiddenByBlocks }

  /// What is left of the first picture, among pictures of one size that are about as sharp as each other: an encoder
  /// leaves out bytes, and what is too bright for white is lost. What an encoder adds looks sharp, so that counts a quarter.
  ///
  /// A file that was encoded once more with more bytes lost next to nothing, so that it may win.
  var kept: Double {
    sharpness / 4 + 3 * audit_log(min(bytes, MemberQuality.fullBytes * Double(max(1, pixels)))) - hiddenByBlocks
      - 20 * white
  }

  private var hiddenByBlocks: Double { 3 * max(0, blocks - MemberQuality.visibleBlocks) }

  /// Encoding at quality 60 what was encoded at 75 makes a picture look sharper by up to 0.8; halving and doubling it makes
  /// it look less sharp by 1.5 and more.
  static let aboutAsSharp = 1.0

  /// Bytes to a pixel of which more show nothing more.
  private static let fullBytes = 0.4
  private static let visibleBlocks = 0.3

  /// Why this one is the best of a group.
  func reason(among others: [MemberQuality]) -> String {
    guard !others.isEmpty else { return "first by name, the others are no worse" }
    var words: [String] = []
    if others.allSatisfy({ pixels > $0.pixels }) { words.append("largest (\(size.width) x \(size.height))") }
    if others.allSatisfy({ sharpness > $0.sharpness + 0.02 }) { words.append("sharpest") }
    if others.allSatisfy(isLessCompressed) { words.append("least compressed") }
    if others.allSatisfy({ white + 0.002 < $0.white }) { words.append("least white") }
    if !words.isEmpty { return words.joined(separator: ", ") }
    if others.allSatisfy({ $0.detail == detail && $0.kept == kept }) { return "first by name, the others are no worse" }
    return "most detail for its size and compression"
  }

  private func isLessCompressed(than other: MemberQuality) -> Bool {
    blocks + 0.02 < other.blocks || (size == other.size && bytes > 1.02 * other.bytes && blocks <= other.blocks + 0.02)
  }
}
