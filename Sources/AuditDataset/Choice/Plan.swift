package import AuditCore

/// What will be scored: the files of a dataset in the order of their raw path bytes, and what else the walk met.
package struct Plan: Sendable {
  /// Absolute path of the dataset.
  package let root: String
  package let samples: SampleList
  package let walk: DatasetWalk
  /// Which files are samples, and whose they are, with the lists that were read; nil for the usual rules.
  package let rules: FileRules?
  /// What a person should know of what was chosen, a sentence each.
  package private(set) var notes: [String] = []
  private let containers: OpenContainers
  /// Where the samples are decoded; nil in the process that reads them.
  package var decoding: (any DecodingPool)?

  /// - Throws: `AuditError` where nothing can be listed, a rule is none, or no image is left.
  package init(_ target: ScanTarget, progress: (Int) -> Void) throws {
    root = target.root
    containers = OpenContainers()
    let walked = try WalkRules(target.rules)
    if let planned = target.planned {
      walk = DatasetWalk(samples: planned)
    } else if let feeder = FedFolders.feeder(of: root) {
      walk = DatasetWalk(fed: feeder.samples, rules: walked)
    } else if let listed = target.listed {
      walk = DatasetWalk(
        root: PathText.bytes(of: root), listed: listed, rules: walked, containers: containers, progress: progress)
    } else {
      walk = try DatasetWalk(
        root: PathText.bytes(of: root), followLinks: target.followLinks, rules: walked, containers: containers,
        progress: progress)
    }
    guard !walk.samples.isEmpty else { throw AuditError.noImages(path: target.shown, looked: Plan.looked(walk)) }
    notes = target.notes
    if target.planned == nil {
      (samples, rules) = try Plan.marked(walk, of: target, containers, &notes)
    } else {
      (samples, rules) = (try Plan.marked(walk.samples, by: target.rules), target.rules)
    }
    if walk.containersLeft > 0 { notes.append(Plan.containersNote(walk.containersLeft)) }
    if target.planned == nil { notes += Plan.unusedExcludes(target.rules?.exclude ?? [], walk) }
  }

  /// Says who is in the samples of a walk and which part of the set they are for, by their places and by lists.
  private static func marked(
    _ walk: DatasetWalk, of target: ScanTarget, _ containers: OpenContainers, _ notes: inout [String]
  ) throws -> (SampleList, FileRules?) {
    var (samples, rules) = (walk.samples, target.rules)
    try IdentityRule(rules?.identity).mark(&samples)
    var lists = try DatasetLabels(
      target.labels, of: target.root, documents: walk.documents, containers: containers)
    let sources = try lists.mark(&samples)
    if !sources.isEmpty {
      rules = rules ?? FileRules()
      rules?.labels = sources
    }
    notes += lists.notes
    return (samples, rules)
  }

  /// Of samples that were planned, which know what lists said of them.
  private static func marked(_ planned: SampleList, by rules: FileRules?) throws -> SampleList {
    var samples = planned
    if rules?.labels == nil { try IdentityRule(rules?.identity).mark(&samples) }
    return samples
  }

  private static func containersNote(_ count: Int) -> String {
    let files = counted(count, "container") + " (tar, zip, pak, rec)"
    return count == 1
      ? "\(files) beside pictures is not looked into; where it holds other pictures, scan it by name"
      : "\(files) beside pictures are not looked into; where they hold other pictures, scan them by name"
  }

  /// A pattern with a slip leaves everything in, which nobody would see.
  private static func unusedExcludes(_ patterns: [String], _ walk: DatasetWalk) -> [String] {
    let used = Set(walk.leftOut.groups.keys.filter { $0.kind == .excluded }.map(\.name))
    return patterns.filter { !used.contains($0) }.map { "--exclude '\($0)' fits no file or folder that was met" }
  }

  /// The same dataset with some of its samples only.
  package func restricted(to samples: SampleList) -> Plan {
    var plan = Plan(root: root, samples: samples, walk: walk, rules: rules, containers: containers)
    plan.decoding = decoding
    return plan
  }

  /// Of samples that were planned, wherever they lie.
  ///
  /// - Throws: `AuditError` where the rule for identities is none.
  package init(planned: SampleList, root: String, rules: FileRules?) throws {
    self.init(
      root: root, samples: try Plan.marked(planned, by: rules), walk: DatasetWalk(samples: planned), rules: rules,
      containers: OpenContainers())
  }

  private init(root: String, samples: SampleList, walk: DatasetWalk, rules: FileRules?, containers: OpenContainers) {
    (self.root, self.samples, self.walk) = (root, samples, walk)
    (self.rules, self.containers) = (rules, containers)
  }

  /// What reads the samples.
  package var source: FolderSource {
    FolderSource(root: root, samples: samples, decoding: decoding, containers: containers)
  }

  /// SHA-256 over the paths.
  package var digest: String { source.listing }

  /// The samples in the order in which a subsample takes them.
  ///
  /// - Parameters:
  ///   - expecting: how many are likely asked for.
  ///   - banned: what is left out.
  package func subsampleOrder(
    seed: UInt64, expecting: Int, without banned: Set<SamplePath> = []
  ) -> SubsampleOrder {
    let places = banned.compactMap { samples.place(of: $0) }
    return SubsampleOrder(samples, seed: seed, expecting: expecting, without: Set(places))
  }

  /// Those of some paths that are planned, in the order of the plan.
  package func samples(at paths: Set<SamplePath>) -> SampleList {
    samples.chosen(at: paths)
  }

  /// "looked at 14 files: 12 .txt, 2 .mp4".
  private static func looked(_ walk: DatasetWalk) -> String {
    if let unread = walk.unreadableFolders.first {
      let name = unread.path.bytes.isEmpty ? "" : "'\(unread.path.printable)': "
      return name + (unread.issue.detail.isEmpty ? unread.issue.code.rawValue : unread.issue.detail)
    }
    let total = walk.otherFiles.values.reduce(0, +)
    let kept = walk.leftOut.groups.filter { $0.key.kind == .excluded }.values.reduce(0) { $0 + $1.files + $1.folders }
    guard kept == 0 else { return "--include and --exclude leave out \(kept) files and folders, and nothing is left" }
    guard total > 0 else { return "it is empty" }
    let kinds = walk.otherFiles.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(4)
      .map { "\($0.value) \($0.key.isEmpty ? "without extension" : "." + $0.key)" }
    let films = Set(["mp4", "mkv", "avi", "mov", "webm", "m4v"])
    let advice = walk.otherFiles.keys.contains(where: films.contains) ? "; extract the frames of videos first" : ""
    return "looked at \(counted(total, "file")): " + kinds.joined(separator: ", ")
      + advice
  }
}
