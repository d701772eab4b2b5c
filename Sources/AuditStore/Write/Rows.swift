package import AuditCore
import GRDB

/// The place of a sample in its dataset, worked out from its path by the scan.
package struct SamplePlace: Sendable {
  package let folder: String
  package let identity: String?
  package let split: SplitName?
  package let source: String?
  package let faceIndex: Int?

  package init(folder: String, identity: String?, split: SplitName? = nil, source: String?, faceIndex: Int?) {
    self.folder = folder
    self.identity = identity
    self.split = split
    self.source = source
    self.faceIndex = faceIndex
  }
}

extension Store {
  /// Writes scored rows in one transaction.
  ///
  /// - Parameters:
  ///   - rows: in the order of the plan; `scores` in the order of `columns`.
  ///   - columns: names of the metrics that were computed.
  package func append(_ rows: [(SampleRow, SamplePlace)], columns: [String], to run: OpenRun) throws {
    try write { database in
      var samples = try RowWriter(database, sql: Store.sampleInsert)
      var scores = try RowWriter(
        database,
        sql: "INSERT INTO score (sample_id\(columns.map { ", " + $0.quotedDatabaseIdentifier }.joined())) "
          + "VALUES (?\(String(repeating: ", ?", count: columns.count)))")
      var influences = try RowWriter(
        database, sql: "INSERT INTO influence (sample_id, od, sd, leverage, nearest) VALUES (?, ?, ?, ?, ?)")
      var regions = try RowWriter(
        database,
        sql: "INSERT INTO region_share (sample_id, \(RegionName.all.joined(separator: ", "))) "
          + "VALUES (?\(String(repeating: ", ?", count: RegionName.all.count)))")
      var issues = try RowWriter(
        database, sql: "INSERT OR IGNORE INTO issue (sample_id, code, severity, detail) VALUES (?, ?, ?, ?)")
      var qualities = try QualityWriter(database, statistics: self.statistics)
      for (row, place) in rows {
        Store.bind(row, place, run: run, to: &samples)
        try samples.insert()
        let id = database.lastInsertedRowID
        for issue in row.issues {
          issues.bind(id)
          issues.bind(issue.code.rawValue)
          issues.bind(issue.severity.rawValue)
          issues.bind(issue.detail)
          try issues.insert()
        }
        if row.failure != nil { continue }
        if !row.scores.isEmpty {
          scores.bind(id)
          for value in row.scores { scores.bind(value) }
          try scores.insert()
        }
        if let influence = row.influence {
          influences.bind(id)
          influences.bind(influence.orthogonalDistance)
          influences.bind(influence.scoreDistance)
          influences.bind(influence.leverage)
          influences.bind(influence.nearestDistance)
          try influences.insert()
        }
        if !row.regions.isEmpty {
          regions.bind(id)
          for share in row.regions { regions.bind(Int((share * 10_000).rounded())) }
          try regions.insert()
        }
        if let quality = row.quality { try qualities.write(quality, of: id) }
      }
    }
  }

  private static let sampleInsert = """
    INSERT INTO sample (run_id, path, path_raw, folder, identity, source, face_index, bytes, modified_ns, device, inode,
      sha256, format, width, height, colour, bits_per_channel, has_alpha, orientation, status, error_code, error_detail,
      paired_path, header, source_file, yaw, pitch, roll, face_size, changed_ns, reference_bytes, reference_modified_ns,
      reference_changed_ns, reference_sha256, split)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  private static func bind(_ row: SampleRow, _ place: SamplePlace, run: OpenRun, to writer: inout RowWriter) {
    let path = row.sample.path
    writer.bind(run.id)
    writer.bind(path.text)
    writer.bind(path.isText ? nil : path.bytes)
    writer.bind(place.folder)
    writer.bind(place.identity)
    writer.bind(place.source)
    writer.bind(place.faceIndex)
    writer.bind(row.sample.bytes)
    writer.bind(row.sample.modified)
    writer.bind(Int64(bitPattern: row.sample.device))
    writer.bind(Int64(bitPattern: row.sample.inode))
    writer.bind(row.sha256)
    writer.bind(row.facts?.format.rawValue)
    writer.bind(row.facts?.width)
    writer.bind(row.facts?.height)
    writer.bind(row.facts?.colour.rawValue)
    writer.bind(row.facts?.bitsPerChannel)
    writer.bind(row.facts.map { $0.hasAlpha ? 1 : 0 })
    writer.bind(row.facts?.orientation)
    writer.bind(row.failure == nil ? "ok" : "error")
    writer.bind(row.failure?.code.rawValue)
    writer.bind(row.failure?.detail)
    writer.bind(row.pairedPath)
    writer.bind(row.origin?.tool.rawValue)
    writer.bind(row.origin?.sourceFile)
    writer.bind(row.origin?.pose?.yaw)
    writer.bind(row.origin?.pose?.pitch)
    writer.bind(row.origin?.pose?.roll)
    writer.bind(row.origin?.size)
    writer.bind(row.sample.changed)
    writer.bind(row.reference?.file.bytes)
    writer.bind(row.reference?.file.modified)
    writer.bind(row.reference?.file.changed)
    writer.bind(row.reference?.sha256)
    writer.bind(place.split?.text)
  }
}
