import AuditCore
import Foundation
import Testing

/// Files that get their name when they are whole, and places where none may be written.
struct FileWritingTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("audit-core-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func text(_ name: String) -> String? { try? String(contentsOfFile: folder + "/" + name, encoding: .utf8) }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

  @Test func nothingIsLeftOfAFileThatWasNotFinished() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try StagedFile.write(Array("old".utf8), to: folder + "/a")
    do {
      let file = try StagedFile(path: folder + "/a")
      try Array("half".utf8).withUnsafeBytes { try file.write($0) }
      #expect(try names().count == 2 && text("a") == "old")
    }
    #expect(try names() == ["a"] && text("a") == "old")
    try StagedFile.write(Array("new".utf8), to: folder + "/a")
    #expect(try names() == ["a"] && text("a") == "new")
  }

  @Test func whatHasTheNameOfThePieceIsLeftAlone() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let piece = folder + "/a.partial-\(getpid())"
    try FileManager.default.createSymbolicLink(atPath: piece, withDestinationPath: folder + "/victim")
    try StagedFile.write(Array("new".utf8), to: folder + "/a")
    #expect(try text("a") == "new" && text("victim") == nil && names().count == 2)
  }

  @Test func aLinkKeepsLeadingToTheFileThatIsReplaced() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try StagedFile.write(Array("old".utf8), to: folder + "/file")
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "file")
    try StagedFile.write(Array("new".utf8), to: folder + "/link")
    #expect(text("file") == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == "file")
  }

  @Test func aFolderThatIsNotThereIsNamed() {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let error = #expect(throws: AuditError.self) { try StagedFile(path: folder + "/no/a") }
    #expect(error?.description.contains("'\(folder)/no") == true)
  }

  @Test func outputsInTheDatasetAreRefusedByEveryWayIn() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let dataset = folder + "/faces"
    try FileManager.default.createDirectory(atPath: dataset + "/a", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: folder + "/way", withDestinationPath: "faces/a")
    for place in ["/faces/x", "/faces", "/way/x", "/faces/../faces/x", "/faces/new/x"] {
      #expect(throws: AuditError.self, "\(place)") { try DatasetGuard.refuse(folder + place, in: dataset) }
    }
    for place in ["/x", "/faces2/x", "/faces/../x", "/faces.db"] {
      #expect(throws: Never.self, "\(place)") { try DatasetGuard.refuse(folder + place, in: dataset) }
    }
  }

  /// A database and the logs that SQLite keeps beside it.
  @Test(arguments: [
    Array("SQLite format 3\0".utf8), [0x37, 0x7F, 0x06, 0x82], [0x37, 0x7F, 0x06, 0x83],
    [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7],
  ])
  func nothingIsWrittenOverADatabase(beginning: [UInt8]) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bytes = Data(beginning + Array(repeating: 7, count: 100))
    try bytes.write(to: URL(fileURLWithPath: folder + "/kept"))
    try FileManager.default.createSymbolicLink(atPath: folder + "/link.html", withDestinationPath: "kept")
    for name in ["/kept", "/link.html"] {
      let error = #expect(throws: AuditError.self) { try StagedFile.write([1], to: folder + name) }
      #expect(error?.description.hasPrefix("'\(folder)\(name)' holds a database") == true)
      #expect(throws: AuditError.self) { try DatasetGuard.refuse(folder + name, in: folder + "/faces") }
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/kept")) == bytes)
    #expect(try names() == ["kept", "link.html"])
  }

  @Test func aFileIsReadWholeOrNotAtAll() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try StagedFile.write([1, 2, 3], to: folder + "/a")
    #expect(try InputFile.contents(of: folder + "/a", mostBytes: 3) == [1, 2, 3])
    #expect(try InputFile.contents(of: folder + "/a", mostBytes: 2) == nil)
    #expect(throws: AuditError.self) { try InputFile.contents(of: folder + "/none", mostBytes: 3) }
    #expect(throws: AuditError.self) { try InputFile.open(folder, takesPipes: false) }
    mkfifo(folder + "/pipe", 0o600)
    let error = #expect(throws: AuditError.self) { try InputFile.open(folder + "/pipe", takesPipes: true) }
    #expect(error?.description.contains("nobody writes into") == true)
  }
}
