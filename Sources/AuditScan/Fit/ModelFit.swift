package import AuditCore
package import AuditDataset
import AuditReference
import AuditStatistics
import AuditStore
package import AuditWorker
import Foundation

/// `audit fit`: the low-rank model of a dataset as a file, to score other datasets with.
package struct ModelFit {
  /// What was written.
  package struct Outcome: Sendable {
    package let digest: String
    /// Components, and images that it was fitted on.
    package let rank: Int
    package let images: Int
    package let bytes: Int
    /// What a person should know of the files that were chosen, a sentence each.
    package let notes: [String]
  }

  private let files: DatasetFiles
  private let output: String
  private let settings: ScanSettings
  private let jobs: Int
  private let children: ChildLaunch?

  /// - Parameters:
  ///   - jobs: nil uses every core.
  ///   - children: how to start a process that reads files; nil reads them in this one.
  package init(
    files: DatasetFiles, output: String, settings: ScanSettings, jobs: Int?, children: ChildLaunch? = nil
  ) {
    self.children = children
    self.files = files
    self.output = output
    self.settings = settings
    self.jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
  }

  /// - Returns: nil where it was stopped; then nothing was written.
  /// - Throws: `AuditError` where the dataset cannot be read, too few images can, or the file cannot be written.
  package func run(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Outcome? {
    try SystemLimits.require(jobs: jobs)
    let target = try ScanTarget(files)
    try DatasetGuard.refuse(output, in: target.root)
    var plan = try Plan(target) { progress(ScanProgress(phase: .walk, done: $0, total: nil)) }
    plan.decoding = try children.map { launch throws(AuditError) in try ChildDecoding(launch, settings: settings) }
    let subsample = try await Subsample.read(plan, settings: settings, jobs: jobs, stop: stop, progress: progress)
    if stop.isSet { return nil }
    let model: LowRankModel
    do throws(FitRefusal) {
      model = try subsample.fit(settings: settings, jobs: jobs, stop: stop, progress: progress).model
    } catch .stopped {
      return nil
    } catch {
      throw AuditError.lacking("no model: \(error)")
    }
    let content = model.encoded()
    // Written beside and renamed: a model that is half there must not look like one.
    try StagedFile.write(content, to: output)
    return Outcome(
      digest: model.digest, rank: model.rank, images: model.count, bytes: content.count, notes: plan.notes)
  }
}
