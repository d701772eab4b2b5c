import ArgumentParser
import AuditScan
import AuditWorker

/// How many images are worked on at a time.
enum JobsOption {
  /// - Parameter least: 0 where the work can be done in this process as well.
  static func check(_ jobs: Int?, least: Int = 1) throws {
    if let jobs, !(least...1024).contains(jobs) {
      throw ValidationError("--jobs takes a whole number from \(least) to 1024; got \(jobs)")
    }
  }
}

extension ScanRequest {
  /// - Parameter jobs: as many child processes; nil is one per core, and 0 none at all.
  mutating func take(jobs: Int?) {
    self.jobs = jobs == 0 ? nil : jobs
    children = jobs == 0 ? nil : .scoringChild
  }
}
