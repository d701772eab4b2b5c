import AuditCore
import AuditDataset
import AuditQuality
import AuditReference
import AuditWorker

/// The child processes of a scan: what they are started with, and the files that they are handed.
struct ScoringChildren {
  /// Seconds beyond a file's own limit after which its process is taken for hung.
  private static let patience = 10.0

  private let children: ChildDecoding
  private let order: ChildOrder
  private let limits: SupervisionLimits
  private let known: KnownPictures
  private let seed: UInt64
  private let files: FolderSource
  private let pairing: Pairing?

  /// - Returns: nil where the samples are scored in this process: it has no children, or a network measures, which has a
  ///   process of its own.
  init?(_ scan: OpenScan, _ models: ScanModels) throws(AuditError) {
    guard let children = scan.children, scan.perceptual == nil,
      let reference = models.reference.reference.portable
    else { return nil }
    (self.children, known, seed) = (children, models.quality?.known ?? KnownPictures(), scan.settings.seed)
    order = try ChildOrder(
      scoringBy: reference, settings: scan.settings, metrics: scan.request.metrics, quality: models.quality)
    files = scan.plan.source
    pairing = reference.terms.isOfPairs ? scan.reference.pairing : nil
    limits = ScoringChildren.limits(scan.settings, filesPerSample: pairing == nil ? 1 : 2)
  }

  static func limits(_ settings: ScanSettings, filesPerSample: Double) -> SupervisionLimits {
    var limits = SupervisionLimits()
    limits.timeout = settings.limits.timeout * filesPerSample + patience
    return limits
  }

  func pool(jobs: Int, piece: Int, window: Int) -> SupervisedPool {
    SupervisedPool(
      jobs: jobs, piece: piece, window: window,
      makeSupervisor: { [children, order, limits] in
        let supervisor = children.take()
        supervisor.follow(order, limits: limits)
        return supervisor
      },
      work: { [files, pairing, known, seed] sample in
        let before = known.picture(of: sample, seed: seed)
        let work = ScoringChildren.work(for: sample, in: files, pairing: pairing, known: before?.pixels)
        return (work, before?.quality)
      })
  }

  private static func work(
    for sample: Sample, in files: FolderSource, pairing: Pairing?, known: PixelDigest?
  ) -> ChildWork {
    let reference = pairing.flatMap { pairing in
      pairing.reference(of: sample).map { ($0, pairing.source()) }
    }
    return files.work(.score, sample, beside: reference, detail: known?.encoded() ?? [])
  }
}

extension AuditError {
  /// Where no child process works at all.
  init(_ fault: SupervisionFault) {
    self = .lacking(
      "\(fault)", remedy: "`audit doctor` says more, and --no-isolate reads files in this process")
  }
}
