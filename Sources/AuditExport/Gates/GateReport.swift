import AuditCore
package import AuditStore
import Foundation

/// The results of `audit check` in a form for a person or a machine.
package struct GateReport: Sendable {
  package enum Format: String, Sendable, CaseIterable {
    case text, json, github, junit, sarif
  }

  private let results: [GateResult]
  private let run: StoredRun

  package init(_ results: [GateResult], run: StoredRun) {
    self.results = results
    self.run = run
  }

  package func text(_ format: Format) throws -> String {
    switch format {
    case .text: lines
    case .json: try json
    case .github: github
    case .junit: junit
    case .sarif: sarif
    }
  }

  private var lines: String {
    let width = results.map(\.gate.count).max() ?? 0
    return results.map { result in
      let gate = result.gate.padded(width)
      return "\(result.isCrossed ? "FAIL" : "ok  ")  \(gate)  \(Escaping.terminal.text(result.sentence))\n"
    }.joined()
  }

  private struct Document: Encodable {
    let schema = 1
    let run: String
    let dataset: String
    let passed: Bool
    let gates: [GateResult]
  }

  private var json: String {
    get throws {
      let document = Document(
        run: run.name, dataset: run.dataset, passed: !results.contains(where: \.isCrossed), gates: results)
      return try JSONDocument.text(of: document) + "\n"
    }
  }

  private var github: String {
    results.map { result in
      "::\(result.isCrossed ? "error" : "notice") title=\(Escaping.gitHubProperty.text("audit " + result.gate))::"
        + "\(Escaping.gitHubMessage.text(result.sentence))\n"
    }.joined()
  }

  private var junit: String {
    let failed = results.filter(\.isCrossed).count
    let figures = "tests=\"\(results.count)\" failures=\"\(failed)\" errors=\"0\""
    var text = TextBuffer()
    text.add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"audit\" \(figures)>\n<testsuite name=\"")
    text.addXML("audit check \(run.name)")
    text.add("\" \(figures)>\n")
    for result in results {
      text.add("<testcase classname=\"audit.check\" name=\"")
      text.addXML(result.gate)
      if result.isCrossed {
        text.add("\"><failure type=\"gate\" message=\"")
        text.addXML(result.sentence)
        text.add("\"/></testcase>\n")
      } else {
        text.add("\"/>\n")
      }
    }
    text.add("</testsuite>\n</testsuites>\n")
    return String(decoding: text.bytes, as: UTF8.self)
  }

  private var sarif: String {
    var text = TextBuffer()
    text.addSARIFHead(
      version: run.version, rules: results.map { ("gate " + $0.gate, "the run must not cross \($0.gate)") },
      dataset: run.dataset)
    for (index, result) in results.filter(\.isCrossed).enumerated() {
      text.add((index == 0 ? "" : ",") + "\n{\"ruleId\":")
      text.addJSON("gate " + result.gate)
      text.add(",\"level\":\"error\",\"message\":{\"text\":")
      text.addJSON("\(result.gate) is crossed: \(result.sentence)")
      // A gate is about the whole set; readers of SARIF want a place all the same.
      text.add(
        "},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\".\",\"uriBaseId\":\"DATASET\"}}}]}")
    }
    text.add("\n]}]}\n")
    return String(decoding: text.bytes, as: UTF8.self)
  }
}
