import AuditCore
import AuditStore
import Foundation

/// Names of the databases of parts where nobody gives others: beside the plan, `faces.plan.shard-3-of-8.db`.
enum PartFile {
  /// Those that are there, in order of their names.
  ///
  /// - Throws: `AuditError` where there is none.
  static func all(of plan: PlannedRun) throws -> [String] {
    let stem = Shard.stem(of: plan.database)
    let prefix = FilePath.name(of: stem) + "."
    let folder = FilePath.folder(of: plan.database)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let parts = names.filter { name in
      name.hasPrefix(prefix) && name.hasSuffix(".db")
        && Shard(runName: String(name.dropFirst(prefix.count).dropLast(".db".count))) != nil
    }
    guard !parts.isEmpty else {
      throw AuditError.lacking(
        "no part of the plan lies beside it",
        remedy: "name the databases of the parts, or score them: audit score --plan \(quotedFile(plan.database)) "
          + "--shard 1/2")
    }
    return parts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { FilePath.joined(folder, $0) }
  }
}
