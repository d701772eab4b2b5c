import AuditCore
import AuditMetrics
import Foundation
import Testing

@testable import AuditStore

/// A folder of its own for one test, gone with it.
final class Scratch: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("audit-store-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var database: String { path + "/a.db" }
}

extension Store {
  /// Opened as a scan opens it, with the registry's columns and more.
  static func scanning(_ path: String, more: [MetricInfo] = []) throws -> Store {
    let metrics = MetricRegistry.all.map(\.info) + more
    return try Store(
      path: path, metrics: metrics,
      derived: DerivedColumn.all + metrics.filter(\.headline).flatMap(DerivedColumn.standing))
  }

  func request(
    _ name: String? = nil, dataset: String = "/faces", fresh: Bool = false, rank: Int = 32, planned: Int = 3
  ) -> RunRequest {
    var settings = ScanSettings()
    settings.rank = rank
    return RunRequest(
      dataset: dataset, name: name, fresh: fresh, settings: settings, planDigest: "p", planned: planned, version: "1")
  }

  /// The first column of an answer as text; NULL as `-`.
  func column(_ sql: String, _ arguments: SQLValue...) throws -> [String] {
    var column: [String] = []
    try forEachRow(sql, arguments) { row in
      switch row.values[0] {
      case .null: column.append("-")
      case .integer(let value): column.append("\(value)")
      case .real(let value): column.append("\(value)")
      case .text(let value): column.append(value)
      case .blob(let value): column.append("\(value)")
      }
    }
    return column
  }
}

/// A scored row: file `name` with a content of its own, or with that of another.
func row(_ name: String, content: String? = nil, mse: Double, width: Int = 10, height: Int = 10) -> (
  SampleRow, SamplePlace
) {
  var row = SampleRow(
    sample: Sample(path: SamplePath(name), bytes: 7, modified: 1))
  row.sha256 = hash(content ?? name)
  row.facts = FileFacts(format: .png, width: width, height: height)
  row.scores = [mse]
  row.influence = Influence(orthogonalDistance: 1, scoreDistance: 1, leverage: 1, nearestDistance: nil)
  return (row, SamplePlace(folder: "", identity: nil, source: nil, faceIndex: nil))
}

/// 32 bytes that stand for a file's content.
func hash(_ content: String) -> [UInt8] {
  let bytes = Array(content.utf8.prefix(32))
  return bytes + [UInt8](repeating: 0, count: 32 - bytes.count)
}
