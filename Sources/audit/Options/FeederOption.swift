import ArgumentParser
import AuditCore
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
}
