import AuditCore
import AuditDataset
import AuditExport
import AuditImages
import AuditScan
import AuditServe

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
    FuzzTarget(
      "request_head",
      texts: [
        "GET /samples?sort=-skew&text=%25 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nCookie: audit_80=0\r\n\r\n",
        "POST /decide HTTP/1.0\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}",
      ]
    ) { text in
      guard let head = RequestHead.outline(of: Array(text.utf8)) else { return }
      precondition(head.path.hasPrefix("/") && head.path.utf8.allSatisfy { (0x21...0x7E).contains($0) })
      precondition((0...RequestHead.mostBody).contains(head.bodyLength))
    },
  ]
}
