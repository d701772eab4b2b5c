/// The script of the page, put together from its parts: each makes one thing, those below use those above.
enum HTMLScript {
  private static let parts = [
    PackageResources.core_js, PackageResources.state_js, PackageResources.rows_js, PackageResources.decisions_js,
    PackageResources.cut_js, PackageResources.viewer_js, PackageResources.galleries_js, PackageResources.table_js,
    PackageResources.filter_js, PackageResources.map_js, PackageResources.keys_js, PackageResources.begin_js,
  ]

  static let bytes: [UInt8] =
    Array("\"use strict\";\n(() => {\n".utf8) + parts.flatMap { $0 + [UInt8(ascii: "\n")] } + Array("})();\n".utf8)
}

/// How reports and pages of audit look: colours, type, light and dark.
package enum ReportStyle {
  /// A style sheet.
  package static var css: [UInt8] { PackageResources.report_css }
}
