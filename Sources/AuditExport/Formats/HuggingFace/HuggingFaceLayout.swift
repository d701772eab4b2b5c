import AuditCore
import AuditStore
import Foundation

/// Which metadata files a Hugging Face image folder has, and which of them speaks of which image.
///
/// `datasets` reads every `metadata.jsonl` or `metadata.csv` in the folder of a split; a `file_name` begins where the
/// file lies. Files of both kinds together it refuses, and one above the splits it passes over.
struct HuggingFaceLayout {
  enum Kind: String {
    case jsonLines = "jsonl"
    case csv

    var name: String { "metadata." + rawValue }
  }

  struct Place {
    /// Relative to the dataset; empty at its top.
    let folder: SamplePath
    /// The file that is there now.
    let existing: String?
  }

  /// Names that make a first-level folder a split.
  private static let splits: Set<String> = [
    "train", "training", "validation", "valid", "val", "dev", "test", "testing", "eval", "evaluation",
  ]

  private static let top = SamplePath(bytes: [])

  let kind: Kind
  /// In the order of their folders.
  let places: [Place]
  /// For a person, a sentence each.
  private(set) var notes: [String] = []
  private let folders: Set<SamplePath>

  /// - Parameter merged: the file to merge with instead of those of the dataset; nil looks for them.
  /// - Throws: `AuditError` where `datasets` could not read what would be made, with the reason.
  init(_ export: Export, merging merged: String?) throws {
    let dataset = export.run.dataset
    if let merged {
      let folder = FilePath.inside(dataset, FilePath.folder(of: try FilePath.absolute(merged))) ?? ""
      kind = merged.lowercased().hasSuffix(".csv") ? .csv : .jsonLines
      places = [Place(folder: SamplePath(folder), existing: merged)]
      folders = [SamplePath(folder)]
      return
    }
    let used = Set(try export.store.foldersWithTextPaths(of: export.run.id))
    let found = try HuggingFaceLayout.files(above: used, in: dataset)
    if let csv = found.first(where: { $0.kind == .csv }), let lines = found.first(where: { $0.kind == .jsonLines }) {
      throw AuditError.usage(
        "the dataset has \(HuggingFaceLayout.shown(csv)) and \(HuggingFaceLayout.shown(lines)), and datasets refuses both kinds together",
        remedy: "make them one kind, or name one with --merge")
    }
    kind = found.first?.kind ?? .jsonLines
    let existing = Set(found.map(\.folder))
    let first = Set(used.map(HuggingFaceLayout.firstPart))
    let split = first.filter { HuggingFaceLayout.splits.contains($0.text.lowercased()) }.min()
    folders = HuggingFaceLayout.folders(existing, used: used, first: first, hasSplits: split != nil)
    let kind = kind
    places = folders.sorted().map { folder in
      let base = HuggingFaceLayout.joined(dataset, folder)
      return Place(folder: folder, existing: existing.contains(folder) ? base + "/" + kind.name : nil)
    }
    if let split, existing.contains(HuggingFaceLayout.top) {
      notes.append(
        "datasets reads metadata inside the folders of splits (\(split.printable)/), and passes over \(kind.name) above"
      )
    }
  }

  /// Whether one file is not enough, or would have to lie below the top without replacing another.
  var isTree: Bool { places.count > 1 || places.contains { $0.existing == nil && $0.folder != HuggingFaceLayout.top } }

  /// The folder whose metadata speaks of a file: the nearest above it that has some.
  func place(of path: SamplePath) -> SamplePath? {
    var folder = path.bytes
    while !folder.isEmpty {
      folder = FilePath.folder(of: folder)
      if folders.contains(SamplePath(bytes: folder)) { return SamplePath(bytes: folder) }
    }
    return nil
  }

  /// Those that are there, and a new one for the images that none of them speaks of.
  private static func folders(
    _ existing: Set<SamplePath>, used: Set<SamplePath>, first: Set<SamplePath>, hasSplits: Bool
  ) -> Set<SamplePath> {
    if existing.isEmpty { return hasSplits ? first : [top] }
    if existing.contains(top) { return existing }
    return used.reduce(into: existing) { folders, folder in
      if !ancestors(of: [folder]).contains(where: existing.contains) { folders.insert(firstPart(folder)) }
    }
  }

  private static func files(
    above used: Set<SamplePath>, in dataset: String
  ) throws -> [(folder: SamplePath, kind: Kind)] {
    var found: [(folder: SamplePath, kind: Kind)] = []
    for folder in ancestors(of: used).sorted() {
      let base = joined(dataset, folder)
      if FilePath.status(of: base + "/metadata.parquet") != nil {
        throw AuditError.wrongFile(
          path: base + "/metadata.parquet",
          finding: "cannot be merged, and datasets would refuse a second metadata file beside it",
          remedy:
            "write it as metadata.jsonl first: pandas.read_parquet(IN).to_json(OUT, orient=\"records\", lines=True)")
      }
      for kind in [Kind.jsonLines, .csv] where FilePath.status(of: base + "/" + kind.name) != nil {
        found.append((folder, kind))
      }
    }
    return found
  }

  /// The folders and all above them, the top included.
  private static func ancestors(of folders: Set<SamplePath>) -> Set<SamplePath> {
    var all: Set<SamplePath> = [top]
    for folder in folders {
      var rest = folder
      while all.insert(rest).inserted { rest = SamplePath(bytes: FilePath.folder(of: rest.bytes)) }
    }
    return all
  }

  private static func firstPart(_ folder: SamplePath) -> SamplePath {
    SamplePath(bytes: Array(folder.bytes.prefix { $0 != UInt8(ascii: "/") }))
  }

  private static func joined(_ dataset: String, _ folder: SamplePath) -> String {
    folder == top ? dataset : dataset + "/" + PathText.text(of: folder.bytes)
  }

  private static func shown(_ file: (folder: SamplePath, kind: Kind)) -> String {
    "'\(SamplePath(bytes: FilePath.joined(file.folder.bytes, Array(file.kind.name.utf8))).printable)'"
  }
}
