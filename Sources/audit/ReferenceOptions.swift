import ArgumentParser
import AuditCore
import AuditInference
import AuditProbe

/// How the autoencoder of a scan is trained.
struct TrainingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("What training minimises: mse, mae, huber, imae or ssim (default: mse).", valueName: "loss"))
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
