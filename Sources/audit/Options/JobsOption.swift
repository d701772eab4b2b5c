import ArgumentParser

/// How many images are worked on at a time.
enum JobsOption {
  static func check(_ jobs: Int?) throws {
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs takes a whole number from 1 to 1024; got \(jobs)")
    }
  }
}
