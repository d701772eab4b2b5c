import AuditCore
import AuditStore
import Foundation

/// Training weights for PyTorch: `NAME.npy`, where each is in ImageFolder (`NAME.indices.npy`), and paths (`NAME.txt`).
///
/// The places are those in a listing that is made as torchvision's ImageFolder makes it; see `ImageFolderListing`. What
/// it lists and the run does not hold takes a place and has no weight. A set without class folders is in the order of
/// its paths. Images without a weight (unreadable ones) are left out, and so are those that a person has dropped; those
/// that a person keeps weigh 1. Where damage is weighed too, a weight falls with the probability of damage.
struct WeightsExport {
  private let export: Export
  private let base: String

  init(_ export: Export) throws {
    self.export = export
    let output = export.request.output ?? ""
    guard output.hasSuffix(".npy"), output.count > 4 else {
      throw AuditError.usage("--format weights writes a .npy file", remedy: "give -o weights.npy (got '\(output)')")
    }
    base = String(output.dropLast(4))
  }

  func write() throws -> ExportOutcome {
    try refuseForeignModel()
    if export.request.weighsDamage { try refuseUnknownDamage() }
    try export.refuseLineEnds("rename the file, and scan again")
    var files = try WeightFiles(base: base)
    var tally = WeightTally()
    let isFlat = try export.place.isOfContainers || !export.store.hasFolders(export.run.id)
    if isFlat {
      try addFlat(to: &files, &tally)
    } else {
      try addListed(to: &files, &tally)
    }
    guard files.count > 0 else { throw nothing(tally) }
    try files.finish()
    var outcome = ExportOutcome()
    outcome.images = files.count
    outcome.notes = tally.notes
    outcome.usage = isFlat ? flatUsage : usage(allowEmpty: !tally.emptyClasses.isEmpty)
    return outcome
  }

  /// - Throws: `AuditError` where the run's model is of another kind of set, so that no image has a verdict.
  private func refuseForeignModel() throws {
    let (ranked, judged) = try export.store.rankedAndJudged(of: export.run.id)
    guard ranked > 0, judged == 0 else { return }
    let share =
      try export.store.figures(of: export.run.id)["outside_cut"].map { " (\(percent($0)) lie outside its cut)" } ?? ""
    throw AuditError.lacking(
      "no weights: the model of run \"\(export.run.name)\" does not fit its set\(share)",
      remedy: "scan without a model of another set")
  }

  /// - Throws: `AuditError` where nobody knows how likely a picture of the run is damaged.
  private func refuseUnknownDamage() throws {
    guard try !export.store.knowsDamage(of: export.run.id) else { return }
    throw AuditError.lacking(
      "--weigh-damage: how likely a picture of this run is damaged was not estimated",
      remedy: "it takes 100 pictures, and a scan without --no-quality")
  }

  /// A folder without class folders, which ImageFolder cannot read: in the order of the paths' bytes.
  private func addFlat(to files: inout WeightFiles, _ tally: inout WeightTally) throws {
    let why =
      export.place.isOfContainers
      ? "the images lie in a container, which ImageFolder does not read"
      : "there are no class folders, which ImageFolder needs"
    tally.first.append(
      "\(why): weights and indices are in the order of the paths in "
        + "\(name).txt")
    var index = 0
    try export.store.forEachSample(query) { row in
      guard row.isChosen, let weight = tally.weight(of: row) else { return }
      try files.add(row.path, weight: weight, index: index)
      index += 1
    }
  }

  private func addListed(to files: inout WeightFiles, _ tally: inout WeightTally) throws {
    let listing = try ImageFolderListing(root: PathText.bytes(of: export.run.dataset))
    var seen = SeenRows()
    var next = 0
    try export.store.withSamples(query) { samples in
      for name in listing.classes {
        let count = try listing.forEachFile(ofClass: name) { bytes in
          let index = next
          next += 1
          let path = SamplePath(bytes: bytes)
          guard let row = try samples.first(path) else { return tally.foreign += 1 }
          seen.insert(row["id"].integer ?? 0)
          guard row.isChosen, let weight = tally.weight(of: row) else { return }
          try files.add(path, weight: weight, index: index)
        }
        if count == 0 { tally.emptyClasses.append(SamplePath(bytes: name)) }
      }
    }
    try export.store.forEachSample(export.query()) { row in
      if !seen.contains(row["id"].integer ?? 0) { tally.addUnlisted(row.path) }
    }
  }

  private var query: ExportQuery {
    export.query([.named("id"), .weight(lessDamage: export.request.weighsDamage), .decided])
  }

