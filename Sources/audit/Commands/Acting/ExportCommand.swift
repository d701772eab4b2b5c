import ArgumentParser
import AuditCore
import AuditExport
import AuditStore
import Foundation

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write lists, weights and metadata that other tools take.",
    discussion: """
      Nothing is ever written into the dataset; -o refuses a place inside it.

      Formats:
      \(ExportFormats.all.map { "  \($0.name.padded(16)) \($0.meaning)" }.joined(separator: "\n"))

      Examples:
        audit export faces.audit.db --keep > keep.txt
        audit export faces.audit.db --keep --sidecars usual -0 |
            rsync -a --from0 --files-from=- faces/ clean/
        audit export faces.audit.db --format weights -o weights.npy
        audit export faces.audit.db --keep --format weights -o both.npy
        audit export faces.audit.db --keep --one-of-each > keep.txt
        audit export faces.audit.db --where "skew > 2" > odd.txt
      """)

  @Argument(help: "The database that a scan wrote.", completion: .file())
  var database: String

  @Option(help: ArgumentHelp("What to write; the list is above.", valueName: "name"))
  var format = ExportFormatWord.paths

  @Option(
    help: ArgumentHelp(
      "Only these: keep, review, drop, unreadable with commas, or all (default: what the format is for; for paths keep,review, and all with --where).",
      valueName: "list"))
  var verdict: String?

  @Flag(help: "What stays: the same as --verdict keep,review.")
  var keep = false

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only where this holds: one SQL condition on view samples, such as \"skew > 2\".",
      valueName: "sql"))
  var condition: String?

  @Flag(help: "Of pictures that are copies of one another only the best; frames of one scene all stay.")
  var oneOfEach = false

  @Flag(help: "With --format weights: multiply each weight by the probability that the picture is not damaged.")
  var weighDamage = false

  @Option(
    help: ArgumentHelp(
      "Endings of files that go with an image of the same stem, with commas; usual is "
        + "\(Sidecars.usualWords); none for none.", valueName: "endings"))
  var sidecars: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file or folder to make (default: standard output).", valueName: "path"),
    completion: .file()
  )
  var output: String?

  @Flag(
    name: [.customShort("0"), .customLong("null")],
    help: "End each path with NUL; needed where a name holds a line end.")
  var null = false

  @Flag(
    help: "With --format csv: no ' before text that a spreadsheet would take for a formula (= + - @ or a tab first).")
  var raw = false

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The run to speak of (default: the newest complete one).", valueName: "name"),
    completion: .custom(CompletionWords.runs))
  var runName: String?

  @OptionGroup var place: DatasetOption

  @OptionGroup var fed: FeederOption

  @Option(
    help: ArgumentHelp(
      "Put before each path to make its address (label-studio).", valueName: "prefix"))
  var urlPrefix: String?

  @Option(
    help: ArgumentHelp(
      "The metadata file to merge with (hf-metadata; default: the dataset's own), or the file to filter (coco-subset).",
      valueName: "file"))
  var merge: String?

  @Flag(name: .shortAndLong, help: "Print nothing but errors and the result.")
  var quiet = false

  func validate() throws {
    if keep, verdict != nil { throw ValidationError("give --keep or --verdict, not both") }
    let options = format.format.options
    if urlPrefix != nil, !options.contains(.urlPrefix) {
      throw ValidationError("--url-prefix is for --format label-studio")
    }
    if merge != nil, !options.contains(.merge) {
      throw ValidationError("--merge is for --format hf-metadata and coco-subset")
    }
    if weighDamage, !options.contains(.weighDamage) {
      throw ValidationError("--weigh-damage is for --format weights")
    }
    if merge == nil, options.contains(.needsMerge) {
      throw ValidationError("--format coco-subset filters a file: name it with --merge annotations.json")
    }
  }

  func run() throws {
    var request = ExportRequest()
    request.format = format.format
    request.run = runName
    request.dataset = try fed.start() ?? place.dataset
    request.verdicts = keep ? [.keep, .review] : try verdict.map(Selection.words)
    request.condition = condition
    request.isOneOfEach = oneOfEach
    request.weighsDamage = weighDamage
    request.sidecars = sidecars.map { Sidecars($0) }
    request.output = output == "-" ? nil : output
    request.isNulSeparated = null
    request.isRaw = raw
    request.urlPrefix = urlPrefix
    request.existing = merge
    do {
      let outcome = try Export(request, store: Store(reading: database)).write(
        standardOutput: STDOUT_FILENO)
      if !quiet { report(outcome) }
    } catch is ClosedPipe {
      // The reader has what it wanted.
    }
  }

  private func report(_ outcome: ExportOutcome) {
    if let output, output != "-" {
      let what =
        format.format.listsImages
        ? counted(outcome.images, "image")
        : "the card"
      Terminal.error("audit: wrote \(what) to '\(output)'")
    } else if outcome.images == 0, format.format.listsImages {
      Terminal.error("audit: no image is selected")
    }
    for note in outcome.notes { Terminal.error("audit: \(Escaping.terminal.text(note))") }
    if !outcome.usage.isEmpty {
      Terminal.error("audit: in Python:")
      Terminal.errorToCopy(outcome.usage.map { "    " + Escaping.terminal.text($0) })
    }
  }
}

/// A format as it is typed.
struct ExportFormatWord: ExpressibleByArgument {
  let format: any ExportFormat

  static let paths = ExportFormatWord(format: ExportRequest().format)

  init(format: any ExportFormat) { self.format = format }

  init?(argument: String) {
    guard let format = ExportFormats.named(argument) else { return nil }
    self.format = format
  }

  var defaultValueDescription: String { format.name }
  static var allValueStrings: [String] { ExportFormats.all.map(\.name) }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
