import AuditCore
import AuditDataset
import AuditImages
import AuditQuality
import AuditReference

/// Measures pictures by themselves and judges them by the model of damage of their set. One per worker; it reuses its
/// memory.
final class QualityScorer {
  private let picture = MeasuredPicture()
  private var resizer = ImageResizer()
  private let model: DamageModel?
  private let known: KnownPictures
  private let seed: UInt64
  /// Pixels that need not be measured: whoever asks knows what was found. To be set before each picture.
  var knownElsewhere: PixelDigest?

  /// - Parameters:
  ///   - model: nil where the set is too small for one; then pictures are only measured.
  ///   - known: what was found out before of pictures that the model was learnt from.
  ///   - seed: of the run: what pictures are known to the model by.
  init(model: DamageModel?, known: KnownPictures = KnownPictures(), seed: UInt64) {
    (self.model, self.known, self.seed) = (model, known, seed)
  }

  /// - Parameter decoded: any size.
  /// - Returns: nil where these pixels are known elsewhere.
  func quality(of decoded: RGBImage, sample: Sample) -> PictureQuality? {
    let (key, pixels) = (SampleKey(seed: seed, path: sample.path).value, PixelDigest(of: decoded))
    if pixels == knownElsewhere { return nil }
    return known.quality(of: pixels, key: key) ?? quality(of: measured(decoded, pixels: pixels), key: key)
  }

  private func quality(of measurement: PictureMeasurement, key: UInt64) -> PictureQuality {
    measurement.quality(judged: model?.judgement(of: measurement.measures, key: key))
  }

  /// What damage is learnt from.
  ///
  /// - Parameter forFit: whether what the fit takes comes too, so that it need not decode the picture again.
  func studied(_ read: ReadPicture, forFit: Bool) -> PictureMeasurement {
    var found = measured(read.image, pixels: PixelDigest(of: read.image))
    if forFit, read.isWhole { found.modelRow = modelRow(of: read.image) }
    return found
  }

  /// - Parameter decoded: what was measured last.
  private func modelRow(of decoded: RGBImage) -> [UInt8] {
    let isScaled = max(decoded.width, decoded.height) > QualityPicture.longest
    let side = LowRankModel.side
    return resizer.resize(isScaled ? decoded : picture.small, width: side, height: side).pixels
  }

  private func measured(_ decoded: RGBImage, pixels: PixelDigest) -> PictureMeasurement {
    let measures = measures(of: decoded)
    let small = SmallPicture(of: picture, resizer: &resizer)
    let fingerprint = PictureFingerprint(of: picture, pixels: pixels, small: small)
    return PictureMeasurement(measures: measures, pixels: pixels, fingerprint: fingerprint.stored(small: small))
  }

  func measures(of decoded: RGBImage) -> PictureMeasures {
    let image = QualityPicture.scaled(decoded, resizer: &resizer)
    picture.load(image, resizer: &resizer)
    return PictureMeasures(picture, image: image, resizer: &resizer)
  }
}

/// What was measured of a picture, before it is judged.
struct PictureMeasurement: Sendable {
  let measures: PictureMeasures
  /// Of the decoded picture.
  let pixels: PixelDigest
  let fingerprint: StoredFingerprint
  /// What the fit takes of it, `LowRankModel.length` bytes; nil where it may need more pixels than were decoded, or was not
  /// asked for.
  var modelRow: [UInt8]?

  /// - Parameter judgement: nil where there is no model.
  func quality(judged judgement: DamageJudgement?) -> PictureQuality {
    PictureQuality(
      statistics: measures.statistics.map { $0.isNaN ? nil : $0 },
      judgement: judgement.map(PictureJudgement.init), fingerprint: fingerprint)
  }
}
