package import AuditCore
import Foundation
import GRDB

/// A run that was planned and is scored in parts: what everybody who scores one of them goes by.
package struct PlannedRun: Sendable {
  /// The database that keeps the plan.
  package let database: String
  package let id: Int64
  package let name: String
  /// Absolute path of the dataset when it was planned.
  package let dataset: String
  package let settings: ScanSettings
  /// Of the audit that planned.
  package let version: String
  package let request: PlanRequest
  /// Whether the models of the run are made.
  package let isFitted: Bool
  /// In the order of their paths' raw bytes, without identities but for those that lists told.
  package let samples: SampleList
}

/// What `audit plan` was asked for.
package struct PlanRequest: Sendable, Equatable {
  /// Behind the command's name.
  package let arguments: [String]
  /// What relative paths among them begin at.
  package let folder: String

  package init(arguments: [String], folder: String) {
    self.arguments = arguments
    self.folder = folder
  }
}

extension Store {
  /// Keeps the samples that a run is to have, and what was asked for.
  package func write(plan samples: SampleList, asked request: PlanRequest, to run: OpenRun) throws {
    let arguments = String(decoding: try JSON.sorted.encode(request.arguments), as: UTF8.self)
    try writeInOrder { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO plan (run_id, arguments, folder) VALUES (?, ?, ?)",
        arguments: [run.id, arguments, request.folder])
      try database.execute(sql: "DELETE FROM planned WHERE run_id = ?", arguments: [run.id])
      var writer = try RowWriter(
        database,
        sql: """
          INSERT INTO planned (run_id, path, bytes, modified_ns, changed_ns, device, inode, identity, split)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """)
      for sample in samples {
        writer.bind(run.id)
        writer.bind(sample.path.bytes)
        writer.bind(sample.bytes)
        writer.bind(sample.modified)
        writer.bind(sample.changed)
        writer.bind(Int64(bitPattern: sample.device))
        writer.bind(Int64(bitPattern: sample.inode))
        writer.bind(samples.isLabelled ? sample.identity?.text : nil)
        writer.bind(sample.split?.text)
        try writer.insert()
      }
    }
  }

  /// Notes that the models of a planned run are made.
  package func markFitted(_ run: OpenRun) throws {
    try write { database in
      try database.execute(sql: "UPDATE plan SET is_fitted = 1 WHERE run_id = ?", arguments: [run.id])
    }
  }

  /// Whether the models of the newest plan are made; false where the database holds none.
  package func hasFittedPlan() throws -> Bool {
    guard try names(.tables).contains("plan") else { return false }
    return try rows("SELECT is_fitted FROM plan ORDER BY run_id DESC LIMIT 1").first?["is_fitted"].integer == 1
  }

  /// The newest plan of the database.
  ///
  /// - Throws: `AuditError` where it holds none, or one that cannot be read.
  package func plannedRun() throws -> PlannedRun {
    let row =
      try names(.tables).contains("plan")
      ? rows(
        """
        SELECT run.id, name, dataset, settings, version, arguments, folder, is_fitted FROM plan JOIN run ON run.id = run_id
        ORDER BY run.id DESC LIMIT 1
        """
      ).first : nil
    guard let row else {
      throw AuditError.wrongFile(
        path: path, finding: "holds no plan", remedy: "make one with: audit plan FOLDER -o \(quotedFile(path))")
    }
    guard let id = row["id"].wide, let name = row["name"].text, let dataset = row["dataset"].text,
      let arguments = try? JSONDecoder().decode([String].self, from: Data((row["arguments"].text ?? "").utf8))
    else { throw AuditError.databaseDamaged(path: path, cause: "a plan without its name, dataset or arguments") }
    let settings = try StoredSettings.decoded(row["settings"].text ?? "", run: name)
    return PlannedRun(
      database: path, id: id, name: name, dataset: dataset, settings: settings, version: row["version"].text ?? "",
      request: PlanRequest(arguments: arguments, folder: row["folder"].text ?? ""),
      isFitted: row["is_fitted"].integer == 1,
      samples: try plannedSamples(of: id, isLabelled: settings.files?.labels != nil))
  }

  private func plannedSamples(of run: Int64, isLabelled: Bool) throws -> SampleList {
    var samples = SampleList(isLabelled: isLabelled)
    try forEachRow(
      """
      SELECT path, bytes, modified_ns, changed_ns, device, inode\(isLabelled ? ", identity, split" : "")
      FROM planned WHERE run_id = ? ORDER BY path
      """, [.integer(run)]
    ) { row in
      guard let path = row["path"].blob, let bytes = row["bytes"].wide, bytes >= 0 else {
        throw AuditError.databaseDamaged(path: self.path, cause: "a planned sample without a path or size")
      }
      var sample = Sample(
        path: SamplePath(bytes: path), bytes: bytes, modified: row["modified_ns"].wide ?? 0,
        changed: row["changed_ns"].wide, device: UInt64(bitPattern: row["device"].wide ?? 0),
        inode: UInt64(bitPattern: row["inode"].wide ?? 0))
      if isLabelled {
        sample.identity = row["identity"].text.map { ByteKey($0) }
        sample.split = row["split"].text.flatMap { SplitName(word: $0) }
      }
      samples.append(sample)
    }
    return samples
  }
}
