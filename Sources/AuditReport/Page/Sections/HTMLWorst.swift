import AuditCore

/// The images of highest skew, where the page begins.
extension HTMLReport {
  var worst: HTML {
    guard !model.worst.isEmpty else { return .empty }
    let figures: [HTML] = model.worst.map { tile in
      let path = SamplePath(tile.path).printable
      let verdict = tile.verdict.map { "\($0.sign) \($0.rawValue) " } ?? ""
      let skew = tile.skew.map { fixed($0, 1) } ?? "no skew"
      let image: HTML =
        picture(of: tile.id).map { "<img src=\"\($0)\" alt=\"\(path)\">" }
        ?? "<p class=\"none\">\(pictures.missing[tile.id] ?? "no picture")</p>"
      return """
        <figure class="thumb" data-id="\(Int(tile.id))">\(image)<figcaption>\(verdict)\(skew)</figcaption></figure>
        """
    }
    let marked = [Verdict.drop, .review].reduce(0) { $0 + (summary.verdicts[$1.rawValue] ?? 0) }
    let words =
      marked > 0
      ? "The highest skew"
      : "The highest skew, and nothing is marked: in a sound set some image is always first"
    return "<div class=\"worst\"><p>\(words)</p><div class=\"thumbs\">\(figures)</div></div>"
  }
}
