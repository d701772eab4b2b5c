import ArgumentParser
import AuditCore
import AuditExport
import AuditReport
import AuditStore
import Foundation

struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Move or link images by their verdict, with a journal that undoes it.",
    discussion: """
      Without --yes nothing is changed: the plan is printed.

      --move-to with --yes is the one command of audit that takes files OUT OF THE DATASET, because you ask for it. Each \
      step is written to a journal beside the new folder before it is done; `audit undo JOURNAL` puts every file back, \
      byte for byte. Nothing is deleted, nothing is overwritten, nothing is written into the dataset. A file that has \
      changed since the scan is left alone. Captions, masks and cached latents go with their image: the one whose stem is \
      the longest that begins their name (a_flux.npz goes with a.png unless there is an a_flux.png).

      --symlink-to and --hardlink-to leave the dataset as it is and make links elsewhere.

      Examples:
        audit apply faces.audit.db --move-to set-aside
        audit apply faces.audit.db --move-to set-aside --yes
        audit apply faces.audit.db --symlink-to good --verdict keep,review --yes
      """)

  @Argument(help: "The database that a scan wrote.", completion: .file())
  var database: String

  @Option(help: ArgumentHelp("Move files there, in the same sub-folders.", valueName: "folder"))
  var moveTo: String?

  @Option(help: ArgumentHelp("Make symbolic links there.", valueName: "folder"))
  var symlinkTo: String?

  @Option(help: ArgumentHelp("Make hard links there (same disk).", valueName: "folder"))
  var hardlinkTo: String?

  @Option(
    help: ArgumentHelp("Which: keep, review, drop, unreadable with commas.", valueName: "list"))
  var verdict = "drop"

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only where this holds: one SQL condition on view samples.", valueName: "sql"))
  var condition: String?

  @Option(
    help: ArgumentHelp(
      "Endings of files that go with an image of the same stem; usual is \(Sidecars.usualWords); none for none. "
        + "Before an ending of a cache may stand its size and model: _0512x0512_sdxl.npz.",
      valueName: "endings"))
  var sidecars = "usual"

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The run to speak of (default: the newest complete one).", valueName: "name"),
    completion: .custom(CompletionWords.runs))
  var runName: String?

  @OptionGroup var place: DatasetOption

  @Flag(help: "Do it.")
  var yes = false

  @Flag(help: "Print the plan only (the default).")
  var dryRun = false

  /// Lines of the plan that are printed.
  private static let shown = 10

  func validate() throws {
    let targets = [moveTo, symlinkTo, hardlinkTo].compactMap { $0 }
    if targets.count != 1 {
      throw ValidationError("give one of --move-to, --symlink-to or --hardlink-to FOLDER")
    }
    if yes, dryRun { throw ValidationError("give --yes or --dry-run, not both") }
  }

  func run() throws {
    let action: ApplyAction = moveTo != nil ? .move : symlinkTo != nil ? .symlink : .hardlink
    let target = moveTo ?? symlinkTo ?? hardlinkTo ?? ""
    let plan = try ApplyPlan(
      action, to: target, store: Store(reading: database), run: runName,
      selection: Selection(try Selection.words(verdict), condition: condition),
      sidecars: Sidecars(sidecars), dataset: place.dataset)
    if yes { try carryOut(plan) } else { show(plan) }
  }

  private func show(_ plan: ApplyPlan) {
    let verb =
      plan.action == .move ? "move" : plan.action == .symlink ? "link (symbolic)" : "link (hard)"
    Terminal.print(
      "would \(verb) \(ApplyText.count(plan.images, plan.sidecars)), \(ApplyText.bytes(plan.bytes))"
    )
    Terminal.print(
      "  from  \(SamplePath(plan.dataset).printable)\n  to    \(SamplePath(plan.target).printable)")
    for item in plan.items.prefix(ApplyCommand.shown) {
      let word = item.verdict?.rawValue ?? "with it"
      Terminal.print(
        "    \(word.padded(10))  \(item.path.printable)"
      )
    }
    let rest = plan.items.count - ApplyCommand.shown
    if rest > 0 { Terminal.print("    ... and \(rest.formattedWithCommas) more") }
    ApplyText.note(plan.skipped, title: "left alone")
    ApplyText.note(plan.dangling.map(\.sentence), title: "links that would lead nowhere")
    if plan.items.isEmpty { return Terminal.print("nothing to do") }
    Terminal.print("nothing was changed; the same command with --yes does it")
  }

  private func carryOut(_ plan: ApplyPlan) throws {
    let outcome = try Apply(plan).run(at: ISO8601DateFormatter().string(from: Date()))
    ApplyText.note(outcome.skipped, title: "left alone")
    ApplyText.note(outcome.dangling, title: "links that lead nowhere now")
    guard let journal = outcome.journal else {
      Terminal.print("nothing to do")
      return mention(outcome.earlier)
    }
    Terminal.print(
      "\(plan.action.past) \(ApplyText.count(outcome.images, outcome.sidecars)) to '\(SamplePath(plan.target).printable)'"
    )
    Terminal.print("undo with:  audit undo \(quoted(journal))")
    mention(outcome.earlier)
    if plan.action == .move {
      let commands = try RunSummary(from: Store(reading: database), run: runName).commands
      Terminal.print(
        "the results are still of all files; bring them up to date with"
          + (commands.scan.map { ":  " + $0 } ?? " " + commands.scanInWords))
    }
    if let stop = outcome.stop { throw stop }
    if outcome.images == 0, !outcome.skipped.isEmpty { throw ExitCode(2) }
  }

  private func mention(_ earlier: [String]) {
    for journal in earlier {
      Terminal.print("files of an earlier call lie there too; undo that with:  audit undo \(quoted(journal))")
    }
  }
}

/// Words that apply and undo share.
enum ApplyText {
  static func count(_ images: Int, _ sidecars: Int) -> String {
    let first = counted(images, "image")
    return sidecars == 0
      ? first
      : first + " and \(counted(sidecars, "sidecar"))"
  }

  static func bytes(_ count: Int64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(count), 0)
    while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    if unit == 0 { return counted(Int(clamping: count), "byte") }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  /// The first five of what was left alone, on standard error.
  static func note(_ sentences: [String], title: String) {
    if sentences.isEmpty { return }
    Terminal.error("audit: \(title): \(sentences.count.formattedWithCommas)")
    for sentence in sentences.prefix(5) { Terminal.error("  \(sentence)") }
    if sentences.count > 5 {
      Terminal.error("  ... and \((sentences.count - 5).formattedWithCommas) more")
    }
  }
}
