import ArgumentParser
import AuditCore
import AuditInference

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Keep the network files that LPIPS needs.",
    discussion: """
      Example:
        audit models list
      """,
    subcommands: [ModelsList.self, ModelsShow.self, ModelsImport.self, ModelsVerify.self],
    defaultSubcommand: ModelsList.self)
}

struct ModelsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Which networks are there, and which could be.",
    discussion: """
      Example:
        audit models list
      """)

  func run() throws {
    let shelf = try ModelShelf.ofUser()
    let models = try shelf.entries()
    var table = TextTable([.init("name"), .init("bytes", .number), .init("sha256"), .init("weights", .prose)])
    for kind in LPIPSKind.allCases {
      if let model = models.first(where: { $0.kind == kind }) {
        let weights = model.isKnownFile ? "published" : "own file"
        table.add([kind.rawValue, Int(model.bytes).formattedWithCommas, String(model.sha256.prefix(16)), weights])
      } else {
        table.add([kind.rawValue, "-", "-", "not there; `audit models import --help` says how to get it"])
      }
    }
    Terminal.print(table.lines(width: Terminal.tableWidth).joined(separator: "\n"))
  }
}

struct ModelsShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Say where a network lies and what it measures.",
    discussion: """
      Example:
        audit models show lpips_alex
      """)

  @Argument(help: "The network, such as lpips_alex.")
  var name: String

  func run() throws {
    let kind = try ModelShelf.kind(named: name)
    let model = try ModelShelf.ofUser().model(kind)
    let info = kind.info
    Terminal.print(
      """
      \(info.name)  \(info.meaning)

        file      \(model.path)
        bytes     \(Int(model.bytes).formattedWithCommas)
        sha256    \(model.sha256)\(model.isKnownFile ? "  (published weights)" : "")
        formula   \(info.formula)
        smallest  \(kind.smallestSide) pixels on a side; below that there is no value
        source    \(info.source)
      """)
  }
}

struct ModelsImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Check a network file and keep a copy of it.",
    discussion: LPIPSRecipe.help.replacing(
      LPIPSRecipe.python(.alex), with: HelpText.whole(LPIPSRecipe.python(.alex))))

  @Argument(help: ArgumentHelp("The ONNX file.", valueName: "file"), completion: .file())
  var file: String

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("What it is: lpips_alex, lpips_squeeze or lpips_vgg (default: found out).", valueName: "name"))
  var name: String?

  func run() throws {
    let kind = try name.map { try ModelShelf.kind(named: $0) }
    let (model, isChecked) = try ModelShelf.ofUser().importFile(file, as: kind)
    if !isChecked {
      Terminal.error("note: it works as a distance, but no reference value is known to check its weights against")
    }
    Terminal.print("\(model.kind.rawValue) is ready: '\(model.path)'")
    Terminal.error("next: audit scan FOLDER --metrics default,\(model.kind.rawValue)")
  }
}

struct ModelsVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check digest and values of the networks that are there.",
    discussion: """
      Example:
        audit models verify lpips_alex
      """)

  @Argument(help: "The network, such as lpips_alex (default: all that are there).")
  var name: String?

  func run() throws {
    let shelf = try ModelShelf.ofUser()
    let models: [ShelvedModel]
    if let name {
      models = [try shelf.model(try ModelShelf.kind(named: name))]
    } else {
      models = try shelf.entries()
    }
    if models.isEmpty {
      throw AuditError.lacking("no network is there yet", remedy: "`audit models import --help` says how to get one")
    }
    for model in models { Terminal.print("\(model.kind.rawValue): \(try shelf.verify(model))") }
  }
}

extension ModelShelf {
  /// The shelf of whoever runs the command; files are run in a child of it.
  static func ofUser() throws(AuditError) -> ModelShelf {
    try ModelShelf { OnnxRuntimeProvider.ownBinary.runner(of: $0) }
  }
}
