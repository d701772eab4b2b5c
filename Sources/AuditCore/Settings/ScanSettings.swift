/// Everything about a scan that can change a stored number; kept whole with the run.
package struct ScanSettings: Codable, Equatable, Sendable {
  /// Side of the square at which sample and reference are compared, 64...1024. nil is 128 for reconstructions, and the
  /// reference's own size for files.
  package var size: Int?
  /// Components of the low-rank model; never more than a tenth of the subsample.
  package var rank = 32
  /// Most images that the model is fitted on.
  package var sample = 2_000
  /// Chooses the subsample.
  package var seed: UInt64 = 7
  /// A file whose header claims more is refused before anything is allocated.
  package var maxPixels = 64_000_000
  /// `name@version` of every metric, in the order of the registry.
  package var metrics: [String] = []
  /// What the samples are compared with.
  package var reference = "low-rank"
  /// The same for those who show it; nil in runs of older versions. No part of what makes settings equal.
  package var compared: ReferenceDescription?
  /// Which files are samples, and whose they are; nil where the usual rules hold, as in runs of older versions.
  package var files: FileRules?
  /// Kept with the run, but no part of what makes settings equal.
  package var limits = ReadingLimits()
  /// The same of what else was asked for; nil in runs of older versions, and where it cannot be read.
  package var choices: ScanChoices?
  /// Of the fields above. It is raised where one changes its meaning; a field that is added needs no new number, since
  /// its default stands where an older audit did not write it.
  private var schema = ScanSettings.schema

  private static let schema = 1

  private enum CodingKeys: CodingKey {
    case size, rank, sample, seed, maxPixels, metrics, reference, compared, files, limits, choices, schema
  }

  package init() {}

  /// Reads what a run keeps; a field that it does not have, since an older audit wrote it, has its default.
  ///
  /// - Throws: `DecodingError` where a newer audit wrote them, or a number is outside of what a scan takes.
  package init(from decoder: any Decoder) throws {
    self.init()
    let stored = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      if let found = try stored.decodeIfPresent(Value.self, forKey: key) { value = found }
    }
    try read(.schema, into: &schema)
    try read(.size, into: &size)
    try read(.rank, into: &rank)
    try read(.sample, into: &sample)
    try read(.seed, into: &seed)
    try read(.maxPixels, into: &maxPixels)
    try read(.metrics, into: &metrics)
    try read(.reference, into: &reference)
    compared = try stored.decodeIfPresent(ReferenceDescription.self, forKey: .compared)
    try read(.files, into: &files)
    try read(.limits, into: &limits)
    // What a command is told by must not keep a run from being read.
    choices = try? stored.decodeIfPresent(ScanChoices.self, forKey: .choices)
    try check(.schema, schema, 1...ScanSettings.schema, in: stored)
    try check(.size, size ?? 64, 1...65_500, in: stored)
    try check(.rank, rank, 1...65_500, in: stored)
    try check(.sample, sample, 1...1_000_000_000, in: stored)
    try check(.maxPixels, maxPixels, 1...1_000_000_000_000_000, in: stored)
    schema = ScanSettings.schema
  }

  private func check(
    _ key: CodingKeys, _ value: Int, _ range: ClosedRange<Int>, in stored: KeyedDecodingContainer<CodingKeys>
  ) throws {
    guard range.contains(value) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: stored,
        debugDescription: "\(key.stringValue) is \(value); this audit takes \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// Takes what is kept with a run and is no part of what makes settings equal.
  package mutating func take(incidentals other: ScanSettings) {
    limits = other.limits
    compared = other.compared
    choices = other.choices
  }

  /// Side that reconstructions are compared at unless another was given.
  package static let standardSize = 128
  package var scoringSize: Int { size ?? ScanSettings.standardSize }

  /// What differs from `other`, for a person: "rank 32, now 64".
  package func differences(from other: ScanSettings) -> String {
    var found: [String] = []
    func compare<Value: Equatable>(_ name: String, _ old: Value, _ new: Value) {
      if old != new { found.append("\(name) \(old), now \(new)") }
    }
    compare("reference", other.reference, reference)
    compare("size", other.scoringSize, scoringSize)
    compare("rank", other.rank, rank)
    compare("sample", other.sample, sample)
    compare("seed", other.seed, seed)
    compare("max-pixels", other.maxPixels, maxPixels)
    if other.metrics != metrics {
      let gone = other.metrics.filter { !metrics.contains($0) }
      let come = metrics.filter { !other.metrics.contains($0) }
      found.append("metrics " + (gone.map { "-" + $0 } + come.map { "+" + $0 }).joined(separator: " "))
    }
    let (old, new) = (other.files ?? FileRules(), files ?? FileRules())
    compare("include", old.include, new.include)
    compare("exclude", old.exclude, new.exclude)
    compare("with-sidecars", old.withSidecars, new.withSidecars)
    compare("folders", old.folders, new.folders)
    compare("identity-from", old.identity ?? "dir", new.identity ?? "dir")
    if old.labels != new.labels {
      func named(_ lists: [LabelSource]?) -> String {
        lists.map { $0.map { "\($0.name) (\($0.sha256.prefix(8)))" }.joined(separator: ", ") } ?? "none"
      }
      found.append("labels \(named(old.labels)), now \(named(new.labels))")
    }
    return found.joined(separator: "; ")
  }
}

/// Where the verdicts' lines are drawn. They change no stored score, only what is proposed.
package struct VerdictThresholds: Codable, Equatable, Sendable {
  /// Squared error listens to the sample this many times as much as absolute error would: look at it.
  package var reviewAbove = 1.5
  /// And nothing else resembles it: leave it out.
  package var dropAbove = 2.0
  /// Whether the user drew that line. Where only residuals are known nothing is dropped otherwise.
  package var isDropChosen = false
  /// Below this many scored images no verdict is worse than `review`.
  package var dropFrom = 100
  /// When a remedy is recommended.
  package var recommendation = RecommendationRule()

  package init() {}
}
