package import AuditCore
package import AuditDataset
package import AuditStore
import Foundation

/// A file that a report is written to; its ending says in which form.
package struct ReportFile: Sendable {
  package enum Form: String, CaseIterable, Sendable {
    case html, md, json, csv
  }

  package let path: String
  package let form: Form

  /// - Throws: `AuditError` where the ending names no form.
  package init(path: String) throws(AuditError) {
    let ending = path.split(separator: "/").last?.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
      .last?.lowercased()
    guard let form = ending.flatMap({ $0 == "htm" ? .html : Form(rawValue: $0) }) else {
      let known = Form.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
      throw .wrongFile(path: path, finding: "names no form of report", remedy: "end it in \(known)")
    }
    self.path = path
    self.form = form
  }

  /// Beside the database, named after it.
  package static func usual(for database: String) throws(AuditError) -> ReportFile {
    try ReportFile(path: (database.hasSuffix(".db") ? String(database.dropLast(3)) : database) + ".html")
  }
}

/// Writes reports of a run; each file appears whole or not at all.
package struct ReportWriter {
  private let store: Store
  private let model: ReportModel
  private let dataset: String?
  private let decoding: DecodingChoice?

  /// - Parameters:
  ///   - dataset: where a person says that the dataset lies; nil looks for it.
  ///   - decoding: where its files are decoded; nil in this process.
  package init(_ store: Store, run: String?, dataset: String? = nil, decoding: DecodingChoice? = nil) throws {
    self.store = store
    self.decoding = decoding
    self.dataset = dataset
    model = try ReportModel(from: store, run: run)
  }

  /// - Returns: what a person should know, a sentence each.
  /// - Throws: `AuditError` where a file would lie in the dataset or cannot be written; then none was written.
  @discardableResult
  package func write(_ files: [ReportFile]) throws -> [String] {
    let place = try DatasetPlace(store, run: model.runID, given: dataset)
    for file in files {
      for folder in Set([model.summary.dataset, place.path]) { try DatasetGuard.refuse(file: file.path, in: folder) }
    }
    var notes: [String] = []
    for file in files {
      switch file.form {
      case .html:
        let pictures = try ReportPictures(model, store: store, dataset: dataset, decoding: decoding)
        try replace(file, with: HTMLReport(model, pictures: pictures).page())
        if let absence = pictures.absence {
          notes.append("'\(file.path)' has no pictures: \(absence); say where they lie with --dataset FOLDER")
        }
      case .md: try replace(file, with: MarkdownReport(model).text)
      case .json: try replace(file, with: model.json(pretty: true) + "\n")
      case .csv: try writeRows(to: file)
      }
    }
    return notes
  }

  private func replace(_ file: ReportFile, with text: String) throws {
    try StagedFile.write(Array(text.utf8), to: file.path)
  }

  /// View `samples` of the run, row by row.
  private func writeRows(to file: ReportFile) throws {
    let staged = try StagedFile(path: file.path)
    var failure: (any Error)?
    var buffer: [UInt8] = []
    func flush() {
      guard failure == nil else { return }
      do { try buffer.withUnsafeBytes { try staged.write($0) } } catch { failure = error }
      buffer.removeAll(keepingCapacity: true)
    }
    var printer = RowPrinter(format: .csv) { text in
      buffer += Array(text.utf8)
      if buffer.count > 1 << 18 { flush() }
    }
    try store.forEachFact(of: model.runID, onColumns: { printer.begin($0) }) { row in
      printer.row(row)
      if let failure { throw failure }
    }
    printer.end()
    flush()
    if let failure { throw failure }
    try staged.finish()
  }
}
