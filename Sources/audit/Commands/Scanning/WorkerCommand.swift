import ArgumentParser
import AuditCore
import AuditScan
import AuditStore
import AuditWorker
import Foundation

/// Pictures in, rows out, for an engine that spreads work over machines.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Score pictures for an engine, over standard input and output.",
    discussion: """
      Started by Spark, Ray, Slurm or xargs, not by hand. A process that never decodes hands each picture to one that \
      may die of it: whatever a file does, it gives one row, in the order of the input.

      Frames are little-endian: AUF1, kind (2 bytes), flags (2), length of the header (4), length of the body (8), a \
      header of JSON, the body. Kinds: 1 a picture (header: key, ord; and error with a sentence where there is none), 2 a picture and its reference (key, ord, lengths), \
      3 a file (key, ord, path), 4 flush, 5 a sign of life, 6 the end.

      The first line of the output says what is spoken (proto, schema, model, columns), the last how many rows there were \
      and SHA-256 of their lines. Feed it from one thread and read it from another.

      A program for `audit scan --feeder` speaks the same frames on its standard input and output: first one of kind 3 for \
      each picture (header: key, bytes, modified in nanoseconds), then one of kind 6 (root: an absolute path that the keys \
      are known below). Then it answers each of kind 3 (key) with one of kind 1 (key, the picture as the body; or error with \
      a sentence), until its input ends. It should ignore SIGINT.

      Exit status: 0 done, 64 what came is no work, 70 no process can work, 74 nobody takes the rows or the model cannot \
      be read, 75 asked to end early or too many pictures ended their process: try another machine.

      Examples:
        find FOLDER -name '*.jpg' -print0 | audit worker --stdio --in paths0 --model model.audit
      """, shouldDisplay: false)

  @Flag(help: "Speak on standard input and output.")
  var stdio = false

  @Flag(help: .hidden)
  var child = false

  @Option(
    help: ArgumentHelp(
      "A model of `audit fit` that pictures are compared with (default: none, for pairs).", valueName: "file"),
    completion: .file())
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Score samples of this plan, named relative to its dataset, by its models and options: `audit merge` takes the output as a part.",
      valueName: "plan"), completion: .file())
  var plan: String?

  @Option(
    help: ArgumentHelp("With --plan: the folder that holds the images here.", valueName: "folder"),
    completion: .directory)
  var dataset: String?

  @Option(help: ArgumentHelp("End at once where the model has another digest.", valueName: "digest"))
  var expectModel: String?

  @OptionGroup var fed: FeederOption

  @Option(name: .customLong("in"), help: ArgumentHelp("What comes: frames, paths or paths0.", valueName: "kind"))
  var intake = Intake.frames

  @Option(name: .customLong("out"), help: ArgumentHelp("What goes: ndjson.", valueName: "kind"))
  var output = Outgoing.ndjson

  @Option(
    help: ArgumentHelp("Give a picture up that takes longer (default: 10s, or what a plan says).", valueName: "seconds")
  )
  var timeout: String?

  @Option(help: ArgumentHelp("Refuse pictures whose header claims more pixels, such as 64M.", valueName: "pixels"))
  var maxPixels = "64M"

  @Option(help: ArgumentHelp("Leave out files that are larger, such as 256M.", valueName: "bytes"))
  var maxBytes = "256M"

  @Option(help: "The most pictures that are taken and not answered.")
  var window = 64

  @Option(help: ArgumentHelp("Pictures after which the process that decodes is a new one.", valueName: "count"))
  var childRecycle = 20_000

  @Option(help: ArgumentHelp("The most memory that the process that decodes may hold.", valueName: "megabytes"))
  var childMemory = SupervisionLimits().megabytes

  @Option(help: ArgumentHelp("Seconds that it may take until it can begin.", valueName: "seconds"))
  var warmupTimeout = 60.0

  @Option(
    help: ArgumentHelp("Metrics to compute: default, all, or names with commas.", valueName: "list"),
    completion: .custom(CompletionWords.metrics))
  var metrics = "default"

  @Option(help: ArgumentHelp("Side of the square on which both are compared, 64 to 1024.", valueName: "pixels"))
  var size: Int?

  enum Intake: String, CaseIterable, ExpressibleByArgument { case frames, paths, paths0 }
  enum Outgoing: String, CaseIterable, ExpressibleByArgument { case ndjson }

  private var timeoutSeconds: Double? {
    let timeout = timeout ?? "10s"
    guard let seconds = Double(timeout.hasSuffix("s") ? timeout.dropLast() : timeout[...]), seconds > 0,
      seconds <= 86_400
    else { return nil }
    return seconds
  }

  func validate() throws {
    if child { return }
    if !stdio { throw ValidationError("worker is started by an engine; it takes --stdio") }
    if plan != nil, model != nil || size != nil || metrics != "default" {
      throw ValidationError(
        "--plan says what pictures are compared with and how; leave --model, --size and --metrics out")
    }
    if dataset != nil, plan == nil { throw ValidationError("--dataset goes with --plan") }
    if fed.feeder != nil, plan == nil { throw ValidationError("--feeder goes with --plan") }
    if timeoutSeconds == nil { throw ValidationError("--timeout takes seconds such as 10s; got '\(timeout ?? "")'") }
    for (name, count) in [("--max-pixels", maxPixels), ("--max-bytes", maxBytes)] where ByteCount(count) == nil {
      throw ValidationError("\(name) takes a number such as 64M; got '\(count)'")
    }
    if !(1...512).contains(window) { throw ValidationError("--window takes 1 to 512; got \(window)") }
    if childRecycle < 1 { throw ValidationError("--child-recycle takes a number from 1; got \(childRecycle)") }
    if !(64...1 << 20).contains(childMemory) {
      throw ValidationError("--child-memory takes megabytes from 64; got \(childMemory)")
    }
    if !(warmupTimeout > 0 && warmupTimeout <= 86_400) {
      throw ValidationError("--warmup-timeout takes seconds, more than 0 and at most 86400; got \(warmupTimeout)")
    }
    if let size, !(64...1024).contains(size) {
      throw ValidationError("--size takes a number from 64 to 1024; got \(size)")
    }
  }

  // On the main thread: a child that has a worker of Dispatch ends with it, since Dispatch opens files of /proc to look
  // after its workers, and a child may open none.
  func run() throws {
    if child { return ScoringChild.serve() }
    let stop = StopRequest()
    let signals = InterruptSignals(stop: stop)
    defer { signals.ignore() }
    let plan: WorkerPlan
    var folder: String?
    do {
      (plan, folder) = try workerPlan()
    } catch {
      throw end(.output, because: "\(error)")
    }
    if let expectModel, plan.model != expectModel {
      throw end(.usage, because: "the model is \(plan.model ?? "none"), expected \(expectModel)")
    }
    let service = WorkerService(
      Supervisor(.scoringChild, order: plan.order, limits: limits(of: plan)), intake: reader(plan.opening(in: folder)),
      hello: WorkerService.Hello(
        build: Version.text, model: plan.model, metrics: plan.metrics, plan: plan.identity), window: window, stop: stop,
      log: { WorkerCommand.log($0) })
    let exit = service.run()
    if exit != .done { throw ExitCode(exit.rawValue) }
  }

  /// What to score by, and the folder that names are relative to.
  private func workerPlan() throws -> (WorkerPlan, folder: String?) {
    guard let plan else { return (try WorkerPlan(model: model, settings: settings, metrics: metrics), nil) }
    let file = try PlanFile(plan)
    // Without a feeder the pictures come in frames.
    if fed.feeder != nil { try fed.start(of: file.plan, in: dataset) }
    let request = try file.request(jobs: 1, dataset: dataset)
    let made = try Waiting.value { try await WorkerPlan(of: file.plan, request: request) }
    return (made, dataset ?? file.plan.dataset)
  }

  private var settings: ScanSettings {
    var settings = ScanSettings()
    settings.size = size
    settings.maxPixels = ByteCount(maxPixels)?.value ?? settings.maxPixels
    settings.limits.maxBytes = ByteCount(maxBytes)?.value ?? settings.limits.maxBytes
    // Most of what takes too long is given up by the decoder itself, which costs no process.
    settings.limits.timeout = 0.9 * (timeoutSeconds ?? settings.limits.timeout)
    return settings
  }

  private func limits(of plan: WorkerPlan) -> SupervisionLimits {
    var limits = SupervisionLimits()
    limits.timeout = (timeout == nil ? plan.timeout : nil) ?? timeoutSeconds ?? limits.timeout
    limits.warmUp = warmupTimeout
    limits.megabytes = childMemory
    limits.recycleAfter = childRecycle
    return limits
  }

  private func reader(_ opening: @escaping FileOpening) -> any WorkIntake {
    switch intake {
    case .frames: FrameIntake(open: opening)
    case .paths: PathIntake(separator: UInt8(ascii: "\n"), open: opening)
    case .paths0: PathIntake(separator: 0, open: opening)
    }
  }

  private func end(_ exit: WorkerService.Exit, because cause: String) -> ExitCode {
    WorkerCommand.log(cause)
    return ExitCode(exit.rawValue)
  }

  /// Standard output is for rows.
  private static func log(_ words: String) {
    var line = Array("{\"t\":\"log\",\"text\":".utf8)
    Escaping.json.add(words, to: &line)
    line += Array("}\n".utf8)
    Terminal.write(String(decoding: line, as: UTF8.self), to: STDERR_FILENO)
  }
}

extension ChildLaunch {
  /// This program as a process that scores what it is handed.
  static var scoringChild: ChildLaunch { .ownBinary(["worker", "--child"]) }
}
