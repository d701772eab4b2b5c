package import AuditCore
import AuditQuality
package import AuditStore
import Foundation

/// What a run says in short: the summary that `audit scan` prints, and its `--json`.
package struct RunSummary: Codable, Sendable {
  package struct Size: Codable, Sendable {
    package let width: Int
    package let height: Int
    package let images: Int
  }

  package struct Model: Codable, Sendable {
    package let kind: String
    package let rank: Int
    package let fittedOn: Int
    /// Images that it was fitted on and the run no longer holds.
    package let gone: Int
    /// Images that it would be fitted on today, and was not.
    package let unknown: Int
    package let digest: String
  }

  /// The worst hundredth by skew, and what it owns.
  package struct Worst: Codable, Sendable {
    package let images: Int
    package let share: Double
    package let pullSquared: Double
    package let pullAbsolute: Double
    package let shareMSE: Double
    package let shareMAE: Double
  }

  package struct Sample: Codable, Sendable {
    package let path: String
    /// The bytes of a path that is not UTF-8, base 64.
    package let pathBase64: String?
    /// nil where the model does not fit the set.
    package let verdict: Verdict?
    package let skew: Double
    package let pull: Double
    package let mse: Double?
    package let mae: Double?
    package let issues: [String]
    /// Why it stands out, as far as its stored numbers tell; nil where it stays.
    package let reason: String?
  }

  package struct Failure: Codable, Sendable {
    package let path: String
    package let code: String
    package let detail: String
  }

  package struct FolderIssue: Codable, Sendable {
    package let path: String
    package let code: String
    package let detail: String
  }

  /// A remedy that was estimated.
  package struct Remedy: Codable, Sendable {
    package let name: String
    /// In the whole set, as estimated.
    package let images: Int
    package let gain: Double
    package let low: Double
    package let high: Double
    /// Whether its interval holds nothing but gains, or nothing but losses.
    package let measurable: Bool
    /// Whether it is what the advice recommends.
    package let recommended: Bool
  }

  /// Number of this layout; grows when a field changes its meaning.
  package let schema: Int
  package let run: String
  package let runID: Int64
  /// Whether commands that name no run speak of this one.
  package let isCurrentRun: Bool
  package let status: String
  /// What it lacks; nil where it is complete.
  package let unfinished: UnfinishedRun?
  /// Which of its rows the database keeps; nil where it keeps all.
  package let excerpt: Excerpt?
  package let dataset: String
  package let database: String
  package let version: String
  package let seed: Int
  package let digest: String?
  package let planned: Int
  package let scored: Int
  package let failed: Int
  package let identities: Int
  /// Whether a folder names a person; else a list or a pattern does.
  package let identitiesAreFolders: Bool
  /// How many images each part of the set has: `train`, `validation`, `test`.
  package let splits: [String: Int]
  package let duplicates: Int
  /// The most frequent sizes, at most `RunSummary.mostListed`.
  package let sizes: [Size]
  package let sizeCount: Int
  package let formats: [String: Int]
  /// How many files were converted on the way, by kind.
  package let conversions: [String: Int]
  package let model: Model?
  package let worst: Worst?
  package let verdicts: [String: Int]
  package let remedies: [Remedy]
  package let advice: Advice
  /// How much of the set is damaged; nil where that was not learnt.
  package let damage: DamageSummary?
  /// Of pictures that were scored, the most frequent first.
  package let issues: [IssueCount]
  /// What the usual picture of the set has.
  package let setIssues: [SetIssue]
  /// Whether pictures were looked at by themselves; nil in runs of older versions.
  package let looksAtPictures: Bool?
  /// What chose the issues that count as drop or review: "profile restoration"; nil where none count.
  package let issuesCountBy: String?
  /// Copies and frames; nil where there are none.
  package let copies: CopySummary?
  /// What carries the recommended remedy out.
  package let command: String?
  /// What goes on with the run; nil where it does not tell all that was given.
  package let scanCommand: String?
  /// The same in words.
  package let scanInWords: String
  /// What makes a new run of the same files, with a model of its own; nil as with `scanCommand`.
  package let scanAnewCommand: String?
  package let top: [Sample]
  /// Share of the images that lie outside the cut of a model that does not fit the set, 0...1; nil where it fits, or
  /// there is none. Such a run has no verdicts.
  package let misfit: Double?
  package let failuresByCode: [String: Int]
  package let failures: [Failure]
  /// The first of them by path, at most `RunSummary.mostListed`.
  package let folderIssues: [FolderIssue]
  package let folderIssueCount: Int
  /// Files that the walk met and that are no samples, by kind.
  package let leftOut: [LeftOutCount]
  /// How many faces carry the header of a program that cut them out, by its name.
  package let headers: [String: Int]

  /// A summary stays small whatever the dataset is.
  static let mostListed = 100
}

