import AuditCore
import AuditDataset
import AuditImages
import AuditProbe

/// Compares samples with what the trained autoencoder makes of them, enlarged to the scoring size.
final class AutoencoderSource: BatchedReferenceSource, ReferenceDisplay {
  let demand: PictureDemand
  let batchSize = 16
  private let model: AutoencoderModel
  private let size: Int
  private let seed: UInt64
  private var resizer = ImageResizer()

  init(model: AutoencoderModel, settings: ScanSettings) {
    self.model = model
    size = settings.scoringSize
    demand = .atLeast(side: size)
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

  /// By way of the scoring size, as the sample was compared.
  func depiction(of sample: ShownSample) -> Depiction? {
    let side = AutoencoderModel.side
    let input = resizer.resize(prepared(sample.image), width: side, height: side)
    let key = SampleKey(seed: seed, path: sample.path).value
    guard let pixels = model.reconstructions(of: [(input.pixels, key)]).first else { return nil }
    let drawn = RGBImage(width: side, height: side, pixels: pixels)
    return Depiction(drawn, of: input, against: drawn)
  }
}
