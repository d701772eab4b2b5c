package import AuditCore
package import AuditDataset
package import AuditStore

/// A plan in the words of the store.
extension Plan {
  /// Where a file was cut from is taken from its header, which a new name does not change, else from its name.
  package static func place(of row: SampleRow) -> SamplePlace {
    let sample = row.sample
    let parts = sourceAndFace(of: sample.path)
    return SamplePlace(
      folder: sample.path.folder.distinctText, identity: sample.identity?.text,
      split: sample.split ?? SplitName.of(sample.path), source: row.origin?.source ?? parts?.source,
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
    walk.unreadableFolders.map { ($0.path.text, $0.issue.code.rawValue, "\(what($0.path)): \($0.issue.detail)") }
      + walk.skippedLinks.map { link in
        switch link.reason {
        case .loop: (link.path.text, "link_loop", "leads back to \(link.target.text); not entered")
        case .alreadyWalked: (link.path.text, "link_loop", "leads to \(link.target.text), which is walked already")
        case .notFollowed: (link.path.text, "link_not_followed", "leads to \(link.target.text); enter it with -L")
        }
      } + derivedFolders
  }

  private func what(_ path: SamplePath) -> String {
    let name = path.bytes.isEmpty ? PathText.bytes(of: root) : path.bytes
    return ContainerKind(ofName: name) == nil ? "folder not readable" : "container not read whole"
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
}
