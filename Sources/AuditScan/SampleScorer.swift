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
  private let pair = ImagePair()

  /// - Parameter source: nil where there are too few images to fit a model; then files are only decoded.
  init(root: String, settings: ScanSettings, metrics: [any Metric], source: (any ReferenceSource)?) {
    reader = SampleReader(
      root: root, maxPixels: settings.maxPixels, target: source?.decodingTarget ?? settings.scoringSize)
    self.metrics = metrics
    self.source = source
  }

  /// One row per sample, in order.
  func rows(for samples: ArraySlice<Sample>) -> [SampleRow] {
    if let source = source as? any BatchedReferenceSource { return batchedRows(for: samples, source: source) }
    return samples.map(row)
  }

  private func row(for sample: Sample) -> SampleRow {
    var row = SampleRow(sample: sample)
    do throws(SampleIssue) {
      let decoded = try reader.read(sample, into: &row)
      guard let source else { return row }
      score(try source.comparison(of: decoded, sample: sample), into: &row)
    } catch {
      row.issues.append(error)
    }
    return row
  }

  /// Decodes all, asks the network once, and scores what it answered.
  private func batchedRows(for samples: ArraySlice<Sample>, source: any BatchedReferenceSource) -> [SampleRow] {
    var rows = samples.map { SampleRow(sample: $0) }
    var prepared: [RGBImage] = []
    var positions: [Int] = []
    for position in rows.indices {
      do throws(SampleIssue) {
        prepared.append(source.prepared(try reader.read(rows[position].sample, into: &rows[position])))
        positions.append(position)
      } catch {
        rows[position].issues.append(error)
      }
    }
    for (position, answer) in zip(positions, source.comparisons(of: prepared)) {
      switch answer {
      case .success(let comparison): score(comparison, into: &rows[position])
      case .failure(let issue): rows[position].issues.append(issue)
      }
    }
    return rows
  }

  private func score(_ comparison: Comparison, into row: inout SampleRow) {
    pair.load(image: comparison.image, reference: comparison.reference)
    row.scores = metrics.map { $0.value(of: pair) }
    row.issues += comparison.notices
    row.pairedPath = comparison.pairedPath
    row.influence = comparison.influence ?? residualInfluence
    row.regions = comparison.regions.isEmpty ? regions(of: comparison) : comparison.regions
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
    self.root = Array(root.utf8)
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
