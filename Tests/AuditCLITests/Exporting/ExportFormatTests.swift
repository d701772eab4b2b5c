import AuditCore
import AuditExport
import AuditStore
import Foundation
import Testing

struct ExportFormatTests {
  /// Says only how often it was asked, and what for.
  private struct Toy: ExportFormat {
    let name = "toy"
    let meaning = "nothing"
    let place = ExportPlace.folder

    func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
      var outcome = ExportOutcome()
      outcome.notes = ["descriptor \(standardOutput)"]
      return outcome
    }
  }

  @Test func aNewFormatIsOneType() throws {
    let set = try ExportSet([.init("a.png")])
    var request = ExportRequest()
    request.format = Toy()
    let store = try Store(reading: set.database)
    #expect(throws: AuditError.usage("--format toy makes files", remedy: "say where with -o FOLDER")) {
      try Export(request, store: store)
    }
    request.output = set.path + "/out"
    #expect(try Export(request, store: store).write(standardOutput: 7).notes == ["descriptor 7"])
    request.sidecars = .usual
    #expect(throws: AuditError.self) { try Export(request, store: store) }
  }

  /// Help lists each, and the command takes it by its name.
  @Test func everyFormatIsOfferedByItsOwnName() throws {
    let names = ExportFormats.all.map(\.name)
    #expect(Set(names).count == names.count)
    let help = try Command.audit(["export", "--help"]).out
    for format in ExportFormats.all {
      #expect(help.contains("  \(format.name)") && ExportFormats.named(format.name)?.meaning == format.meaning)
    }
    let refused = try Command.audit(["export", "no.db", "--format", "toy"])
    #expect(refused.status == 2)
    for name in names { #expect(refused.err.contains(name), "\(name) is not offered") }
  }
}
