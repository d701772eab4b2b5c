import AuditCore
import AuditStore
import Foundation

/// Names of the databases of parts where nobody gives others: beside the plan, `faces.plan.shard-3-of-8.db`.
enum PartFile {
  /// Those that are there, in order of their names.
  ///
  /// - Throws: `AuditError` where there is none.
  static func all(of plan: PlannedRun) throws -> [String] {
    let parts = beside(plan.database)
    guard !parts.isEmpty else {
      throw AuditError.lacking(
        "no part of the plan lies beside it",
        remedy: "name the databases of the parts, or score them: audit score --plan \(quotedFile(plan.database)) "
          + "--shard 1/2")
    }
    return parts
  }

  /// Those beside the database of a plan, in order of their names.
  static func beside(_ database: String) -> [String] {
    let prefix = FilePath.name(of: Shard.stem(of: database)) + "."
    let folder = FilePath.folder(of: database)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { name in
      name.hasPrefix(prefix) && name.hasSuffix(".db")
        && Shard(runName: String(name.dropFirst(prefix.count).dropLast(".db".count))) != nil
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { FilePath.joined(folder, $0) }
  }
}
