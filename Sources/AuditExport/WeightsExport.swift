import AuditCore
import AuditStore
import Foundation

/// Training weights for PyTorch: `NAME.npy`, where each is in ImageFolder (`NAME.indices.npy`), and paths (`NAME.txt`).
///
/// The order is that of torchvision's ImageFolder over the same folder; files that it would not list (at the top, or
/// with an extension that it does not know) take no index. Images without a weight (unreadable ones) are left out, and
/// so are those that a person has dropped; those that a person keeps weigh 1.
struct WeightsExport {
  /// `IMG_EXTENSIONS` of torchvision/datasets/folder.py.
  private static let extensions = [".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"]

  private let export: Export
  private let base: String

  init(_ export: Export) throws {
    self.export = export
    let output = export.request.output ?? ""
    guard output.hasSuffix(".npy"), output.count > 4 else {
      throw AuditError.other("--format weights writes a .npy file; give -o weights.npy (got '\(output)')")
    }
    base = String(output.dropLast(4))
  }

  func write() throws -> ExportOutcome {
    try export.refuseLineEnds("rename the file, and scan again")
    let weights = try NumPyFile(path: base + ".npy", .float64)
    let indices = try NumPyFile(path: base + ".indices.npy", .int64)
    let paths = try Output(path: base + ".txt")
    var outcome = ExportOutcome()
    var tally = Tally()
    try export.store.addImageFolderOrder()
    try export.store.forEachRow(query) { values in
      let row = ExportRow(values)
      guard let index = tally.index(of: row.path, hasKey: row["audit_key"] != .null) else { return }
      guard row["audit_chosen"].integer == 1 else { return }
      guard let weight = tally.weight(of: row) else { return }
      outcome.images += 1
      try weights.append(weight)
      try indices.append(index)
      // Raw bytes, which Python reads with errors="surrogateescape".
      paths.text.add(row.path.bytes)
      paths.text.add("\n")
      try paths.flushIfFull()
    }
    guard outcome.images > 0 else { throw nothing(tally) }
    try weights.finish()
    try indices.finish()
    try paths.finish()
    outcome.notes = tally.notes + usage
    return outcome
  }

  private var query: String {
    """
    \(ExportRow.select(
      "weight, image_folder_key(samples.path, (SELECT path_raw FROM sample WHERE sample.id = samples.id)) AS audit_key, "
        + "(\(export.selection.sql(run: export.run))) AS audit_chosen, "
        + "(SELECT d.verdict FROM sample AS f JOIN decision AS d ON d.sha256 = f.sha256 AND d.undone_at IS NULL "
        + "WHERE f.id = samples.id ORDER BY d.id DESC LIMIT 1) AS decided"))
    WHERE run_id = \(export.run.id) ORDER BY audit_key
    """
  }

  private struct Tally {
    private var next = 0
    private var outside = 0
    private var unknown = 0
    private var dropped = 0
    private(set) var unweighted = 0

    mutating func index(of path: SamplePath, hasKey: Bool) -> Int? {
      let name = path.text.lowercased()
      guard hasKey else {
        outside += 1
        return nil
      }
      guard WeightsExport.extensions.contains(where: name.hasSuffix) else {
        unknown += 1
        return nil
      }
      defer { next += 1 }
      return next
    }

    mutating func weight(of row: ExportRow) -> Double? {
      switch row["decided"].text {
      case "drop":
        dropped += 1
        return nil
      case "keep": return 1
      default: break
      }
      guard let weight = row["weight"].real else {
        unweighted += 1
        return nil
      }
      return weight
    }

    var notes: [String] {
      [
        (outside, "in no class folder, which ImageFolder does not list"),
        (unknown, "with an extension that ImageFolder does not list"),
        (unweighted, "without a weight (unreadable or not scored)"), (dropped, "that a person has dropped"),
      ].filter { $0.0 > 0 }.map { "left out: \(counted($0.0, "image")) \($0.1)" }
    }
  }

  private func nothing(_ tally: Tally) -> AuditError {
    .other(
      "no image has a weight to export" + (tally.notes.isEmpty ? "" : ": " + tally.notes.joined(separator: "; "))
        + "; weights come from a scan with a reference model, of a folder with one folder per class")
  }

  private var usage: [String] {
    func file(_ ending: String) -> String { Escaping.json.text(FilePath.name(of: base) + ending) }
    return [
      """
      in Python:
        folder = torchvision.datasets.ImageFolder(\(Escaping.json.text(export.run.dataset)), transform)
        weights, indices = numpy.load(\(file(".npy"))), numpy.load(\(file(".indices.npy")))
        paths = open(\(file(".txt")), errors="surrogateescape", newline="\\n").read().split("\\n")[:-1]
        assert [folder.samples[i][0] for i in indices] == [os.path.join(folder.root, p) for p in paths]
        loader = DataLoader(Subset(folder, indices), sampler=WeightedRandomSampler(weights, len(weights)), batch_size=16)
      """
    ]
  }
}
