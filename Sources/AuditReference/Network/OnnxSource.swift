import AuditCore
import AuditImages
import AuditInference

/// Compares samples with what the user's network redraws of them, several in one run of the network.
final class OnnxSource: BatchedReferenceSource {
  let demand: PictureDemand
  let batchSize: Int
  private let size: PictureSize
  private let model: ImageToImageModel
  private var resizer = ImageResizer()

  /// The network's process is started with the first batch.
  init(plan: OnnxModelPlan, inference: any InferenceProvider) {
    size = plan.convention.size
    demand = .atLeast(side: max(size.width, size.height))
    model = ImageToImageModel(plan: plan, runner: inference.runner(of: plan.path))
    batchSize = model.batch
  }

  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison {
    try comparisons(of: [(prepared(decoded), sample)])[0].get()
  }

  func prepared(_ decoded: RGBImage) -> RGBImage { resizer.resize(decoded, width: size.width, height: size.height) }

  func comparisons(of pictures: [(image: RGBImage, sample: Sample)]) -> [Result<Comparison, SampleIssue>] {
    do {
      let answers = try model.reconstruct(pictures.map(\.image))
      return zip(pictures, answers).map { picture, answer in
        answer.map { Comparison(image: picture.image, reference: $0) }
      }
    } catch {
      // The network was fine when the scan began; what has happened to it since is no fault of these pictures, so the
      // next scan tries them again.
      return pictures.map { _ in .failure(SampleIssue(.crash, "\(error)")) }
    }
  }
}
