import ArgumentParser
import AuditCore
import AuditDataset
import AuditInference
import AuditProbe
import AuditReference
import Foundation

/// What the samples of a scan are compared with.
struct ReferenceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Compare with files instead of reconstructions: a folder with one reference per image, or one image for all.",
      valueName: "path"), completion: .file())
  var reference: String?

  @Option(
    help: ArgumentHelp(
      "How names lead to references: auto (path, else path without extension), path, stem or regex:PATTERN.",
      valueName: "rule"))
  var pairBy = "auto"

  @Flag(help: "Refuse pairs of unequal size instead of scaling the sample.")
  var strictPairs = false

  @Option(
    help: ArgumentHelp(
      "What makes reconstructions: \(ReferenceKinds.words.joined(separator: ", ")), or a model file from `audit fit`.",
      valueName: "model"), completion: .file())
  var model = "lowrank"

  @Option(
    help: ArgumentHelp(
      """
      What the low-rank model is fitted on: dataset, or identity for one model in each folder of the first level that \
      holds 100 readable images or more.
      """, valueName: "what"))
  var per = ModelScope.dataset

  @OptionGroup(title: "With --model autoencoder") var training: TrainingOptions

  @OptionGroup(title: "With --model onnx:FILE, where the file does not say it") var network: NetworkOptions

  private static let onnxPrefix = "onnx:"

  func validate() throws {
    if reference != nil, model != "lowrank" { throw ValidationError("give --reference or --model, not both") }
    if per == .identity, reference != nil || model != "lowrank" {
      throw ValidationError("--per identity goes with the low-rank model that is fitted on the dataset")
    }
    if reference == nil, pairBy != "auto" || strictPairs {
      throw ValidationError("--pair-by and --strict-pairs go with --reference FOLDER")
    }
    if training.isGiven, model != "autoencoder" {
      throw ValidationError("--loss and --weighted go with --model autoencoder")
    }
    if network.isGiven, !model.hasPrefix(ReferenceOptions.onnxPrefix) {
      throw ValidationError("--onnx-... goes with --model onnx:FILE")
    }
    if model.hasSuffix(".onnx"), !model.hasPrefix(ReferenceOptions.onnxPrefix) {
      throw ValidationError("a network is given as --model onnx:\(model)")
    }
    let words = ReferenceKinds.words.filter { !$0.contains(":") }
    if !FileManager.default.fileExists(atPath: model), !words.contains(model),
      let near = Spelling.nearest(to: model, in: words).first
    {
      throw ValidationError(
        "--model takes \(ReferenceKinds.words.joined(separator: ", ")) or a model file; did you mean \(near)?")
    }
  }

  /// - Parameter folder: what relative paths begin at; nil for the working directory.
  func request(from folder: String? = nil) throws -> any ReferenceRequest {
    func place(_ path: String) throws -> String {
      if let folder { return path.hasPrefix("/") ? path : FilePath.joined(folder, path) }
      try FilePath.refuseNowhere(path)
      return path
    }
    if let reference { return try request(ofFiles: try place(reference)) }
    switch model {
    case "lowrank": return per == .identity ? IdentityReference() : LowRankReference()
    case "autoencoder": return AutoencoderRequest(loss: training.loss ?? .mse, isWeighted: training.weighted)
    case _ where model.hasPrefix(ReferenceOptions.onnxPrefix):
      return NetworkReferenceRequest(
        file: try place(String(model.dropFirst(ReferenceOptions.onnxPrefix.count))), options: try network.options)
    default: return FrozenReferenceRequest(file: try place(model))
    }
  }

  private func request(ofFiles path: String) throws(AuditError) -> any ReferenceRequest {
    let inside = ContainerPath(PathText.bytes(of: path)).map { !$0.member.isEmpty } ?? false
    if inside { return SingleReferenceRequest(file: path) }
    guard let found = FilePath.status(of: path) else { throw AuditError.fileNotFound(path: path) }
    let isOfMany = found.st_mode & S_IFMT == S_IFDIR || ContainerKind(ofName: PathText.bytes(of: path)) != nil
    guard isOfMany else { return SingleReferenceRequest(file: path) }
    return PairedReferenceRequest(folder: path, by: try PairingRule(pairBy), isStrict: strictPairs)
  }
}

/// How the autoencoder of a scan is trained.
struct TrainingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("What training minimises (default: mse).", valueName: "loss"))
  var loss: ProbeLoss?

  @Flag(help: "Train with the weights of a low-rank fit, so that odd images pull less.")
  var weighted = false

  var isGiven: Bool { loss != nil || weighted }
}

/// What a user's network takes and gives.
struct NetworkOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Name of the input that takes the picture.", valueName: "name"))
  var onnxInput: String?

  @Option(help: ArgumentHelp("Name of the output that holds the reconstruction.", valueName: "name"))
  var onnxOutput: String?

  @Option(help: ArgumentHelp("Order of dimensions: nchw or nhwc.", valueName: "layout"))
  var onnxLayout: String?

  @Option(help: ArgumentHelp("Values it takes: 0..1, -1..1 or 0..255.", valueName: "range"))
  var onnxRange: String?

  @Option(help: ArgumentHelp("Values it gives (default: as it takes them).", valueName: "range"))
  var onnxOutputRange: String?

  @Option(help: ArgumentHelp("Side or WIDTHxHEIGHT to run it at, where it takes any.", valueName: "pixels"))
  var onnxSize: String?

  @Option(help: ArgumentHelp("Order of colours: rgb, bgr or gray.", valueName: "channels"))
  var onnxChannels: String?

  var isGiven: Bool {
    [onnxInput, onnxOutput, onnxLayout, onnxRange, onnxOutputRange, onnxSize, onnxChannels].contains { $0 != nil }
  }

  var options: OnnxOptions {
    get throws(AuditError) {
      try OnnxOptions(
        input: onnxInput, output: onnxOutput, layout: onnxLayout, range: onnxRange, outputRange: onnxOutputRange,
        size: onnxSize, channels: onnxChannels)
    }
  }
}
