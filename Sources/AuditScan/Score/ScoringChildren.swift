import AuditCore
import AuditDataset
import AuditReference
import AuditWorker

/// The child processes of a scan: what they are started with, and the files that they are handed.
struct ScoringChildren {
  /// Seconds beyond a file's own limit after which its process is taken for hung.
  private static let patience = 10.0

  private let launch: ChildLaunch
  private let order: ChildOrder
  private let limits: SupervisionLimits
  private let files: FolderSource
  private let pairing: Pairing?

  /// - Returns: nil where the samples are scored in this process: nobody says how to start another, or a network
  ///   measures, which has a process of its own.
  init?(_ scan: OpenScan, _ models: ScanModels) throws(AuditError) {
    guard let launch = scan.request.children, scan.perceptual == nil,
      let reference = models.reference.reference.portable
    else { return nil }
    self.launch = launch
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
      makeSupervisor: { [launch, order, limits] in Supervisor(launch, order: order, limits: limits) },
      work: { [files, pairing] in ScoringChildren.work(for: $0, in: files, pairing: pairing) })
  }

  private static func work(for sample: Sample, in files: FolderSource, pairing: Pairing?) -> ChildWork {
    var opened: [HandedFile] = []
    func hand(_ sample: Sample, of source: FolderSource) -> WorkRequest.File {
      do throws(SampleIssue) {
        opened.append(HandedFile(try source.open(sample)))
        return WorkRequest.File(sample, .file)
      } catch {
        return WorkRequest.File(sample, .trouble(error))
      }
    }
    let file = hand(sample, of: files)
    let reference = pairing.flatMap { pairing in
      pairing.reference(of: sample).map { hand($0, of: FolderSource(root: pairing.root)) }
    }
    return ChildWork(WorkRequest(.score, file, reference: reference), files: opened)
  }
}

extension AuditError {
  /// Where no child process works at all.
  init(_ fault: SupervisionFault) {
    self = .lacking(
      "\(fault)", remedy: "`audit doctor` says more, and without --isolate a scan needs no child processes")
  }
}
