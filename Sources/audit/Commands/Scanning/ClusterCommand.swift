import ArgumentParser
import AuditCore
import Foundation

/// How engines are told to scan.
struct ClusterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster", abstract: "Print the command that scans a dataset on many machines.",
    discussion: """
      Example:
        audit cluster spark --print FOLDER --out spark
      """,
    subcommands: [ClusterSparkCommand.self])
}

struct ClusterSparkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spark", abstract: "Print the command that scans a dataset on Apache Spark.",
    discussion: """
      It starts nothing. The line needs pyspark and pyarrow, the script audit_spark.py, and the archive with the program, \
      which the script's own help tells about; both are in the archive that audit is downloaded as.

      Examples:
        audit cluster spark --print FOLDER --out spark
        audit cluster spark --print FOLDER --out spark --master yarn --executors 250 --executor-cores 4
      """)

  @Argument(help: ArgumentHelp(FileOptions.aboutFolders, valueName: "folder"), completion: FileOptions.containers)
  var folders: [String]

  @Flag(help: "Print the command.")
  var print = false

  @Option(help: ArgumentHelp("Where plan, rows and result go: a place that every machine sees.", valueName: "folder"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "Spark's master: yarn, spark://HOST:7077 and so on (default: the cores of this machine).", valueName: "url"))
  var master: String?

  @Option(help: ArgumentHelp("How many executors, where the master is a cluster's.", valueName: "count"))
  var executors = 2

  @Option(help: ArgumentHelp("Cores of each executor: as many pictures are scored at a time.", valueName: "count"))
  var executorCores = 4

  @Option(
    help: ArgumentHelp("The archive with the program (default: the one for machines like this).", valueName: "file"))
  var archive: String?

  @Option(help: ArgumentHelp("The script.", valueName: "file"))
  var script = "audit_spark.py"

  func validate() throws {
    if !print { throw ValidationError("cluster spark starts nothing; it takes --print") }
    for (name, count) in [("--executors", executors), ("--executor-cores", executorCores)] {
      if !(1...100_000).contains(count) { throw ValidationError("\(name) takes a number from 1; got \(count)") }
    }
  }

  func run() {
    Terminal.print((["spark-submit"] + options).map(quoted).joined(separator: " "))
  }

  private static var ownArchive: String {
    #if arch(arm64)
      "audit-linux-aarch64.tar.gz"
    #else
      "audit-linux-x86_64.tar.gz"
    #endif
  }

  private var options: [String] {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    // A machine tries a task again where it is told so alone.
    return ["--master", master ?? "local[\(cores),4]"] + quickStart + (master == nil ? [] : ofCluster)
      + ["--archives", (archive ?? ClusterSparkCommand.ownArchive) + "#audit_rt", script] + folders + ["--out", out]
  }

  /// Java does little here: code that is compiled at once serves it as well as what is compiled anew for long runs.
  private var quickStart: [String] {
    let flag = "-XX:TieredStopAtLevel=1"
    return ["--driver-java-options", flag]
      + (master == nil ? [] : ["--conf", "spark.executor.extraJavaOptions=" + flag])
  }

  /// What a cluster needs to be told. Python and audit live beside the executor's own memory; a task is tried elsewhere
  /// where a machine is slow or bad; executors that wait stay, since nothing is faster than a worker that is warm.
  private var ofCluster: [String] {
    [
      "--num-executors", "\(executors)", "--executor-cores", "\(executorCores)", "--executor-memory", "2g",
    ]
      + [
        "spark.executor.memoryOverhead=\(executorCores)g", "spark.speculation=true", "spark.speculation.quantile=0.9",
        "spark.task.maxFailures=4", "spark.excludeOnFailure.enabled=true", "spark.dynamicAllocation.enabled=false",
      ].flatMap { ["--conf", $0] }
  }
}