extension RunSummary.Sample: NamedByPath {}

extension RunSummary {
  /// Reads the summary of a run, or of the current one.
  package init(from store: Store, run wanted: String? = nil, top count: Int = 10) throws {
    let row = try store.runRow(named: wanted)
    let id = row["id"].integer ?? 0
    schema = 1
    run = row["name"].text ?? ""
    runID = Int64(id)
    isCurrentRun = try store.isCurrentRun(Int64(id))
    status = row["status"].text ?? ""
    unfinished = try store.unfinishedRun(named: run)
    excerpt = try store.excerpt(of: Int64(id))
    dataset = row["dataset"].text ?? ""
    database = store.path
    version = row["version"].text ?? ""
    seed = row["seed"].integer ?? 0
    digest = row["digest"].text
    planned = row["planned"].integer ?? 0

    let inventory = try Inventory(store, run: Int64(id))
    scored = inventory.scored
    failed = inventory.failuresByCode.values.reduce(0, +)
    duplicates = inventory.duplicates
    sizes = Array(inventory.orderedSizes.prefix(RunSummary.mostListed))
    sizeCount = inventory.orderedSizes.count
    formats = inventory.formats
    conversions = inventory.conversions
    identities = try store.identityCount(of: Int64(id))
    splits = try store.splitCounts(of: Int64(id))
    let basis = try store.currency(of: .estimate, run: Int64(id)).sample
    model = try store.modelFacts(row["model_id"]).map {
      Model(
        kind: $0["kind"].text ?? "", rank: $0["rank"].integer ?? 0, fittedOn: max(0, $0["fitted_on"].integer ?? 0),
        gone: basis?.gone ?? 0, unknown: basis?.unknown ?? 0, digest: $0["digest"].text ?? "")
    }
    let figures = try store.figures(of: Int64(id))
    worst = figures["worst_images"].flatMap { images in
      guard let count = Int(exactly: images.rounded()) else { return nil }
      return Worst(
        images: count, share: images / Double(max(1, inventory.scored)),
        pullSquared: figures["worst_pull_squared"] ?? 0, pullAbsolute: figures["worst_pull_absolute"] ?? 0,
        shareMSE: figures["worst_share_mse"] ?? 0, shareMAE: figures["worst_share_mae"] ?? 0)
    }
    verdicts = try store.marks(of: Int64(id)).inForce
    let advice = try Advice(store, run: Int64(id), figures: figures, verdicts: verdicts)
    self.advice = advice
    damage = try DamageSummary(store, run: Int64(id), figures: figures)
    issues = try store.issueCounts(of: Int64(id))
    setIssues = try store.setIssues(of: Int64(id))
    copies = try CopySummary(store, run: Int64(id))
    let settings = row["settings"].text.flatMap { try? JSONDecoder().decode(ScanSettings.self, from: Data($0.utf8)) }
    identitiesAreFolders = !(settings?.files.map { $0.tellsPeople } ?? false)
    looksAtPictures = settings?.choices?.quality
    issuesCountBy = settings?.choices.map { IssuePolicy($0.issues).origin }.flatMap { $0.isEmpty ? nil : $0 }
    let scan = ScanCommandText(
      dataset: dataset, database: store.path,
      // Of several runs a scan without a name goes on with the newest.
      name: try store.runNames().count > 1 ? run : nil, settings: settings)
    // A scan has not all rows to go on with.
    (scanCommand, scanInWords, scanAnewCommand) =
      excerpt == nil ? (scan.text, scan.words, scan.anew) : (nil, "merge its parts again", nil)
    let commands = RunCommands(
      database: store.path, scan: (scanCommand, scanInWords, scanAnewCommand), run: run, id: Int64(id),
      isCurrent: isCurrentRun, excerpt: excerpt)
    command = advice.recommended.map { commands.carryOut($0) }
    remedies = try store.remedies(of: Int64(id)).compactMap {
      Remedy($0, recommended: advice.recommended?.rawValue)
    }.sorted { $0.order < $1.order }
    top = try RunSummary.worstSamples(store, Int64(id), count: count)
    misfit = verdicts.isEmpty && !top.isEmpty ? figures["outside_cut"] : nil
    failuresByCode = inventory.failuresByCode
    failures =
      try failed == 0
      ? []
      : store.unreadable(in: Int64(id), most: 5).map {
        Failure(
          path: $0["path"].text ?? "", code: $0["error_code"].text ?? "", detail: $0["error_detail"].text ?? "")
      }
    let trouble = try store.folderIssues(of: Int64(id), most: RunSummary.mostListed)
    folderIssues = trouble.first.map {
      FolderIssue(path: $0["path"].text ?? "", code: $0["code"].text ?? "", detail: $0["detail"].text ?? "")
    }
    folderIssueCount = trouble.count
    leftOut = Array(try store.leftOut(of: Int64(id)).prefix(RunSummary.mostListed))
    headers = inventory.headers
  }

