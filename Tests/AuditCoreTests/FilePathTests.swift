import AuditCore
import Foundation
import Testing

struct FilePathTests {
  @Test(arguments: [
    ("e", ".", "e"), ("e/f.db", "e", "f.db"), ("/e", "/", "e"), ("/", "/", ""), ("", ".", ""), ("a/b/", "a", "b"),
    ("/a//b", "/a", "b"), ("./x", ".", "x"),
  ])
  func aPathHasAFolderAndAName(path: String, folder: String, name: String) {
    #expect(FilePath.folder(of: path) == folder)
    #expect(FilePath.name(of: path) == name)
  }

  @Test func aPathThatIsNotThereIsTakenFromTheFolderThatIs() {
    let here = FilePath.absolute(FileManager.default.currentDirectoryPath)
    #expect(FilePath.absolute("e") == FilePath.joined(here, "e"))
    #expect(FilePath.absolute("e/f.db") == FilePath.joined(here, "e/f.db"))
  }

  @Test func aLinkThatLeadsNowhereIsFollowed() throws {
    let folder = FilePath.absolute(NSTemporaryDirectory()) + "/audit-paths-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "elsewhere/file")
    #expect(FilePath.absolute(folder + "/link") == folder + "/elsewhere/file")
  }

  @Test func aFolderHoldsItselfAndWhatLiesInIt() {
    #expect(FilePath.contains("/a", "/a") && FilePath.contains("/a", "/a/b") && FilePath.contains("/", "/b"))
    #expect(!FilePath.contains("/a", "/ab"))
  }

  @Test func bytesThatAreNoTextAreShownAsEscapes() {
    let path = SamplePath(bytes: Array("bad".utf8) + [0xE9] + Array("name\n.jpg".utf8))
    #expect(!path.isText)
    #expect(path.text == "bad\\xE9name\n.jpg")
    #expect(path.printable == "bad\\xE9name\\n.jpg")
  }
}
