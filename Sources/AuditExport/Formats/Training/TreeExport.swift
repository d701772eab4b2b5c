import AuditCore
import AuditDigest
import AuditStore
import Foundation

/// A new folder of links (symlinks, kohya-toml) or copies (dfl). It gets its name only when it is whole.
struct TreeExport {
  private let export: Export
  private let format: TreeFormat
  /// Absolute.
  private let target: String
  private let dataset: RootFolder
  private let contained = ContainedFiles()

  init(_ export: Export, _ format: TreeFormat) throws {
    (self.export, self.format) = (export, format)
    target = try export.newFolder()
    dataset = RootFolder(FilePath.resolved(export.run.dataset))
  }

  func write() throws -> ExportOutcome {
    var (outcome, tree) = (ExportOutcome(), Tree(subsets: KohyaSubsets(target: target)))
    try StagedFolder.make(target) { staging in outcome.notes += try fill(staging, &tree) }
    outcome.images = tree.images
    outcome.notes += tree.notes(isForDeepFaceLab: format == .deepFaceLab)
    if format == .kohya { outcome.notes += tree.subsets.notes }
    return outcome
  }

  /// - Returns: what a person should know, a sentence each.
  private func fill(_ staging: RootFolder, _ tree: inout Tree) throws -> [String] {
    let leadingOut = try export.forEachImage([.named("sha256"), .header]) { row, sidecars in
      try put(row, with: sidecars, into: staging, &tree)
    }
    if tree.images == 0, let first = tree.skipped.first {
      let count = tree.skipped.count
      let subject =
        count == 1 ? "the one selected image cannot" : "none of the \(count.formattedWithCommas) selected images can"
      throw AuditError.lacking(
        "\(subject) be put into '\(export.request.output ?? target)': \(first)", safe: .nothingMade)
    }
    if format == .kohya { try write(tree.subsets, into: staging) }
    return ExportRow.leadingOut(leadingOut)
  }

  /// What is in the new folder so far.
  private struct Tree {
    var subsets: KohyaSubsets
    var images = 0
    var sidecars = 0
    /// Images with a header of DeepFaceLab.
    var headers = 0
    /// Those of them whose name does not end with `.jpg`, in these letters.
    var misnamed = 0
    /// Images that lie below a folder.
    var nested = 0
    var skipped: [String] = []

    func notes(isForDeepFaceLab: Bool) -> [String] {
      (sidecars > 0 ? ["\(counted(sidecars, "sidecar")) went with them"] : []) + (isForDeepFaceLab ? passedOver : [])
        + skipped.prefix(5) + (skipped.count > 5 ? ["... and \(skipped.count - 5) more"] : [])
    }

    /// What DeepFaceLab's trainer does not see: it reads the `.jpg` files of the folder itself that have its header.
    private var passedOver: [String] {
      var notes: [String] = []
      if headers > 0, headers < images {
        notes.append(
          "\(counted(images - headers, "image")) of them without a header of DeepFaceLab, which its trainer passes over"
        )
      }
      if misnamed > 0 {
        notes.append("\(counted(misnamed, "name")) not ending with .jpg, which DeepFaceLab's trainer passes over")
      }
      if nested > 0 {
        notes.append(
          "\(counted(nested, "image")) in sub-folders: DeepFaceLab's trainer looks into none, only its faceset packer "
            + "does, one level deep, and takes each for a person")
      }
      return notes
    }
  }

  private func put(
    _ row: ExportRow, with sidecars: [SamplePath], into staging: RootFolder, _ tree: inout Tree
  ) throws {
    guard try put(row.path, of: row, into: staging, expecting: row.contentHash, skipped: &tree.skipped) else { return }
    tree.images += 1
    if row["audit_header"].text == FaceOrigin.Tool.deepFaceLab.rawValue {
      tree.headers += 1
      if !row.path.bytes.suffix(4).elementsEqual(".jpg".utf8) { tree.misnamed += 1 }
    }
    if row.path.components.count > 1 { tree.nested += 1 }
    var made: [SamplePath] = []
    for sidecar in sidecars
    where try put(sidecar, of: row, into: staging, expecting: nil, skipped: &tree.skipped) {
      made.append(sidecar)
    }
    tree.sidecars += made.count
    if format == .kohya { tree.subsets.add(row, sidecars: made) }
  }

  /// - Returns: whether the file is in the new folder now.
  /// - Throws: `FileTrouble` where the new folder cannot be written; what is wrong with the file is a skipped one.
  private func put(
    _ path: SamplePath, of row: ExportRow, into staging: RootFolder, expecting hash: String?,
    skipped: inout [String]
  ) throws -> Bool {
    do {
      try contained.withPath(of: dataset.file(path)) { source in
        guard let facts = FileFactsOnDisk(following: source) else { throw FileTrouble.missing(source) }
        guard facts.isRegular else { throw FileTrouble.source(words: "is not a file; left out") }
        let isCopy = format == .deepFaceLab
        let inside = SamplePath(
          bytes: isCopy ? path.bytes : FilePath.joined(Array(row.verdict.rawValue.utf8), path.bytes))
        let made = try staging.ownFile(inside)
        try Files.makeFolders(FilePath.folder(of: made))
        if isCopy { try copy(source, to: made, hash) } else { try link(source, from: inside, made) }
      }
      return true
    } catch let trouble as FileTrouble where trouble.isAboutSource {
      skipped.append("'\(path.printable)' \(trouble)")
      return false
    }
  }

  private func link(_ source: [UInt8], from inside: SamplePath, _ made: [UInt8]) throws {
    let place = FilePath.folder(of: FilePath.joined(PathText.bytes(of: target), inside.bytes))
    let text = FilePath.relative(from: place, to: source)
    guard withCPath(text, { text in withCPath(made) { symlink(text, $0) } }) == 0 else {
      throw FileTrouble("no link can be made for '\(inside.printable)'")
    }
  }

  private func copy(_ source: [UInt8], to made: [UInt8], _ hash: String?) throws {
    let copied = try Files.copy(source, to: made, isDurable: false, followsLinks: true)
    if let hash, hash != hexadecimal(copied) {
      withCPath(made) { _ = unlink($0) }
      throw FileTrouble.source(words: "has changed since the scan; left out")
    }
  }

  private func write(_ subsets: KohyaSubsets, into staging: RootFolder) throws {
    let path = String(decoding: staging.path, as: UTF8.self) + "/dataset.toml"
    let output = try Output(path: path)
    output.text.add(subsets.toml(run: export.run))
    try output.finish()
  }
}

/// What a new folder is filled with.
enum TreeFormat: ExportFormat {
  case kohya, deepFaceLab, symlinks

  var name: String {
    switch self {
    case .kohya: "kohya-toml"
    case .deepFaceLab: "dfl"
    case .symlinks: "symlinks"
    }
  }

  var meaning: String {
    switch self {
    case .kohya: "-o FOLDER: links by verdict and a dataset.toml"
    case .deepFaceLab: "-o FOLDER: copies of what stays, bytes unchanged"
    case .symlinks: "-o FOLDER: keep/, review/, drop/ full of relative links"
    }
  }

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { self == .symlinks ? [] : .staying }

  /// A caption is half of a sample for kohya.
  var usualSidecars: Sidecars { self == .kohya ? .usual : .none }
  var place: ExportPlace { .folder }
  var options: Set<ExportOption> { self == .deepFaceLab ? [.sidecars] : [.sidecars, .needsFiles] }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try TreeExport(export, self).write()
  }
}
