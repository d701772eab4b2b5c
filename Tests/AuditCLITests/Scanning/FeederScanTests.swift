import AuditDemo
import AuditStore
import Foundation
import Testing

/// Pictures that a program hands out.
struct FeederScanTests {
  private static let script = Checkout.root.appendingPathComponent("Sources/SparkDriver/audit_parquet.py").path

  private let scratch: Scratch
  private var path: String { scratch.path }

  init() throws {
    scratch = try Scratch()
    let drawn = try Command.audit(["demo", "faces", "--count", "60", "-q"], in: scratch.path)
    try #require(drawn.status == 0, "\(drawn.err)")
    try Files.write(Array(FolderFeeder.script.utf8), to: scratch.path + "/feed.py")
  }

  private func digest(_ arguments: String...) throws -> String {
    let run = try Command.audit(["scan"] + arguments, in: path)
    return try #require(
      run.out.firstMatch(of: /digest ([0-9a-f]{16})/).map { String($0.1) }, "\(run.status) \(run.err)")
  }

  @Test func whatIsFedGivesTheDigestOfTheFolderAndCanBeLookedAt() throws {
    let feeder = "python3 feed.py faces 0"
    let folder = try digest("faces", "--db", "folder.db")
    #expect(try digest("--feeder", feeder) == folder)
    #expect(try digest("--feeder", feeder, "--db", "one.db", "--jobs", "0") == folder)
    #expect(try digest("--feeder", feeder, "--db", "three.db", "--jobs", "3") == folder)
    let again = try Command.audit(["scan", "--feeder", feeder], in: path)
    #expect(again.err.contains(" 0 left") && again.out.contains(folder), "\(again.err)")
    let database = "faces.fed.audit.db"
    func page(_ arguments: String...) throws -> String {
      let run = try Command.audit(["report", database, "-o", "r.html"] + arguments, in: path)
      try #require(run.status == 0, "\(run.err)")
      return try Taught.file(path + "/r.html")
    }
    #expect(try page("--feeder", feeder).contains("data:image/jpeg;base64,"))
    let bare = try page()
    #expect(!bare.contains("data:image/jpeg;base64,") && bare.contains("--feeder names: \(feeder)"))
    let worst = try Command.sqlite(
      path + "/" + database, "SELECT path FROM samples WHERE status = 'ok' ORDER BY skew DESC LIMIT 1")
    let name = worst.trimmingCharacters(in: .newlines)
    let explain = try Command.audit(
      ["explain", database, name, "--save", "x.png", "--feeder", feeder], in: path)
    #expect(explain.status == 0 && FileManager.default.fileExists(atPath: path + "/x.png"), "\(explain.err)")
  }

  @Test func aFeederThatEndsIsStartedAgainAndThenItsPicturesAreRowsThatSaySo() throws {
    let whole = try digest("faces", "--db", "folder.db")
    // Once in 40 pictures: each end costs the one that was asked for then, or none where it is asked for again.
    let scan = try Command.audit(["scan", "--feeder", "python3 feed.py faces 40"], in: path)
    #expect(scan.status == 0 || scan.status == 3, "\(scan.err)")
    let issues = try Command.audit(
      [
        "sql", "faces.fed.audit.db", "SELECT count(*), min(error_detail) FROM samples WHERE error_code = 'open'",
        "--csv",
      ],
      in: path)
    #expect(issues.out.contains("the feeder ended early (exit status 3)"), "\(issues.out)\(issues.err)")
    #expect(try digest("--feeder", "python3 feed.py faces 0", "--fresh") == whole)
  }

  @Test func aPlanOfPicturesThatAreFedGivesTheDatabaseOfOneScan() throws {
    let feeder = "python3 feed.py faces 0"
    let whole = try digest("faces", "--db", "folder.db")
    let planned = try Command.audit(["plan", "--feeder", feeder, "--no-quality", "-o", "p.db"], in: path)
    #expect(planned.status == 0 && planned.err.contains("audit fit --plan p.db --feeder '\(feeder)'"), "\(planned.err)")
    for step in [["fit", "--plan", "p.db"], ["score", "--plan", "p.db", "--shard", "1/2"]] {
      let bare = try Command.audit(step, in: path)
      #expect(bare.status == 2 && bare.err.contains("name it: --feeder '\(feeder)'"), "\(step) \(bare.err)")
      let other = try Command.audit(step + ["--feeder", "python3 feed.py . 0"], in: path)
      #expect(other.status == 2 && other.err.contains("pictures are known by"), "\(step) \(other.err)")
      let fed = try Command.audit(step + ["--feeder", feeder], in: path)
      #expect(fed.status == 0 && fed.err.contains("--feeder"), "\(step) \(fed.err)")
    }
    let second = try Command.audit(["score", "--plan", "p.db", "--shard", "2/2", "--feeder", feeder], in: path)
    #expect(second.status == 0, "\(second.err)")
    // The root that the feeder names is no folder here.
    let merged = try Command.audit(["merge", "--plan", "p.db", "--feeder", feeder], in: path)
    #expect(merged.status == 0 && merged.out.contains("digest \(whole)"), "\(merged.out)\(merged.err)")
  }

  /// glibc loads libgcc_s.so.1 for a main thread that leaves, and need not find it. What is left of one waits in sigsuspend.
  @Test func theMainThreadStaysWhileACommandRuns() throws {
    _ = try Command.audit(["scan", "--feeder", "sleep 0.5; cat /proc/$PPID/wchan > place; exit 3"], in: path)
    let place = try Taught.file(path + "/place")
    #expect(!place.isEmpty && !place.contains("sigsuspend"), "\(place)")
  }

  @Test func whatAFeederLostIsScoredByTheNextScan() throws {
    _ = try Command.audit(["scan", "--feeder", "python3 feed.py faces 25", "--no-quality"], in: path)
    let question = "SELECT count(*) FROM sample WHERE error_code = 'open'"
    try #require(try Command.sqlite(path + "/faces.fed.audit.db", question) != "0\n")
    let again = try Command.audit(["scan", "--feeder", "python3 feed.py faces 0", "--no-quality"], in: path)
    #expect(again.status == 0 && again.err.contains("continuing run"), "\(again.err)")
    #expect(try Command.sqlite(path + "/faces.fed.audit.db", question) == "0\n")
  }

  @Test func aPlanOfFedPicturesIsScoredInPartsAndLookedAt() throws {
    let feeder = "python3 feed.py faces 0"
    let whole = try digest("--feeder", feeder, "--no-quality", "--db", "one.db")
    func audit(_ arguments: String...) throws -> Command {
      let run = try Command.audit(arguments, in: path)
      try #require(run.status == 0, "\(arguments) \(run.err)")
      return run
    }
    _ = try audit("plan", "--feeder", feeder, "-o", "p.db", "--no-quality")
    let refused = try Command.audit(["fit", "--plan", "p.db"], in: path)
    #expect(refused.status == 2 && refused.err.contains("--feeder 'python3 feed.py faces 0'"), "\(refused.err)")
    _ = try audit("fit", "--plan", "p.db", "--feeder", feeder)
    _ = try audit("score", "--plan", "p.db", "--shard", "1/2", "--feeder", feeder)
    let worker = try Command.run(
      "/bin/sh",
      [
        "-c",
        "(cd faces && find . -name '*.*' -type f ! -name '.*' | cut -c3-) | '\(Command.binary)' worker --stdio --in paths "
          + "--plan p.db --feeder '\(feeder)' > part.ndjson",
      ], in: path)
    try #require(worker.status == 0, "\(worker.err)")
    let merged = try audit(
      "merge", "--plan", "p.db", "p.shard-1-of-2.db", "part.ndjson", "--db", "whole.db", "--feeder", feeder)
    #expect(merged.out.contains(whole), "\(merged.out)")
    _ = try audit("export", "one.db", "--format", "dfl", "--keep", "-o", "copies", "--feeder", feeder)
    let copied = try Files.names(path + "/copies")
    #expect(!copied.isEmpty)
    _ = try audit("probe", "one.db", "--epochs", "2", "--feeder", feeder, "-q")
    _ = try audit("fit", "--feeder", feeder, "-o", "model.audit")
  }

  @Test func aCommandThatADatabaseNamesIsNotRun() throws {
    _ = try digest("--feeder", "python3 feed.py faces 0")
    try Command.sqlite(
      path + "/faces.fed.audit.db", "UPDATE run SET settings = replace(settings, 'python3 feed.py', 'touch pwned;')")
    for command in ["report", "show"] {
      let run = try Command.audit([command, "faces.fed.audit.db"], in: path)
      #expect(run.status == 0, "\(run.err)")
    }
    _ = try Command.audit(["explain", "faces.fed.audit.db", "id1/clip1_00000.png"], in: path)
    #expect(!FileManager.default.fileExists(atPath: path + "/pwned"))
  }

  @Test func whatCannotGoOnIsSaid() throws {
    for (arguments, words) in [
      (["--feeder", "exit 3"], "ended early (exit status 3)"),
      (["--feeder", "echo no frames at all"], "speaks no frames"),
      (["--feeder", ""], "--feeder takes a command"),
      (["faces", "--feeder", "true"], "says itself which pictures"),
    ] {
      let run = try Command.audit(["scan"] + arguments, in: path)
      #expect(run.status == 2 && run.err.contains(words), "\(arguments) \(run.status) \(run.err)")
    }
  }

  @Test func parquetGivesTheDigestOfTheFolder() throws {
    let script = """
      import os, sys, pyarrow, pyarrow.parquet
      root, out = sys.argv[1:]
      names = sorted(os.path.relpath(os.path.join(f, n), root) for f, _, ns in os.walk(root) for n in ns if n[0] != ".")
      os.makedirs(out)
      for part in (0, 1):
        rows = [{"bytes": open(os.path.join(root, n), "rb").read(), "path": n} for n in names[part::2]]
        kind = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
        table = pyarrow.table({"image": pyarrow.array(rows, kind), "label": pyarrow.array([part] * len(rows))})
        pyarrow.parquet.write_table(table, "%s/train-%05d.parquet" % (out, part), row_group_size=7)
      """
    guard
      let made = try Command.python(script, needs: ["pyarrow"], arguments: [path + "/faces", path + "/data"])
    else { return }
    try #require(made.status == 0, "\(made.err)")
    let folder = try digest("faces", "--db", "folder.db")
    let feeder = "python3 '\(FeederScanTests.script)' data/*.parquet"
    #expect(try digest("--feeder", feeder) == folder)
    let named = try Command.audit(["scan", "--feeder", feeder + " --identity label", "--db", "people.db"], in: path)
    #expect(named.status == 0, "\(named.err)")
    #expect(
      try Command.sqlite(path + "/people.db", "SELECT DISTINCT identity FROM samples ORDER BY 1") == "0\n1\n")
  }

  @Test func parquetOfTheRowsIsReadBack() throws {
    _ = try digest("faces", "--db", "faces.db")
    let script = """
      import sys, duckdb, pandas
      count, mse = duckdb.sql("SELECT count(*), sum(mse) FROM '%s'" % sys.argv[1]).fetchall()[0]
      frame = pandas.read_parquet(sys.argv[1])
      assert len(frame) == count and abs(frame["mse"].sum() - mse) < 1e-9, (len(frame), count)
      assert str(frame["mse"].dtype) == "float64" and str(frame["bytes"].dtype) == "int64", frame.dtypes
      print(count, "%.9f" % mse)
      """
    let probe = try Command.run("/usr/bin/env", ["python3", "-c", "import pyarrow, duckdb, pandas"])
    guard probe.status == 0 else { return print("skipped: pyarrow, duckdb or pandas is not installed here") }
    let export = try Command.audit(["export", "faces.db", "--format", "parquet", "-o", "rows.parquet"], in: path)
    #expect(export.status == 0, "\(export.err)")
    let read = try #require(
      try Command.python(script, needs: ["duckdb", "pandas", "pyarrow"], arguments: [path + "/rows.parquet"]))
    let told = try Command.sqlite(
      path + "/faces.db", "SELECT count(*) || ' ' || printf('%.9f', sum(mse)) FROM samples")
    #expect(read.out == told, "\(read.err)")
    let bare = try Command.audit(["export", "faces.db", "--format", "parquet"], in: path)
    #expect(bare.status == 2 && bare.err.contains("-o NAME.parquet"), "\(bare.err)")
  }
}
