import AuditCore
import Foundation
import Testing

struct FilePathTests {
  @Test(arguments: [
    ("e", ".", "e"), ("e/f.db", "e", "f.db"), ("/e", "/", "e"), ("/", "/", ""), ("", ".", ""), ("a/b/", "a", "b"),
    ("/a//b", "/a", "b"), ("./x", ".", "x"), ("/set/\u{301}x.db", "/set", "\u{301}x.db"),
    ("\u{301}/\u{600}", "\u{301}", "\u{600}"),
  ])
  func aPathHasAFolderAndAName(path: String, folder: String, name: String) {
    #expect(FilePath.folder(of: path) == folder)
    #expect(FilePath.name(of: path) == name)
  }

  @Test func aPathThatIsNotThereIsTakenFromTheFolderThatIs() {
    let here = FilePath.resolved(FileManager.default.currentDirectoryPath)
    #expect(FilePath.resolved("e") == FilePath.joined(here, "e"))
    #expect(FilePath.resolved("e/f.db") == FilePath.joined(here, "e/f.db"))
    #expect(FilePath.resolved("e/../f.db") == FilePath.joined(here, "f.db"))
    #expect(FilePath.resolved("e/f/../../.") == here)
  }

  @Test func aLinkThatLeadsNowhereIsFollowed() throws {
    let folder = FilePath.resolved(NSTemporaryDirectory()) + "/audit-paths-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "elsewhere/file")
    #expect(FilePath.resolved(folder + "/link") == folder + "/elsewhere/file")
  }

  @Test func aFolderHoldsItselfAndWhatLiesInIt() {
    #expect(FilePath.contains("/a", "/a") && FilePath.contains("/a", "/a/b") && FilePath.contains("/", "/b"))
    #expect(!FilePath.contains("/a", "/ab"))
  }

  /// A slash with a combining mark behind it is one `Character`, but still a slash.
  @Test(arguments: ["\u{301}x.db", "\u{600}x.db", "\u{200D}", "\u{FE0F}/x"])
  func marksBehindASlashDoNotHideIt(name: String) {
    #expect(FilePath.contains("/set", "/set/" + name))
    #expect(FilePath.inside("/set", "/set/" + name)?.utf8.elementsEqual(name.utf8) == true)
    #expect(throws: AuditError.self) { try DatasetGuard.refuse("/set/" + name, in: "/set") }
  }

  /// Equal for `String`, different files for the system.
  @Test func composedAndDecomposedLettersAreTwoFolders() {
    #expect(!FilePath.contains("/caf\u{E9}", "/cafe\u{301}/a") && !FilePath.contains("/caf\u{E9}", "/cafe\u{301}"))
    #expect(FilePath.inside("/caf\u{E9}", "/cafe\u{301}/a") == nil)
  }

  @Test func bytesThatAreNoTextStayWhatTheyAre() throws {
    let folder = Array((FilePath.resolved(NSTemporaryDirectory()) + "/audit-paths-\(UUID().uuidString)").utf8) + [0xE9]
    let made = folder.map { CChar(bitPattern: $0) } + [0]
    try #require(mkdir(made, 0o755) == 0)
    defer { rmdir(made) }
    #expect(FilePath.resolved(folder) == folder)
    #expect(FilePath.resolved(folder + Array("/new".utf8)) == folder + Array("/new".utf8))
    #expect(FilePath.contains(folder, folder + Array("/a".utf8)))
  }

  @Test(arguments: [
    "", "/", "/a", "../a", "a/../b", "a/..", "..", ".", "./a", "a//b", "a/", "a/./b", "a\u{0}b", "../\u{301}a",
  ])
  func aPathThatCouldLeaveItsFolderIsKnown(path: String) { #expect(!FilePath.staysInside(Array(path.utf8))) }

  @Test(arguments: ["a", "a/b.jpg", "...", "..a/b..", ".hidden", "a\nb", "..\u{301}/a"])
  func aPathThatStaysInItsFolderIsTaken(path: String) { #expect(FilePath.staysInside(Array(path.utf8))) }

  @Test func bytesThatAreNoTextAreShownAsEscapes() {
    let path = SamplePath(bytes: Array("bad".utf8) + [0xE9] + Array("name\n.jpg".utf8))
    #expect(!path.isText)
    #expect(path.text == "bad\\xE9name\n.jpg")
    #expect(path.printable == "bad\\xE9name\\n.jpg")
  }

  /// Bytes are counted, not characters: the folder's own are as many as its name has bytes.
  @Test(arguments: ["/nowhere/caf\u{E9}", "/nowhere/\u{1F468}\u{200D}\u{1F467}", "/nowhere/\u{10FDE9}"])
  func aFileIsFoundInAFolderWhoseNameIsNotASCII(folder: String) throws {
    #expect(try SampleSpelling.candidates(for: folder + "/a.png", in: folder) == [folder + "/a.png", "a.png"])
  }
}

/// Any two paths that differ have texts that differ, although bytes that are not UTF-8 are escaped.
@Test func noTwoPathsHaveOneDistinctText() {
  let pieces: [[UInt8]] = [
    [0xE9], Array("\\xE9".utf8), Array("\\x5C".utf8), Array("\\".utf8), Array("x".utf8), Array("E9".utf8),
    [0x5C, 0xE9],
    Array("\\xe9".utf8), Array("5C".utf8), Array("/".utf8), Array("\u{E9}".utf8), [0xC3],
  ]
  var known: [[UInt8]: [UInt8]] = [:]
  for first in pieces {
    for second in pieces {
      for third in pieces {
        let path = first + second + third
        let text = Array(SamplePath(bytes: path).distinctText.utf8)
        let before = known.updateValue(path, forKey: text)
        #expect(before == nil || before == path, "\(String(decoding: text, as: UTF8.self)): \(path), \(before ?? [])")
      }
    }
  }
  #expect(SamplePath("a/b\\c.png").distinctText == "a/b\\c.png" && SamplePath("caf\u{E9}").distinctText == "caf\u{E9}")
  #expect(SamplePath(bytes: [0x61, 0xE9]).distinctText == "a\\xE9")
}
