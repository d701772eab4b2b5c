import AuditCore
import AuditImages
import AuditProbe

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
    let length = 3 * side * side
    let networks = pictures.map { model.network(forKey: SampleKey(seed: seed, path: $0.sample.path).value) }
    let small = pictures.map { resizer.resize($0.image, width: side, height: side).pixels }
    var references = [RGBImage?](repeating: nil, count: pictures.count)
    for (index, network) in model.networks.enumerated() {
      let own = networks.indices.filter { networks[$0] == index }
      guard !own.isEmpty else { continue }
      let drawn = network.reconstructions(
        of: ProbeRows(pixels: own.flatMap { small[$0] }, side: side), threads: 1)
      for (place, picture) in own.enumerated() {
        let pixels = Array(drawn[(place * length)..<((place + 1) * length)])
        references[picture] = resizer.resize(
          RGBImage(width: side, height: side, pixels: pixels), width: size, height: size)
      }
    }
    return zip(pictures, references).map { picture, reference in
      guard let reference else { preconditionFailure("every picture has a network") }
      return .success(Comparison(image: picture.image, reference: reference))
    }
  }
}
