import AuditCore
import AuditDemo
import AuditQuality
import AuditReport
import AuditScan
import AuditStore
import Foundation
import Testing

/// A rule that a newcomer adds, without a line anywhere else.
struct ToyRuleTests {
  private struct Toy: IssueRule {
    let info = IssueInfo(
      code: "toy_found", severity: .warning, meaning: "a toy lies in the picture", remedy: "put the toy away",
      page: "TOY: how it is seen")
    let statistics: [String] = []

    func finding(in sample: MeasuredSample, of set: MeasuredSet) -> RuleFinding? {
      RuleFinding("it is \(sample.width) pixels wide", strength: 0.5, confidence: nil)
    }
  }

  @Test func itIsFoundInTheTableTheExplanationTheMarkdownAndThePage() async throws {
    let scratch = try Scratch()
    try DemoSet.write(to: scratch.path + "/faces", count: 30, size: 48, seed: 3)
    var request = ScanRequest(dataset: scratch.path + "/faces")
    request.database = scratch.path + "/faces.db"
    request.version = "test"
    let files = ["html", "md"].map { "\(scratch.path)/report.\($0)" }
    let (topic, info) = try await IssueRules.$added.withValue([Toy()]) { [request] in
      _ = try await Scan(request: request).run(stop: StopRequest()) { _ in }
      let store = try Store(reading: scratch.path + "/faces.db")
      try ReportWriter(store, run: nil).write(try files.map { try ReportFile(path: $0) })
      return (ExplainTopic("toy-found"), IssueCatalogue.info("toy_found"))
    }
    let found = try Store(reading: scratch.path + "/faces.db").rows(
      "SELECT count(*) FROM issue WHERE code = 'toy_found' AND severity = 'warning' AND detail = 'it is 48 pixels wide'"
    )
    let scored = try Store(reading: scratch.path + "/faces.db").rows("SELECT count(*) FROM sample WHERE status = 'ok'")
    #expect(found[0].values[0].integer == scored[0].values[0].integer && scored[0].values[0].integer ?? 0 > 20)
    #expect(topic?.meaning == "a toy lies in the picture" && topic?.remedy == "put the toy away")
    #expect(topic?.page?.hasPrefix("TOY: how it is seen\n") == true && info?.code == "toy_found")
    for file in files {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.contains("toy_found") && text.contains("a toy lies in the picture"), "\(file)")
    }
  }

  @Test func outsideOfItsTaskNobodyKnowsIt() {
    IssueRules.$added.withValue([Toy()]) { #expect(IssueRules.all.contains { $0.info.code == "toy_found" }) }
    #expect(IssueCatalogue.info("toy_found") == nil && ExplainTopic("toy_found") == nil)
  }
}
