import AuditCore
import CKernels

/// Which of several copies is worth keeping.
struct MemberQuality {
  let pixels: Int
  /// Variance of the Laplacian over that of the picture, so that brightening is no gain: ln.
  let sharpness: Double
  /// Steps at the blocks of an encoder, ln ratio, 0 without.
  let blocks: Double
  private let size: (Int32, Int32)

  init(_ columns: DuplicateColumns, row: Int) {
    pixels = columns.pixels(row)
    size = (columns.widths[row], columns.heights[row])
    sharpness = Double(columns.sharpness[row]) - 2 * audit_log(max(1, Double(columns.contrasts[row])))
    blocks = max(0, Double(columns.blockiness[row]))
  }

  /// Detail in all: sharpness per pixel times pixels. A copy made smaller loses more pixels than it gains sharpness, and
  /// one made larger loses more sharpness than it gains pixels; blocks look sharp and are not.
  ///
  /// Blocks count from where they can be seen: a little of them is in most files, and a crop only hides it.
  var score: Double {
    sharpness + 2 * audit_log(Double(max(1, pixels))) - 3 * max(0, blocks - MemberQuality.visibleBlocks)
  }

  private static let visibleBlocks = 0.3

  /// Why this one is the best of a group.
  func reason(among others: [MemberQuality]) -> String {
    var words: [String] = []
    if !others.isEmpty, others.allSatisfy({ pixels > $0.pixels }) { words.append("largest (\(size.0) x \(size.1))") }
    if !others.isEmpty, others.allSatisfy({ sharpness > $0.sharpness + 0.02 }) { words.append("sharpest") }
    if !others.isEmpty, others.allSatisfy({ blocks + 0.02 < $0.blocks }) { words.append("least compressed") }
    if !words.isEmpty { return words.joined(separator: ", ") }
    if others.allSatisfy({ $0.score == score }) { return "first by name, the others are no worse" }
    return "most detail for its size and compression"
  }
}
