import AuditCore
import AuditDigest
import AuditStore
import Foundation

/// A small folder of files and a finished run over it, made through the store: verdicts and numbers are written down
/// in the test, not computed. The files are not pictures; export, decide and apply look at bytes only.
final class ExportSet {
  struct Face {
    var path: SamplePath
    var content: [UInt8]
    var verdict: Verdict? = .keep
    var skew = 1.0
    var weight: Double? = 1.0
    var mse = 0.01
    var issues: [SampleIssue] = []
    /// Not scored.
    var failure: SampleIssue?

    init(
      _ path: String, _ verdict: Verdict? = .keep, skew: Double = 1, weight: Double? = 1, mse: Double = 0.01,
      issues: [SampleIssue] = [], failure: SampleIssue? = nil, content: String? = nil
    ) {
      self.init(
        raw: SamplePath(path), verdict, skew: skew, weight: weight, mse: mse, issues: issues, failure: failure,
        content: content)
    }

    init(
      raw path: SamplePath, _ verdict: Verdict? = .keep, skew: Double = 1, weight: Double? = 1, mse: Double = 0.01,
      issues: [SampleIssue] = [], failure: SampleIssue? = nil, content: String? = nil
    ) {
      self.path = path
      self.content = Array((content ?? "face \(path.text)").utf8)
      self.verdict = failure == nil ? verdict : nil
      self.skew = skew
      self.weight = weight
      self.mse = mse
      self.issues = issues
      self.failure = failure
    }
  }

  static let metrics = ["mse", "mae", "ssim"].map {
    MetricInfo(
      name: $0, family: .squared, unit: "1", range: 0...1, meaning: "mean of \($0)", source: "test", headline: true)
  }

  let scratch: Scratch
  let dataset: String
  let database: String

  var path: String { scratch.path }

  /// - Parameter remedy: gain, low and high of the remedy `drop`.
  init(_ faces: [Face], figures: [String: Double] = [:], remedy: (Double, Double, Double)? = nil) throws {
    scratch = try Scratch()
    dataset = try scratch.folder("faces")
    database = scratch.path + "/faces.audit.db"
    for face in faces { try write(face) }
    try addRun("first", faces, figures: figures, remedy: remedy)
  }

