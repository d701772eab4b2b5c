import ArgumentParser
import AuditCore
import AuditInference
import AuditScan
import AuditStore

/// A plan that `audit plan` wrote, with what was asked for then.
struct PlanFile {
  let plan: PlannedRun
  private let asked: PlanCommand

  /// - Throws: `AuditError` where the file holds no plan, or one that this audit cannot carry out.
  init(_ path: String) throws {
    plan = try Store(reading: path).plannedRun()
    do {
      asked = try PlanCommand.parse(plan.request.arguments)
    } catch {
      throw AuditError.lacking(
        "the plan in '\(path)' was asked for in words that this audit does not take", remedy: "plan anew")
    }
  }

  /// - Parameters:
  ///   - jobs: nil uses every core.
  ///   - dataset: where the images lie now; nil for where they were planned.
  func request(jobs: Int?, dataset: String? = nil) throws -> ScanRequest {
    var request = ScanRequest(dataset: plan.dataset).of(plan, in: dataset)
    try asked.scoring.apply(to: &request, from: plan.request.folder)
    request.jobs = jobs
    request.version = Version.text
    request.inference = OnnxRuntimeProvider.ownBinary
    return request
  }
}
