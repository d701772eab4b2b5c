import AuditCore

/// Of another size than nearly all others, which were cut or scaled to one.
struct OddSizeRule: IssueRule {
  /// How many times longer or shorter its longer side is.
  private static let factor = 1.5

  let info = IssueInfo(
    code: "odd_size", severity: .notice, meaning: "much larger or smaller than nearly all pictures of the set",
    remedy: "see where it comes from: scaled to the others' size it is softer, or sharper, than they are",
    page: """
      ODD_SIZE: much larger or smaller than nearly all others

      SEEN FROM
        Nine of ten pictures of the set have one size, and the longer side of this one is at
        least 1.5 times as long, or as short. In a set of many sizes no size is odd.

      SEE ALSO
        audit explain odd_shape
        audit explain low_detail
      """)
  let statistics: [String] = []

  func finding(in sample: MeasuredSample, of set: MeasuredSet) -> RuleFinding? {
    guard let size = set.size, sample.width > 0, sample.height > 0 else { return nil }
    let (own, usual) = (Double(max(sample.width, sample.height)), Double(max(size.width, size.height)))
    let ratio = max(own / usual, usual / own)
    guard ratio >= OddSizeRule.factor else { return nil }
    return RuleFinding(
      "\(sample.width)x\(sample.height) where nearly all are \(size.width)x\(size.height)", strength: ratio / 8,
      confidence: nil)
  }
}
