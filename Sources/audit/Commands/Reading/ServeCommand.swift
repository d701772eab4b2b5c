import ArgumentParser
import AuditCore
import AuditScan
import AuditServe
import Foundation

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Look through a run in the browser and decide with keys.",
    discussion: """
      Answers this machine alone, and only whoever has the address that it prints, which holds a key. Decisions are \
      stored at once, as `audit decide` stores them; nothing is written into the dataset. Ctrl-C ends it.

      Examples:
        audit serve faces.audit.db --open
        audit serve faces.audit.db --run first --read-only
      """)

  @Argument(help: "The database that a scan wrote.", completion: .file())
  var database: String

  @Flag(help: "Open the address in the browser.")
  var open = false

  @Option(help: ArgumentHelp("Listen on this port; 0 takes any that is free.", valueName: "number"))
  var port: UInt16 = 0

  @OptionGroup var place: DatasetOption

  @OptionGroup var fed: FeederOption

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The run that is shown first (default: the newest complete one).", valueName: "name"),
    completion: .custom(CompletionWords.runs))
  var runName: String?

  @Flag(help: "Take no decisions.")
  var readOnly = false

  @Option(help: ArgumentHelp("Who decides (default: the user's name).", valueName: "name"))
  var who: String?

  func run() async throws {
    var request = ServeRequest(
      database: database, who: who ?? DecideCommand.user, decoding: ChildDecoding.choice(.scoringChild))
    request.dataset = try fed.start() ?? place.dataset
    (request.port, request.run, request.isReadOnly) = (port, runName, readOnly)
    let server = try ReviewServer(request)
    let serving = Task { await server.run() }
    let signals = EndingSignals { serving.cancel() }
    Terminal.print(server.address)
    Terminal.error(
      "audit: serving on port \(server.port)\(server.isWritable ? "" : ", without decisions"); Ctrl-C ends it")
    if open, let opener = Browser.show(server.addressForOnce, waits: false) {
      Terminal.error("audit: no browser could be started (\(opener)); open the address above")
    }
    await serving.value
    signals.ignore()
  }
}

/// Ctrl-C and SIGTERM, to a command that runs until it is told to end: the first ends it in good order, which is no
/// failure, the second at once.
private final class EndingSignals: @unchecked Sendable {
  // Written by the handlers' queue alone.
  private var isEnding = false
  /// Seconds for what is being answered.
  private static let patience = 3.0
  private var sources: [any DispatchSourceSignal] = []

  init(_ end: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "signals")
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in
        guard let self, !isEnding else { _exit(128 + number) }
        isEnding = true
        end()
        // What was answered is stored; a long question need not be waited for.
        queue.asyncAfter(deadline: .now() + Self.patience) { _exit(0) }
      }
      source.resume()
      sources.append(source)
    }
  }

  func ignore() { sources.forEach { $0.cancel() } }
}
