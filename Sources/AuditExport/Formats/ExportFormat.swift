package import AuditStore

/// In which form `audit export` gives what a run found. A format is one file with one of these, and one line in
/// `ExportFormats.all`; help, completion and refusals follow.
package protocol ExportFormat: Sendable {
  /// After `--format`; never changes.
  var name: String { get }

  /// What is exported, for a list of the formats.
  var meaning: String { get }

  /// The samples that are meant where no verdicts are chosen; empty means all.
  ///
  /// - Parameter hasCondition: whether a condition chooses.
  func usualSelection(hasCondition: Bool) -> [Selection.Word]

  /// The files that go with an image where none are named.
  var usualSidecars: Sidecars { get }

  var place: ExportPlace { get }

  /// An `-o` to copy, where there has to be one.
  var exampleOutput: String { get }

  /// Those options that some formats have.
  var options: Set<ExportOption> { get }

  /// Whether it tells of images, and not of the run.
  var listsImages: Bool { get }

  /// - Parameter standardOutput: the descriptor that is written to where no output was named.
  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome
}

extension ExportFormat {
  package func usualSelection(hasCondition: Bool) -> [Selection.Word] { [] }
  package var usualSidecars: Sidecars { .none }
  package var place: ExportPlace { .stream }
  package var exampleOutput: String { place == .folder ? "-o FOLDER" : "-o NAME.npy" }
  package var options: Set<ExportOption> { [] }
  package var listsImages: Bool { true }
}

/// What an export makes.
package enum ExportPlace: Sendable {
  /// One stream, to a file or standard output.
  case stream
  /// Files under a name that `-o` must give.
  case files
  /// A folder that `-o` must give.
  case folder
}

/// An option that only some formats take.
package enum ExportOption: Sendable {
  /// Files that belong to an image can go with it.
  case sidecars
  /// Names that end with NUL.
  case nul
  /// Text that a spreadsheet would take for a formula.
  case raw
  /// What makes a path an address.
  case urlPrefix
  /// A file that is there already.
  case merge
  /// The same, and not without it.
  case needsMerge
  /// Damage takes weight.
  case weighDamage
  /// Images that are files of their own.
  case needsFiles
}

/// Every format that audit has.
package enum ExportFormats {
  package static let all: [any ExportFormat] = [
    PathsFormat(), CSVFormat(), JSONLinesFormat(), ParquetFormat(), HuggingFaceFormat(), WeightsFormat(),
    TreeFormat.kohya,
    FaceSwapFormat(), TreeFormat.deepFaceLab, FiftyOneFormat(), LabelStudioFormat(), IdentityListFormat(),
    RecordIndexFormat(), UniqueIdentifierFormat(), CocoFormat(), TreeFormat.symlinks, ShardsFormat(),
    SampleKeysFormat(), CardFormat(), JUnitFormat(),
    SARIFFormat(), GitHubFormat(),
  ]

  /// Rows of all samples, for a database that keeps an excerpt of them.
  package static let parquet: any ExportFormat = ParquetFormat()

  package static func named(_ name: String) -> (any ExportFormat)? { all.first { $0.name == name } }
}

extension [Selection.Word] {
  /// What is trained on.
  static let staying: [Selection.Word] = [.keep, .review]
  /// What somebody is to look at.
  static let complaints: [Selection.Word] = [.drop, .review, .unreadable]
}
