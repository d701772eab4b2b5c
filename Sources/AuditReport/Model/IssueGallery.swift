import AuditCore
import AuditQuality
import AuditStore

/// The pictures that show an issue of a run best.
package struct IssueGallery: Codable, Sendable {
  /// One picture, without reference or residual.
  package struct Picture: Codable, Sendable {
    package let id: Int64
    package let path: String
    /// What spoke, or how it belongs to its group.
    package let detail: String
    package let confidence: Double?
  }

  package let code: String
  package let meaning: String
  /// All images with the issue.
  package let images: Int
  /// The surest first.
  package let pictures: [Picture]

  static let mostPictures = 12
}

/// Copies, or frames of one scene, that belong together.
package struct CopyGroup: Codable, Sendable {
  package let number: Int
  package let kind: String
  package let images: Int
  /// Why the first picture is the best one to keep; nil for frames.
  package let reason: String?
  /// The best first.
  package let pictures: [IssueGallery.Picture]

  static let most = 12
  static let mostPictures = 6
}

/// What a run says of copies.
package struct CopySummary: Codable, Sendable {
  /// Groups of copies, and pictures in them beside the best of each.
  package let groups: Int
  package let copies: Int
  /// Runs of frames, and frames in them.
  package let runs: Int
  package let frames: Int
  /// Pictures of one part of the set with a copy in another.
  package let leaks: Int
  /// Pictures with a copy in the set of another database, and in how many databases they lie.
  package let foreign: Int
  package let databases: Int

  /// nil where there are none, or nobody looked.
  init?(_ store: Store, run: Int64) throws {
    guard try store.rows("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'near_group'").first != nil
    else { return nil }
    let row = try store.rows(
      """
      SELECT count(DISTINCT iif(kind <> 'run', number, NULL)) AS groups, sum(kind <> 'run' AND is_best = 0) AS copies,
        count(DISTINCT iif(kind = 'run', number, NULL)) AS runs, sum(kind = 'run') AS frames,
        (SELECT count(*) FROM split_leak JOIN sample ON sample.id = sample_id WHERE run_id = ?1) AS leaks
      FROM near_group JOIN sample ON sample.id = sample_id WHERE run_id = ?1
      """, .integer(run)
    ).first
    groups = row?["groups"].integer ?? 0
    copies = row?["copies"].integer ?? 0
    runs = row?["runs"].integer ?? 0
    frames = row?["frames"].integer ?? 0
    leaks = row?["leaks"].integer ?? 0
    let outside =
      try store.hasColumn("database", in: "foreign_copy")
      ? store.rows(
        """
        SELECT count(*) AS foreign_copies, count(DISTINCT database) AS databases
        FROM foreign_copy JOIN sample ON sample.id = sample_id WHERE run_id = ?
        """, .integer(run)
      ).first : nil
    foreign = outside?["foreign_copies"].integer ?? 0
    databases = outside?["databases"].integer ?? 0
    if groups + runs + foreign == 0 { return nil }
  }

  /// "41 copies in 12 groups; 3 runs of frames; 2 pictures of one part of the set lie in another too".
  package var words: String {
    var parts: [String] = []
    if groups > 0 {
      parts.append(
        "\(copies.formattedWithCommas) \(copies == 1 ? "copy" : "copies") in \(groups.formattedWithCommas) "
          + plural(groups, "group"))
    }
    if runs > 0 {
      parts.append(
        "\(frames.formattedWithCommas) frames in \(runs.formattedWithCommas) \(plural(runs, "run")) of one scene")
    }
    if leaks > 0 {
      parts.append(
        "\(leaks.formattedWithCommas) \(plural(leaks, "picture")) with a copy in another part of the set (train, val, test)"
      )
    }
    if foreign > 0 {
      parts.append(
        "\(foreign.formattedWithCommas) \(plural(foreign, "picture")) with a copy in "
          + (databases == 1 ? "the other set" : "\(databases) other sets"))
    }
    return parts.joined(separator: "; ")
  }
}

extension Store {
  /// The issues of pictures that were scored: warnings, then notices, the most frequent first, with the pictures that show each best.
  func issueGalleries(of run: Int64) throws -> [IssueGallery] {
    guard try hasColumn("confidence", in: "issue") else { return [] }
    return try rows(
      """
      SELECT code, count(*) AS images FROM issue JOIN sample ON sample.id = sample_id
      WHERE run_id = ? AND status = 'ok' AND issue.strength IS NOT NULL GROUP BY code, severity
      ORDER BY severity DESC, images DESC, code
      """, .integer(run)
    ).map { row in
      let code = row["code"].text ?? ""
      let pictures = try rows(
        """
        SELECT sample.id, path, detail, issue.confidence FROM issue JOIN sample ON sample.id = sample_id
        WHERE run_id = ? AND code = ? AND status = 'ok' ORDER BY coalesce(issue.confidence, 1) DESC, strength DESC, path
        LIMIT ?
        """, .integer(run), .text(code), .integer(Int64(IssueGallery.mostPictures))
      ).map {
        IssueGallery.Picture(
          id: Int64($0["id"].integer ?? 0), path: $0["path"].text ?? "", detail: $0["detail"].text ?? "",
          confidence: $0["confidence"].real)
      }
      return IssueGallery(
        code: code, meaning: IssueCatalogue.info(code)?.meaning ?? "", images: row["images"].integer ?? 0,
        pictures: pictures)
    }
  }

  /// The largest groups of copies, then the longest runs of frames.
  func copyGroups(of run: Int64) throws -> [CopyGroup] {
    guard try rows("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'near_group'").first != nil else {
      return []
    }
    return try rows(
      """
      SELECT number, max(iif(is_best, near_group.kind, NULL)) AS kind, max(near_group.reason) AS reason,
        count(*) AS images
      FROM near_group JOIN sample ON sample.id = sample_id WHERE run_id = ?
      GROUP BY number ORDER BY max(near_group.kind = 'run'), images DESC, number LIMIT ?
      """, .integer(run), .integer(Int64(CopyGroup.most))
    ).map { row in
      let number = row["number"].integer ?? 0
      let pictures = try rows(
        """
        SELECT sample.id, path, kind, is_best FROM near_group JOIN sample ON sample.id = sample_id
        WHERE run_id = ? AND number = ? ORDER BY is_best DESC, path LIMIT ?
        """, .integer(run), .integer(Int64(number)), .integer(Int64(CopyGroup.mostPictures))
      ).map {
        IssueGallery.Picture(
          id: Int64($0["id"].integer ?? 0), path: $0["path"].text ?? "",
          detail: $0["is_best"].integer == 1 ? "best" : $0["kind"].text ?? "", confidence: nil)
      }
      return CopyGroup(
        number: number, kind: row["kind"].text ?? "", images: row["images"].integer ?? 0, reason: row["reason"].text,
        pictures: pictures)
    }
  }
}
