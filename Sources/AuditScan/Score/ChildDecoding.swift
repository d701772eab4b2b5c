package import AuditCore
package import AuditDataset
import AuditReference
package import AuditWorker

/// Child processes that read and decode the files of others: for whatever looks at pictures and is no scoring.
///
/// A process is used again by the next who asks, so that the phases of a scan start none of their own.
package final class ChildDecoding: DecodingPool {
  private let launch: ChildLaunch
  private let order: ChildOrder
  private let limits: SupervisionLimits
  private let idle = IdleSupervisors()

  /// - Parameter settings: how large files and pictures may be, and how long one may take.
  /// - Throws: where there is no memory for a child's order.
  package init(_ launch: ChildLaunch, settings: ScanSettings) throws(AuditError) {
    self.launch = launch
    order = try ChildOrder(scoringBy: .none, settings: settings, metrics: "mse")
    limits = ScoringChildren.limits(settings, filesPerSample: 1)
  }

  /// For whoever finds the settings later.
  package static func choice(_ launch: ChildLaunch) -> DecodingChoice {
    { settings in try ChildDecoding(launch, settings: settings) }
  }

  package func decoder(stop: StopRequest) -> any SampleDecoding { ChildDecoder(of: self, stop: stop) }

  /// Starts processes for the first who ask, without a wait for them.
  func startAhead(_ count: Int) {
    for _ in 0..<count {
      let supervisor = Supervisor(launch, order: order, limits: limits)
      supervisor.startAhead()
      giveBack(supervisor)
    }
  }

  /// One that works for the caller alone from now on.
  func take() -> Supervisor { idle.take() ?? Supervisor(launch, order: order, limits: limits) }

  /// - Parameter supervisor: that still follows the order of this pool.
  func giveBack(_ supervisor: Supervisor) { idle.giveBack(supervisor) }
}

private final class ChildDecoder: SampleDecoding {
  private let supervisor: Supervisor
  private let pool: ChildDecoding
  private let stop: StopRequest

  init(of pool: ChildDecoding, stop: StopRequest) { (supervisor, self.pool, self.stop) = (pool.take(), pool, stop) }

  deinit { pool.giveBack(supervisor) }

  func read(
    _ sample: Sample, in source: FolderSource, demand: PictureDemand
  ) throws(SampleIssue) -> ReadSample {
    let answer: ChildAnswer?
    do throws(SupervisionFault) {
      answer = try supervisor.answers(to: [source.work(.read, sample, demand: demand)], stop: stop).first
    } catch {
      throw SampleIssue(.open, "\(error)")
    }
    switch answer {
    case .answered(let bytes)?:
      guard let found = try? PictureAnswer(decoding: bytes) else {
        throw SampleIssue(.crash, "its process answered with what is no picture")
      }
      return ReadSample(try found.file.get())
    case .lost(let loss)?: throw loss.issue
    case nil: throw SampleIssue(.timeout, "the scan was stopped")
    }
  }
}

extension ReadSample {
  fileprivate init(_ file: PictureAnswer.File) {
    self.init(
      sha256: file.sha256, origin: file.origin,
      picture: file.picture.map { ReadPicture(image: $0.image, facts: $0.facts, notices: $0.notices) })
  }
}

extension PictureAnswer {
  /// What a reader found, for the process that asked.
  init(_ read: () throws(SampleIssue) -> ReadSample) {
    self.init(
      Result { () throws(SampleIssue) in
        let found = try read()
        return File(
          sha256: found.sha256, origin: found.origin,
          picture: found.picture.map { Picture(image: $0.image, facts: $0.facts, notices: $0.notices) })
      })
  }
}
