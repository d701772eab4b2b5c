package import AuditCore
package import AuditInference
package import AuditMetrics

/// The metrics that a scan computes: `default`, `all`, names, forms with parameters, and networks.
package struct MetricSelection: Sendable {
  /// In the order of the registry; forms with parameters behind.
  package let metrics: [any Metric]
  /// The networks that measure as well; only where they are named.
  package let networks: [LPIPSKind]

  package init(_ list: String) throws(AuditError) {
    var names: [String] = []
    var extra: [any Metric] = []
    var kinds: Set<LPIPSKind> = []
    // A comma parts metrics; parameters are parted by colons.
    for part in list.split(separator: ",").map({ $0.trimmingPrefix { $0 == " " } }) {
      if let kind = LPIPSKind(rawValue: String(part)) {
        kinds.insert(kind)
        continue
      }
      switch part {
      case "default": names += MetricRegistry.defaults.map(\.info.name)
      case "all": names += MetricRegistry.all.map(\.info.name)
      default:
        do {
          let metric = try MetricRegistry.parse(String(part))
          if part.contains(":") { extra.append(metric) } else { names.append(metric.info.name) }
        } catch {
          throw AuditError.usage("--metrics: \(error)")
        }
      }
    }
    let wanted = Set(names)
    let plain = MetricRegistry.all.filter { wanted.contains($0.info.name) }
    var seen = Set(plain.map(\.info.name))
    metrics = plain + extra.filter { seen.insert($0.info.name).inserted }
    networks = LPIPSKind.allCases.filter(kinds.contains)
    guard !metrics.isEmpty || !networks.isEmpty else {
      throw AuditError.usage("--metrics takes default, all, or names with commas; got '\(list)'")
    }
  }

  /// What is computed, in the order of a row's scores.
  package var computed: [MetricInfo] { metrics.map(\.info) + networks.map(\.info) }

  /// Every column that the database has: the registry, and what else this selection computes.
  package var columns: [MetricInfo] {
    let known = MetricRegistry.all.map(\.info)
    let names = Set(known.map(\.name))
    return known + computed.filter { !names.contains($0.name) }
  }
}
