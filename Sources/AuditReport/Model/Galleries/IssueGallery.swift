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

/// Pictures with a copy in another part of the set, or in another set: what is trained on may be tested on.
package struct LeakGallery: Codable, Sendable {
  package let images: Int
  /// What lies in other sets first.
  package let pictures: [IssueGallery.Picture]
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
    let row = try store.copyCounts(of: run)
    groups = row?["groups"].integer ?? 0
    copies = row?["copies"].integer ?? 0
    runs = row?["runs"].integer ?? 0
    frames = row?["frames"].integer ?? 0
    leaks = row?["leaks"].integer ?? 0
    let outside = try store.foreignCopyCounts(of: run)
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
    try pictureIssueRows(of: run).map { row in
      let code = row["code"].text ?? ""
      let pictures = try clearest(code, in: run, most: IssueGallery.mostPictures).map {
        IssueGallery.Picture(
          id: Int64($0["id"].integer ?? 0), path: $0["path"].text ?? "", detail: $0["detail"].text ?? "",
          confidence: $0["confidence"].real)
      }
      return IssueGallery(
        code: code, meaning: IssueCatalogue.info(code)?.meaning ?? "", images: row["images"].integer ?? 0,
        pictures: pictures)
    }
  }

  /// nil where no picture has a copy in another part of the set or in another set.
  func leaks(of run: Int64, in summary: CopySummary?) throws -> LeakGallery? {
    guard let summary, summary.leaks + summary.foreign > 0 else { return nil }
    let pictures = try leakRows(of: run, most: IssueGallery.mostPictures).map { row in
      let kind = (row["kind"].text ?? "").replacing("_", with: " ")
      let place = row["database"].text.map { " in \($0)" } ?? ""
      return IssueGallery.Picture(
        id: Int64(row["id"].integer ?? 0), path: row["path"].text ?? "",
        detail: "\(kind): \(row["copy_of"].text ?? "")\(place)", confidence: nil)
    }
    return LeakGallery(images: summary.leaks + summary.foreign, pictures: pictures)
  }

  /// The largest groups of copies, then the longest runs of frames.
  func copyGroups(of run: Int64) throws -> [CopyGroup] {
    try copyGroupRows(of: run, most: CopyGroup.most).map { row in
      let number = row["number"].integer ?? 0
      let pictures = try members(ofGroup: number, in: run, most: CopyGroup.mostPictures).map {
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
