import AuditStore
import Foundation
import Testing

/// `audit demo`: draws, scans, and says what it found.
@Suite struct DemoTests {
  @Test func theDemoSaysWhichPlantedDefectsWereFoundAndRunsAgain() throws {
    let scratch = try Scratch()
    let run = try Command.audit(["demo", "set", "--count", "60"], in: scratch.path)
    #expect(run.status == 0)
    #expect(run.err == "audit: drawing 60 faces with planted defects into 'set'\n")
    #expect(run.out.hasPrefix("set    63 images   128x128"), "\(run.out)")
    for words in ["strong noise", "strong occlusion", "truncated", "text under the name of a picture", "duplicate of "]
    {
      #expect(run.out.contains(words), "\(words)")
    }
    let found = try #require(
      run.out.firstMatch(
        of:
          /Of (\d+) planted defects that pull on squared error (\d+) were marked drop or review; 2 unreadable files and 1 copy were found\./
      ))
    #expect(found.1 == found.2 && found.1 != "0", "\(found.0)")
    #expect(run.out.contains(/Of \d+ sound faces 0 were marked drop/))
    #expect(try Files.names(scratch.path) == ["set", "set.audit.db"])

    let digest = try Store.digest(scratch.path + "/set.audit.db")
    let again = try Command.audit(["demo", "set", "--count", "60"], in: scratch.path)
    #expect(again.status == 0)
    #expect(again.err.hasSuffix("audit: continuing run \"first\": 63 done, 0 left\n"), "\(again.err)")
    #expect(try Store.digest(scratch.path + "/set.audit.db") == digest)

    let other = try Command.audit(["demo", "set", "--count", "61"], in: scratch.path)
    #expect(other.status == 2)
    #expect(
      other.err.hasSuffix(
        "audit: 'set' holds a demo set with other settings; nothing was written; remove it or give another folder\n"))
  }

  @Test func aFolderWithOtherThingsIsLeftAlone() throws {
    let scratch = try Scratch()
    try scratch.write(Array("mine".utf8), to: "photos/summer.txt")
    let run = try Command.audit(["demo", "photos", "-q"], in: scratch.path)
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(
      run.err
        == "audit: 'photos' is not empty and holds no demo set; nothing was written; give a new or an empty folder\n")
    #expect(try Files.names(scratch.path) == ["photos"])
    #expect(try Files.names(scratch.path + "/photos") == ["summer.txt"])
  }

  @Test func aFileInPlaceOfTheFolderIsRefused() throws {
    let scratch = try Scratch()
    try scratch.write([1], to: "set")
    let run = try Command.audit(["demo", "set", "-q"], in: scratch.path)
    #expect(run.status == 2)
    #expect(run.err == "audit: 'set' is a file, not a folder; give the folder that holds the images\n")
  }
}
