import AuditCore
import Foundation
import GRDB
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
