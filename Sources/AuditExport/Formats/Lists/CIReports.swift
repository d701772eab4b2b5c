import AuditCore
import AuditQuality
import AuditStore

/// Why a sample is in a report for machines: its rule, and a sentence.
private struct Complaint {
  let rule: String
  let message: String

  init(_ row: ExportRow) {
    if row.verdict == .unreadable {
      rule = row["error_code"].text ?? "unreadable"
      let detail = row["error_detail"].text ?? ""
      let meaning = IssueCatalogue.info(rule)?.meaning ?? "could not be scored"
      message = detail.isEmpty ? meaning : "\(meaning): \(detail)"
    } else {
      rule = "verdict-" + row.verdict.rawValue
      let skew = row["skew"].real.map { "skew \(fixed($0, 2))" }
      let parts = [row["why"].text, skew, row.issues.isEmpty ? nil : row.issues.joined(separator: " ")]
      let reason = parts.compactMap { $0 }.joined(separator: "; ")
      message = "\(row.verdict.rawValue): " + (reason.isEmpty ? "decided by hand" : reason)
    }
  }

  static let columns: [ExportColumn] = ["error_code", "error_detail", "skew", "why", "issues", "sha256"]
    .map { .named($0) }
}

/// JUnit: one test case per selected sample; drop fails, unreadable errs, review is skipped.
struct JUnitCases: RowFormat {
  private let counts: [Selection.Word: Int]
  private let run: StoredRun

  init(_ counts: [Selection.Word: Int], run: StoredRun) {
    self.counts = counts
    self.run = run
  }

  var columns: [ExportColumn] { Complaint.columns }

  func begin(_ text: inout TextBuffer, columns: [String]) {
    let figures =
      "tests=\"\(counts.values.reduce(0, +))\" failures=\"\(counts[.drop] ?? 0)\" "
      + "errors=\"\(counts[.unreadable] ?? 0)\" skipped=\"\(counts[.review] ?? 0)\""
    text.add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"audit\" \(figures)>\n")
    text.add("<testsuite name=\"")
    text.addXML("audit \(run.name): \(run.dataset)")
    text.add("\" timestamp=\"")
    text.addXML(run.started.replacing("Z", with: ""))
    text.add("\" \(figures)>\n")
  }

  func add(_ row: ExportRow, to text: inout TextBuffer) -> Bool {
    text.add("<testcase classname=\"")
    text.addXML(SamplePath(bytes: FilePath.folder(of: row.path.bytes)).text)
    text.add("\" name=\"")
    text.addXML(row.path.text)
    text.add("\"")
    let element: String? =
      switch row.verdict {
      case .drop: "failure"
      case .unreadable: "error"
      case .review: "skipped"
      case .keep: nil
      }
    guard let element else {
      text.add("/>\n")
      return true
    }
    let complaint = Complaint(row)
    text.add("><\(element) message=\"")
    text.addXML(complaint.message)
    if element != "skipped" {
      text.add("\" type=\"")
      text.addXML(complaint.rule)
    }
    text.add("\"/></testcase>\n")
    return true
  }

  func end(_ text: inout TextBuffer) { text.add("</testsuite>\n</testsuites>\n") }
}

/// SARIF 2.1.0: one result per selected sample, paths relative to the dataset.
struct SARIFResults: RowFormat {
  private let run: StoredRun
  private var count = 0

  init(run: StoredRun) { self.run = run }

  var columns: [ExportColumn] { Complaint.columns }

  func begin(_ text: inout TextBuffer, columns: [String]) {
    var rules = [("verdict-drop", "the sample would skew squared-error training, and nothing resembles it")]
    rules.append(("verdict-review", "a person should look at the sample before it is trained on"))
    rules.append(("verdict-keep", "the sample stays"))
    rules += SampleIssue.Code.allCases.filter { $0.severity == .error }.map { ($0.rawValue, $0.meaning) }
    text.addSARIFHead(version: run.version, rules: rules, dataset: run.dataset)
  }

