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
  /// nil for the usual ones, as in runs of older versions.
  private var otherLimits: ReadingLimits?

  /// Kept with the run, but no part of what makes settings equal.
  package var limits: ReadingLimits {
    get { otherLimits ?? ReadingLimits() }
    set { otherLimits = newValue == ReadingLimits() ? nil : newValue }
  }

  package init() {}

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
