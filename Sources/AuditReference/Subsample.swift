package import AuditCore
package import AuditStatistics

/// The images that a reference model learns from, in model space.
package struct Subsample: Sendable {
  /// `LowRankModel.length` bytes per image, one after the other.
  package var rows: [UInt8] = []
  /// What each image is known by.
  package var keys: [UInt64] = []
  /// Whether each image is surely damaged; nil where nobody looked.
  package var isDamaged: [Bool]?

  package init() {}

  package var count: Int { keys.count }

  /// The robust model of these images.
  ///
  /// - Throws: `FitRefusal`, also where the stop is set.
  package func fit(
    settings: ScanSettings, jobs: Int, stop: StopRequest, progress: (ScanProgress) -> Void
  ) throws(FitRefusal) -> LowRankFit {
    let fit = try LowRankFit(
      rows: rows, keys: keys, isDamaged: isDamaged, rank: max(1, min(settings.rank, count / 10)), seed: settings.seed,
      jobs: jobs,
      isStopped: { stop.isSet },
      progress: { progress(ScanProgress(phase: .fit, done: $0.done, total: FitStage.total)) })
    progress(ScanProgress(phase: .fit, done: FitStage.total, total: FitStage.total))
    return fit
  }
}
