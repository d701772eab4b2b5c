import ArgumentParser
import AuditCore
import AuditScan
import AuditStore
import Foundation

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Plan many files, and say how much memory each of them takes.")

  @Option(help: "Files: names of 10 bytes, 1,000 to a folder.")
  var images = 200_000

  @Flag(help: "Exit with 1 where memory grows by more than 64 bytes a file beyond the first 20,000.")
  var check = false

  func run() async throws {
    let scratch = NSTemporaryDirectory() + "audit-bench-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    try link(0..<20_000, in: scratch + "/faces")
    let few = try plan(scratch)
    try link(20_000..<max(images, 20_001), in: scratch + "/faces")
    let many = try plan(scratch)
    let each = Double(many.peak - few.peak) / Double(many.images - few.images)
    BenchLine(
      "plan", ("images", Double(many.images)), ("seconds", many.seconds), ("peak_MB", Double(many.peak) / 1e6),
      ("bytes_per_image", each)
    ).print()
    if check, each > 64 { throw ExitCode(1) }
  }

  /// Files of one content each, as hard links of a few hundred.
  private func link(_ numbers: Range<Int>, in folder: String) throws {
    for number in numbers {
      let place = "\(folder)/p\(number / 1000)"
      if number % 1000 == 0 {
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      }
      let name = "\(place)/\(String(String(number % 1000 + 1_000_000).dropFirst())).jpg"
      let original = "\(folder)/p0/\(String(String(number % 300 + 1_000_000).dropFirst())).jpg"
      if number < 300 {
        try Data([0xFF, 0xD8, UInt8(number & 0xFF), UInt8(number >> 8)]).write(to: URL(fileURLWithPath: name))
      } else if Foundation.link(original, name) != 0 {
        throw AuditError.unreadable(path: name, cause: String(cString: strerror(errno)))
      }
    }
  }

  private func plan(_ scratch: String) throws -> (images: Int, seconds: Double, peak: Int) {
    var request = ScanRequest(dataset: scratch + "/faces")
    request.database = scratch + "/plan-\(UUID().uuidString).db"
    let step = PlanStep(request: request, asked: PlanRequest(arguments: [], folder: "/"))
    var images = 0
    let seconds = try cpu { images = try step.run { _ in }.images }
    return (images, seconds, peakMemory())
  }
}
