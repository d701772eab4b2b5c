import Foundation
import Testing

/// `audit report` as a user runs it.
struct ReportTests {
  /// The database has the columns of both runs.
  @Test func onlyMetricsOfTheRunAreListed() throws {
    let (scratch, faces) = try Scratch.withFaces(40)
    #expect(try Command.audit(["scan", faces, "--size", "64", "--no-quality", "-q"]).status == 0)
    let few = ["scan", faces, "--size", "64", "--no-quality", "-q", "--name", "few", "--metrics", "mse,mae"]
    #expect(try Command.audit(few).status == 0)
    for (run, isThere) in [("first", true), ("few", false)] {
      let page = scratch.path + "/\(run).html"
      #expect(try Command.audit(["report", faces + ".audit.db", "--run", run, "-q", "-o", page]).status == 0)
      let method =
        try String(contentsOfFile: page, encoding: .utf8)
        .firstMatch(of: /(?s)<section id="method".*?<\/section>/)?.0 ?? ""
      #expect(method.contains("mse@") && method.contains(" ssim@") == isThere, "\(run)")
    }
  }

  @Test func severalFormsAreWrittenAtOnceAndNamed() async throws {
    let set = try await ReportedSet.shared()
    let scratch = try Scratch()
    let names = ["r.html", "r.md", "r.json", "r.csv"]
    let run = try Command.audit(
      ["report", set.database] + names.flatMap { ["-o", scratch.path + "/" + $0] })
    #expect(run.status == 0 && run.err == "")
    #expect(run.out == names.map { scratch.path + "/" + $0 + "\n" }.joined())
    let html = try text(scratch.path + "/r.html")
    #expect(html.hasPrefix("<!doctype html>") && html.contains("data:image/jpeg;base64,"))
    #expect(try text(scratch.path + "/r.md").hasPrefix("# Audit of faces\n"))
    #expect(try JSONSerialization.jsonObject(with: Data(try text(scratch.path + "/r.json").utf8)) is [String: Any])
    let rows = try text(scratch.path + "/r.csv").components(separatedBy: "\r\n")
    #expect(rows[0].hasPrefix("id,run_id,path,folder,identity,") && rows.count == 1 + ReportedSet.files + 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter { $0.hasSuffix(".partial") } == [])
  }

  @Test func withoutAFileThePageLiesBesideTheDatabase() async throws {
    let set = try await ReportedSet.shared()
    let run = try Command.audit(["report", set.database, "--quiet"])
    #expect(run.status == 0 && run.out == "" && run.err == "")
    #expect(FileManager.default.fileExists(atPath: String(set.database.dropLast(3)) + ".html"))
  }

  @Test func anEndingThatNamesNoFormIsRefused() async throws {
    let set = try await ReportedSet.shared()
    let run = try Command.audit(["report", set.database, "-o", "report.pdf"])
    #expect(run.status == 2 && run.out == "")
    #expect(run.err == "audit: 'report.pdf' names no form of report; end it in .html, .md, .json, .csv\n")
  }

  @Test func aMissingDatabaseAndAMissingFolderAreNamed() async throws {
    let none = try Command.audit(["report", "nothing.db"])
    #expect(none.status == 2 && none.err.contains("no database at 'nothing.db'"))
    let set = try await ReportedSet.shared()
    let folder = try Command.audit(["report", set.database, "-o", "no/such/r.html"])
    #expect(folder.status == 2 && folder.err.contains("no folder 'no/such'"))
  }

  @Test func theDatasetIsNeverWrittenTo() async throws {
    let set = try await ReportedSet.shared()
    let run = try Command.audit(["report", set.database, "-o", set.folder + "/r.html"])
    #expect(run.status == 2 && run.err.contains("audit never writes there"))
    #expect(!FileManager.default.fileExists(atPath: set.folder + "/r.html"))
  }

  @Test func anUnknownRunIsNamed() async throws {
    let set = try await ReportedSet.shared()
    let run = try Command.audit(["report", set.database, "--run", "nope"])
    #expect(run.status == 2 && run.err.hasPrefix("audit: no run \"nope\" in '\(set.database)'; there are first"))
  }

  /// Faces against faces of another seed: only residuals are known, and the page says so.
  @Test func aRunAgainstFilesShowsBothPictures() async throws {
    let set = try await ReportedSet.shared()
    let scratch = try Scratch()
    #expect(
      try Command.audit(["demo", "others", "--count", "120", "--seed", "8", "--quiet"], in: scratch.path).status == 0)
    let database = scratch.path + "/pairs.db"
    let scan = try Command.audit(
      ["scan", set.folder, "--reference", scratch.path + "/others", "--db", database, "--quiet"])
    #expect(scan.status == 0, "\(scan.err)")
    let page = scratch.path + "/pairs.html"
    #expect(try Command.audit(["report", database, "-o", page]).status == 0)
    let html = try text(page)
    #expect(html.contains("Nearest to their reference") && html.contains("This was not estimated"))
    #expect(!html.contains("id=\"map-chart\"") && !html.contains("nothing else in the set resembles"))
    let tile = try #require(html.firstMatch(of: /(?s)<figure class="tile.*?<\/figure>/)?.0)
    #expect(tile.matches(of: /data:image\/jpeg/).count == 3)
    let path = try Command.audit([
      "sql", database, "SELECT path FROM samples WHERE skew NOTNULL LIMIT 1", "--no-header",
    ])
    let explained = try Command.audit(["explain", database, path.out.trimmingCharacters(in: .newlines)])
    #expect(explained.status == 0 && explained.out.contains("residual    ") && explained.out.contains("compared with"))
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}

/// A small demo set, drawn and scanned once for the tests of report and explain.
struct ReportedSet: Sendable {
  let folder: String
  let database: String

  /// Faces, the copy, and the file that is no picture, as `audit demo` makes them of 120.
  static let files = 123

  private static let made = Task {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("audit-cli-report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    let run = try Command.audit(["demo", "faces", "--count", "120", "--quiet"], in: root.path)
    try #require(run.status == 0, "\(run.err)")
    return ReportedSet(folder: root.path + "/faces", database: root.path + "/faces.audit.db")
  }

  static func shared() async throws -> ReportedSet { try await made.value }
}
