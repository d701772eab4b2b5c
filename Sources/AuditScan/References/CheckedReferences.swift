import AuditCore
import AuditDigest
import AuditImages
import AuditInference
import AuditProbe
import AuditReference

/// What was found out about the references of a scan before a database is made: everything that the user named was
/// looked at and is at hand.
enum CheckedReferences: Sendable {
  case lowRank
  case lowRankPerIdentity
  case frozen(LowRankModel)
  case paired(Pairing, rule: PairingRule, strict: Bool)
  case single(RGBImage, path: String, digest: String)
  case onnx(OnnxModelPlan, InferenceLaunch)
  case autoencoder(ProbeSettings, weighted: Bool)

  /// - Throws: `AuditError`, with what is wrong about a folder, a picture, a model or a network.
  init(_ request: ScanRequest, plan: Plan) throws {
    switch request.reference {
    case .lowRank: self = .lowRank
    case .lowRankPerIdentity: self = .lowRankPerIdentity
    case .frozen(let file):
      self = .frozen(try ModelFile.read(file))
    case .paired(let folder, let rule, let strict):
      self = .paired(try Pairing(samples: plan.samples, folder: folder, rule: rule), rule: rule, strict: strict)
    case .single(let file):
      let picture = try PictureFile(
        file, maxPixels: request.settings.maxPixels, limits: request.settings.limits)
      self = .single(picture.image, path: FilePath.absolute(file), digest: hexadecimal(picture.sha256))
    case .onnx(let file, let options):
      self = try CheckedReferences.onnx(file: file, options: options, request: request, plan: plan)
    case .autoencoder(let loss, let weighted):
      var settings = ProbeSettings()
      settings.loss = loss
      settings.seed = request.settings.seed
      self = .autoencoder(settings, weighted: weighted)
    }
  }

  /// What goes into the settings of the run: equal text, equal references.
  var identity: String {
    switch self {
    case .lowRank: "low-rank"
    case .lowRankPerIdentity: "low-rank per identity"
    case .frozen(let model): "low-rank model \(model.digest)"
    case .paired(let pairing, let rule, let strict):
      "paired folder \(pairing.root) by \(rule.text)\(strict ? ", strict" : "")"
    case .single(_, _, let digest): "file \(digest)"
    case .onnx(let plan, _): "onnx \(plan.sha256): \(plan.convention.text)"
    case .autoencoder(let settings, let weighted):
      "autoencoder of \(AutoencoderModel.side)x\(AutoencoderModel.side), \(settings.hidden)-\(settings.code), "
        + "\(settings.epochs) epochs of \(settings.optimiser.rawValue), loss \(settings.loss.rawValue)"
        + (weighted ? ", weighted" : "")
    }
  }

  /// Which file belongs to which sample; nil where samples have no reference of their own.
  var pairing: Pairing? {
    if case .paired(let pairing, _, _) = self { pairing } else { nil }
  }

  /// The one size at which all samples are compared; nil where pairs have their own.
  func comparedSize(_ settings: ScanSettings) -> PictureSize? {
    switch self {
    case .onnx(let plan, _): plan.convention.size
    case .paired, .single: settings.size.map { PictureSize(side: $0) }
    case .lowRank, .lowRankPerIdentity, .frozen, .autoencoder: PictureSize(side: settings.scoringSize)
    }
  }

  private static func onnx(
    file: String, options: OnnxOptions, request: ScanRequest, plan: Plan
  ) throws(AuditError) -> CheckedReferences {
    let launch = try request.inferenceLaunch()
    let planner = OnnxPlanner(path: file, options: options, runner: IsolatedRunner(path: file, launch: launch))
    let found = try planner.plan(
      requestedSize: request.settings.size.map { PictureSize(side: $0) },
      defaultSize: PictureSize(side: ScanSettings.standardSize)
    ) { size throws(AuditError) in
      ExamplePictures.read(plan, settings: request.settings, size: size)
    }
    return .onnx(found, launch)
  }
}

/// A few pictures of the dataset, to find out which values a network takes.
private enum ExamplePictures {
  private static let wanted = 8
  /// Files that are tried: a set that cannot be read must not be walked for this.
  private static let tried = 64

  static func read(_ plan: Plan, settings: ScanSettings, size: PictureSize) -> [RGBImage] {
    let reader = SampleReader(
      root: plan.root, maxPixels: settings.maxPixels, target: max(size.width, size.height), limits: settings.limits)
    var resizer = ImageResizer()
    var pictures: [RGBImage] = []
    for position in plan.subsampleOrder(seed: settings.seed).prefix(tried) where pictures.count < wanted {
      guard let picture = reader.picture(of: plan.samples[position]) else { continue }
      pictures.append(resizer.resize(picture, width: size.width, height: size.height))
    }
    return pictures
  }
}
