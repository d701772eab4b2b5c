import AuditCore
import AuditDataset
import AuditExport
import AuditImages
import AuditScan

extension FuzzTarget {
  /// What stands in options.
  static let words: [FuzzTarget] = [
    FuzzTarget("gate", texts: ["drop>0", "code:TRUNCATED>0", "skew.top1%>0.25", "gain>=5%"]) { _ = try? Gate($0) },
    FuzzTarget("pair_by", texts: ["stem", "regex:([a-z]+)_\\d+"]) { _ = try? PairingRule($0) },
    FuzzTarget("identity_from", texts: ["dir", "regex:([a-z]+)_\\d+"]) { _ = try? IdentityRule($0) },
    FuzzTarget("glob", texts: ["**/masks/*.png", "a[b-z]?", "x/\\*"]) { _ = try? PathPattern($0) },
    FuzzTarget("escaping", texts: ["a'b", "e\u{301}<", "\r\n::error::"]) { text in
      // What is written for a terminal holds nothing that acts on it.
      precondition(!Escaping.terminal.text(text).unicodeScalars.contains { $0.value < 32 || $0.value == 0x7F })
      precondition(!Escaping.html.text(text).utf8.contains(UInt8(ascii: "<")))
    },
  ]
}
