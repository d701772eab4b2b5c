import AuditCore
import AuditDigest
import AuditImages
import AuditMetrics
import AuditQuality
import AuditStatistics

/// Turns samples into rows: read, decode, find the reference, score. One per worker; it reuses its memory.
///
/// A row is a pure function of the file, the settings and the model. Trouble with a file is an issue in its row.
final class SampleScorer {
  private let reader: SampleReader
  private let metrics: [any Metric]
  private let source: (any ReferenceSource)?
  private let perceptual: PerceptualScorer?
  private let quality: QualityScorer?
  private let pair = ImagePair()
  private let place: WorkPlace?
  private let stop: StopRequest

  /// - Parameters:
  ///   - source: nil where there are too few images to fit a model; then files are only decoded.
  ///   - perceptual: networks whose values follow those of the metrics; nil for none.
  ///   - quality: what measures pictures by themselves; nil for nothing.
  ///   - place: where the file that is in work is marked.
  init(
    root: String, settings: ScanSettings, metrics: [any Metric], source: (any ReferenceSource)?,
    perceptual: PerceptualScorer? = nil, quality: QualityScorer? = nil, place: WorkPlace? = nil,
    stop: StopRequest = StopRequest()
  ) {
    self.place = place
    self.quality = quality
    reader = SampleReader(
      root: root, maxPixels: settings.maxPixels, target: source?.decodingTarget ?? settings.scoringSize,
      limits: settings.limits, stop: stop)
    self.stop = stop
    self.metrics = metrics
    self.source = source
    self.perceptual = perceptual
  }

  /// One row per sample, in order; without the samples that a stop left undone.
  func rows(for samples: ArraySlice<Sample>) -> [SampleRow] {
    var rows = samples.map { SampleRow(sample: $0) }
    if let source = source as? any BatchedReferenceSource {
      scoreBatch(&rows, source: source)
    } else {
      for position in rows.indices where !stop.isSet { scoreOne(position, of: &rows) }
    }
    perceptual?.finish(&rows)
    // What failed meanwhile may have failed because it was stopped: the next call does it.
    if stop.isSet { rows.removeAll { $0.failure != nil || $0.facts == nil } }
    return rows
  }

  private func scoreOne(_ position: Int, of rows: inout [SampleRow]) {
    place?.enter(rows[position].sample)
    defer {
      reader.release()
      place?.leave()
    }
    do throws(SampleIssue) {
      let sample = rows[position].sample
      source?.prepare(for: sample)
      let decoded = try reader.read(sample, into: &rows[position])
      rows[position].quality = quality?.quality(of: decoded, sample: sample)
      guard let source else { return }
      defer { rows[position].reference = source.referenceFile }
      score(try source.comparison(of: decoded, sample: sample), position, of: &rows)
    } catch {
      rows[position].issues.append(error)
    }
  }

  /// Decodes all, asks the network once, and scores what it answered.
  private func scoreBatch(_ rows: inout [SampleRow], source: any BatchedReferenceSource) {
    var prepared: [(image: RGBImage, sample: Sample)] = []
    var positions: [Int] = []
    for position in rows.indices where !stop.isSet {
      place?.enter(rows[position].sample)
      defer {
        reader.release()
        place?.leave()
      }
      do throws(SampleIssue) {
        let sample = rows[position].sample
        let decoded = try reader.read(sample, into: &rows[position])
        rows[position].quality = quality?.quality(of: decoded, sample: sample)
        prepared.append((source.prepared(decoded), sample))
        positions.append(position)
      } catch {
        rows[position].issues.append(error)
      }
    }
    for (position, answer) in zip(positions, source.comparisons(of: prepared)) {
      switch answer {
      case .success(let comparison):
        place?.enter(rows[position].sample)
        score(comparison, position, of: &rows)
        place?.leave()
      case .failure(let issue): rows[position].issues.append(issue)
      }
    }
  }

  private func score(_ comparison: Comparison, _ position: Int, of rows: inout [SampleRow]) {
    pair.load(image: comparison.image, reference: comparison.reference)
    rows[position].scores = metrics.map { $0.value(of: pair) }
    rows[position].issues += comparison.notices
    rows[position].pairedPath = comparison.pairedPath
    rows[position].influence = comparison.influence ?? residualInfluence
    rows[position].regions = comparison.regions.isEmpty ? regions(of: comparison) : comparison.regions
    if let perceptual {
      rows[position].scores += [Double?](repeating: nil, count: perceptual.count)
      perceptual.add(comparison, row: position, rows: &rows)
    }
  }

  /// What stands for the distances where there is no model space (`skew.md` 9).
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

/// Reads and decodes the files of a dataset, one after another; reuses the memory of the file.
final class SampleReader {
  private let root: [UInt8]
  private let reader: FileReader
  private let watch: DecodeWatch
  private var decoder: ImageDecoder
  /// The picture that was read last, where it is so large that others wait for its memory.
  private var held: DecodedImage?

  /// - Parameters:
  ///   - target: side in pixels that pictures are needed at, at least. Never less than what measuring a picture by
  ///     itself takes, also where that is not done: scores must not hang on it.
  ///   - stop: ends the decoding of the file that is in work.
  init(
    root: String, maxPixels: Int, target: Int, limits: ReadingLimits = ReadingLimits(),
    stop: StopRequest = StopRequest()
  ) {
    self.root = PathText.bytes(of: root)
    reader = FileReader(maxBytes: limits.maxBytes)
    watch = DecodeWatch(seconds: limits.timeout) { stop.isSet }
    decoder = ImageDecoder(maxPixels: maxPixels, target: max(target, QualityPicture.decodingTarget))
  }

  /// The picture; hash, facts and notices go into the row. Whoever has done with it says so by `release()`.
  func read(_ sample: Sample, into row: inout SampleRow) throws(SampleIssue) -> RGBImage {
    release()
    guard FilePath.staysInside(sample.path.bytes) else {
      throw SampleIssue(.open, "a path that leads out of the dataset")
    }
    let path = root + [UInt8(ascii: "/")] + sample.path.bytes
    let (sha256, origin, result) = try reader.read(path) { file throws(SampleIssue) in
      let digest = try SampleReader.sha256(of: file, watch: watch)
      let result = Result { () throws(SampleIssue) in try decoder.decode(file, name: sample.path.text, watch: watch) }
      return (digest, FaceHeader.origin(of: file), result)
    }
    row.sha256 = sha256
    row.origin = origin
    let decoded = try result.get()
    held = decoded
    row.facts = decoded.facts
    row.issues += decoded.notices
    return decoded.image
  }

  /// Lets another worker have the memory of the picture that was read last.
  func release() { held = nil }

  private static func sha256(of file: FileBytes, watch: DecodeWatch) throws(SampleIssue) -> [UInt8] {
    var hash = SHA256Stream()
    try file.forEachPiece(watch: watch) { hash.update($0) }
    return hash.final()
  }

  /// The picture alone; nil where it cannot be read.
  func picture(of sample: Sample) -> RGBImage? {
    var row = SampleRow(sample: sample)
    return try? read(sample, into: &row)
  }
}
