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
  private let seed: UInt64

  /// - Parameters:
  ///   - model: nil where the set is too small for one; then pictures are only measured.
  ///   - seed: of the run: what pictures are known to the model by.
  init(model: DamageModel?, seed: UInt64) {
    self.model = model
    self.seed = seed
  }

  /// - Parameter decoded: any size.
  func quality(of decoded: RGBImage, sample: Sample) -> PictureQuality {
    let measures = measures(of: decoded)
    let small = SmallPicture(of: picture, resizer: &resizer)
    let fingerprint = PictureFingerprint(of: picture, image: decoded, small: small)
    return PictureQuality(
      statistics: measures.statistics.map { $0.isNaN ? nil : $0 },
      judgement: model.map {
        PictureJudgement($0.judgement(of: measures, key: SampleKey(seed: seed, path: sample.path).value))
      }, fingerprint: fingerprint.stored(small: small))
  }

  func measures(of decoded: RGBImage) -> PictureMeasures {
    let image = QualityPicture.scaled(decoded, resizer: &resizer)
    picture.load(image, resizer: &resizer)
    return PictureMeasures(picture, image: image, resizer: &resizer)
  }
}

extension PictureJudgement {
  init(_ judgement: DamageJudgement) {
    let turned = judgement.place.turnedNearness
    self.init(
      votes: judgement.kinds, oddness: judgement.oddness.value, turned: turned.histogram + turned.pixels,
      parts: judgement.oddness.parts)
  }
}
