import AuditCore
import AuditDigest
import AuditStore
import Foundation

/// A new folder of links (symlinks, kohya-toml) or copies (dfl). It gets its name only when it is whole.
struct TreeExport {
  private let export: Export
  /// Absolute.
  private let target: String
  private let staging: [UInt8]

  init(_ export: Export) throws {
    self.export = export
    let output = export.request.output ?? ""
    target = try DatasetGuard.refuse(output, in: export.run.dataset)
    if FilePath.contains(target, FilePath.absolute(export.run.dataset)) {
      throw AuditError.other("'\(output)' holds the dataset; give a folder beside it")
    }
    if let there = try? FileManager.default.contentsOfDirectory(atPath: target), !there.isEmpty {
      throw AuditError.other("the folder '\(output)' is not empty; give a new one, nothing is overwritten")
    }
    staging = Array((target + ".partial-\(ProcessInfo.processInfo.processIdentifier)").utf8)
  }

  func write() throws -> ExportOutcome {
    var outcome = ExportOutcome()
    var subsets = KohyaSubsets(target: target)
    var sidecarCount = 0
    var skipped: [String] = []
    do {
      try Files.makeFolders(staging)
      try export.forEachImage(columns: "samples.sha256") { row, sidecars in
        guard try put(row.path, of: row, expecting: row["sha256"].text, skipped: &skipped) else { return }
        outcome.images += 1
        var made: [SamplePath] = []
        for sidecar in sidecars where try put(sidecar, of: row, expecting: nil, skipped: &skipped) {
          made.append(sidecar)
        }
        sidecarCount += made.count
        if export.request.format == .kohya { subsets.add(row, sidecars: made) }
      }
      if outcome.images == 0, let first = skipped.first {
        throw AuditError.other(
          "none of the \(counted(skipped.count, "selected image")) is there: \(first); nothing was made")
      }
      if export.request.format == .kohya { try write(subsets) }
      guard rename(String(decoding: staging, as: UTF8.self), target) == 0 else {
        throw AuditError.other("cannot make '\(target)': \(systemMessage())")
      }
    } catch {
      try? FileManager.default.removeItem(atPath: String(decoding: staging, as: UTF8.self))
      if let trouble = error as? FileTrouble { throw AuditError.other("'\(target)': \(trouble)") }
      throw error
    }
    if sidecarCount > 0 { outcome.notes.append("\(counted(sidecarCount, "sidecar")) went with them") }
    outcome.notes += skipped.prefix(5)
    if skipped.count > 5 { outcome.notes.append("... and \(skipped.count - 5) more") }
    if export.request.format == .kohya { outcome.notes += subsets.notes }
    return outcome
  }

  /// - Returns: whether the file is in the new folder now.
  private func put(
    _ path: SamplePath, of row: ExportRow, expecting hash: String?, skipped: inout [String]
  ) throws -> Bool {
    let source = FilePath.joined(Array(export.run.dataset.utf8), path.bytes)
    let inside =
      export.request.format == .deepFaceLab
      ? path.bytes : FilePath.joined(Array(row.verdict.rawValue.utf8), path.bytes)
    let made = FilePath.joined(staging, inside)
    try Files.makeFolders(FilePath.folder(of: made))
    if export.request.format == .deepFaceLab { return try copy(source, to: made, path, hash, &skipped) }
    var info = stat()
    // Followed: a link to a link that leads nowhere would show nothing either.
    guard withCPath(source, { stat($0, &info) }) == 0 else {
      skipped.append("'\(path.printable)' is gone since the scan; left out")
      return false
    }
    let place = FilePath.folder(of: FilePath.joined(Array(target.utf8), inside))
    let relative = FilePath.relative(
      from: place, to: Array(FilePath.absolute(export.run.dataset).utf8) + [0x2F] + path.bytes)
    guard withCPath(relative, { text in withCPath(made) { symlink(text, $0) } }) == 0 else {
      throw FileTrouble("no link can be made for '\(path.printable)'")
    }
    return true
  }

  private func copy(
    _ source: [UInt8], to made: [UInt8], _ path: SamplePath, _ hash: String?, _ skipped: inout [String]
  ) throws -> Bool {
    guard FileFactsOnDisk(source) != nil else {
      skipped.append("'\(path.printable)' is gone since the scan; left out")
      return false
    }
    let copied = try Files.copy(source, to: made, isDurable: false)
    if let hash, hash != hexadecimal(copied) {
      withCPath(made) { _ = unlink($0) }
      skipped.append("'\(path.printable)' has changed since the scan; left out")
      return false
    }
    return true
  }

  private func write(_ subsets: KohyaSubsets) throws {
    let path = String(decoding: staging, as: UTF8.self) + "/dataset.toml"
    let output = try Output(path: path)
    output.text.add(subsets.toml(run: export.run))
    try output.finish()
  }
}
