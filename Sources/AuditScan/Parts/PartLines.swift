import AuditCore
import AuditDataset
import AuditQuality
import AuditStore
import AuditWorker
import Foundation

/// Rows that `audit worker --plan` wrote, line by line.
struct PartLines {
  private static let batch = 500

  private let file: String
  /// Whose rows they must be (`Store.partIdentity`).
  private let identity: String
  private let samples: SampleList
  /// Names that are not UTF-8 are told by their distinct text.
  private let others: [String: Sample]

  /// Whether a file holds lines of rows, and no database.
  ///
  /// - Throws: `AuditError` where it cannot be read.
  static func isMade(of path: String) throws(AuditError) -> Bool {
    let (file, _) = try InputFile.open(path, takesPipes: false)
    defer { close(file) }
    var first: UInt8 = 0
    let count = withUnsafeMutableBytes(of: &first) { Descriptors.read(into: $0, from: file) }
    return count == 1 && first == UInt8(ascii: "{")
  }

  /// - Parameters:
  ///   - plan: with who is in its samples.
  ///   - identity: `Store.partIdentity`.
  init(_ file: String, of plan: Plan, identity: String) {
    (self.file, self.identity, samples) = (file, identity, plan.samples)
    others = Dictionary(
      plan.samples.lazy.filter { !$0.path.isText || $0.path.text != $0.path.distinctText }
        .map { ($0.path.distinctText, $0) }
    ) { first, _ in first }
  }

  /// Appends the rows of planned samples. Where a sample has several, the merge chooses among them.
  ///
  /// - Throws: `AuditError` where the lines are of another plan, or are none.
  func append(to scan: OpenScan) throws {
    let columns = scan.selection.computed.map(\.name)
    var rows: [(SampleRow, SamplePlace)] = []
    var isGreeted = false
    let decoder = JSONDecoder()
    func commit() throws {
      try scan.store.append(rows, columns: columns, to: scan.run)
      rows.removeAll(keepingCapacity: true)
    }
    try LineFile(file).forEachLine { number, bytes in
      guard let line = try? decoder.decode(Line.self, from: Data(bytes)) else {
        throw damaged(number, "is no row of a worker")
      }
      if line.t == "hello" {
        guard line.plan == identity else {
          throw damaged(number, "says that the rows are of another plan, or other models")
        }
        isGreeted = true
      }
      guard line.t == nil, let key = line.k else { return }
      guard isGreeted else { throw damaged(number, "is a row before any hello") }
      guard let sample = sample(key) else { return }
      guard let content = line.row.flatMap({ Data(base64Encoded: $0) }),
        let row = try? SampleRow(decoding: Array(content), of: sample), isWhole(row, metrics: columns.count)
      else { throw damaged(number, "holds no whole row; start the worker with --plan") }
      rows.append((row, Plan.place(of: row)))
      if rows.count >= PartLines.batch { try commit() }
    }
    try commit()
  }

  /// Whether a row has as many numbers as the run's columns take.
  private func isWhole(_ row: SampleRow, metrics: Int) -> Bool {
    (row.scores.isEmpty || row.scores.count == metrics)
      && row.quality.map { $0.statistics.count == PictureStatistics.all.count } ?? true
      && (row.regions.isEmpty || row.regions.count == RegionName.all.count)
  }

  private struct Line: Decodable {
    var t: String?
    var plan: String?
    var k: String?
    var row: String?
  }

  private func sample(_ key: String) -> Sample? {
    if let other = others[key] { return other }
    return samples.place(of: SamplePath(key)).map { samples[$0] }
  }

  private func damaged(_ line: Int, _ finding: String) -> AuditError {
    .wrongLine(file: file, line: line, finding: finding)
  }
}