  /// Files that the run has looked at.
  package var seen: Int { scored + failed }

  /// Whether every file of the plan has been looked at, and ranked.
  package var isFinished: Bool { unfinished == nil }

  package var commands: RunCommands {
    RunCommands(
      database: database, scan: (scanCommand, scanInWords, scanAnewCommand), run: run, id: runID,
      isCurrent: isCurrentRun, excerpt: excerpt)
  }

  private static func worstSamples(_ store: Store, _ run: Int64, count: Int) throws -> [Sample] {
    try store.worst(of: run, count: count).map {
      Sample(
        path: $0["path"].text ?? "", pathBase64: $0.pathBase64,
        verdict: Verdict(rawValue: $0["verdict"].text ?? ""),
        skew: $0["skew"].real ?? 0, pull: $0["pull_squared"].real ?? 0, mse: $0["mse"].real, mae: $0["mae"].real,
        issues: ($0["issues"].text ?? "").split(separator: " ").map(String.init), reason: $0["reason"].text)
    }
  }
}

extension RunSummary.Remedy {
  fileprivate init?(_ row: SQLRow, recommended name: String?) {
    guard let own = row["name"].text, let gain = row["gain"].real, let low = row["low"].real,
      let high = row["high"].real
    else { return nil }
    self.init(
      name: own, images: row["images"].integer ?? 0, gain: gain, low: low, high: high,
      measurable: Gain(gain: gain, low: low, high: high).isMeasurable, recommended: own == name)
  }

  /// As in `RemedyName`; names of a newer audit last.
  fileprivate var order: Int {
    RemedyName.allCases.firstIndex { $0.rawValue == name } ?? RemedyName.allCases.count
  }
}

/// What kinds of files a run holds, counted in one pass.
private struct Inventory {
  private(set) var scored = 0
  private(set) var duplicates = 0
  private(set) var formats: [String: Int] = [:]
  private(set) var failuresByCode: [String: Int] = [:]
  /// How many files were converted on the way, by kind.
  private(set) var conversions: [String: Int] = [:]
  private(set) var headers: [String: Int] = [:]
  private var sizes: [PictureSize: Int] = [:]

  private struct PictureSize: Hashable {
    let width: Int
    let height: Int
  }

  init(_ store: Store, run: Int64) throws {
    try store.forEachKindOfFile(in: run) { add($0) }
  }

  private mutating func add(_ row: SQLRow) {
    let images = row["images"].integer ?? 0
    if row["status"].text == "ok" { scored += images }
    if row["status"].text == "error" { failuresByCode[row["error_code"].text ?? "", default: 0] += images }
    if row["duplicate"].integer == 1 { duplicates += images }
    if let header = row["header"].text { headers[header, default: 0] += images }
    if let format = row["format"].text { formats[format, default: 0] += images }
    if let width = row["width"].integer, let height = row["height"].integer {
      sizes[PictureSize(width: width, height: height), default: 0] += images
    }
    if let colour = row["colour"].text, colour != "rgb" { conversions[colour, default: 0] += images }
    for (column, name) in [("has_alpha", "alpha"), ("deep", "more than 8 bit"), ("turned", "EXIF-rotated")]
    where row[column].integer == 1 {
      conversions[name, default: 0] += images
    }
  }

  /// The most frequent first.
  var orderedSizes: [RunSummary.Size] {
    sizes.map { RunSummary.Size(width: $0.key.width, height: $0.key.height, images: $0.value) }
      .sorted { ($1.images, $0.width, $0.height) < ($0.images, $1.width, $1.height) }
  }
}
