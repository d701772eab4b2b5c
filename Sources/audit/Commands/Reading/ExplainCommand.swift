import ArgumentParser
import AuditCore
import AuditImages
import AuditMetrics
import AuditReport
import AuditScan
import AuditStore
import Foundation

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tell everything about one image, or what a word means and what to do about it.",
    usage:
      "audit explain <database> <path> [--run <name>] [--save <file>] [--json]\naudit explain <word> [--json]\naudit explain <database> <issue> [--run <name>] [--json]",
    discussion: """
      A word is the code of an issue (truncated, odd_shape, ...), a verdict (drop, review, keep), a column (ratio, \
      weight, ...), or skew, which tells the whole statistic on one page. With a database before it, the code of an \
      issue is told with its line, its usual values and its examples in that set.

      Examples:
        audit explain faces.audit.db id014/frame_331.png
        audit explain faces.audit.db id014/frame_331.png --save residual.png
        audit explain skew
        audit explain faces.audit.db blurred
      """)

  @Argument(
    help: ArgumentHelp("The database that a scan wrote, or a word.", valueName: "database or word"),
    completion: .custom(CompletionWords.topics))
  var subject: String

  @Argument(
    help: "The image: its path in the dataset or on the disk, or its name where that is there only once.",
    completion: .file())
  var path: String?

  @Option(
    name: .customLong("run"), help: ArgumentHelp("The run (default: the newest complete one).", valueName: "name"),
    completion: .custom(CompletionWords.runs))
  var runName: String?

  @OptionGroup var place: DatasetOption

  @OptionGroup var fed: FeederOption

  @Option(
    help: ArgumentHelp("Write image, reference and residual side by side, as .png or .jpg.", valueName: "file"),
    completion: .file())
  var save: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  @Option(help: ArgumentHelp("When to use colour: auto, always or never.", valueName: "when"))
  var color = ColourChoice.auto

  func validate() throws {
    if path == nil, save != nil { throw ValidationError("--save draws an image; give the database and its path") }
  }

  /// "profile generative" is a word of two, unless there is a file of the first one's name.
  private var profile: String? {
    guard subject == "profile", let path, !FileManager.default.fileExists(atPath: subject) else { return nil }
    return "profile \(path)"
  }

  func run() throws {
    if let profile { return try explain(word: profile) }
    if let path { try explain(path) } else { try explain(word: subject) }
  }

  private var style: Style { Style(isOn: Terminal.usesColour(color, isTerminal: Terminal.outIsTerminal)) }

  private func explain(word: String) throws {
    guard let topic = ExplainTopic(word) else {
      if let metric = try? MetricRegistry.parse(word) {
        return try MetricsShow.show(metric, json: json, style: style)
      }
      if FileManager.default.fileExists(atPath: subject) {
        throw AuditError.usage("which image? name it: audit explain \(quoted(subject)) PATH")
      }
      let near = Spelling.nearest(
        to: word.lowercased(), in: ExplainTopic.all.map(\.name) + MetricRegistry.all.map(\.info.name))
      throw AuditError.unknownName(
        "no word '\(SamplePath(word).printable)' to explain", near: near, known: ExplainTopic.all.map(\.name),
        remedy: "and the metrics that `audit metrics` lists")
    }
    try show(topic)
  }

  private func show(_ topic: ExplainTopic) throws {
    Terminal.print(
      json ? try encoded(topic) : topic.lines(width: Terminal.outWidth, bold: style.bold).joined(separator: "\n"))
  }

  private func explain(_ path: String) throws {
    let store = try Store(reading: subject)
    let explainer = try SampleExplainer(store, run: runName)
    // An image of that name comes first.
    if save == nil, var topic = ExplainTopic(path), topic.kind == .issue, try !explainer.knows(path, in: store) {
      topic.inSet = try IssueInSet(topic.name, in: store, run: runName)
      return try show(topic)
    }
    let pictures = try SamplePictures(
      store, run: explainer.run, dataset: try fed.start() ?? place.dataset,
      decoding: ChildDecoding.choice(.scoringChild))
    let id = try explainer.find(path, in: store, dataset: pictures.dataset)
    let (picture, note) = try look(at: id, in: pictures)
    let explanation = try explainer.explanation(of: id, model: pictures.model(of: id), row: picture?.modelRow)
    if let save { try write(picture, note: note, to: save, dataset: pictures.dataset) }
    if json { return Terminal.print(try encoded(explanation)) }
    let width = Terminal.tableWidth ?? 120
    let heat = picture?.heat.map { TerminalPicture(colour: colour).lines(of: $0, columns: 32) } ?? []
    Terminal.print(
      ExplanationText(explanation, emphasis: style.emphasis, width: width).lines(heat: heat, note: note)
        .flatMap { TextLayout.wrapped($0, width: width) }.joined(separator: "\n"))
  }

  /// The picture, or why there is none.
  private func look(at id: Int64, in pictures: SamplePictures) throws -> (SamplePicture?, String?) {
    do {
      let picture = try pictures.picture(of: id)
      if picture.isChanged { return (picture, "the file has changed since the scan; the picture is the new one") }
      return (picture, picture.heat == nil ? "its reference is not kept: no model of its own and no file" : nil)
    } catch let issue as SampleIssue {
      return (
        nil,
        pictures.datasetIsReachable
          ? issue.code.meaning : "the files are not in '\(pictures.dataset)' any more; say where with --dataset FOLDER"
      )
    }
  }

  private func write(_ picture: SamplePicture?, note: String?, to file: String, dataset: String) throws {
    let encode = try encoder(of: file)
    try DatasetGuard.refuse(file: file, in: dataset)
    guard let picture, let strip = picture.strip(side: 256) else {
      throw AuditError.lacking("nothing to save: \(note ?? "no picture")")
    }
    try StagedFile.write(try encode(strip), to: file)
  }

  /// Writes what the name says.
  private func encoder(of file: String) throws -> (RGBImage) throws -> [UInt8] {
    switch FilePath.name(of: file).split(separator: ".").dropFirst().last?.lowercased() {
    case "png": { try encodePNG($0) }
    case "jpg", "jpeg": { try encodeJPEG($0, quality: 95) }
    default:
      throw AuditError.wrongFile(
        path: file, finding: "names no kind of picture that is written", remedy: "end it in .png or .jpg")
    }
  }

  private var colour: TerminalPicture.Colour {
    guard style.isOn else { return .none }
    let kind = ProcessInfo.processInfo.environment["COLORTERM"] ?? ""
    return ["truecolor", "24bit"].contains(kind) ? .full : .palette
  }

  private func encoded(_ value: some Encodable) throws -> String {
    try JSONDocument.text(of: value)
  }
}