  func write(_ face: Face) throws {
    let file = Array(dataset.utf8) + [UInt8(ascii: "/")] + face.path.bytes
    let end = file.lastIndex(of: UInt8(ascii: "/")) ?? 0
    try FileManager.default.createDirectory(
      atPath: String(decoding: file[..<end], as: UTF8.self), withIntermediateDirectories: true)
    let name = file.map { CChar(bitPattern: $0) } + [0]
    let descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0o640)
    guard descriptor >= 0 else { throw POSIXError(.EIO) }
    defer { close(descriptor) }
    guard Foundation.write(descriptor, face.content, face.content.count) == face.content.count else {
      throw POSIXError(.EIO)
    }
  }

  /// Another file beside the images, such as a caption.
  func write(_ text: String, to name: String) throws { try scratch.write(Array(text.utf8), to: "faces/" + name) }

  /// As a scan without options keeps them.
  private static var asked: ScanSettings {
    var settings = ScanSettings()
    settings.choices = ScanChoices()
    return settings
  }

  func addRun(
    _ name: String, _ faces: [Face], figures: [String: Double] = [:], remedy: (Double, Double, Double)? = nil,
    settings: ScanSettings = asked, database path: String? = nil
  ) throws {
    let store = try Store(path: path ?? database, metrics: ExportSet.metrics, derived: DerivedColumn.all)
    let run = try store.openRun(
      RunRequest(
        dataset: dataset, name: name, fresh: false, settings: settings, planDigest: "plan", planned: faces.count,
        version: "0.1.0"))
    let rows = faces.map { face -> (SampleRow, SamplePlace) in
      var row = SampleRow(sample: Sample(path: face.path, bytes: Int64(face.content.count), modified: 0))
      row.sha256 = face.failure?.code == .permission ? nil : AuditDigest.sha256(face.content)
      row.issues = face.issues + (face.failure.map { [$0] } ?? [])
      if face.failure == nil {
        row.facts = FileFacts(format: .png, width: 64, height: 64)
        row.scores = [face.mse, face.mse * 2, 1 - face.mse]
        row.influence = Influence(orthogonalDistance: 1, scoreDistance: 1, leverage: 1, nearestDistance: nil)
      }
      let parts = face.path.text.split(separator: "/")
      return (
        row,
        SamplePlace(
          folder: parts.dropLast().joined(separator: "/"), identity: parts.count > 1 ? String(parts[0]) : nil,
          source: nil, faceIndex: nil)
      )
    }
    try store.append(rows, columns: ["mse", "mae", "ssim"], to: run)
    // In the order in which the store hands the rows out: by path.
    let scored = faces.filter { $0.failure == nil }.sorted {
      $0.path.text.utf8.lexicographicallyPrecedes($1.path.text.utf8)
    }
    try store.writeStandings(of: store.rankRows(of: run.id, headlines: ["mse", "mae", "ssim"])) { position, _, row in
      let face = scored[position]
      row.verdict = face.verdict
      row.skew = face.skew
      row.weight = face.weight
      row.pullSquared = face.skew
      row.pullAbsolute = 1
      row.why = face.verdict == .keep ? nil : "skew above the line"
    }
    try store.markDuplicates(in: run.id)
    try store.write(figures: figures.mapValues { $0 }, to: run.id)
    if let remedy {
      try store.write(
        remedies: [
          StoredRemedy(name: "drop", images: 1, gain: remedy.0, low: remedy.1, high: remedy.2, recommended: true)
        ], curve: [], to: run.id)
    }
    let digest = try store.contentDigest(of: run.id, columns: ["mse", "mae", "ssim"])
    try store.finish(run, digest: digest)
    if remedy != nil {
      try store.keepBasis(of: .estimate, for: run.id, method: 1, sample: AdviceSample(images: faces.count))
    }
  }

  @discardableResult
  func audit(_ arguments: String..., input: String? = nil, in folder: String? = nil) throws -> Command {
    try Command.audit(arguments, in: folder ?? path, input: input)
  }

  func file(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: scratch.path + "/" + name)))
  }

  func text(_ name: String) throws -> String { String(decoding: try file(name), as: UTF8.self) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: scratch.path + "/" + name) }

  /// Every file below the dataset with its content, modification time and permissions, and every folder.
  func snapshot() throws -> String {
    // Names need not be UTF-8, which Foundation cannot list: od keeps every byte.
    let script = """
      cd "$1" && { find . -type f -print0 | sort -z | xargs -0 -r sha256sum
      find . -type f -printf '%p %T@ %m %s\\0' | sort -z; find . -type d -print0 | sort -z; } | od -An -v -tx1
      """
    let run = try Command.run("/bin/bash", ["-c", script, "snapshot", dataset])
    guard run.status == 0, !run.out.isEmpty else { throw AuditError.internalError(run.err) }
    return run.out
  }
}

extension Command {
  /// The answer of the plain sqlite3 program.
  @discardableResult
  static func sqlite(_ database: String, _ sql: String) throws -> String {
    let run = try Command.run("/usr/bin/env", ["sqlite3", database, sql])
    guard run.status == 0 else { throw AuditError.internalError(run.err) }
    return run.out
  }

  /// Runs Python; nil where it, or a module that the script needs, is not installed.
  static func python(_ script: String, needs modules: [String], arguments: [String] = []) throws -> Command? {
    let probe = try Command.run(
      "/usr/bin/env", ["python3", "-c", modules.map { "import \($0)" }.joined(separator: "\n")])
    guard probe.status == 0 else {
      print("skipped: python3 with \(modules.joined(separator: ", ")) is not installed here")
      return nil
    }
    return try Command.run("/usr/bin/env", ["python3", "-c", script] + arguments)
  }
}
