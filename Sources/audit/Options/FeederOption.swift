import ArgumentParser
import AuditCore
import AuditStore
import AuditWorker

/// Who hands out the pictures of a dataset that is no folder of files. Only a person says so: no command is ever started
/// because a database names it.
struct FeederOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A program that hands out the pictures, for what is no folder of files: 'python3 audit_parquet.py data/*.parquet'. \
      `audit help worker` tells what it speaks.
      """, valueName: "command"), completion: .shellCommand("compgen -c"))
  var feeder: String?

  func validate() throws {
    if feeder == "" { throw ValidationError("--feeder takes a command; got ''") }
  }

  /// Starts it.
  ///
  /// - Returns: the folder that its pictures are known by; nil where none is named.
  func start() throws -> String? {
    guard let feeder else { return nil }
    let fed = try Feeder(feeder)
    FedFolders.add(fed)
    return fed.root
  }

  /// Starts it for the pictures of a plan.
  ///
  /// - Parameter dataset: where they are said to lie now; nil for where they were planned.
  /// - Throws: `AuditError` where the plan's pictures are handed out and nobody is named, or by somebody who knows them by
  ///   another folder.
  func start(of plan: PlannedRun, in dataset: String? = nil) throws {
    guard let root = try start() else {
      guard let planned = plan.settings.choices?.feeder else { return }
      throw AuditError.lacking(
        "a program handed the pictures of this plan out, and none is started because a plan names it",
        remedy: "name it: --feeder \(quoted(planned))")
    }
    let place = try FilePath.absolute(dataset ?? plan.dataset)
    guard root == place else {
      throw AuditError.lacking(
        "the feeder's pictures are known by '\(root)', those of the plan by '\(place)'",
        remedy: "start it as it was when the plan was made")
    }
  }

  /// What the next command of a person is to repeat.
  var again: String { feeder.map { " --feeder \(quoted($0))" } ?? "" }
}
