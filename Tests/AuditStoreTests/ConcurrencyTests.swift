import AuditCore
import Foundation
import GRDB
import Synchronization
import Testing

@testable import AuditStore

/// One writer, many readers.
@Suite struct ConcurrencyTests {
  @Test func aSecondWriterIsRefused() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    _ = try store.openRun(store.request())
    let error = #expect(throws: AuditError.self) { try Store.scanning(scratch.database) }
    guard case .databaseLocked(let path, let holder) = error else {
      #expect(Bool(false), "\(String(describing: error))")
      return
    }
    #expect(path == scratch.database)
    #expect(holder.hasPrefix("pid \(ProcessInfo.processInfo.processIdentifier), since "), "\(holder)")
    withExtendedLifetime(store) {}
  }

  @Test func theDatabaseIsFreeAgainWhenTheWriterIsGone() throws {
    let scratch = try Scratch()
    do { _ = try Store.scanning(scratch.database) }
    #expect(throws: Never.self) { try Store.scanning(scratch.database) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["a.db"], "and leaves one file")
  }

  @Test func aWriterIsSeenByEveryWayToTheFile() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let way = scratch.path + "/way"
    try FileManager.default.createSymbolicLink(atPath: way, withDestinationPath: ".")
    try FileManager.default.createSymbolicLink(atPath: scratch.path + "/b.db", withDestinationPath: "a.db")
    for path in [way + "/a.db", scratch.path + "/b.db", scratch.path + "/./a.db"] {
      #expect(throws: AuditError.self, "\(path)") { try Store.scanning(path) }
    }
    withExtendedLifetime(store) {}
  }

  /// POSIX locks belong to a process and a file: closing any descriptor of the file drops them all.
  @Test func nothingThatThisProcessDoesDropsTheLocksOfItsWriter() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    func locks() throws -> [String] {
      var info = stat()
      try #require(stat(scratch.database, &info) == 0)
      let bytes = try #require(try InputFile.contents(of: "/proc/locks", mostBytes: 1 << 24))
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        .filter { $0.contains("POSIX") && $0.contains(" \(getpid()) ") && $0.contains(":\(info.st_ino) ") }
        .map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
    }
    let held = try locks()
    try #require(!held.isEmpty, "SQLite holds a lock on a database in WAL mode as long as it is open")
    do { _ = try Store(reading: scratch.database).rows("SELECT 1") }
    #expect(throws: AuditError.self) { try Store.scanning(scratch.database) }
    #expect(throws: AuditError.self) { try Store(deciding: scratch.database) }
    let after = try locks()
    #expect(Set(held).isSubset(of: after), "had \(held), has \(after)")
    try store.append([row("a", mse: 1)], columns: ["mse"], to: run)
  }

  /// Whoever has the lock takes the file away: the next one must not lock a file that has no name any more.
  @Test func oneAtATimeHoldsTheLockHoweverOftenItIsTakenAway() async throws {
    let scratch = try Scratch()
    let path = scratch.database
    let count = Count()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<400 {
            guard let lock = try? WriterLock(database: path) else { continue }
            #expect(count.holders.add(1, ordering: .relaxed).newValue == 1)
            count.taken.add(1, ordering: .relaxed)
            count.holders.subtract(1, ordering: .relaxed)
            withExtendedLifetime(lock) {}
          }
        }
      }
    }
    #expect(count.taken.load(ordering: .relaxed) > 400, "and it is had")
    #expect(!FileManager.default.fileExists(atPath: path + "-lock"))
  }

  private final class Count: Sendable {
    let holders = Atomic<Int>(0)
    let taken = Atomic<Int>(0)
  }

  @Test func aLockThatCannotBeMadeIsSaidWithTheReason() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.database + "-lock", withIntermediateDirectories: true)
    let folder = #expect(throws: AuditError.self) { try Store.scanning(scratch.database) }
    #expect(folder?.description.contains("the lock beside it cannot be made: Is a directory") == true)
    rmdir(scratch.database + "-lock")
    symlink("elsewhere", scratch.database + "-lock")
    let link = #expect(throws: AuditError.self) { try Store.scanning(scratch.database) }
    #expect(link?.description.contains("the lock beside it cannot be made: ") == true)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/elsewhere"), "no link is followed")
  }

  @Test(arguments: ["pipe", "device"]) func whatIsNoRegularFileIsRefusedAtOnce(kind: String) throws {
    let scratch = try Scratch()
    let path = kind == "pipe" ? scratch.database : "/dev/null"
    if kind == "pipe" { try #require(mkfifo(path, 0o644) == 0) }
    let expected = AuditError.unreadable(
      path: path, cause: "it is not a regular file; give the name of a file as --db")
    #expect(throws: expected) { try Store.scanning(path) }
    #expect(throws: expected) { try Store(reading: path) }
  }

  @Test func networkFileSystemsAreKnownByTheirKind() {
    let mounts = """
      22 27 0:20 / /sys rw,nosuid - sysfs sysfs rw
      27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      90 27 0:51 / /data/my\\040set rw,relatime shared:50 - nfs4 server:/export rw,vers=4.2
      91 27 0:52 / /home/x - y rw,relatime - fuse.sshfs x@y:/ rw
      """
    func kind(_ major: UInt64, _ minor: UInt64) -> String? {
      NetworkFileSystem.kind(major: major, minor: minor, mounts: mounts)
    }
    #expect(kind(0, 51) == "nfs4" && kind(0, 52) == "fuse.sshfs")
    #expect(kind(8, 1) == nil && kind(0, 20) == nil && kind(9, 9) == nil)
    #expect(NetworkFileSystem.kind(major: 0, minor: 1, mounts: "- - 0:1 -\n\n- 0:1") == nil)
    #expect(NetworkFileSystem.kind(at: "/proc") == nil && NetworkFileSystem.kind(at: "/no such file") == nil)
  }

  @Test func readersSeeWholeBatchesWhileAWriterWrites() async throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request(planned: 1000))
    let path = scratch.database
    let counts = try await withThrowingTaskGroup(of: [Int].self) { group in
      for _ in 0..<3 {
        group.addTask {
          var seen: [Int] = []
          while seen.last != 1000 {
            let reader = try Store(reading: path)
            let answer = try reader.rows("SELECT (SELECT count(*) FROM sample), (SELECT count(*) FROM score)").first
            let (samples, scores) = (answer?.values[0].integer ?? -1, answer?.values[1].integer ?? -2)
            #expect(samples == scores, "a sample and its scores come together")
            seen.append(samples)
            try Task.checkCancellation()
            await Task.yield()
          }
          return seen
        }
      }
      for batch in 0..<10 {
        try store.append((0..<100).map { row("\(batch)-\($0)", mse: 1) }, columns: ["mse"], to: run)
        await Task.yield()
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(counts.allSatisfy { $0 % 100 == 0 }, "\(Set(counts).sorted())")
  }

  /// While it is written to and looked at.
  @Test func aDatabaseWhoseLogIsFoldedInHoldsItsRowsWithoutIt() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    let reader = try Store(reading: scratch.database)
    try store.append([row("a", mse: 1), row("b", mse: 2)], columns: ["mse"], to: run)
    func rowsWithoutLog() throws -> Int {
      let copy = scratch.path + "/\(UUID().uuidString).db"
      try FileManager.default.copyItem(atPath: scratch.database, toPath: copy)
      return (try? Store(reading: copy).sampleCount()) ?? 0
    }
    #expect(try rowsWithoutLog() == 0)
    try store.fold()
    #expect(try rowsWithoutLog() == 2 && reader.sampleCount() == 2)
  }

  @Test func aReaderInTheMiddleOfItsAnswerDoesNotHoldTheEndOfARunUp() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    try store.append((0..<3).map { row("\($0)", mse: 1) }, columns: ["mse"], to: run)
    let reader = try Store(reading: scratch.database)
    var seen = 0
    try reader.forEachRow("SELECT path FROM sample") { _ in
      seen += 1
      if seen > 1 { return }
      try store.append((3..<6).map { row("\($0)", mse: 1) }, columns: ["mse"], to: run)
      try store.finish(run, digest: "d")
    }
    #expect(seen == 3, "the answer is of one moment")
    #expect(try reader.column("SELECT count(*) FROM sample") == ["6"])
    #expect(try store.column("SELECT status FROM run") == ["complete"])
  }

  @Test func theLastReaderLeavesOneFile() throws {
    let scratch = try Scratch()
    do {
      let store = try Store.scanning(scratch.database)
      let run = try store.openRun(store.request())
      try store.append([row("a", mse: 1)], columns: ["mse"], to: run)
      try store.finish(run, digest: "d")
    }
    do {
      let reader = try Store(reading: scratch.database)
      #expect(try reader.column("SELECT count(*) FROM sample") == ["1"])
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["a.db"])
  }

  @Test func aQuestionCannotChangeAnything() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    for sql in [
      "DELETE FROM run", "BEGIN", "VACUUM INTO '\(scratch.path)/b.db'", "ATTACH ':memory:' AS m", "SELECT 1; SELECT 2",
    ] {
      #expect(throws: AuditError.self, "\(sql)") { try store.rows(sql) }
    }
    #expect(try store.rows("SELECT ? + ?", .integer(2), .real(0.5)).first?.values == [.real(2.5)])
    #expect(throws: AuditError.self) { try store.rows("SELECT ?") }
  }
}
