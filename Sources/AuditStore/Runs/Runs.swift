package import AuditCore
import Foundation
import GRDB

/// What a scan asks the store for: a new run, or the one to go on with.
package struct RunRequest: Sendable {
  package var dataset: String
  /// The name given by the user; nil lets the store choose.
  package var name: String?
  /// Start anew although there is a run to go on with.
  package var fresh: Bool
  package var settings: ScanSettings
  /// SHA-256 over the paths of the plan.
  package var planDigest: String
  package var planned: Int
  package var version: String
  /// What to do where the run that is there has other settings; nil for what `audit scan` takes.
  package var remedy: String?
  /// Whether rows of all samples come from elsewhere: an excerpt of them becomes whole again then.
  package var bringsAllRows = false

  package init(
    dataset: String, name: String?, fresh: Bool, settings: ScanSettings, planDigest: String, planned: Int,
    version: String, remedy: String? = nil
  ) {
    self.dataset = dataset
    self.name = name
    self.fresh = fresh
    self.settings = settings
    self.planDigest = planDigest
    self.planned = planned
    self.version = version
    self.remedy = remedy
  }
}

/// A run that is open for writing.
package struct OpenRun: Sendable, Equatable {
  package let id: Int64
  package let name: String
  /// Whether rows of an earlier call are in it.
  package let isContinued: Bool
  /// The folder that is no longer there and whose files lie in the requested one now.
  package var movedFrom: String?
}

/// A row that the run already has.
package struct KnownRow: Sendable {
  package let id: Int64
  package let bytes: Int64
  package let modified: Int64
  /// nil in the rows of an older audit.
  package let changed: Int64?
  /// nil where it was scored.
  package let errorCode: String?
  package let reference: KnownReference?
}

/// The reference file that a row was made with.
package struct KnownReference: Sendable {
  /// nil where the sample could not be compared with it.
  package let path: String?
  package let bytes: Int64
  package let modified: Int64
  package let changed: Int64?
  /// Whether its content was read.
  package let isRead: Bool
}

extension KnownReference {
  /// nil where the row names none.
  fileprivate init?(_ row: SQLRow) {
    guard let bytes = row["reference_bytes"].wide else { return nil }
    self.init(
      path: row["paired_path"].text, bytes: bytes, modified: row["reference_modified_ns"].wide ?? 0,
      changed: row["reference_changed_ns"].wide, isRead: row["is_read"].integer == 1)
  }
}

extension Store {
  /// Finds or makes the run that a scan writes to.
  ///
  /// Without a name the newest run of the dataset goes on; its settings must be the same. So does one of a folder that
  /// has become this one: its place is gone, and most of its files lie here.
  /// - Throws: `AuditError.settingsChanged` where they are not.
  package func openRun(_ request: RunRequest) throws -> OpenRun {
    let moved = try movedDataset(for: request)
    var run = try write { database in
      if let moved {
        for table in ["run", "suspect"] {
          try database.execute(
            sql: "UPDATE OR REPLACE \(table) SET dataset = ? WHERE dataset = ?", arguments: [request.dataset, moved])
        }
      }
      return try self.openRun(request, in: database)
    }
    run.movedFrom = moved
    return run
  }

  /// The folder of an earlier run whose files lie in the requested one now.
  private func movedDataset(for request: RunRequest) throws -> String? {
    if request.fresh { return nil }
    let runs = try rows(
      "SELECT id, dataset, settings, name FROM run WHERE ?1 IS NULL OR name = ?1 ORDER BY id DESC",
      request.name.map { .text($0) } ?? .null)
    if runs.contains(where: { $0["dataset"].text == request.dataset }) { return nil }
    return try runs.first { run in
      guard let id = run["id"].wide, let dataset = run["dataset"].text,
        var settings = try? StoredSettings.decoded(run["settings"].text ?? "", run: run["name"].text ?? "")
      else { return false }
      settings.take(incidentals: request.settings)
      guard settings == request.settings else { return false }
      return try DatasetPlace.hasMoved(self, run: id, from: dataset, to: request.dataset)
    }?["dataset"].text
  }

  private func openRun(_ request: RunRequest, in database: Database) throws -> OpenRun {
    if let found = try self.candidate(for: request, in: database) {
      return try continued(found, by: request, in: database)
    }
    let name = try request.name ?? self.freeName(in: database)
    try database.execute(sql: "DELETE FROM run WHERE name = ?", arguments: [name])
    let settings = String(decoding: try JSON.sorted.encode(request.settings), as: UTF8.self)
    try database.execute(
      sql: """
        INSERT INTO run (name, dataset, settings, settings_digest, plan_digest, version, seed, status, planned,
          started_at, process) VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?)
        """,
      arguments: [
        name, request.dataset, settings, request.settings.digest, request.planDigest, request.version,
        Int64(bitPattern: request.settings.seed), request.planned, ProcessInfo.processInfo.processIdentifier,
      ])
    return OpenRun(id: database.lastInsertedRowID, name: name, isContinued: false)
  }

