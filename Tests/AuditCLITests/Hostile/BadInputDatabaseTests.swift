import AuditStore
import Foundation
import Testing

/// Databases that may not, cannot or must not be written.
@Suite struct BadInputDatabaseTests {
  private func dataset(_ scratch: Scratch, count: Int = 30) throws -> String {
    let faces = scratch.path + "/faces"
    try Files.writePictures(count, to: faces)
    return faces
  }

  @Test func aReadOnlyDatasetIsLeftAsItIsAndTheDatabaseGoesElsewhere() throws {
    let scratch = try Scratch()
    let closed = try scratch.folder("closed")
    try Files.writePictures(30, to: closed + "/faces/id1")
    let working = try scratch.folder("working")
    for path in ["", "/faces", "/faces/id1"] { chmod(closed + path, 0o555) }
    defer { for path in ["", "/faces", "/faces/id1"] { chmod(closed + path, 0o755) } }
    let before = try Files.listing(closed)

    let run = try Command.scan(closed + "/faces", in: working)
    #expect(run.status == 0)
    #expect(
      run.err.contains("audit: the folder beside the dataset cannot be written; results go to 'faces.audit.db'"),
      "\(run.err)")
    #expect(try Files.names(working) == ["faces.audit.db"])
    #expect(try Files.listing(closed) == before)

    chmod(working, 0o555)
    defer { chmod(working, 0o755) }
    let state = scratch.path + "/state"
    let third = try Command.scan(closed + "/faces", in: working, environment: ["XDG_STATE_HOME": state])
    #expect(third.status == 0)
    #expect(third.err.contains("results go to '\(state)/audit/faces.audit.db'"), "\(third.err)")
    #expect(try Files.names(state + "/audit") == ["faces.audit.db"])

