import AuditCore
import CKernels

extension DamageRule {
  static let placement = [upsideDown, rotated, misaligned]

  private static let upsideDown = DamageRule(
    "upside_down", kinds: ["upside_down"], meaning: "stands on its head, among pictures that do not",
    remedy: "turn it; look for a lost EXIF orientation in its source",
    page: """
      UPSIDE_DOWN: stands on its head

      SEEN FROM
        Judges that learnt from copies of this set, turned by 180 degrees or mirrored upside
        down, vote for it, and so turned its edges or its whole lie nearer to the model of
        the set than upright.

      SEE ALSO
        audit explain rotated
      """,
    statistics: [],
    sign: { sample, _ in sample.nearerTurned([0, 1]).map { "upside down it lies \($0) nearer to the set" } })

  private static let rotated = DamageRule(
    "rotated", kinds: ["turned"], meaning: "turned by 90 degrees, among pictures that are not",
    remedy: "turn it; look for a lost EXIF orientation in its source",
    page: """
      ROTATED: turned by 90 degrees

      SEEN FROM
        Judges that learnt from copies of this set, turned to the left or to the right, vote
        for it, and so turned back its edges or its whole lie nearer to the model of the set.

      SEE ALSO
        audit explain upside_down
      """,
    statistics: [],
    sign: { sample, _ in sample.nearerTurned([2, 3]).map { "turned by 90 degrees it lies \($0) nearer to the set" } })

  private static let misaligned = DamageRule(
    "misaligned", kinds: ["misaligned"], meaning: "shifted, scaled or tilted against the other faces",
    remedy: "align it again, or leave it out; a shifted face is as far off as another face",
    page: """
      MISALIGNED: shifted, scaled or tilted against the others

      SEEN FROM
        Judges that learnt from copies of this set, moved, scaled and tilted, vote for it,
        and its edges do not lie where those of the set do (the part of oddness that belongs
        to the edges is above 1), or the picture itself does not.

      SEE ALSO
        audit explain odd
      """,
    statistics: [], sign: { sample, _ in sample.partWords([3, 4], least: 1) })
}

extension MeasuredSample {
  /// By how much the picture lies nearer to the set in one of these turns; nil where it does not.
  fileprivate func nearerTurned(_ turns: [Int]) -> String? {
    guard let judgement, judgement.turned.count == 8 else { return nil }
    let edges = turns.map { judgement.turned[$0] }.max() ?? 0
    let pixels = turns.map { judgement.turned[4 + $0] }.max() ?? 0
    guard max(edges, pixels) > 0 else { return nil }
    return pixels > 0 ? percent(1 - audit_exp(-pixels)) : fixed(edges, 2)
  }

  /// The largest of these parts of oddness in words; nil where it is below `least`.
  func partWords(_ places: [Int], least: Double) -> String? {
    guard let judgement, judgement.parts.count == 5 else { return nil }
    let names = [
      "its statistics lie %@ deviations off the set's", "its statistics lie %@ deviations far out in the set's",
      "its neighbours lie %@ deviations further than is usual", "edges lie %@ deviations off where the set has them",
      "the picture lies %@ deviations off the model of the set",
    ]
    let found = places.map { (place: $0, value: judgement.parts[$0]) }.max { $0.value < $1.value }
    guard let found, found.value >= least else { return nil }
    return names[found.place].replacing("%@", with: fixed(found.value, 1))
  }
}