  /// The run that is there, for the request to go on with.
  private func continued(_ found: SQLRow, by request: RunRequest, in database: Database) throws -> OpenRun {
    guard let id = found["id"].wide, let name = found["name"].text, let dataset = found["dataset"].text else {
      throw AuditError.databaseDamaged(path: path, cause: "a run without number, name or dataset")
    }
    var settings = try StoredSettings.decoded(found["settings"].text ?? "", run: name)
    // A run goes on with other limits: what they refused is tried again.
    settings.take(incidentals: request.settings)
    guard settings == request.settings, dataset == request.dataset else {
      let other = dataset == request.dataset ? "" : "dataset '\(dataset)'; "
      throw AuditError.settingsChanged(
        run: name, differences: other + request.settings.differences(from: settings), remedy: request.remedy)
    }
    if try !Store.rows("SELECT 1 FROM excerpt WHERE run_id = ?", .integer(id), in: database).isEmpty {
      guard request.bringsAllRows else {
        throw AuditError.lacking(
          "run \"\(name)\" of '\(path)' has been merged, and not all of its rows are here",
          remedy: "give --name for a new run")
      }
      for table in ["excerpt", "whole_answer"] {
        try database.execute(sql: "DELETE FROM \(table) WHERE run_id = ?", arguments: [id])
      }
    }
    try database.execute(
      sql: """
        UPDATE run SET status = 'running', digest = NULL, finished_at = NULL, plan_digest = ?, planned = ?,
          process = ?, version = ?, settings = ? WHERE id = ?
        """,
      arguments: [
        request.planDigest, request.planned, ProcessInfo.processInfo.processIdentifier, request.version,
        String(decoding: try JSON.sorted.encode(request.settings), as: UTF8.self), id,
      ])
    return OpenRun(id: id, name: name, isContinued: true)
  }

  private func candidate(for request: RunRequest, in database: Database) throws -> SQLRow? {
    if request.fresh { return nil }
    if let name = request.name {
      return try Store.rows("SELECT * FROM run WHERE name = ?", .text(name), in: database).first
    }
    return try Store.rows(
      "SELECT * FROM run WHERE dataset = ? ORDER BY id DESC LIMIT 1", .text(request.dataset), in: database
    ).first
  }

  private func freeName(in database: Database) throws -> String {
    let taken = Set(try Store.rows("SELECT name FROM run", in: database).compactMap(\.values[0].text))
    let words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
    if let free = words.first(where: { !taken.contains($0) }) { return free }
    var number = words.count + 1
    while taken.contains("run-\(number)") { number += 1 }
    return "run-\(number)"
  }

  /// Hands on the rows that an earlier call left in the run, mostly in the order of their paths.
  package func forEachKnownRow(in run: OpenRun, _ body: (SamplePath, KnownRow) throws -> Void) throws {
    guard run.isContinued else { return }
    try forEachRow(
      """
      SELECT id, path, path_raw, bytes, modified_ns, changed_ns, error_code, paired_path, reference_bytes,
        reference_modified_ns, reference_changed_ns, reference_sha256 NOTNULL AS is_read
      FROM sample WHERE run_id = ? ORDER BY path, id
      """, [.integer(run.id)]
    ) { row in
      let known = KnownRow(
        id: row["id"].wide ?? 0, bytes: row["bytes"].wide ?? -1, modified: row["modified_ns"].wide ?? 0,
        changed: row["changed_ns"].wide, errorCode: row["error_code"].text, reference: KnownReference(row))
      try body(row.samplePath ?? SamplePath(""), known)
    }
  }

  /// SHA-256 of the file of a row, and of its reference; nil where they could not be read.
  package func contentHashes(of row: Int64) throws -> (sample: [UInt8]?, reference: [UInt8]?) {
    let found = try rows("SELECT sha256, reference_sha256 FROM sample WHERE id = ?", .integer(row)).first
    return (found?["sha256"].blob, found?["reference_sha256"].blob)
  }

  /// Notes new change times of rows whose files are known to be the same.
  package func write(changeTimes: [(row: Int64, sample: Int64?, reference: Int64?)]) throws {
    guard !changeTimes.isEmpty else { return }
    try write { database in
      var writer = try RowWriter(
        database, sql: "UPDATE sample SET changed_ns = ?, reference_changed_ns = ? WHERE id = ?")
      for times in changeTimes {
        writer.bind(times.sample)
        writer.bind(times.reference)
        writer.bind(times.row)
        try writer.insert()
      }
    }
  }

  /// How many samples the run is to have in the end.
  package func write(planned: Int, to run: OpenRun) throws {
    try write { database in
      try database.execute(sql: "UPDATE run SET planned = ? WHERE id = ?", arguments: [planned, run.id])
    }
  }

  /// Takes rows out of a run: their files are gone, or have changed and are scored anew.
  package func remove(_ ids: [Int64]) throws {
    try write { database in
      var writer = try RowWriter(database, sql: "DELETE FROM sample WHERE id = ?")
      for id in ids {
        writer.bind(id)
        try writer.insert()
      }
    }
  }

  /// What the walk met beside samples.
  package func write(folderIssues: [(path: String, code: String, detail: String)], to run: OpenRun) throws {
    try write { database in
      try database.execute(sql: "DELETE FROM folder_issue WHERE run_id = ?", arguments: [run.id])
      for issue in folderIssues {
        try database.execute(
          sql: "INSERT INTO folder_issue (run_id, path, code, detail) VALUES (?, ?, ?, ?)",
          arguments: [run.id, issue.path, issue.code, issue.detail])
      }
    }
  }

  /// Ends the run; `digest` is nil where it was interrupted, and then it has no time of its end either.
  package func finish(_ run: OpenRun, digest: String?) throws {
    try write { database in
      try database.execute(
        sql: """
          UPDATE run SET status = iif(?1 IS NULL, 'interrupted', 'complete'), digest = ?1,
            finished_at = iif(?1 IS NULL, NULL, strftime('%Y-%m-%dT%H:%M:%SZ', 'now')) WHERE id = ?2
          """,
        arguments: [digest, run.id])
    }
    try settle()
  }

  /// A transaction whose failure speaks to a person.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try queue.write(body)
    } catch let error as DatabaseError {
      throw Store.explained(error, path: path, safe: (try? sampleCount()) ?? 0)
    }
  }
}
