import AuditCore
import AuditDigest
import AuditImages
import AuditMetrics
import AuditReference
import AuditStatistics

/// Turns one sample into one row: read, decode, reconstruct, score. One per worker; it reuses all its memory.
///
/// A pure function of the file, the settings and the model. Trouble with the file is an issue in the row.
final class SampleScorer {
  private let root: [UInt8]
  private let settings: ScanSettings
  private let metrics: [any Metric]
  private let scorer: LowRankScorer?
  private let pair = ImagePair()
  private var file: [UInt8] = []
  private var decoder: ImageDecoder
  private var resizer = ImageResizer()

  /// - Parameter model: nil where there are too few images to fit one; then files are only decoded.
  init(root: String, settings: ScanSettings, metrics: [any Metric], model: LowRankModel?) {
    self.root = Array(root.utf8)
    self.settings = settings
    self.metrics = metrics
    decoder = ImageDecoder(maxPixels: settings.maxPixels, target: settings.size)
    scorer = model.map { LowRankScorer($0) }
  }

  func row(for sample: Sample) -> SampleRow {
    var row = SampleRow(sample: sample)
    do throws(SampleIssue) {
      let decoded = try decode(sample, into: &row)
      score(decoded.image, into: &row)
    } catch {
      row.issues.append(error)
    }
    return row
  }

  /// The sample in model space, for the fit; nil where it cannot be read.
  func modelRow(for sample: Sample) -> [UInt8]? {
    var row = SampleRow(sample: sample)
    guard let decoded = try? decode(sample, into: &row) else { return nil }
    return resizer.resize(decoded.image, width: LowRankModel.side, height: LowRankModel.side).pixels
  }

  private func decode(_ sample: Sample, into row: inout SampleRow) throws(SampleIssue) -> DecodedImage {
    try readFile(sample.path, in: root, into: &file)
    row.sha256 = sha256(file)
    let decoded = try decoder.decode(file, name: sample.path.text)
    row.facts = decoded.facts
    row.issues += decoded.notices
    return decoded
  }

  private func score(_ decoded: RGBImage, into row: inout SampleRow) {
    guard let scorer else { return }
    let small = resizer.resize(decoded, width: LowRankModel.side, height: LowRankModel.side)
    row.influence = scorer.influence(of: small, key: SampleKey(seed: settings.seed, path: row.sample.path).value)
    row.regions = scorer.residual.withUnsafeBufferPointer {
      regionShares(ofResidual: $0, width: LowRankModel.side, height: LowRankModel.side)
    }
    let image = resizer.resize(decoded, width: settings.size, height: settings.size)
    let reference = resizer.enlarge(scorer.reconstruction, side: LowRankModel.side, to: settings.size)
    pair.load(image: image, reference: reference)
    row.scores = metrics.map { $0.value(of: pair) }
  }
}
