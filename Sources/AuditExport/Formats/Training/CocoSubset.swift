import AuditCore
import AuditStore
import Foundation

/// A COCO annotation file with the images that stay and their annotations; every value as it was written.
struct CocoSubset {
  private struct Tally {
    var foreign = 0
    var left = 0
    var annotations = 0
    var example: String?
  }

  private let export: Export
  private let source: String
  /// Longer files than any dataset has.
  private static let mostBytes = 1 << 32

  init(_ export: Export) throws {
    self.export = export
    source = export.request.existing ?? ""
  }

  /// - Throws: `AuditError` where the file is no COCO file, or names no image of the run.
  func write(to output: Output) throws -> ExportOutcome {
    guard let content = try InputFile.contents(of: source, mostBytes: CocoSubset.mostBytes) else {
      throw AuditError.wrongFile(
        path: source, finding: "is longer than \(CocoSubset.mostBytes.formattedWithCommas) bytes")
    }
    guard let members = JSONMembers(Data(content))?.members, let images = members.last(where: { $0.key == "images" })
    else {
      throw AuditError.wrongFile(path: source, finding: "is no COCO file: a JSON object with a member images")
    }
    var tally = Tally()
    let kept = try keptImages(images, &tally)
    guard !kept.items.isEmpty else { throw nothing(tally) }
    output.text.add("{")
    for (index, member) in members.enumerated() {
      if index > 0 { output.text.add(",") }
      output.text.add(Array(member.whole[..<member.value.startIndex]))
      switch member.key {
      case "images": try add(kept.items, to: output)
      case "annotations": try add(annotations(member, of: kept.ids, &tally), to: output)
      default: output.text.add(Array(member.value))
      }
    }
    output.text.add("}\n")
    try output.finish()
    var outcome = ExportOutcome(images: kept.items.count)
    outcome.notes.append(
      "\(counted(kept.items.count, "image")) and \(counted(tally.annotations, "annotation")) of '\(source)'; left out: "
        + "\(tally.left.formattedWithCommas) by the selection, \(tally.foreign.formattedWithCommas) that are not of the "
        + "run")
    return outcome
  }

  private func keptImages(
    _ images: JSONMembers.Member, _ tally: inout Tally
  ) throws -> (items: [ArraySlice<UInt8>], ids: Set<[UInt8]>) {
    var kept: (items: [ArraySlice<UInt8>], ids: Set<[UInt8]>) = ([], [])
    try export.store.withSamples(export.query()) { samples in
      for item in try items(of: images) {
        let image = JSONMembers(item)
        let name = image?["file_name"]?.text.map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }
        if tally.example == nil { tally.example = name }
        guard let name, let row = try samples.first(SamplePath(name)) else {
          tally.foreign += 1
          continue
        }
        guard row.isChosen else {
          tally.left += 1
          continue
        }
        kept.items.append(item)
        if let id = image?["id"] { kept.ids.insert(Array(id.value)) }
      }
    }
    return kept
  }

  private func annotations(
    _ member: JSONMembers.Member, of images: Set<[UInt8]>, _ tally: inout Tally
  ) throws -> [ArraySlice<UInt8>] {
    let kept = try items(of: member).filter { item in
      JSONMembers(item)?["image_id"].map { images.contains(Array($0.value)) } ?? false
    }
    tally.annotations = kept.count
    return kept
  }

  private func items(of member: JSONMembers.Member) throws -> [ArraySlice<UInt8>] {
    var scanner = JSONScanner(Array(member.value))
    guard let items = scanner.items() else {
      throw AuditError.wrongFile(path: source, finding: "is no COCO file: its member \(member.key) is no list")
    }
    return items
  }

  private func add(_ items: [ArraySlice<UInt8>], to output: Output) throws {
    output.text.add("[")
    for (index, item) in items.enumerated() {
      if index > 0 { output.text.add(",\n") }
      output.text.add(Array(item))
      try output.flushIfFull()
    }
    output.text.add("]")
  }

  private func nothing(_ tally: Tally) -> AuditError {
    if tally.foreign == 0 { return .lacking("the selection leaves no image of '\(source)'") }
    let own = try? export.store.paths(of: export.run.id, most: 1).first
    return .lacking(
      "no file_name of '\(source)' is a path of the run: there they are like "
        + "'\(SamplePath(tally.example ?? "").printable)', here like '\(SamplePath(own ?? "").printable)'")
  }
}

struct CocoFormat: ExportFormat {
  let name = "coco-subset"
  let meaning = "--merge FILE: a COCO file with the images that stay"
  let options: Set<ExportOption> = [.merge, .needsMerge]

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .staying }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try CocoSubset(export).write(to: export.output(standardOutput))
  }
}
