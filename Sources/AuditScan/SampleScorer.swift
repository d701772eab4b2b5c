import AuditCore
import AuditDigest
import AuditImages
import AuditMetrics
import AuditStatistics

/// Turns samples into rows: read, decode, find the reference, score. One per worker; it reuses its memory.
///
/// A row is a pure function of the file, the settings and the model. Trouble with a file is an issue in its row.
final class SampleScorer {
  private let reader: SampleReader
  private let metrics: [any Metric]
  private let source: (any ReferenceSource)?
  private let perceptual: PerceptualScorer?
  private let pair = ImagePair()

  /// - Parameters:
  ///   - source: nil where there are too few images to fit a model; then files are only decoded.
  ///   - perceptual: networks whose values follow those of the metrics; nil for none.
  init(
    root: String, settings: ScanSettings, metrics: [any Metric], source: (any ReferenceSource)?,
    perceptual: PerceptualScorer? = nil
  ) {
    reader = SampleReader(
      root: root, maxPixels: settings.maxPixels, target: source?.decodingTarget ?? settings.scoringSize)
    self.metrics = metrics
    self.source = source
    self.perceptual = perceptual
  }

  /// One row per sample, in order.
  func rows(for samples: ArraySlice<Sample>) -> [SampleRow] {
    var rows = samples.map { SampleRow(sample: $0) }
    if let source = source as? any BatchedReferenceSource {
      scoreBatch(&rows, source: source)
    } else {
      for position in rows.indices { scoreOne(position, of: &rows) }
    }
    perceptual?.finish(&rows)
    return rows
  }

  private func scoreOne(_ position: Int, of rows: inout [SampleRow]) {
    do throws(SampleIssue) {
      let sample = rows[position].sample
      let decoded = try reader.read(sample, into: &rows[position])
      guard let source else { return }
      score(try source.comparison(of: decoded, sample: sample), position, of: &rows)
    } catch {
      rows[position].issues.append(error)
    }
  }

  /// Decodes all, asks the network once, and scores what it answered.
  private func scoreBatch(_ rows: inout [SampleRow], source: any BatchedReferenceSource) {
    var prepared: [(image: RGBImage, sample: Sample)] = []
    var positions: [Int] = []
    for position in rows.indices {
      do throws(SampleIssue) {
        let sample = rows[position].sample
        prepared.append((source.prepared(try reader.read(sample, into: &rows[position])), sample))
        positions.append(position)
      } catch {
        rows[position].issues.append(error)
      }
    }
    for (position, answer) in zip(positions, source.comparisons(of: prepared)) {
      switch answer {
      case .success(let comparison): score(comparison, position, of: &rows)
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

/// Reads and decodes the files of a dataset; reuses the memory of the file.
final class SampleReader {
  private let root: [UInt8]
  private var file: [UInt8] = []
  private var decoder: ImageDecoder

  init(root: String, maxPixels: Int, target: Int) {
    self.root = PathText.bytes(of: root)
    decoder = ImageDecoder(maxPixels: maxPixels, target: target)
  }

  /// The picture; hash, facts and notices go into the row.
  func read(_ sample: Sample, into row: inout SampleRow) throws(SampleIssue) -> RGBImage {
    try readFile(sample.path, in: root, into: &file)
    row.sha256 = sha256(file)
    let decoded = try decoder.decode(file, name: sample.path.text)
    row.facts = decoded.facts
    row.issues += decoded.notices
    return decoded.image
  }

  /// The picture alone; nil where it cannot be read.
  func picture(of sample: Sample) -> RGBImage? {
    var row = SampleRow(sample: sample)
    return try? read(sample, into: &row)
  }
}
