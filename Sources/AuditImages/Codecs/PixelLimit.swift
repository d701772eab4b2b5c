import AuditCore

/// The number of pixels from which a header is not believed.
struct PixelLimit: Sendable {
  /// The longest side, that of a JPEG at most. What is longer is no picture of anything, and weights of a resampling
  /// over more pixels would lose their digits.
  static let longestSide = 65_500

  let maxPixels: Int

  /// Refuses a size that a header claims, before anything is allocated for it.
  ///
  /// - Throws: `.bomb` above the limit or for a side beyond reason, `.corrupt` for a picture without pixels.
  func check(width: Int, height: Int) throws(SampleIssue) {
    guard width > 0, height > 0 else { throw SampleIssue(.corrupt, "the header says \(width) x \(height) pixels") }
    let (product, overflow) = width.multipliedReportingOverflow(by: height)
    // 3 bytes a pixel must stay countable whatever limit was set.
    let pixels = overflow ? Int.max : product
    let limit = min(maxPixels, Int.max / 16)
    guard pixels > limit else {
      guard max(width, height) <= PixelLimit.longestSide else {
        throw SampleIssue(
          .bomb,
          "\(width.formattedWithCommas) x \(height.formattedWithCommas) pixels: no side may be above "
            + PixelLimit.longestSide.formattedWithCommas)
      }
      return
    }
    let claimed = PixelLimit.text(pixels)
    let allowed = PixelLimit.text(limit)
    throw SampleIssue(
      .bomb,
      claimed == allowed
        ? "\(pixels.formattedWithCommas) px > \(limit.formattedWithCommas) px (--max-pixels)"
        : "\(claimed) > \(allowed) (--max-pixels)")
  }

  /// 4294836225 as `4.3 Gpx`: at most one decimal, decimal prefixes.
  static func text(_ pixels: Int) -> String {
    let units = ["px", "kpx", "Mpx", "Gpx", "Tpx", "Ppx", "Epx"]
    var value = Double(pixels)
    var unit = 0
    while value >= 999.95, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    let tenths = Int((value * 10).rounded())
    return (tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)") + " " + units[unit]
  }
}
