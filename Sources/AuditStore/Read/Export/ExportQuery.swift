package import AuditCore

/// What an export is told of an image, besides its path and its verdict.
package enum ExportColumn: Sendable, Equatable {
  /// All columns of view `samples`.
  case everything
  /// One of them.
  case named(String)
  /// The program that made the face, as `audit_header`; NULL where the file does not say.
  case header
  /// When the file was changed last as the scan saw it, in nanoseconds since 1970, as `audit_modified`.
  case modified
  /// Its training weight as `weight`. Under `lessDamage` it is multiplied by the probability that the picture is whole.
  case weight(lessDamage: Bool)
  /// What a person decided about its content, as `decided`.
  case decided
}

/// Which samples of a run an export asks for, and what it is told of each.
package struct ExportQuery: Sendable {
  package enum Order: Sendable {
    /// By the bytes of the path.
    case path
    /// The highest skew first, then those without one.
    case skew
  }

  let selection: Selection
  let run: Int64
  let columns: [ExportColumn]
  private let order: Order

  package init(_ selection: Selection, of run: Int64, columns: [ExportColumn] = [.named("id")], order: Order = .path) {
    (self.selection, self.run, self.columns, self.order) = (selection, run, columns, order)
  }

  /// The rows that the selection takes, of one folder and below where it is named: its text with `/` and with `0`, which
  /// follows `/` in the order of bytes, are the two arguments.
  func selected(knowsHeaders: Bool, isOfFolder: Bool = false) -> String {
    let range = isOfFolder ? " AND path > ? AND path < ?" : ""
    return "\(head(knowsHeaders, chosen: "1")) WHERE \(selection.sql(run: run))\(range) ORDER BY \(sqlOrder)"
  }

  /// The rows of the run that a condition holds for, whether the selection takes them or not.
  func all(knowsHeaders: Bool, where condition: String = "1") -> String {
    let chosen = "(\(selection.sql(run: run)))"
    return "\(head(knowsHeaders, chosen: chosen)) WHERE run_id = \(run) AND \(condition) ORDER BY \(sqlOrder)"
  }

  /// Whether the selection takes the sample with the text of a path as `chosen`; no row where the run has none.
  var choice: String {
    "SELECT (\(selection.sql(run: run))) AS chosen FROM all_samples AS samples WHERE run_id = \(run) AND path = ?1"
  }

  private var sqlOrder: String {
    switch order {
    case .path: "path, id"
    case .skew: "skew IS NULL, skew DESC, path, id"
    }
  }

  /// The columns, then the hidden ones. Bytes that are not UTF-8 are shown as `\xE9` in a path, so that the other rows
  /// are not looked up a second time.
  private func head(_ knowsHeaders: Bool, chosen: String) -> String {
    """
    SELECT \(columns.map { $0.sql(knowsHeaders) }.joined(separator: ", ")), samples.path AS audit_path,
      iif(instr(samples.path, '\\x') > 0, (SELECT path_raw FROM sample WHERE sample.id = samples.id), NULL)
        AS audit_path_raw,
      \(Selection.effective) AS audit_effective, \(chosen) AS audit_chosen
    FROM all_samples AS samples
    """
  }
}

extension ExportColumn {
  fileprivate func sql(_ knowsHeaders: Bool) -> String {
    switch self {
    case .everything: "samples.*"
    case .named(let name): "samples.\"\(name.replacing("\"", with: "\"\""))\""
    case .header where !knowsHeaders: "NULL AS audit_header"
    case .header: "(SELECT header FROM sample WHERE sample.id = samples.id) AS audit_header"
    case .modified: "(SELECT modified_ns FROM sample WHERE sample.id = samples.id) AS audit_modified"
    case .weight(lessDamage: false): "weight AS weight"
    case .weight(lessDamage: true): "weight * (1 - coalesce(confidence, 0)) AS weight"
    case .decided:
      """
      (SELECT d.verdict FROM sample AS f JOIN decision AS d ON d.sha256 = f.sha256 AND d.undone_at IS NULL
        WHERE f.id = samples.id ORDER BY d.id DESC LIMIT 1) AS decided
      """
    }
  }
}

/// The chosen images of a run in order, and whether others are chosen: both from one reading of the database.
package struct SelectedWalk {
  private let rows: PreparedRows
  private let choice: Lookup

  init(_ rows: PreparedRows, _ choice: Lookup) { (self.rows, self.choice) = (rows, choice) }

  /// Whether the selection takes the sample of that path; nil where the run has none.
  package func isChosen(_ path: SamplePath) throws -> Bool? {
    try choice.first(.text(path.text)).map { $0.values[0].integer == 1 }
  }

  package func forEach(_ body: (ExportRow) throws -> Void) throws { try rows.forEach { try body(ExportRow($0)) } }
}

/// Finds samples of a run by their paths, chosen or not.
package struct SampleFinder {
  private let lookup: Lookup

  init(_ lookup: Lookup) { self.lookup = lookup }

  /// The sample with these bytes as its path; nil where the run has none.
  package func first(_ path: SamplePath) throws -> ExportRow? {
    try lookup.first(.text(path.text), path.isText ? .null : .blob(path.bytes)).map(ExportRow.init)
  }
}

/// The same, fast where paths are asked for in their order.
package struct OrderedSampleFinder {
  private let lookup: OrderedLookup

  init(_ lookup: OrderedLookup) { self.lookup = lookup }

  /// The first sample with this text as its path; nil where the run has none.
  package func first(_ path: String) throws -> ExportRow? { try lookup.first(path).map(ExportRow.init) }
}