  mutating func add(_ row: ExportRow, to text: inout TextBuffer) -> Bool {
    let complaint = Complaint(row)
    let level =
      switch row.verdict {
      case .drop, .unreadable: "error"
      case .review: "warning"
      case .keep: "note"
      }
    text.add((count == 0 ? "" : ",") + "\n{\"ruleId\":")
    count += 1
    text.addJSON(complaint.rule)
    text.add(",\"level\":\"\(level)\",\"message\":{\"text\":")
    text.addJSON(complaint.message)
    text.add("},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"")
    text.addURI(row.path.bytes)
    text.add("\",\"uriBaseId\":\"DATASET\"}}}]")
    if let hash = row["sha256"].text {
      text.add(",\"partialFingerprints\":{\"sha256/v1\":")
      text.addJSON(hash)
      text.add("}")
    }
    text.add("}")
    return true
  }

  func end(_ text: inout TextBuffer) { text.add("\n]}]}\n") }
}

extension TextBuffer {
  /// Everything of a SARIF log up to its list of results, which `\n]}]}` ends.
  mutating func addSARIFHead(version: String, rules: [(id: String, text: String)], dataset: String) {
    add("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":")
    add("{\"driver\":{\"name\":\"audit\",\"version\":")
    addJSON(version)
    add(",\"rules\":[")
    for (index, rule) in rules.enumerated() {
      add((index == 0 ? "" : ",") + "{\"id\":")
      addJSON(rule.id)
      add(",\"shortDescription\":{\"text\":")
      addJSON(rule.text)
      add("}}")
    }
    add("]}},\"columnKind\":\"unicodeCodePoints\",\"originalUriBaseIds\":{\"DATASET\":{\"uri\":\"file://")
    addURI(PathText.bytes(of: dataset))
    add((dataset.hasSuffix("/") ? "" : "/") + "\"}},\"results\":[")
  }
}

/// GitHub Actions annotations, the worst first: a job shows only the first ten of each kind.
struct GitHubAnnotations: RowFormat {
  private var byWord: [Selection.Word: Int] = [:]

  var columns: [ExportColumn] { Complaint.columns }
  var order: ExportQuery.Order { .skew }

  var notes: [String] {
    let hidden = byWord.filter { $0.key != .keep }.values.map { max(0, $0 - 10) }.reduce(0, +)
    return hidden == 0 ? [] : ["GitHub shows the first 10 annotations of each kind; the rest are in the job's log"]
  }

  mutating func add(_ row: ExportRow, to text: inout TextBuffer) -> Bool {
    byWord[row.verdict, default: 0] += 1
    let complaint = Complaint(row)
    let kind =
      switch row.verdict {
      case .drop, .unreadable: "error"
      case .review: "warning"
      case .keep: "notice"
      }
    text.add(
      "::\(kind) file=\(Escaping.gitHubProperty.text(row.path.text)),title=\(Escaping.gitHubProperty.text(complaint.rule))::"
        + "\(Escaping.gitHubMessage.text(row.path.printable + ": " + complaint.message))\n")
    return true
  }
}

struct JUnitFormat: ExportFormat {
  let name = "junit"
  let meaning = "JUnit XML: drop fails, review is skipped"

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .complaints }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.stream(JUnitCases(try export.counts(), run: export.run), to: export.output(standardOutput))
  }
}

struct SARIFFormat: ExportFormat {
  let name = "sarif"
  let meaning = "SARIF 2.1.0, for code-scanning pages"

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .complaints }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.stream(SARIFResults(run: export.run), to: export.output(standardOutput))
  }
}

struct GitHubFormat: ExportFormat {
  let name = "github"
  let meaning = "GitHub Actions annotations"

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .complaints }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.stream(GitHubAnnotations(), to: export.output(standardOutput))
  }
}