    let chosen = try Command.scan(closed + "/faces", ["--db", scratch.path + "/chosen.db"], in: working)
    #expect(chosen.status == 0)
    #expect(!chosen.err.contains("results go to"))
    #expect(try Files.names(scratch.path).contains("chosen.db"))
    #expect(try Files.listing(closed) == before)
  }

  @Test func aWritableDatasetIsLeftAsItIsToo() throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch)
    let before = try Files.listing(faces)
    #expect(try Command.scan(faces, in: faces).status == 0)
    #expect(try Files.listing(faces) == before)
    #expect(try Files.names(scratch.path) == ["faces", "faces.audit.db"], "beside the dataset, and nothing else")
  }

  @Test func aDatabaseInsideTheDatasetIsRefused() throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch, count: 2)
    let before = try Files.listing(faces)
    for path in ["faces/a.db", "./faces/../faces/a.db", faces + "/deep/a.db"] {
      let run = try Command.scan("faces", ["--db", path], in: scratch.path)
      #expect(run.status == 2)
      #expect(
        run.err == "audit: the database '\(path)' would lie inside the dataset, and audit never writes there; "
          + "give a place elsewhere\n")
    }
    #expect(try Files.listing(faces) == before)
  }

  @Test func aDatabaseIsRefusedByEveryWayIntoTheDataset() throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch, count: 2)
    try FileManager.default.createSymbolicLink(atPath: scratch.path + "/way", withDestinationPath: "faces")
    try FileManager.default.createSymbolicLink(atPath: scratch.path + "/to.db", withDestinationPath: "faces/a.db")
    let before = try Files.listing(faces)
    for path in ["way/a.db", "to.db"] {
      let run = try Command.scan("faces", ["--db", path], in: scratch.path)
      #expect(run.status == 2, "\(path)")
      #expect(run.err.contains("would lie inside the dataset"), "\(run.err)")
    }
    #expect(try Files.listing(faces) == before)
  }

  @Test(arguments: ["text", "sqlite", "short"]) func aFileThatIsNotOursIsRefusedUntouched(kind: String) throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch, count: 2)
    let other = scratch.path + "/other.db"
    switch kind {
    case "text": try Files.write(Array(String(repeating: "My diary, page one. ", count: 20).utf8), to: other)
    case "short": try Files.write(Array("abc".utf8), to: other)
    default: try Files.write(Foreign.database(), to: other)
    }
    let before = FileManager.default.contents(atPath: other)
    let run = try Command.scan(faces, ["--db", other], in: scratch.path)
    #expect(run.status == 2)
    #expect(run.out == "")
    let refusal =
      "audit: '\(other)' is not a database of audit; nothing was changed; give one that a scan wrote, or another place "
      + "for a new one\n"
    #expect(run.err == refusal)
    #expect(FileManager.default.contents(atPath: other) == before)
    let asked = try Command.audit(["sql", other, "SELECT 1"])
    #expect(asked.status == 2)
    #expect(asked.err == refusal)
    #expect(FileManager.default.contents(atPath: other) == before)
    #expect(try Files.names(scratch.path) == ["faces", "other.db"])
  }

  @Test func aFolderInPlaceOfTheDatabaseIsRefused() throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch, count: 2)
    let other = try scratch.folder("other")
    let run = try Command.scan(faces, ["--db", other])
    #expect(run.status == 2)
    #expect(run.err == "audit: cannot read '\(other)': it is a folder; give the name of a file as --db\n")
  }

  @Test(arguments: [":memory:", "file:a.db", "file:a.db?mode=memory", "a b?c#d%.db"])
  func namesThatSQLiteReadsOtherwiseAreNamesOfFiles(name: String) throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch, count: 2)
    let run = try Command.scan(faces, ["--db", name], in: scratch.path)
    #expect(run.status == 0, "\(run.err)")
    #expect(try Files.names(scratch.path) == [name, "faces"].sorted())
    let asked = try Command.audit(["sql", name, "SELECT count(*) FROM samples", "--no-header"], in: scratch.path)
    #expect(asked.out == "2\n", "\(asked.err)")
  }

  @Test func aDatabaseInAFolderThatIsNotThereIsRefused() throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch, count: 2)
    let run = try Command.scan(faces, ["--db", scratch.path + "/no/such/a.db"])
    #expect(run.status == 2)
    #expect(run.err.hasPrefix("audit: no folder '\(scratch.path)/no/such' to write "), "\(run.err)")
    #expect(run.err.contains("make it first"))
  }

  @Test func aDatabaseFromANewerVersionIsRefusedUntouched() throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch)
    #expect(try Command.scan(faces).status == 0)
    let database = scratch.path + "/faces.audit.db"
    try Foreign.patch(database, at: 60, [0, 0, 0, 99])
    let before = FileManager.default.contents(atPath: database)
    let words = "audit: '\(database)' was written by a newer audit (schema 99; this one knows "
    let run = try Command.scan(faces)
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(run.err.hasPrefix(words) && run.err.hasSuffix("); update audit, or take another database\n"), "\(run.err)")
    let asked = try Command.audit(["sql", database, "SELECT 1"])
    #expect(asked.status == 2)
    #expect(asked.err.hasPrefix(words), "\(asked.err)")
    #expect(FileManager.default.contents(atPath: database) == before)
    #expect(try Files.names(scratch.path) == ["faces", "faces.audit.db"])
  }

  @Test func whileOneScanWritesAnotherIsRefusedAndReadersAreNot() throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch, count: 1500)
    let slow = try RunningScan(faces, slow: true, in: scratch.path)
    defer { slow.kill() }
    try slow.hold(atRows: 500, before: 1500)
    let second = try Command.scan(faces)
    #expect(second.status == 2)
    #expect(second.out == "")
    let expected = "audit: another audit (pid \(slow.process), since "
    #expect(second.err.hasPrefix(expected), "\(second.err)")
    #expect(
      second.err.hasSuffix(") is writing '\(slow.database)'; wait for it, or take another database\n"), "\(second.err)")
    let reader = try Command.audit(["sql", slow.database, "SELECT count(*) >= 500 FROM sample", "--no-header"])
    #expect(reader.status == 0)
    #expect(reader.out == "1\n")
  }

  @Test func aReaderInTheMiddleOfAQuestionDoesNotSpoilTheScan() throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch)
    #expect(try Command.scan(faces).status == 0)
    let database = scratch.path + "/faces.audit.db"
    let reader = try Store(reading: database)
    try Files.write(Picture.ppm(900), to: faces + "/new.ppm")
    var run: Command?
    try reader.forEachRow("SELECT path FROM samples") { _ in
      if run == nil { run = try Command.scan(faces) }
    }
    #expect(run?.status == 0, "\(run?.err ?? "")")
    #expect(try Store.value("SELECT count(*) FROM samples", in: database) == "31")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/prlimit"), "no prlimit here"))
  func aFullDiskIsToldAndTheSameCommandGoesOn() throws {
    let scratch = try Scratch()
    _ = try dataset(scratch, count: 2200)
    // No file may grow past this. In the log the rows of a thousand images fit where the model was, those of all do not.
    let limited = try Command.run(
      "/usr/bin/prlimit",
      ["--fsize=1200000", Command.binary, "scan", "--no-quality", "faces", "--size", "64", "--sample", "30", "-q"],
      in: scratch.path)
    #expect(limited.status == 2)
    let database = scratch.path + "/faces.audit.db"
    let safe = try #require(Int(try Store.value("SELECT count(*) FROM sample", in: database)))
    #expect(
      limited.err == "audit: disk full while writing 'faces.audit.db': \(safe.described) images are safe; "
        + "free space and run the same command\n", "\(limited.err)")
    // A transaction holds 250 rows or, where they are slow, those of a second.
    #expect(safe > 0 && safe < 2200, "whole batches are kept: \(safe)")
    let freed = try Command.audit(["scan", "faces", "--size", "64", "--sample", "30"], in: scratch.path)
    #expect(freed.status == 0, "\(freed.err)")
    #expect(
      freed.err.contains("continuing run \"first\": \(safe.described) done, \((2200 - safe).described) left"),
      "\(freed.err)")
    #expect(try Store.value("SELECT count(*) FROM samples WHERE mse IS NOT NULL", in: database) == "2200")
    #expect(try Store.value("PRAGMA integrity_check", in: database) == "ok")
  }

  @Test func closedStreamsDoNotEndUpInTheDatabase() throws {
    let scratch = try Scratch()
    _ = try dataset(scratch)
    let run = try Command.shell("exec \"$audit\" scan faces --size 64 --metrics mse <&- >&- 2>&-", in: scratch.path)
    #expect(run.status == 0)
    let database = scratch.path + "/faces.audit.db"
    #expect(try Store.value("PRAGMA integrity_check", in: database) == "ok")
    #expect(try Store.value("SELECT count(*) FROM samples WHERE mse IS NOT NULL", in: database) == "30")
  }

  @Test(.enabled(if: Command.nobodyIsMissing == nil, "\(Command.nobodyIsMissing ?? "")"))
  func aDatabaseInAFolderOfSomebodyElseCanBeRead() throws {
    let scratch = try Scratch()
    let faces = try dataset(scratch)
    chmod(scratch.path, 0o755)
    let database = scratch.path + "/a b?c#d%.db"
    #expect(try Command.scan(faces, ["--db", database]).status == 0)
    let run = try Command.asNobody(["sql", database, "SELECT count(*) FROM samples", "--no-header"], in: "/")
    #expect(run.err == "")
    #expect(run.out == "30\n")
    #expect(try Files.names(scratch.path) == ["a b?c#d%.db", "faces"])
    let refused = try Command.asNobody(["scan", faces, "--db", database], in: "/")
    #expect(refused.status == 2)
    #expect(refused.err.contains("'\(database)'") && refused.err.contains("take another database"), "\(refused.err)")
  }
}

/// Databases of other programs and other versions, by the fields of SQLite's file header.
private enum Foreign {
  static func patch(_ file: String, at offset: Int, _ bytes: [UInt8]) throws {
    var content = [UInt8](try #require(FileManager.default.contents(atPath: file)))
    content.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    try Files.write(content, to: file)
  }

  /// A sound SQLite database with tables, but without our application_id (offset 68).
  static func database() throws -> [UInt8] {
    let scratch = try Scratch()
    try Files.writePictures(1, to: scratch.path + "/faces")
    #expect(try Command.scan(scratch.path + "/faces").status == 0)
    try patch(scratch.path + "/faces.audit.db", at: 68, [0, 0, 0, 0])
    return [UInt8](try #require(FileManager.default.contents(atPath: scratch.path + "/faces.audit.db")))
  }
}

extension Int {
  /// 11842 as 11,842, spelled here so that the tests do not lean on the program.
  var described: String { self < 1000 ? "\(self)" : "\(self / 1000)," + String("\(1000 + self % 1000)".dropFirst()) }
}
