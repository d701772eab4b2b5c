import AuditCore
import AuditStore
import Foundation

/// Metadata of a Hugging Face image folder: `file_name`, what was there before, and `audit_` columns.
///
/// Existing files are merged by `file_name` and never written to: their rows keep their order and their other values to
/// the byte; `audit_` values of an earlier merge are replaced. Where the metadata lies in several folders, the result is
/// a folder with a file for each at the same place, to be copied over a copy of the dataset.
struct HuggingFaceMetadata {
  private let export: Export
  private let layout: HuggingFaceLayout

  init(_ export: Export) throws {
    self.export = export
    layout = try HuggingFaceLayout(export, merging: export.request.existing)
    if let output = export.request.output { try check(output) } else if layout.isTree { throw needsFolder() }
  }

  func write(standardOutput: Int32) throws -> ExportOutcome {
    var outcome = ExportOutcome()
    outcome.notes = layout.notes
    if layout.isTree, let output = export.request.output {
      try writeTree(output, &outcome)
    } else if let place = layout.places.first {
      try write(place, to: export.output(standardOutput), &outcome)
      if !place.folder.bytes.isEmpty {
        outcome.notes.append("its names begin in \(place.folder.printable)/: that is where it is to lie")
      }
    }
    return outcome
  }

  private func check(_ output: String) throws {
    if layout.isTree {
      let there = try? FileManager.default.contentsOfDirectory(atPath: output)
      if there?.isEmpty == false {
        throw AuditError.placeRefused(
          path: output, finding: "is not empty", safe: .nothingOverwritten, remedy: "give a new folder")
      }
      if there == nil,
        FileManager.default.fileExists(atPath: output) || output.hasSuffix(".jsonl")
          || output.hasSuffix(".csv")
      {
        throw needsFolder()
      }
      return
    }
    if FileManager.default.fileExists(atPath: output) {
      throw AuditError.placeRefused(
        path: output, finding: "is there, and a metadata file is never overwritten", remedy: "give a new -o")
    }
    let other = layout.kind == .csv ? ".jsonl" : ".csv"
    if output.lowercased().hasSuffix(other) {
      throw AuditError.usage(
        "the dataset's metadata is \(layout.kind.name), and datasets refuses two kinds together",
        remedy: "give -o \(layout.kind.name)")
    }
  }

  private func needsFolder() -> AuditError {
    let named = layout.places.prefix(3).map { place in
      SamplePath(bytes: FilePath.joined(place.folder.bytes, Array(layout.kind.name.utf8))).printable
    }
    return .usage(
      "datasets reads metadata where each split has its own "
        + "(\(named.joined(separator: ", "))\(layout.places.count > 3 ? ", ..." : "")), so that one file "
        + "is not enough", remedy: "give -o FOLDER, then copy what is in it over a copy of the dataset")
  }

  private func writeTree(_ output: String, _ outcome: inout ExportOutcome) throws {
    let target = try FilePath.absolute(output)
    try StagedFolder.make(target) { staging in
      for place in layout.places {
        let folder = FilePath.joined(staging.path, place.folder.bytes)
        let made = place.folder.bytes.isEmpty ? staging.path : folder
        try Files.makeFolders(made)
        let file = try Output(path: String(decoding: made, as: UTF8.self) + "/" + layout.kind.name)
        try write(place, to: file, &outcome)
      }
    }
  }

  private func write(_ place: HuggingFaceLayout.Place, to output: Output, _ outcome: inout ExportOutcome) throws {
    let merge = MetadataMerge(export, layout: layout, place: place)
    try merge.write(to: output)
    try output.finish()
    outcome.images += merge.tally.merged + merge.tally.added
    outcome.notes += merge.notes
  }
}

struct HuggingFaceFormat: ExportFormat {
  let name = "hf-metadata"
  let meaning = "Hugging Face metadata.jsonl, merged with what is there"
  let options: Set<ExportOption> = [.merge]

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try HuggingFaceMetadata(export).write(standardOutput: standardOutput)
  }
}