  private func nothing(_ tally: WeightTally) -> AuditError {
    .lacking(
      "no image has a weight to export" + (tally.notes.isEmpty ? "" : ": " + tally.notes.joined(separator: "; ")),
      remedy: "weights come from a scan with a reference model")
  }

  private var name: String { FilePath.name(of: base) }

  private func file(_ ending: String) -> String { Escaping.json.text(name + ending) }

  private var flatUsage: [String] {
    [
      "weights = numpy.load(\(file(".npy")))", paths,
      "loader = DataLoader(YourDataset(paths), sampler=WeightedRandomSampler(weights, len(weights)), batch_size=16)",
    ]
  }

  private func usage(allowEmpty: Bool) -> [String] {
    let options = "transform" + (allowEmpty ? ", allow_empty=True" : "")
    return [
      "folder = torchvision.datasets.ImageFolder(\(Escaping.json.text(export.run.dataset)), \(options))",
      "weights, indices = numpy.load(\(file(".npy"))), numpy.load(\(file(".indices.npy")))", paths,
      "assert [folder.samples[i][0] for i in indices] == [os.path.join(folder.root, p) for p in paths]",
      "loader = DataLoader(Subset(folder, indices), sampler=WeightedRandomSampler(weights, len(weights)), batch_size=16)",
    ]
  }

  private var paths: String {
    "paths = open(\(file(".txt")), errors=\"surrogateescape\", newline=\"\\n\").read().split(\"\\n\")[:-1]"
  }
}

/// The three files of an export of weights.
private struct WeightFiles {
  private let weights: NumPyFile
  private let indices: NumPyFile
  private let paths: Output
  private(set) var count = 0

  init(base: String) throws {
    weights = try NumPyFile(path: base + ".npy", .float64)
    indices = try NumPyFile(path: base + ".indices.npy", .int64)
    paths = try Output(path: base + ".txt")
  }

  mutating func add(_ path: SamplePath, weight: Double, index: Int) throws {
    count += 1
    try weights.append(weight)
    try indices.append(index)
    // Raw bytes, which Python reads with errors="surrogateescape".
    paths.text.add(path.bytes)
    paths.text.add("\n")
    try paths.flushIfFull()
  }

  func finish() throws {
    try weights.finish()
    try indices.finish()
    try paths.finish()
  }
}

/// What an export of weights left out, and why.
private struct WeightTally {
  /// What else is to be said, before all of that.
  var first: [String] = []
  /// Files that ImageFolder lists and the run does not hold.
  var foreign = 0
  /// Class folders without a picture.
  var emptyClasses: [SamplePath] = []
  private var outside = 0
  private var unknown = 0
  private var unlisted = 0
  private var dropped = 0
  private var unweighted = 0

  mutating func weight(of row: ExportRow) -> Double? {
    switch row["decided"].text {
    case "drop":
      dropped += 1
      return nil
    case "keep": return 1
    default: break
    }
    guard let weight = row["weight"].real else {
      unweighted += 1
      return nil
    }
    return weight
  }

  /// A file of the run that ImageFolder does not list.
  mutating func addUnlisted(_ path: SamplePath) {
    if !path.bytes.contains(UInt8(ascii: "/")) {
      outside += 1
    } else if !ImageFolderListing.lists(path.bytes) {
      unknown += 1
    } else {
      unlisted += 1
    }
  }

  var notes: [String] {
    let leftOut = [
      (outside, "in no class folder, which ImageFolder does not list"),
      (unknown, "with an extension that ImageFolder does not list"),
      (unlisted, "that ImageFolder does not list now: gone since the scan, or in a folder that may not be read"),
      (unweighted, "without a weight (unreadable or not scored)"), (dropped, "that a person has dropped"),
    ].filter { $0.0 > 0 }.map { "left out: \(counted($0.0, "image")) \($0.1)" }
    return first + leftOut + (foreign > 0 ? [foreignNote] : []) + (emptyClasses.isEmpty ? [] : [emptyNote])
  }

  private var foreignNote: String {
    "ImageFolder lists \(counted(foreign, "file")) more than the run holds (hidden, masks, behind links, new, or left out "
      + "of the scan): they take places and have no weight, and Subset leaves them out"
  }

  private var emptyNote: String {
    let names = emptyClasses.prefix(3).map(\.printable).joined(separator: ", ")
    return
      "ImageFolder refuses class folders without pictures (\(names)\(emptyClasses.count > 3 ? ", ..." : "")) unless "
      + "it is told allow_empty=True"
  }
}

struct WeightsFormat: ExportFormat {
  let name = "weights"
  let meaning = "-o NAME.npy: training weights in ImageFolder order"
  let place = ExportPlace.files
  let options: Set<ExportOption> = [.weighDamage]

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try WeightsExport(export).write()
  }
}
