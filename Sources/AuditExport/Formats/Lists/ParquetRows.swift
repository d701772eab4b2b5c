import AuditCore
import AuditStore
import Foundation

/// The columns of `--format jsonl` as Parquet. It is written by the script that also feeds Parquet to a scan: no library of
/// that format is part of audit.
struct ParquetFormat: ExportFormat {
  let name = "parquet"
  let meaning = "every column of view samples as Parquet, for DuckDB and pandas; needs python3 with pyarrow"
  let place = ExportPlace.files
  let exampleOutput = "-o NAME.parquet"

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    let script = try ParquetScript.find()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("audit-parquet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let lines = folder.path + "/rows.jsonl"
    let outcome = try export.stream(JSONRows(), to: Output(path: lines))
    guard outcome.images > 0 else {
      throw AuditError.lacking("no image is selected, and Parquet of no rows has no columns", remedy: "choose others")
    }
    let output = try export.output(standardOutput)
    try ParquetScript.run(script, on: lines, to: output)
    try output.finish()
    return outcome
  }
}

/// `audit_parquet.py`, which lies where audit does.
package enum ParquetScript {
  static let name = "audit_parquet.py"

  /// - Throws: `AuditError` where it is nowhere.
  @discardableResult
  package static func find() throws -> String {
    if let named = ProcessInfo.processInfo.environment["AUDIT_PARQUET"] { return named }
    let program = URL(fileURLWithPath: FilePath.resolved("/proc/self/exe"))
    // Beside the program, as both are downloaded; above it, in a checkout.
    let above = sequence(first: program.deletingLastPathComponent()) { folder in
      folder.path == "/" ? nil : folder.deletingLastPathComponent()
    }
    let places = above.flatMap { folder in
      ["share/\(name)", "Sources/SparkDriver/\(name)"].map { folder.appendingPathComponent($0).path }
    }
    guard let found = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw AuditError.lacking(
        "the script \(name), which writes Parquet, is not where audit is", remedy: "name it in AUDIT_PARQUET")
    }
    return found
  }

  /// - Throws: `AuditError` where Python or pyarrow are not there, or the rows cannot be written.
  static func run(_ script: String, on lines: String, to output: Output) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script, "--write", "-"]
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: lines))
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    while let piece = try pipe.fileHandleForReading.read(upToCount: 1 << 18), !piece.isEmpty {
      try piece.withUnsafeBytes { try output.add($0) }
    }
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw AuditError.lacking(
        "\(name) could not write the rows",
        remedy: "what it said stands above; it needs python3 and: pip install pyarrow")
    }
  }
}
