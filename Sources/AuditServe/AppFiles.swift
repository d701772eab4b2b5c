import AuditDigest
import AuditReport

/// The files of the app, compiled into the program, each by its name.
enum AppFiles {
  private struct File: Sendable {
    let bytes: [UInt8]
    let type: String
    let tag: String

    init(_ name: String, _ bytes: [UInt8]) {
      self.bytes = bytes
      type = AppFiles.types.first { name.hasSuffix("." + $0.ending) }?.type ?? "application/octet-stream"
      tag = "\"\(hexadecimal(Array(sha256(bytes).prefix(16))))\""
    }
  }

  private static let types: [(ending: String, type: String)] = [
    ("js", "text/javascript; charset=utf-8"), ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"), ("svg", "image/svg+xml"),
  ]

  private static let all: [String: File] = Dictionary(
    uniqueKeysWithValues: [
      ("index.html", PackageResources.index_html), ("app.css", PackageResources.app_css),
      ("main.js", PackageResources.main_js), ("report.css", ReportStyle.css),
    ].map { ($0.0, File($0.0, $0.1)) })

  /// What every page is.
  static let shell = WebResponse(
    type: "text/html; charset=utf-8", headers: [("Cache-Control", "no-cache")],
    body: .bytes(PackageResources.index_html))

  /// nil where there is no such file.
  static func answer(_ request: WebRequest) -> WebResponse? {
    guard let file = all[String(request.path.dropFirst("/app/".count))] else { return nil }
    let headers = [(name: "ETag", value: file.tag), (name: "Cache-Control", value: "no-cache")]
    if request.headers["if-none-match"] == file.tag {
      return WebResponse(.notModified, type: file.type, headers: headers, body: .bytes([]))
    }
    return WebResponse(type: file.type, headers: headers, body: .bytes(file.bytes))
  }
}
