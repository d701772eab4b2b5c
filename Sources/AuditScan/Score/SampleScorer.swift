import AuditCore
import AuditDataset
import AuditMetrics
import AuditReference
import AuditStatistics
import AuditWorker

/// Turns samples into rows: read, decode, find the reference, score. One per worker; it reuses its memory.
///
/// A row is a pure function of the file, the settings and the model. Trouble with a file is an issue in its row.
final class SampleScorer: SampleScoring {
  private let reader: SampleReader
  private let metrics: [any Metric]
  private let source: (any ReferenceSource)?
  private let perceptual: PerceptualScorer?
  private let quality: QualityScorer?
  private let pair = ImagePair()
  private let place: WorkPlace?
  private let stop: StopRequest

  /// - Parameters:
  ///   - files: where the samples lie.
  ///   - source: nil where there are too few images to fit a model; then files are only decoded.
  ///   - perceptual: networks whose values follow those of the metrics; nil for none.
  ///   - quality: what measures pictures by themselves; nil for nothing.
  ///   - place: where the file that is in work is marked.
  init(
    files: any SampleSource, settings: ScanSettings, metrics: [any Metric], source: (any ReferenceSource)?,
    perceptual: PerceptualScorer? = nil, quality: QualityScorer? = nil, place: WorkPlace? = nil,
    stop: StopRequest = StopRequest()
  ) {
    self.place = place
    self.quality = quality
    reader = SampleReader(
      files, maxPixels: settings.maxPixels, demand: source?.demand ?? .atLeast(side: settings.scoringSize),
      limits: settings.limits, stop: stop)
    self.stop = stop
    self.metrics = metrics
    self.source = source
    self.perceptual = perceptual
  }

  func rows(for samples: [Sample]) -> [SampleRow] {
    var rows =
      if let source = source as? any BatchedReferenceSource {
        batch(samples, source: source)
      } else {
        whileRunning(samples) { row(of: $0) }
      }
    if let perceptual { rows = SampleScorer.adding(perceptual.finish(), to: rows) }
    // What failed meanwhile may have failed because it was stopped: the next call does it.
    return stop.isSet ? rows.filter { $0.failure == nil && $0.facts != nil } : rows
  }

  private func row(of sample: Sample) -> SampleRow {
    atWork(on: sample) {
      source?.prepare(for: sample)
      var (row, picture) = read(sample)
      guard let source, let picture else { return row }
      do throws(SampleIssue) {
        score(try source.comparison(of: picture, sample: sample), into: &row)
      } catch {
        row.issues.append(error)
      }
      row.reference = source.referenceFile
      return row
    }
  }

  /// Decodes all, asks the network once, and scores what it answered.
  private func batch(_ samples: [Sample], source: any BatchedReferenceSource) -> [SampleRow] {
    let decoded = whileRunning(samples) { sample in
      atWork(on: sample) {
        let (row, picture) = read(sample)
        return (row: row, image: picture.map { source.prepared($0) })
      }
    }
    var answers = source.comparisons(of: decoded.compactMap { one in one.image.map { ($0, one.row.sample) } })
      .makeIterator()
    return decoded.map { one in
      guard one.image != nil, let answer = answers.next() else { return one.row }
      var row = one.row
      switch answer {
      case .success(let comparison): atWork(on: row.sample) { score(comparison, into: &row) }
      case .failure(let issue): row.issues.append(issue)
      }
      return row
    }
  }

  /// The row as far as the file alone gives it, and the picture; nil where there is none.
  private func read(_ sample: Sample) -> (row: SampleRow, picture: RGBImage?) {
    var row = SampleRow(sample: sample)
    do throws(SampleIssue) {
      let found = try reader.read(sample)
      (row.sha256, row.origin) = (found.sha256, found.origin)
      let picture = try found.picture.get()
      row.facts = picture.facts
      row.issues = picture.notices
      row.quality = quality?.quality(of: picture.image, sample: sample)
      return (row, picture.image)
    } catch {
      row.issues.append(error)
      return (row, nil)
    }
  }

  private func score(_ comparison: Comparison, into row: inout SampleRow) {
    pair.load(image: comparison.image, reference: comparison.reference)
    row.scores = metrics.map { $0.value(of: pair) }
    row.issues += comparison.notices
    row.pairedPath = comparison.pairedPath
    row.influence = comparison.influence ?? residualInfluence
    row.regions = comparison.regions.isEmpty ? regions(of: comparison) : comparison.regions
    perceptual?.add(comparison)
  }

  /// What the networks say of the samples that were compared, behind their other scores.
  private static func adding(_ values: [PerceptualValues], to rows: [SampleRow]) -> [SampleRow] {
    var values = values.makeIterator()
    return rows.map { row in
      guard row.influence != nil, let own = values.next() else { return row }
      var row = row
      row.scores += own.scores
      row.issues += own.issues
      return row
    }
  }

  /// Of those samples that come before a stop.
  private func whileRunning<Value>(_ samples: [Sample], _ body: (Sample) -> Value) -> [Value] {
    var values: [Value] = []
    for sample in samples where !stop.isSet { values.append(body(sample)) }
    return values
  }

  /// Marks the file while it is in work, and lets its memory go at the end.
  private func atWork<Value>(on sample: Sample, _ body: () -> Value) -> Value {
    place?.enter(sample)
    defer {
      reader.release()
      place?.leave()
    }
    return body()
  }

  /// What stands for the distances where there is no model space (`docs/statistic.md`, 8).
  private var residualInfluence: Influence {
    let squares = pair.residuals.sum(SampleScorer.squares)
    let residual = (squares / Double(pair.residuals.total)).squareRoot()
    return Influence(orthogonalDistance: residual, scoreDistance: nil, leverage: 1, nearestDistance: nil)
  }

  private static let squares = (-255...255).map { Double($0 * $0) / 65025 }

  private func regions(of comparison: Comparison) -> [Double] {
    guard comparison.image.width >= 4, comparison.image.height >= 4 else { return [] }
    return regionShares(of: comparison.image, against: comparison.reference)
  }
}
