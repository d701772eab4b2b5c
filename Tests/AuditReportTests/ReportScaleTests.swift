import AuditReport
import AuditStore
import Foundation
import Testing

/// The report of a large run stays small and quick.
struct ScaleTests {
  /// Rows: 20,000 unless the environment asks for more (AUDIT_SCALE_ROWS=1000000).
  static let rows = ProcessInfo.processInfo.environment["AUDIT_SCALE_ROWS"].flatMap(Int.init) ?? 20_000

  @Test func aReportOfManyRowsStaysBelowFiveMegabytes() throws {
    let scratch = try Scratch()
    // Kept for other measurements where the environment names a place.
    let kept = ProcessInfo.processInfo.environment["AUDIT_SCALE_DATABASE"]
    let database = kept ?? scratch.path + "/large.db"
    if !FileManager.default.fileExists(atPath: database) { try SyntheticRun(at: database, count: ScaleTests.rows) }
    let started = ProcessInfo.processInfo.systemUptime
    let store = try Store(reading: database)
    let page = scratch.path + "/large.html"
    try ReportWriter(store, run: nil).write([try ReportFile(path: page)])
    let seconds = ProcessInfo.processInfo.systemUptime - started
    let size = try #require(try FileManager.default.attributesOfItem(atPath: page)[.size] as? Int)
    print("report of \(ScaleTests.rows) rows: \(seconds) s, \(size) bytes of HTML")
    #expect(size < 5_000_000)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("the files are not where they were scanned"))
  }
}
