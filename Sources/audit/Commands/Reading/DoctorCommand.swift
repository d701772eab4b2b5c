import ArgumentParser
import AuditCore
import AuditInference
import AuditScan
import AuditWorker
import Foundation

/// What of this machine the program can use.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what this machine gives to audit: processor, child processes, their sandbox.",
    discussion: """
      Starts a child process as `audit scan FOLDER` does, and says what it gives up before it sees a picture.

      Exit status: 0 where child processes work, 2 otherwise.

      Examples:
        audit doctor
      """)

  func run() throws {
    Terminal.print("audit      \(Version.text) on \(System.words)")
    Terminal.print("cores      \(ProcessInfo.processInfo.activeProcessorCount)")
    let plan = try WorkerPlan(model: nil, settings: ScanSettings(), metrics: "mse")
    let supervisor = Supervisor(.scoringChild, order: plan.order)
    do {
      try supervisor.warmUp()
    } catch {
      Terminal.print("children   do not work: \(error)")
      throw ExitCode(2)
    }
    Terminal.print("children   work: pictures are decoded where their end costs one row")
    let sandbox = supervisor.sandbox
    func say(_ what: String, _ given: Bool?) { Terminal.print("\(what): \(given == true ? "yes" : "no")") }
    say("sandbox    no new privileges", sandbox?.hasNoNewPrivileges)
    say("           no paths, no network, no programs (seccomp)", sandbox?.hasFilteredCalls)
    say("           no paths, beneath that (Landlock)", sandbox?.hasClosedPaths)
    say("           no ports, beneath that (Landlock)", sandbox?.hasClosedPorts)
  }
}

/// The system as it calls itself.
private enum System {
  static var words: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "an unknown system" }
    let parts = [
      withUnsafeBytes(of: &name.sysname) { text($0) }, withUnsafeBytes(of: &name.release) { text($0) },
      withUnsafeBytes(of: &name.machine) { text($0) },
    ]
    return parts.joined(separator: " ")
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
