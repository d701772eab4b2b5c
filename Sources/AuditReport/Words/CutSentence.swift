import AuditCore

/// What the cut line says at one of its places; the page's script only exchanges these.
struct CutSentence {
  let stop: CutCurve.Stop

  var sentence: Sentence {
    let count = "\(stop.images.formattedWithCommas) \(plural(stop.images, "image"))"
    let start = "Leaving out the \(count) of highest skew (\(shareText))"
    guard let gain = stop.gain, let low = stop.low, let high = stop.high else {
      return "\(start): what that is worth was not estimated."
    }
    let about = stop.isEstimated ? "" : "about "
    let interval = "\(figure(low)) to \(figure(high))"
    if low > 0 {
      return "\(start) lowers the squared error on the rest by \(strong: about + percent(gain)) (\(interval))."
    }
    if high < 0 {
      return "\(start) raises the squared error on the rest by \(strong: about + percent(-gain)) (\(interval))."
    }
    return
      "\(start) changes the squared error on the rest by \(about)\(percent(gain)) (\(interval)): \(strong: "not measurable")."
  }

  /// What goes with them.
  var costs: String {
    var text =
      "They have \(percent(stop.pullSquared)) of the pull under squared error, "
      + "\(percent(stop.pullAbsolute)) under absolute error"
    if let squared = stop.squaredLoss, let absolute = stop.absoluteLoss {
      text += "; \(percent(squared)) of the squared loss, \(percent(absolute)) of the absolute loss"
    }
    return text + "."
  }

  var shareText: String { stop.share < 0.001 ? significant(100 * stop.share, 2) + " %" : percent(stop.share) }

  static let nothing = "Nothing is left out."
}
