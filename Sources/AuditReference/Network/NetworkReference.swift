package import AuditCore
import AuditDataset
import AuditImages
package import AuditInference

/// The user's image-to-image network.
package struct NetworkReference: Reference, PreparedReference {
  package static let info = ReferenceInfo(name: "onnx", word: "onnx:FILE", older: "onnx ")

  private let network: OnnxModelPlan
  private let inference: any InferenceProvider

  init(_ network: OnnxModelPlan, inference: any InferenceProvider) {
    (self.network, self.inference) = (network, inference)
  }

  package var identity: String { "onnx \(network.sha256): \(network.convention.text)" }

  package func comparedSize(_ settings: ScanSettings) -> PictureSize? { network.convention.size }

  package func prepare(_ context: PreparationContext) -> Preparation {
    Preparation(self, notes: ["network: \(network.convention.text)"] + network.notes)
  }

  package func makeSource(stop: StopRequest) -> (any ReferenceSource)? { source }

  package var batchSize: Int? { source.batchSize }

  private var source: OnnxSource { OnnxSource(plan: network, inference: inference) }
}

/// The file that a person names.
package struct NetworkReferenceRequest: ReferenceRequest {
  private let file: String
  private let options: OnnxOptions

  package init(file: String, options: OnnxOptions) { (self.file, self.options) = (file, options) }

  package func reference(_ context: ReferenceContext) throws -> any Reference {
    guard let inference = context.inference else { throw AuditError.noInference }
    let planner = OnnxPlanner(path: file, options: options, runner: inference.runner(of: file))
    let found = try planner.plan(
      requestedSize: context.settings.size.map { PictureSize(side: $0) },
      defaultSize: PictureSize(side: ScanSettings.standardSize)
    ) { size throws(AuditError) in
      ExamplePictures.read(context.plan, settings: context.settings, size: size)
    }
    return NetworkReference(found, inference: inference)
  }
}

/// A few pictures of the dataset, to find out which values a network takes.
private enum ExamplePictures {
  private static let wanted = 8
  /// Files that are tried: a set that cannot be read must not be walked for this.
  private static let tried = 64

  static func read(_ plan: Plan, settings: ScanSettings, size: PictureSize) -> [RGBImage] {
    let reader = SampleReader(
      plan.source, maxPixels: settings.maxPixels, demand: .atLeast(side: max(size.width, size.height)),
      limits: settings.limits)
    var resizer = ImageResizer()
    var pictures: [RGBImage] = []
    let order = plan.subsampleOrder(seed: settings.seed, expecting: tried)
    for sample in order.prefix(tried) where pictures.count < wanted {
      guard let picture = reader.picture(of: sample) else { continue }
      pictures.append(resizer.resize(picture, width: size.width, height: size.height))
    }
    return pictures
  }
}
