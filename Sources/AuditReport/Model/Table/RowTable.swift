import AuditCore
import AuditMetrics
import AuditStore

/// The rows that the page holds as a table: column by column, so that thousands of them stay small.
package struct RowTable: Encodable, Sendable {
  /// Numbers of all rows under one heading.
  package struct Column: Encodable, Sendable {
    package let name: String
    package let about: String
    /// Decimals that are shown.
    package let digits: Int
    package let values: [Double?]
  }

  /// Scored images of the run; the rows are the first of them.
  package private(set) var of = 0
  package private(set) var id: [Int64] = []
  /// With a slash at the end; "" for the top.
  package private(set) var folders: [String] = []
  /// Where in `folders` each row lies.
  package private(set) var folder: [Int] = []
  package private(set) var name: [String] = []
  /// A letter for each row: d, r, k, or - for none.
  package private(set) var verdict = ""
  /// Codes that occur, and for each row where in them its own stand, with blanks between.
  package private(set) var issues: [String] = []
  package private(set) var found: [String] = []
  /// Number of the group of copies or frames; 0 for none.
  package private(set) var group: [Int] = []
  package private(set) var columns: [Column] = []
  /// Rows whose path an eye would not read as it is, by place: what to show.
  package private(set) var shown: [String: String] = [:]
  /// Rows whose path is no text, by place: SHA-256 of the content.
  package private(set) var hash: [String: String] = [:]

  package static let none = RowTable()

  private init() {}

  package var count: Int { id.count }

  /// Those that are marked drop or review, in order.
  var marked: [Int64] { zip(id, verdict).filter { "dr".contains($0.1) }.map(\.0) }

  /// About as many bytes as the table has in the page.
  package private(set) var bytes = 0

  /// Beyond them rows are left out, so that the page stays below 5 MB at any number of images.
  static let mostBytes = 900_000
  /// Rows by this limit are read from the store at a time.
  private static let batch = 2_000

  private enum CodingKeys: CodingKey {
    case of, id, folders, folder, name, verdict, issues, found, group, columns, shown, hash
  }
}

extension RowTable {
  /// - Parameters:
  ///   - all: how many scored images the run has.
  ///   - pictured: images of which the page shows a picture; they are in the table whatever else is.
  init(_ columns: RunColumns, of all: Int, pictured: [Int64], store: Store, run: Int64) throws {
    of = all
    let chosen = try RowTable.order(columns, pictured: pictured, issues: store.samplesWithIssues(of: run))
    let known = try RowTableColumn.all.filter { try store.hasSampleColumn($0.column) }
    var values = [[Double?]](repeating: [], count: known.count)
    var (folderPlaces, issuePlaces): ([ByteKey: Int], [String: Int]) = ([:], [:])
    for start in stride(from: 0, to: chosen.count, by: RowTable.batch) {
      let ids = Array(chosen[start..<min(start + RowTable.batch, chosen.count)])
      let facts = try store.rowFacts(of: ids, columns: known.map(\.column))
      let rowOf = Dictionary(facts.map { ($0["id"].wide ?? 0, $0) }) { first, _ in first }
      for id in ids {
        guard let row = rowOf[id], bytes < RowTable.mostBytes else { continue }
        add(row, id: id, folders: &folderPlaces, issues: &issuePlaces)
        for (place, column) in known.enumerated() {
          let value = row[column.column].real.flatMap { $0.isFinite ? rounded($0, column.digits) : nil }
          values[place].append(value)
          bytes += 7
        }
      }
      if bytes >= RowTable.mostBytes { break }
    }
    self.columns = zip(known, values).compactMap { column, values in
      values.contains { $0 != nil }
        ? Column(name: column.name, about: column.about, digits: column.digits, values: values) : nil
    }
  }

