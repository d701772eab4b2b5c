import ArgumentParser
import AuditCore
import AuditDataset
import AuditDemo
import AuditImages
import AuditMetrics
import AuditQuality
import AuditReference
import AuditScan
import AuditStatistics
import Foundation

struct SpeedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed",
    abstract: "CPU milliseconds per image of decoding, resizing, measuring by itself, fitting, each metric, a scan.")

  @Argument(help: "A folder of images; without one, demo faces are drawn.")
  var folder: String?

  @Option(help: "Scoring size.")
  var size = ScanSettings.standardSize

  @Option(help: "At most so many images.")
  var images = 1_000

  func run() async throws {
    let scratch = NSTemporaryDirectory() + "audit-bench-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    var dataset = folder ?? scratch + "/faces"
    if folder == nil { try DemoSet.write(to: dataset, count: 300, size: 256) }
    dataset = try DatasetFolder.resolve(dataset)
    let samples = Array(try DatasetWalk(root: Array(dataset.utf8)).samples.prefix(images))
    let files = samples.compactMap { sample -> (SamplePath, [UInt8])? in
      var bytes: [UInt8] = []
      return (try? readFile(sample.path, in: Array(dataset.utf8), into: &bytes)).map { (sample.path, bytes) }
    }

    let decoding = decode(files)
    let bare = decoding.seconds
    let count = Double(decoding.images.count)
    BenchLine("decode", ("ms", 1000 * bare / count), ("images", count)).print()
    var resizer = ImageResizer()
    let side = LowRankModel.side
    for (name, to) in [("resize_to_model", side), ("resize_to_scoring", size)] {
      time(name, count) {
        for image in decoding.images { _ = resizer.resize(image, width: to, height: to) }
      }
    }
    measuring(decoding.images, resizer: &resizer)
    try scoring(decoding.images, resizer: &resizer)
    try await scan(dataset, scratch: scratch, bare: bare / count)
  }

  private func decode(_ files: [(SamplePath, [UInt8])]) -> (images: [RGBImage], seconds: Double) {
    var decoder = ImageDecoder(maxPixels: ScanSettings().maxPixels, target: size)
    var images: [RGBImage] = []
    let seconds = cpu {
      for (path, bytes) in files {
        if let decoded = try? decoder.decode(bytes, name: path.text) { images.append(decoded.image) }
      }
    }
    return (images, seconds)
  }

  /// What pictures cost that are measured by themselves, at two sizes.
  private func measuring(_ images: [RGBImage], resizer: inout ImageResizer) {
    let picture = MeasuredPicture()
    for side in [128, 256] {
      let scaled = images.prefix(200).map { resizer.resize($0, width: side, height: side) }
      time("measure_\(side)", Double(scaled.count)) {
        for image in scaled {
          picture.load(image, resizer: &resizer)
          _ = PictureMeasures(picture, image: image, resizer: &resizer)
        }
      }
    }
  }

  private func scoring(_ images: [RGBImage], resizer: inout ImageResizer) throws {
    let side = LowRankModel.side
    let count = Double(images.count)
    let rows = images.map { resizer.resize($0, width: side, height: side) }
    guard images.count >= 25 else { return }
    var fitted: LowRankFit?
    let fitSeconds = try cpu {
      fitted = try LowRankFit(rows: rows.flatMap(\.pixels), keys: rows.indices.map { UInt64($0) }, seed: 7)
    }
    BenchLine("fit", ("seconds", fitSeconds), ("images", count)).print()
    guard let fitted else { return }
    let gainSeconds = cpu { _ = fitted.gain(rule: .model(count: rows.count)) }
    BenchLine("gain", ("seconds", gainSeconds), ("images", count)).print()
    let scorer = LowRankScorer(fitted.model)
    time("project_reconstruct", count) {
      for (index, row) in rows.enumerated() { _ = scorer.influence(of: row, key: UInt64(index)) }
    }
    time("enlarge_reconstruction", count) {
      for _ in rows { _ = resizer.enlarge(scorer.reconstruction, side: side, to: size) }
    }
    let costs = MetricBench.measure(size: size)
    for name in ["load"] + MetricRegistry.all.map(\.info.name) {
      BenchLine("metric_" + name, ("ms", costs[name] ?? .nan)).print()
    }
    let (image, reference) = MetricBench.pair(size: size)
    let pair = ImagePair()
    let together = MetricBench.milliseconds {
      pair.load(image: image, reference: reference)
      for metric in MetricRegistry.defaults { _ = metric.value(of: pair) }
    }
    BenchLine("metrics_default_together", ("ms", together)).print()
  }

  private func scan(_ dataset: String, scratch: String, bare: Double) async throws {
    for jobs in [1, 2] {
      var request = ScanRequest(dataset: dataset)
      request.database = scratch + "/\(jobs).db"
      request.settings.size = size
      request.jobs = jobs
      let phases = PhaseClock()
      let start = ContinuousClock.now
      let before = MetricBench.cpuSeconds()
      let outcome = try await Scan(request: request).run(stop: StopRequest()) { phases.note($0) }
      let seconds = MetricBench.cpuSeconds() - before
      let count = Double(max(1, outcome.scoredNow))
      BenchLine(
        "scan_\(jobs)_jobs", ("ms", 1000 * seconds / count), ("score_ms", 1000 * phases.score.cpu / count),
        ("score_wall_ms", 1000 * phases.score.wall / count), ("score_to_decode", phases.score.cpu / count / bare),
        ("wall_seconds", (ContinuousClock.now - start) / .seconds(1)), ("images", count),
        ("peak_MB", Double(peakMemory()) / 1e6)
      ).print()
    }
  }

  private func time(_ name: String, _ count: Double, _ body: () -> Void) {
    BenchLine(name, ("ms", 1000 * cpu(body) / count)).print()
  }
}

/// CPU seconds that a piece of work takes.
func cpu(_ body: () throws -> Void) rethrows -> Double {
  let start = MetricBench.cpuSeconds()
  try body()
  return MetricBench.cpuSeconds() - start
}

/// CPU and wall time of the scoring phase, from the scan's own progress.
private final class PhaseClock: @unchecked Sendable {
  // Written by the scan's one progress caller; read after the scan.
  private var first: (cpu: Double, wall: ContinuousClock.Instant)?
  private(set) var score = (cpu: 0.0, wall: 0.0)

  func note(_ progress: ScanProgress) {
    let now = (cpu: MetricBench.cpuSeconds(), wall: ContinuousClock.now)
    if progress.phase == .score {
      let start = first ?? now
      first = start
      score = (now.cpu - start.cpu, (now.wall - start.wall) / .seconds(1))
    }
  }
}
