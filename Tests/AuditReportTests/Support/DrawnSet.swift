import AuditCore
import AuditDemo
import AuditReport
import AuditScan
import AuditStore
import Foundation

/// Drawn faces with planted defects, scanned once for all tests.
struct DrawnSet: Sendable {
  let folder: String
  let database: String
  let planted: [PlantedDefect]

  static let count = 160

  private static let made = Task {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("audit-report-drawn-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    let set = DrawnSet(
      folder: root.path + "/faces", database: root.path + "/faces.db",
      planted: try DemoSet.write(to: root.path + "/faces", count: count, seed: 7) { _, _ in })
    var request = ScanRequest(dataset: set.folder)
    request.database = set.database
    request.version = "test"
    _ = try await Scan(request: request).run(stop: StopRequest()) { _ in }
    return set
  }

  static func shared() async throws -> DrawnSet { try await made.value }

  func store() throws -> Store { try Store(reading: database) }

  /// Writes the page into a folder and gives its path.
  func page(in scratch: Scratch) throws -> String {
    let page = scratch.path + "/report.html"
    try ReportWriter(try store(), run: nil).write([try ReportFile(path: page)])
    return page
  }
}
