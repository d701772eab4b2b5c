import AuditCore
import AuditDataset
import AuditImages
import AuditStore
import Foundation

/// What a person should know of containers that were written or named.
private struct ContainerTally {
  var images = 0
  /// That stay and go all the same.
  var along = 0
  /// Pictures that the run does not hold.
  var foreign = 0
  /// Containers that cannot be written again: name, images that would stay, and why.
  var damaged: [(name: String, images: Int, cause: String)] = []

  func notes(_ passed: (leadingOut: Int, loose: Int)) -> [String] {
    var notes = ExportRow.leadingOut(passed.leadingOut)
    if along > 0 {
      notes.append("\(counted(along, "image")) left out with others of the same sample, by its name, that do not stay")
    }
    if foreign > 0 { notes.append("\(counted(foreign, "picture")) that the run does not hold went with them") }
    for container in damaged {
      notes.append(
        "left out whole: '\(container.name)' with \(counted(container.images, "image")) that \(container.images == 1 ? "stays" : "stay"), "
          + "since it cannot be written again: \(container.cause)")
    }
    if passed.loose > 0 { notes.append("left out: \(counted(passed.loose, "image")) in no container") }
    return notes
  }
}

/// The run's tars and zips again, without the samples that are left out.
struct ShardsFormat: ExportFormat {
  let name = "shards"
  let meaning = "-o FOLDER: the run's tars and zips again with what stays, bytes unchanged"
  let place = ExportPlace.folder

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .staying }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.requireContainers(for: name)
    let target = try export.newFolder()
    var tally = ContainerTally()
    var passed = (leadingOut: 0, loose: 0)
    try StagedFolder.make(target) { staging in
      var count = 0
      passed = try export.forEachContainer { samples in
        count += 1
        let inside = samples.container.isEmpty ? SamplePath(bytes: samples.place).name.bytes : samples.container
        let made = try staging.ownFile(SamplePath(bytes: inside))
        try Files.makeFolders(FilePath.folder(of: made))
        try write(samples, to: made, &tally)
      }
      if let first = tally.damaged.first, tally.damaged.count == count {
        throw AuditError.lacking(
          "'\(first.name)' cannot be written again: \(first.cause)", safe: .nothingMade,
          remedy: "scan without it (--exclude), or export --format paths")
      }
    }
    var outcome = ExportOutcome()
    outcome.images = tally.images
    outcome.notes = tally.notes(passed)
    return outcome
  }

  /// Writes a container, or says why it is left out: what others hold is none the worse for it.
  private func write(_ samples: ContainerSamples, to made: [UInt8], _ tally: inout ContainerTally) throws {
    let before = tally
    do {
      try writeWhole(samples, to: made, &tally)
    } catch let issue as SampleIssue {
      tally = before
      _ = made.withPath { unlink($0) }
      tally.damaged.append(
        (SamplePath(bytes: samples.place).printable, samples.pictures.count { $0.value }, issue.detail))
    }
  }

  private func writeWhole(_ samples: ContainerSamples, to made: [UInt8], _ tally: inout ContainerTally) throws {
    let copy = try samples.opened()
    let naming = SampleNaming(ContainerKind(ofName: samples.place), pictures: Array(samples.pictures.keys))
    let dropped = samples.dropped(naming)
    func goes(_ name: [UInt8]) -> Bool {
      if dropped.contains(naming.sample(of: name)) { return true }
      guard samples.pictures[name] == nil else { return false }
      // A mask goes with its picture.
      let owners = sequence(first: FilePath.stem(of: name)) { PictureSidecar.owner(of: $0)?.stem }
      return owners.dropFirst().contains { dropped.contains(naming.sample(ofStem: $0)) }
    }
    let descriptor = made.withPath { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw FileTrouble("cannot be made") }
    defer { close(descriptor) }
    let output = Output(descriptor: descriptor)
    var seen = Set<[UInt8]>()
    try copy.write(
      keeping: { name in
        let goes = goes(name)
        if let stays = samples.pictures[name] {
          // Of two files of one name the run knows one.
          guard seen.insert(name).inserted else { return !goes }
          if !goes { tally.images += 1 } else if stays { tally.along += 1 }
        } else if !goes, FileExtension(ofName: name).map({ ImageExtension.all.contains($0.text) }) ?? false {
          tally.foreign += 1
        }
        return !goes
      }, { try output.add($0) })
    try output.finish()
  }
}

/// The keys of the samples that stay, as `select` of WebDataset asks for them.
struct SampleKeysFormat: ExportFormat {
  let name = "wds-keys"
  let meaning = "keys of WebDataset samples, a line each: select(lambda s: s[\"__key__\"] in keys)"

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .staying }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.requireContainers(for: name)
    let output = try export.output(standardOutput)
    var (outcome, tally, seen) = (ExportOutcome(), ContainerTally(), Set<[UInt8]>())
    let passed = try export.forEachContainer { samples in
      let dropped = samples.dropped(.key)
      let all = Set(samples.pictures.keys.map { SampleNaming.key.sample(of: $0) })
      tally.along += samples.pictures.count { $0.value && dropped.contains(SampleNaming.key.sample(of: $0.key)) }
      if let key = all.filter({ !seen.insert($0).inserted }).min(by: { $0.precedes($1) }) {
        throw twice(key, samples.container)
      }
      for key in try names(of: all.subtracting(dropped), in: samples) {
        output.text.add(key)
        output.text.add("\n")
        outcome.images += 1
        try output.flushIfFull()
      }
    }
    try output.finish()
    outcome.notes = tally.notes(passed)
    return outcome
  }

  /// The keys as the tar spells them, in order.
  private func names(of keys: Set<[UInt8]>, in samples: ContainerSamples) throws -> [[UInt8]] {
    guard ContainerKind(ofName: samples.place) == .tar else {
      throw AuditError.lacking(
        "'\(SamplePath(bytes: samples.place).printable)' is no tar, and WebDataset reads tars alone",
        remedy: "give --format paths")
    }
    let copy = try samples.opened()
    var names: Set<[UInt8]> = []
    do throws(SampleIssue) {
      try copy.forEachNameInTar { name, path in
        if keys.contains(SampleNaming.key.sample(of: path)) { names.insert(SampleNaming.key.sample(of: name)) }
      }
    } catch {
      throw AuditError(error, file: PathText.text(of: samples.place))
    }
    if let key = names.first(where: { $0.contains(UInt8(ascii: "\n")) }) {
      throw AuditError.lacking(
        "the key '\(SamplePath(bytes: key).printable)' holds a line end, and a line of the list holds a key",
        remedy: "--format shards -o FOLDER writes the tars again")
    }
    return names.sorted { $0.precedes($1) }
  }

  private func twice(_ key: [UInt8], _ container: [UInt8]) -> AuditError {
    .lacking(
      "the key '\(SamplePath(bytes: key).printable)' is in '\(SamplePath(bytes: container).printable)' and in a tar "
        + "before it, so that it names no sample", remedy: "--format shards -o FOLDER writes the tars again")
  }
}
