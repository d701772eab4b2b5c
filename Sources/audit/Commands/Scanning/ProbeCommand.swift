import ArgumentParser
import AuditCore
import AuditProbe
import AuditReport
import AuditScan
import AuditStore
import Foundation

struct ProbeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Train a small autoencoder on a finished run: whom does it listen to, and what helps?",
    discussion: """
      Keeps probe_share_mse, probe_share_mae and probe_skew of each image: its pull on the trained network under squared \
      and under absolute error. Half of the images train the network that judges the other half.

      With --compare it trains with squared error on all images, without those proposed to be dropped, with the training \
      weights, with both, and with Huber's loss on all, each for as many steps and from several seeds, and says how well \
      each draws images it has not seen: your own proof of what the proposal is worth.

      Examples:
        audit probe faces.audit.db
        audit probe faces.audit.db --compare
      """)

  @Argument(help: "The database that a scan wrote.", completion: .file())
  var database: String

  @Option(
    name: .customLong("run"), help: ArgumentHelp("The run (default: the newest complete one).", valueName: "name"),
    completion: .custom(CompletionWords.runs))
  var runName: String?

  @OptionGroup var place: DatasetOption

  @Flag(help: "Compare ways to train instead of judging images.")
  var compare = false

  @Option(help: "The most images that take part.")
  var sample = 2_000

  @Option(help: ArgumentHelp("What training minimises (default: mse).", valueName: "loss"))
  var loss: ProbeLoss?

  @Flag(help: "Train with the run's training weights.")
  var weighted = false

  @Option(help: "Gradient descent by adam or sgd.")
  var optimiser = ProbeSettings().optimiser

  @Option(help: "How the rate falls after the warm-up: cosine or step.")
  var schedule = ProbeSettings().schedule

  @Option(
    help: ArgumentHelp(
      "Highest learning rate (default: \(ProbeOptimiser.adam.defaultRate) for adam, \(ProbeOptimiser.sgd.defaultRate) for sgd)."
    ))
  var rate: Double?

  @Option(help: "The most passes over the images.")
  var epochs = ProbeSettings().epochs

  @Option(help: "Units of the hidden layers.")
  var hidden = ProbeSettings().hidden

  @Option(help: "Numbers that a picture is squeezed to.")
  var code = ProbeSettings().code

  @Option(help: "Draws the first weights and the order of the images.")
  var seed = ProbeSettings().seed

  @Option(help: "How many seeds --compare trains each way with.")
  var seeds = 3

  @OptionGroup var fed: FeederOption

  @OptionGroup var work: WorkOptions

  @OptionGroup var streams: StreamOptions

  func validate() throws {
    if !(2...100_000).contains(sample) {
      throw ValidationError("--sample takes a number from 2 to 100000; got \(sample)")
    }
    if !(1...10_000).contains(epochs) {
      throw ValidationError("--epochs takes a number from 1 to 10000; got \(epochs)")
    }
    if !(1...4096).contains(hidden) { throw ValidationError("--hidden takes a number from 1 to 4096; got \(hidden)") }
    if !(1...4096).contains(code) { throw ValidationError("--code takes a number from 1 to 4096; got \(code)") }
    if !(1...20).contains(seeds) { throw ValidationError("--seeds takes a number from 1 to 20; got \(seeds)") }
    try SeedOption.check(seed)
    if let rate, !(rate > 0 && rate <= 10) { throw ValidationError("--rate takes a number above 0; got \(rate)") }
    if compare, weighted || loss != nil {
      throw ValidationError("--compare trains with each way's own loss and weights; leave --loss and --weighted out")
    }
  }

  func run() async throws {
    var request = ProbeRequest(database: database)
    request.run = runName
    request.dataset = try fed.start() ?? place.dataset
    request.sample = sample
    request.compares = compare
    request.isWeighted = weighted
    request.seeds = seeds
    (request.jobs, request.children) = (work.count, work.children)
    request.settings.loss = loss ?? .mse
    request.settings.optimiser = optimiser
    request.settings.schedule = schedule
    request.settings.rate = rate
    request.settings.epochs = epochs
    request.settings.hidden = hidden
    request.settings.code = code
    request.settings.seed = seed
    let line = ProgressLine(mode: streams.progress, quiet: streams.quiet)
    let outcome: ProbeOutcome
    do {
      outcome = try await ProbeRun(request).run { line.update($0) }
    } catch {
      line.finish()
      throw error
    }
    line.finish()
    if streams.quiet { return }
    for note in outcome.notes { Terminal.error("audit: \(Escaping.terminal.text(note))") }
    let text = ProbeReport(outcome, colour: Terminal.usesColour(streams.color, isTerminal: Terminal.outIsTerminal))
    Terminal.print(try text.lines(database: database).joined(separator: "\n"))
  }
}

extension ProbeLoss: ExpressibleByArgument {}
extension ProbeOptimiser: ExpressibleByArgument {}
extension ProbeSchedule: ExpressibleByArgument {}

/// What a probe found, for a terminal.
private struct ProbeReport {
  private let outcome: ProbeOutcome
  private let colour: Bool

  init(_ outcome: ProbeOutcome, colour: Bool) {
    self.outcome = outcome
    self.colour = colour
  }

  func lines(database: String) throws -> [String] {
    switch outcome.finding {
    case .probe(let probe): try lines(of: probe, database: database)
    case .comparison(let comparison): lines(of: comparison)
    }
  }

  private func lines(of probe: Probe, database: String) throws -> [String] {
    let curves = probe.trainings.enumerated().flatMap { place, training in
      [("trained on, network \(place + 1)", training.curve.map(\.loss))]
        + (training.curve.first?.heldOutLoss == nil
          ? [] : [("held out, network \(place + 1)", training.curve.map { $0.heldOutLoss ?? .nan })])
    }
    let worst = try Store(reading: database).probed(run: outcome.runName, most: 10)
    var table = TextTable(
      [
        .init("probe_skew", .number), .init("pull, squared", .number),
        .init("pull, absolute", .number, isOptional: true),
        .init("skew", .number), .init("file", .path),
      ], indent: 2)
    for row in worst {
      let numbers = ["probe_skew", "probe_share_mse", "probe_share_mae", "skew"].map { name in
        row[name].real.map { fixed($0, 2) } ?? "-"
      }
      table.add(numbers + [SamplePath(row["path"].text ?? "").printable])
    }
    return plot(curves, title: "\(probe.settings.loss.rawValue) per value")
      + [
        "",
        "\(outcome.images.formattedWithCommas) images of run \"\(outcome.runName)\"; the ten that squared error "
          + "listens to more than absolute error would:",
      ]
      + table.lines(width: Terminal.tableWidth)
  }

  private func lines(of comparison: ProbeComparison) -> [String] {
    plot(comparison.heldOutCurves(), title: "squared error on images held out, mean of the seeds")
      + [
        "",
        "\(outcome.images.formattedWithCommas) images of run \"\(outcome.runName)\", "
          + "\(comparison.heldOut.count.formattedWithCommas) of them held out; mean and range over "
          + "\(counted(comparison.seeds.count, "seed")):",
      ] + comparison.table(width: Terminal.tableWidth.map { $0 - 2 }).split(separator: "\n").map { "  " + $0 }
  }

  private func plot(_ curves: [(name: String, values: [Double])], title: String) -> [String] {
    let isPlain = ProcessInfo.processInfo.environment["TERM"] == "dumb"
    return plotCurves(
      curves, width: min(Terminal.outWidth, 100), height: 14, title: title, isASCII: isPlain, coloured: colour
    ).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
}
