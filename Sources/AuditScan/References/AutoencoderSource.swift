import AuditCore
import AuditImages
import AuditProbe
import AuditReference

/// Compares samples with what the trained autoencoder makes of them, enlarged to the scoring size.
final class AutoencoderSource: BatchedReferenceSource {
  let decodingTarget: Int
  let batchSize = 16
  private let model: AutoencoderModel
  private let size: Int
  private let seed: UInt64
  private var resizer = ImageResizer()

  init(model: AutoencoderModel, settings: ScanSettings) {
    self.model = model
    size = settings.scoringSize
    decodingTarget = size
    seed = settings.seed
  }

  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison {
    try comparisons(of: [(prepared(decoded), sample)])[0].get()
  }

  func prepared(_ decoded: RGBImage) -> RGBImage { resizer.resize(decoded, width: size, height: size) }

  func comparisons(of pictures: [(image: RGBImage, sample: Sample)]) -> [Result<Comparison, SampleIssue>] {
    let side = AutoencoderModel.side
    let small = pictures.map { picture in
      (
        pixels: resizer.resize(picture.image, width: side, height: side).pixels,
        key: SampleKey(seed: seed, path: picture.sample.path).value
      )
    }
    return zip(pictures, model.reconstructions(of: small)).map { picture, pixels in
      let drawn = RGBImage(width: side, height: side, pixels: pixels)
      return .success(
        Comparison(image: picture.image, reference: resizer.resize(drawn, width: size, height: size)))
    }
  }
}