  /// The rule by which rows come first: what the page shows, what is marked, what has issues, the rest; each by skew.
  package var rule: String? {
    count < of
      ? "It holds \(count.formattedWithCommas) of \(of.formattedWithCommas) images: those with a picture on this page, then "
        + "those marked drop or review, then those with issues, then the others, each by skew." : nil
  }

  private static func order(_ columns: RunColumns, pictured: [Int64], issues: Set<Int64>) -> [Int64] {
    var seen = Set(pictured)
    let unranked = columns.skew.indices.filter { columns.skew[$0].isNaN }.map { Int32($0) }
    let all = columns.bySkew + unranked
    var classes: [[Int64]] = [[], [], []]
    for position in all {
      let id = columns.ids[Int(position)]
      guard seen.insert(id).inserted else { continue }
      let isMarked = [.drop, .review].contains(columns.verdicts[Int(position)])
      classes[isMarked ? 0 : issues.contains(id) ? 1 : 2].append(id)
    }
    let places = Dictionary(zip(columns.ids, columns.skew)) { first, _ in first }
    let first = Array(Set(pictured)).filter { places[$0] != nil }.sorted { left, right in
      let (one, other) = (places[left] ?? .nan, places[right] ?? .nan)
      if one.isNaN != other.isNaN { return other.isNaN }
      return one == other || one.isNaN ? left < right : one > other
    }
    return first + classes.flatMap(\.self)
  }

  private mutating func add(
    _ row: SQLRow, id: Int64, folders places: inout [ByteKey: Int], issues codes: inout [String: Int]
  ) {
    let place = "\(count)"
    let path = row["path"].text ?? ""
    let bytesOfPath = Array(path.utf8)
    let cut = bytesOfPath.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let (folder, name) = (
      String(decoding: bytesOfPath[..<cut], as: UTF8.self), String(decoding: bytesOfPath[cut...], as: UTF8.self)
    )
    if let known = places[ByteKey(folder)] {
      self.folder.append(known)
    } else {
      places[ByteKey(folder)] = folders.count
      self.folder.append(folders.count)
      folders.append(folder)
      bytes += folder.utf8.count + 3
    }
    self.id.append(id)
    self.name.append(name)
    verdict += row["verdict"].text.flatMap(Verdict.init).map { String($0.rawValue.prefix(1)) } ?? "-"
    let own = (row["issues"].text ?? "").split(separator: " ").map(String.init)
    found.append(
      own.map { code in
        if let known = codes[code] { return "\(known)" }
        codes[code] = issues.count
        issues.append(code)
        return "\(codes.count - 1)"
      }.joined(separator: " "))
    group.append(row["near_group"].integer ?? 0)
    let printable = SamplePath(path).printable
    if printable != path { shown[place] = printable }
    if row["path_raw"].blob != nil { hash[place] = row["sha256"].text }
    bytes += name.utf8.count + (printable == path ? 0 : printable.utf8.count + 12) + 24
  }
}

/// One column of numbers of the table: a line here is all that it takes.
struct RowTableColumn {
  let name: String
  /// Of view `all_samples`.
  let column: String
  let digits: Int

  /// What `audit explain` says of it, else `audit metrics`.
  var about: String {
    ExplainTopic(column)?.meaning ?? MetricRegistry.all.first { $0.info.name == column }?.info.meaning ?? ""
  }

  static let all = [
    RowTableColumn(name: "skew", column: "skew", digits: 2),
    RowTableColumn(name: "pull", column: "pull_squared", digits: 1),
    RowTableColumn(name: "mse", column: "mse", digits: 4), RowTableColumn(name: "mae", column: "mae", digits: 4),
    RowTableColumn(name: "damaged", column: "confidence", digits: 2),
    RowTableColumn(name: "oddness", column: "oddness", digits: 1),
  ]
}

/// A number with so many decimals.
private func rounded(_ value: Double, _ digits: Int) -> Double {
  let scale = [1.0, 10, 100, 1_000, 10_000][min(digits, 4)]
  return (value * scale).rounded() / scale
}
