import ArgumentParser
import AuditScan
import AuditWorker

/// How many images are worked on at a time.
enum JobsOption {
  static func check(_ jobs: Int?, least: Int = 1) throws {
    if let jobs, !(least...1024).contains(jobs) {
      throw ValidationError("--jobs takes a whole number from \(least) to 1024; got \(jobs)")
    }
  }
}

/// What chance is drawn from.
enum SeedOption {
  /// The databases keep it as a signed number of 64 bits.
  static func check(_ seed: UInt64) throws {
    if seed > UInt64(Int64.max) { throw ValidationError("--seed takes a number from 0 to \(Int64.max); got \(seed)") }
  }
}

/// How many images are worked on at a time, and where: in processes whose end costs one row, or in this one.
struct WorkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many images to work on at a time (default: one per core); 0 is --no-isolate.", valueName: "count"))
  var jobs: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Read files in processes of their own, one per job: what ends, hangs or bloats one costs one file.")
  var isolate = true

  func validate() throws { try JobsOption.check(jobs, least: 0) }

  /// nil for one per core.
  var count: Int? { jobs == 0 ? nil : jobs }

  /// How to start such a process; nil to work in this one.
  var children: ChildLaunch? { isolate && jobs != 0 ? .scoringChild : nil }

  func apply(to request: inout ScanRequest) { (request.jobs, request.children) = (count, children) }
}
