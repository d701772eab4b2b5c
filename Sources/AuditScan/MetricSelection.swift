package import AuditCore
package import AuditMetrics

/// The metrics that a scan computes: `default`, `all`, names, and forms with parameters.
package struct MetricSelection: Sendable {
  /// In the order of the registry; forms with parameters behind.
  package let metrics: [any Metric]

  package init(_ list: String) throws(AuditError) {
    var names: [String] = []
    var extra: [any Metric] = []
    // A comma parts metrics; parameters are parted by colons.
    for part in list.split(separator: ",").map({ $0.trimmingPrefix { $0 == " " } }) {
      switch part {
      case "default": names += MetricRegistry.defaults.map(\.info.name)
      case "all": names += MetricRegistry.all.map(\.info.name)
      default:
        do {
          let metric = try MetricRegistry.parse(String(part))
          if part.contains(":") { extra.append(metric) } else { names.append(metric.info.name) }
        } catch {
          throw AuditError.other("--metrics: \(error)")
        }
      }
    }
    let wanted = Set(names)
    let plain = MetricRegistry.all.filter { wanted.contains($0.info.name) }
    var seen = Set(plain.map(\.info.name))
    metrics = plain + extra.filter { seen.insert($0.info.name).inserted }
    guard !metrics.isEmpty else {
      throw AuditError.other("--metrics takes default, all, or names with commas; got '\(list)'")
    }
  }

  /// Every column that the database has: the registry, and the forms with parameters of this selection.
  package var columns: [MetricInfo] {
    let known = MetricRegistry.all.map(\.info)
    let names = Set(known.map(\.name))
    return known + metrics.map(\.info).filter { !names.contains($0.name) }
  }
}
