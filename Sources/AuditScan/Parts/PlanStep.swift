package import AuditCore
import AuditDataset
package import AuditStore
import Glibc

/// `audit plan`: lists the samples of a dataset, for others to score parts of.
package struct PlanStep {
  /// What was written.
  package struct Outcome: Sendable {
    package let images: Int
    /// For a person, a sentence each.
    package let notes: [String]
  }

  private let request: ScanRequest
  private let asked: PlanRequest

  /// - Parameters:
  ///   - request: with the database that is to keep the plan; `fresh` replaces one that is worked on.
  ///   - asked: the same as a person typed it.
  package init(request: ScanRequest, asked: PlanRequest) {
    self.request = request
    self.asked = asked
  }

  /// - Throws: `AuditError` where the dataset cannot be listed, what the samples are to be compared with is wrong, or a
  ///   plan would be lost that is worked on.
  package func run(progress: @escaping @Sendable (ScanProgress) -> Void) throws -> Outcome {
    if !request.fresh, let path = request.database { try PlanStep.refuseLoss(of: path) }
    var request = request
    (request.name, request.fresh, request.jobs) = ("plan", true, 1)
    let scan = try OpenScan(request, progress: progress)
    try scan.store.write(plan: scan.plan.samples, asked: asked, to: scan.run)
    try scan.store.finish(scan.run, digest: nil)
    return Outcome(images: scan.plan.samples.count, notes: scan.notes)
  }

  /// Parts fit the models that lie in the plan: with it both are lost.
  private static func refuseLoss(of path: String) throws {
    guard let size = FilePath.status(of: path)?.st_size, size > 0, try Store(reading: path).hasFittedPlan() else {
      return
    }
    let parts = PartFile.beside(path).count
    throw AuditError.wrongFile(
      path: path,
      finding: "holds a plan whose models are made"
        + (parts == 0 ? "" : ", and \(counted(parts, "part")) of it \(parts == 1 ? "lies" : "lie") beside it"),
      safe: .nothingChanged,
      remedy: "plan into another file with -o, or replace it with --fresh, and fit and score its parts again")
  }
}

extension PlannedRun {
  /// - Throws: where what was asked for is not what was planned, or another audit planned.
  func refuseOther(_ settings: ScanSettings, version: String) throws {
    guard self.version == version else {
      throw AuditError.lacking(
        "'\(database)' was planned by audit \(self.version), and this is \(version): their numbers need "
          + "not be the same", remedy: "plan anew, or use the same audit everywhere")
    }
    var planned = self.settings
    planned.take(incidentals: settings)
    guard planned == settings else {
      throw AuditError.lacking(
        "what the samples of '\(database)' are compared with has changed since it was planned "
          + "(\(settings.differences(from: planned)))", remedy: "plan anew")
    }
  }

  /// - Throws: where the models of the run are not made yet.
  func requireFit() throws {
    guard isFitted else {
      throw AuditError.lacking(
        "the models of the plan are not made yet",
        remedy: "make them once, before its parts are scored: audit fit --plan \(quotedFile(database))")
    }
  }

  /// Whether the plan lies in the database of that name.
  func isKept(in path: String) -> Bool { FilePath.resolved(path) == FilePath.resolved(database) }
}
