import ArgumentParser
import AuditCore
import Foundation

/// The benchmark: what each part of a scan costs, and whether its answer is true. Not a product.
///
/// Machines are noisy, so it prints CPU time, not wall time, and ratios of what was measured in one run.
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit-bench", abstract: "Measure what a scan costs, and whether its answer is true.",
    subcommands: [
      SpeedCommand.self, PlanCommand.self, FitCommand.self, RankCommand.self, TruthCommand.self, CopiesCommand.self,
      DetectionCommand.self, DuplicatesCommand.self,
    ],
    defaultSubcommand: SpeedCommand.self)
}

/// One JSON line of the benchmark.
struct BenchLine {
  let name: String
  let fields: [(String, Double)]

  init(_ name: String, _ fields: (String, Double)...) {
    self.name = name
    self.fields = fields
  }

  func print() {
    let numbers = fields.map { "\"\($0.0)\":\(($0.1 * 1e5).rounded() / 1e5)" }
    Swift.print("{" + (["\"case\":\"\(name)\""] + numbers).joined(separator: ",") + "}")
  }
}

/// Most memory that the process has held since it became this program, bytes; 0 where the system does not say.
///
/// Not `ru_maxrss`, which begins at what the process held that started this one.
func peakMemory() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let words = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.split { $0 == " " || $0 == "\t" } ?? []
  return 1024 * (words.count > 1 ? Int(words[1]) ?? 0 : 0)
}
