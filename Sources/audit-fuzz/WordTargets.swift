import AuditCore
import AuditExport
import AuditScan

extension FuzzTarget {
  /// What stands in options.
  static let words: [FuzzTarget] = [
    FuzzTarget("gate", texts: ["drop>0", "code:TRUNCATED>0", "skew.top1%>0.25", "gain>=5%"]) { _ = try? Gate($0) },
    FuzzTarget("pair_by", texts: ["stem", "regex:([a-z]+)_\\d+"]) { _ = try? PairingRule($0) },
  ]
}
