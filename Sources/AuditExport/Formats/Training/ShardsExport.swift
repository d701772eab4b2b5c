import AuditCore
import AuditDataset
import AuditImages
import AuditStore
import Foundation

/// What a file in a tar is known by to WebDataset: its name up to the first dot behind the last slash. Files of one key
/// are one sample: a picture, its caption, its label.
struct SampleKeyText: Hashable {
  let bytes: [UInt8]

  init(_ name: [UInt8]) {
    let start = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    bytes = Array(name[..<(name[start...].firstIndex(of: UInt8(ascii: ".")) ?? name.endIndex)])
  }
}

/// The samples of a container by key: one stays where all of its pictures do.
private struct KeptKeys {
  private(set) var kept: Set<SampleKeyText> = []
  private(set) var dropped: Set<SampleKeyText> = []

  mutating func add(_ member: [UInt8], stays: Bool) {
    let key = SampleKeyText(member)
    if !stays {
      dropped.insert(key)
      kept.remove(key)
    } else if !dropped.contains(key) {
      kept.insert(key)
    }
  }
}

extension Export {
  /// Hands on the images of one container after another, each with whether the selection takes it.
  ///
  /// - Parameter body: the container relative to the dataset (empty where it is the dataset), and its keys.
  fileprivate func forEachContainer(_ body: ([UInt8], KeptKeys) throws -> Void) throws -> Int {
    let root = PathText.bytes(of: run.dataset)
    var (current, keys, leadingOut) = ([UInt8]?.none, KeptKeys(), 0)
    try store.forEachSample(query()) { row in
      guard !row.leadsOut else { return leadingOut += 1 }
      let path = FilePath.joined(root, row.path.bytes)
      guard let place = ContainerPath(path), place.container.count >= root.count else { return }
      let container = Array(place.container.dropFirst(root.count + 1))
      if let current, current != container {
        try body(current, keys)
        keys = KeptKeys()
      }
      current = container
      keys.add(place.member, stays: row.isChosen)
    }
    if let current { try body(current, keys) }
    return leadingOut
  }
}

extension Export {
  /// Absolute, of a container that is relative to the dataset.
  fileprivate func place(of container: [UInt8]) -> [UInt8] {
    let root = PathText.bytes(of: run.dataset)
    return container.isEmpty ? root : FilePath.joined(root, container)
  }
}

/// The run's tars and zips again, without the samples that are left out.
struct ShardsFormat: ExportFormat {
  let name = "shards"
  let meaning = "-o FOLDER: the run's tars and zips again with what stays, bytes unchanged"
  let place = ExportPlace.folder

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .staying }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    let dataset = export.run.dataset
    guard export.place.isOfContainers else {
      throw AuditError.lacking(
        "--format shards writes tars and zips again, and the run's images lie in none",
        remedy: "give --format paths or --format symlinks")
    }
    let target = try export.newFolder()
    var outcome = ExportOutcome()
    try StagedFolder.make(target) { staging in
      let leadingOut = try export.forEachContainer { container, keys in
        let inside = container.isEmpty ? SamplePath(bytes: PathText.bytes(of: dataset)).name.bytes : container
        let made = try staging.ownFile(SamplePath(bytes: inside))
        try Files.makeFolders(FilePath.folder(of: made))
        try write(export.place(of: container), without: keys.dropped, to: made)
        outcome.images += keys.kept.count
      }
      outcome.notes += ExportRow.leadingOut(leadingOut)
    }
    return outcome
  }

  private func write(_ container: [UInt8], without dropped: Set<SampleKeyText>, to made: [UInt8]) throws {
    let output = try Output(path: PathText.text(of: made))
    do {
      try ContainerCopy(container).write(keeping: { !dropped.contains(SampleKeyText($0)) }) { try output.add($0) }
    } catch let issue as SampleIssue {
      throw AuditError(issue, file: PathText.text(of: container))
    }
    try output.finish()
  }
}

extension SampleKeysFormat {
  /// The keys as the tar spells them, in order.
  fileprivate static func names(of keys: Set<SampleKeyText>, in tar: [UInt8]) throws -> [SampleKeyText] {
    var names: Set<SampleKeyText> = []
    do throws(SampleIssue) {
      try ContainerCopy(tar).forEachNameInTar { name, path in
        if keys.contains(SampleKeyText(path)) { names.insert(SampleKeyText(name)) }
      }
    } catch {
      throw AuditError(error, file: PathText.text(of: tar))
    }
    return names.sorted { $0.bytes.precedes($1.bytes) }
  }
}

/// The keys of the samples that stay, as `select` of WebDataset asks for them.
struct SampleKeysFormat: ExportFormat {
  let name = "wds-keys"
  let meaning = "keys of WebDataset samples, a line each: select(lambda s: s[\"__key__\"] in keys)"

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .staying }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    guard export.place.isOfContainers else {
      throw AuditError.lacking(
        "--format wds-keys names samples of tars, and the run's images lie in none", remedy: "give --format paths")
    }
    try export.refuseLineEnds("rename the file, and scan again")
    let output = try export.output(standardOutput)
    var (outcome, seen) = (ExportOutcome(), Set<SampleKeyText>())
    let leadingOut = try export.forEachContainer { container, keys in
      let again = keys.kept.union(keys.dropped).filter { !seen.insert($0).inserted }
      if let key = again.min(by: { $0.bytes.precedes($1.bytes) }) { throw twice(key, container) }
      for key in try SampleKeysFormat.names(of: keys.kept, in: export.place(of: container)) {
        output.text.add(key.bytes)
        output.text.add("\n")
        outcome.images += 1
        try output.flushIfFull()
      }
    }
    try output.finish()
    outcome.notes += ExportRow.leadingOut(leadingOut)
    return outcome
  }

  private func twice(_ key: SampleKeyText, _ container: [UInt8]) -> AuditError {
    .lacking(
      "the key '\(SamplePath(bytes: key.bytes).printable)' is in '\(SamplePath(bytes: container).printable)' and in a tar "
        + "before it, so that it names no sample", remedy: "--format shards -o FOLDER writes the tars again")
  }
}
