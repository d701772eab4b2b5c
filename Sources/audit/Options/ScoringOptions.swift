import ArgumentParser
import AuditCore
import AuditScan

/// What the rows of a run hang on, beside the files: options of whatever scores.
struct ScoringOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Side of the square on which both are compared, 64 to 1024 (default: 128; with --reference its own size; with a network that takes one size, that).",
      valueName: "pixels"))
  var size: Int?

  @OptionGroup(title: "What the images are compared with") var comparison: ReferenceOptions

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp("Metrics to compute: default, all, or names with commas.", valueName: "list"),
    completion: .custom(CompletionWords.metrics))
  var metrics = "default"

  @OptionGroup(title: QualityOption.title) var quality: QualityOption

  func validate() throws { try ModelOptions.check(size: size) }

  /// - Parameter folder: what relative paths begin at; nil for the working directory.
  func apply(to request: inout ScanRequest, from folder: String? = nil) throws {
    request.settings = model.settings(size: size)
    request.metrics = metrics
    request.choices.quality = !quality.noQuality
    request.reference = try comparison.request(from: folder)
  }
}

/// How the low-rank model is fitted, and which files are refused.
struct ModelOptions: ParsableArguments {
  @Option(help: "Components of the low-rank model; never more than a tenth of the images it is fitted on.")
  var rank = ScanSettings().rank

  @Option(help: "The most images that the model is fitted on.")
  var sample = ScanSettings().sample

  @Option(help: "Chooses the images that the model is fitted on.")
  var seed = ScanSettings().seed

  @Option(help: ArgumentHelp("Refuse files whose header claims more pixels, such as 64M.", valueName: "pixels"))
  var maxPixels = "64M"

  @OptionGroup var limits: ReadingOptions

  func validate() throws {
    if !(1...256).contains(rank) { throw ValidationError("--rank takes a number from 1 to 256; got \(rank)") }
    if !(25...20_000).contains(sample) {
      throw ValidationError("--sample takes a number from 25 to 20000; got \(sample)")
    }
    try SeedOption.check(seed)
    if ByteCount(maxPixels) == nil {
      throw ValidationError("--max-pixels takes a number of pixels such as 64M; got '\(maxPixels)'")
    }
  }

  static func check(size: Int?) throws {
    if let size, !(64...1024).contains(size) {
      throw ValidationError("--size takes a number from 64 to 1024; got \(size)")
    }
  }

  func settings(size: Int?) -> ScanSettings {
    var settings = ScanSettings()
    settings.size = size
    settings.rank = rank
    settings.sample = sample
    settings.seed = seed
    settings.maxPixels = ByteCount(maxPixels)?.value ?? settings.maxPixels
    settings.limits = limits.limits
    return settings
  }
}
