package import AuditCore
import AuditDigest
package import AuditImages
import AuditReference
package import AuditStore

/// What will be scored: the files of a dataset in the order of their raw path bytes, and what else the walk met.
package struct Plan: Sendable {
  /// Absolute path of the dataset.
  package let root: String
  package let samples: [Sample]
  package let walk: DatasetWalk
  /// What a person should know of what was chosen, a sentence each.
  package var notes: [String] = []

  /// - Throws: `AuditError` where nothing can be listed, a rule is none, or no image is left.
  init(_ target: ScanTarget, progress: (Int) -> Void) throws {
    root = target.root
    let walked = try WalkRules(target.rules)
    if let listed = target.listed {
      walk = DatasetWalk(root: PathText.bytes(of: root), listed: listed, rules: walked, progress: progress)
    } else {
      walk = try DatasetWalk(
        root: PathText.bytes(of: root), followLinks: target.followLinks, rules: walked, progress: progress)
    }
    var samples = walk.samples
    try IdentityRule(target.rules?.identity).mark(&samples)
    self.samples = samples
    notes = target.notes + Plan.unusedExcludes(target.rules?.exclude ?? [], walk)
    guard !samples.isEmpty else { throw AuditError.noImages(path: target.shown, looked: Plan.looked(walk)) }
  }

  /// A pattern with a slip leaves everything in, which nobody would see.
  private static func unusedExcludes(_ patterns: [String], _ walk: DatasetWalk) -> [String] {
    let used = Set(walk.leftOut.groups.keys.filter { $0.kind == .excluded }.map(\.name))
    return patterns.filter { !used.contains($0) }.map { "--exclude '\($0)' fits no file or folder that was met" }
  }

  /// The same dataset with some of its samples only.
  func restricted(to samples: [Sample]) -> Plan { Plan(root: root, samples: samples, walk: walk) }

  private init(root: String, samples: [Sample], walk: DatasetWalk) {
    (self.root, self.samples, self.walk) = (root, samples, walk)
  }

  /// SHA-256 over the paths.
  package var digest: String {
    var hash = SHA256Stream()
    for sample in samples {
      hash.update(sample.path.bytes)
      hash.update([0])
    }
    return hash.finalHex()
  }

  /// Positions of the samples in the order in which the subsample takes them: bottom-k by a keyed hash of the name, so
  /// that any partition of the dataset chooses the same.
  package func subsampleOrder(seed: UInt64) -> [Int] {
    let keys = samples.map { SampleKey(seed: seed, path: $0.path).value }
    return samples.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }
  }

  /// Where a file was cut from is taken from its header, which a new name does not change, else from its name.
  package static func place(of row: SampleRow) -> SamplePlace {
    let sample = row.sample
    let parts = sourceAndFace(of: sample.path)
    return SamplePlace(
      folder: sample.path.folder.distinctText, identity: sample.identity?.text,
      source: row.origin?.source ?? parts?.source,
      faceIndex: row.origin?.faceIndex ?? faceIndex(of: sample.path, cutFrom: row.origin?.sourceFile) ?? parts?.face)
  }

  /// DeepFaceLab keeps the number in the name alone: the source's stem, `_` and the face's number.
  private static func faceIndex(of path: SamplePath, cutFrom source: String?) -> Int? {
    guard let source else { return nil }
    let stem = FilePath.stem(of: path.name.bytes)
    let prefix = FilePath.stem(of: Array(source.utf8)) + [UInt8(ascii: "_")]
    let digits = stem.dropFirst(prefix.count)
    guard stem.starts(with: prefix), (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// What the walk met that is no sample, for the store.
  package var folderIssues: [(path: String, code: String, detail: String)] {
    walk.unreadableFolders.map { ($0.path.text, $0.issue.code.rawValue, "folder not readable: \($0.issue.detail)") }
      + walk.skippedLinks.map { link in
        switch link.reason {
        case .loop: (link.path.text, "link_loop", "leads back to \(link.target.text); not entered")
        case .alreadyWalked: (link.path.text, "link_loop", "leads to \(link.target.text), which is walked already")
        case .notFollowed: (link.path.text, "link_not_followed", "leads to \(link.target.text); enter it with -L")
        }
      } + derivedFolders
  }

  /// Folders whose names say masks or debug pictures, unless all samples lie in such.
  private var derivedFolders: [(path: String, code: String, detail: String)] {
    let folders = walk.derivedFolders.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    guard folders.reduce(0, { $0 + $1.value }) < samples.count else { return [] }
    return folders.map { name, images in
      let pattern = PathPattern.escaped(name.text) + "/"
      return (
        name.text, "mask_folder",
        "\(images.formattedWithCommas) \(images == 1 ? "image lies" : "images lie") in folders of this name, which look "
          + "like masks or debug pictures; leave them out with: --exclude \(quoted(pattern))"
      )
    }
  }

  /// What was met and is no sample, for the store. Endings beyond the thousandth are counted together.
  package var leftOut: [LeftOutCount] {
    let counts = walk.leftOut.ordered.map { group, count in
      LeftOutCount(
        kind: group.kind.rawValue, name: group.name, files: count.files, folders: count.folders,
        example: count.example.text)
    }
    guard counts.count > 1000, let first = counts.dropFirst(1000).first else { return counts }
    let rest = counts.dropFirst(1000)
    return counts.prefix(1000) + [
      LeftOutCount(
        kind: LeftOut.Kind.other.rawValue, name: "...", files: rest.reduce(0) { $0 + $1.files },
        folders: rest.reduce(0) { $0 + $1.folders }, example: first.example)
    ]
  }

  /// "looked at 14 files: 12 .txt, 2 .mp4".
  private static func looked(_ walk: DatasetWalk) -> String {
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
