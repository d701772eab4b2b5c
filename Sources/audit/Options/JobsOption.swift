import ArgumentParser
import AuditScan
import AuditWorker

/// How many images are worked on at a time.
enum JobsOption {
  static func check(_ jobs: Int?) throws {
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs takes a whole number from 1 to 1024; got \(jobs)")
    }
  }
}

/// Whether files are read and scored where their end costs one row.
struct IsolationOptions: ParsableArguments {
  @Flag(
    help: "Read and score files in processes of their own, one per job: what ends, hangs or bloats one is one row.")
  var isolate = false

  func apply(to request: inout ScanRequest) { request.children = isolate ? .scoringChild : nil }
}
