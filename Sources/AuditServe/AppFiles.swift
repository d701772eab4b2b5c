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
      ("report.css", ReportStyle.css),
      ("api.js", PackageResources.api_js),
      ("app.css", PackageResources.app_css),
      ("compare.js", PackageResources.compare_js),
      ("decisions.js", PackageResources.decisions_js),
      ("deeds.js", PackageResources.deeds_js),
      ("dom.js", PackageResources.dom_js),
      ("effect.js", PackageResources.effect_js),
      ("failed.js", PackageResources.failed_js),
      ("filters.js", PackageResources.filters_js),
      ("grid.css", PackageResources.grid_css),
      ("grid.js", PackageResources.grid_js),
      ("groups.js", PackageResources.groups_js),
      ("icon.svg", PackageResources.icon_svg),
      ("index.html", PackageResources.index_html),
      ("keys.js", PackageResources.keys_js),
      ("list.js", PackageResources.list_js),
      ("main.js", PackageResources.main_js),
      ("overview.js", PackageResources.overview_js),
      ("pages.js", PackageResources.pages_js),
      ("parts.js", PackageResources.parts_js),
      ("picture.js", PackageResources.picture_js),
      ("range.js", PackageResources.range_js),
      ("route.js", PackageResources.route_js),
      ("shell.js", PackageResources.shell_js),
      ("sorting.js", PackageResources.sorting_js), ("sql.js", PackageResources.sql_js),
      ("stage.js", PackageResources.stage_js),
      ("table.js", PackageResources.table_js),
      ("text.js", PackageResources.text_js),
      ("tile.js", PackageResources.tile_js),
      ("views.css", PackageResources.views_css),
      ("zoom.js", PackageResources.zoom_js),
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
