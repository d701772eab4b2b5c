import AuditCore

/// The number of pixels from which a header is not believed.
struct PixelLimit: Sendable {
  let maxPixels: Int

  /// Refuses a size that a header claims, before anything is allocated for it.
  ///
  /// - Throws: `.bomb` above the limit, `.corrupt` for a picture without pixels.
  func check(width: Int, height: Int) throws(SampleIssue) {
    guard width > 0, height > 0 else { throw SampleIssue(.corrupt, "the header says \(width) x \(height) pixels") }
    let (product, overflow) = width.multipliedReportingOverflow(by: height)
    // 3 bytes a pixel must stay countable whatever limit was set.
    let pixels = overflow ? Int.max : product
    let limit = min(maxPixels, Int.max / 16)
    guard pixels > limit else { return }
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
