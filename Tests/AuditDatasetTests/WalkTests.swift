import AuditCore
import AuditImages
import Foundation
import Glibc
import Testing

@testable import AuditDataset

/// A folder of its own that is removed with everything in it.
final class Tree {
  let root: String

  init() {
    var template = Array((NSTemporaryDirectory() + "/audit-walk-XXXXXX").utf8CString)
    root = mkdtemp(&template).map { String(cString: $0) } ?? ""
    // Readable for the ordinary user that some tests become.
    chmod(root, 0o755)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ relative: [UInt8]) -> [UInt8] { Array(root.utf8) + [0x2F] + relative }

  func folder(_ relative: String) { #expect(mkdir(root + "/" + relative, 0o755) == 0) }

  func file(_ relative: [UInt8], _ content: [UInt8] = [1, 2, 3]) {
    let descriptor = path(relative).withPath { creat($0, 0o644) }
    #expect(descriptor >= 0 && write(descriptor, content, content.count) == content.count)
    close(descriptor)
  }

  func file(_ relative: String, _ content: [UInt8] = [1, 2, 3]) { file(Array(relative.utf8), content) }

  func link(_ relative: String, to target: String) { #expect(symlink(target, root + "/" + relative) == 0) }

  func walk(followLinks: Bool = false, rules: FileRules? = nil) throws -> DatasetWalk {
    try DatasetWalk(root: Array(root.utf8), followLinks: followLinks, rules: WalkRules(rules))
  }
}

extension DatasetWalk {
  var paths: [String] { samples.map(\.path.text) }
}

/// Runs `body` as a user whom permission bits stop. Root's file access alone is given up, for this thread alone.
private func asOrdinaryUser<Result>(_ body: () throws -> Result) throws -> Result {
  guard geteuid() == 0 else { return try body() }
  let symbol = try #require(dlsym(nil, "setfsuid"))
  let setUser = unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> Int32).self)
  _ = setUser(65534)
  defer { _ = setUser(0) }
  return try body()
}

@Test func samplesAreFoundAtEveryDepthInTheOrderOfTheirBytes() throws {
  let tree = Tree()
  tree.folder("b")
  tree.folder("b/c")
  tree.folder("a")
  for name in ["b/c/2.png", "b/c/10.png", "b.jpg", "a/z.JPEG", "a/Z.gif", "b/x.Jpg", "b/notes.txt", "x.mp4", "y.TXT"] {
    tree.file(name)
  }
  for name in ["readme", ".hidden.png"] { tree.file(name) }
  tree.folder(".git")
  tree.file(".git/object.png")
  let walk = try tree.walk()
  #expect(walk.paths == ["a/Z.gif", "a/z.JPEG", "b.jpg", "b/c/10.png", "b/c/2.png", "b/x.Jpg"])
  #expect(walk.otherFiles == ["txt": 2, "mp4": 1, "": 1])
  #expect(walk.folders == 4)
  #expect(walk.unreadableFolders.isEmpty && walk.skippedLinks.isEmpty)
}

@Test func aFileWithoutExtensionIsASampleIfItBeginsLikeAPicture() throws {
  let tree = Tree()
  tree.file("a", try fixture("rgb.png"))
  tree.file("b", try fixture("baseline_420.jpg"))
  tree.file("c", Array("GIF89a....".utf8))
  tree.file("d", Array("plain text".utf8))
  tree.file("e", [])
  tree.file("f.", try fixture("lossy.webp"))
  let walk = try tree.walk()
  #expect(walk.paths == ["a", "b", "c", "f."])
  #expect(walk.otherFiles == ["": 2])
}

@Test func aSampleKnowsSizeTimeAndInode() throws {
  let tree = Tree()
  tree.file("a.png", [UInt8](repeating: 7, count: 1234))
  #expect(link(tree.root + "/a.png", tree.root + "/b.png") == 0)
  var times = [timespec(tv_sec: 1_600_000_000, tv_nsec: 123_456_789), timespec(tv_sec: 1_600_000_000, tv_nsec: 5)]
  #expect(utimensat(AT_FDCWD, tree.root + "/a.png", &times, 0) == 0)
  let samples = try tree.walk().samples
  #expect(samples.map(\.bytes) == [1234, 1234])
  #expect(samples.map(\.modified) == [1_600_000_000_000_000_005, 1_600_000_000_000_000_005])
  #expect(samples[0].inode == samples[1].inode && samples[0].device == samples[1].device && samples[0].inode != 0)
}

@Test func namesStayRawBytes() throws {
  let tree = Tree()
  let names: [[UInt8]] = [
    Array("bad".utf8) + [0xE9] + Array("name.jpg".utf8), Array("new\nline.png".utf8), [0xFF, 0x2E, 0x70, 0x6E, 0x67],
  ]
  for name in names { tree.file(name, [9, 8]) }
  let walk = try tree.walk()
  #expect(walk.samples.map(\.path.bytes) == names)
  var buffer: [UInt8] = []
  for sample in walk.samples {
    try readFile(sample.path, in: Array(tree.root.utf8), into: &buffer)
    #expect(buffer == [9, 8])
  }
}

@Test func linksToFilesAreFollowedAndBrokenOnesStaySamples() throws {
  let tree = Tree()
  tree.file("real.dat", try fixture("rgb.png"))
  tree.link("linked.png", to: "real.dat")
  tree.link("annexed.png", to: ".git/annex/objects/xyz")
  tree.link("nowhere", to: "nothing")
  let walk = try tree.walk()
  #expect(walk.paths == ["annexed.png", "linked.png", "real.dat"])
  #expect(walk.samples[1].bytes == Int64(try fixture("rgb.png").count))
  #expect(walk.otherFiles == ["": 1])
  var buffer: [UInt8] = []
  #expect(throws: SampleIssue(.open, "a link to '.git/annex/objects/xyz', where nothing is")) {
    try readFile(walk.samples[0].path, in: Array(tree.root.utf8), into: &buffer)
  }
}

@Test func linksToFoldersAreListedAndFollowedOnRequestOnly() throws {
  let outside = Tree()
  outside.file("far.png")
  let tree = Tree()
  tree.folder("a")
  tree.file("a/1.png")
  tree.link("out", to: outside.root)
  let walk = try tree.walk()
  #expect(walk.paths == ["a/1.png"])
  #expect(walk.skippedLinks == [.init(path: SamplePath("out"), target: SamplePath(outside.root), reason: .notFollowed)])
  let following = try tree.walk(followLinks: true)
  #expect(following.paths == ["a/1.png", "out/far.png"])
  #expect(following.skippedLinks == [] && following.folders == 3)
}

@Test func aLinkLoopIsSkippedAndNamed() throws {
  let tree = Tree()
  tree.folder("a")
  tree.folder("a/b")
  tree.file("a/b/1.png")
  tree.link("a/b/up", to: "..")
  tree.link("a/b/top", to: "../..")
  // Its name comes before the real folder's, which keeps its path all the same.
  tree.link("0", to: "a/b")
  let walk = try tree.walk(followLinks: true)
  #expect(walk.paths == ["a/b/1.png"])
  #expect(walk.skippedLinks.map(\.text) == ["0 -> a/b", "a/b/top -> .", "a/b/up -> a"])
  #expect(walk.skippedLinks.map(\.reason) == [.alreadyWalked, .loop, .loop])
}

@Test func aLoopOutsideTheDatasetEnds() throws {
  let outside = Tree()
  outside.folder("x")
  outside.file("x/1.png")
  outside.link("x/self", to: ".")
  let tree = Tree()
  tree.link("one", to: outside.root)
  tree.link("two", to: outside.root + "/x")
  let walk = try tree.walk(followLinks: true)
  #expect(walk.paths == ["one/x/1.png"])
  #expect(walk.skippedLinks.map(\.text) == ["one/x/self -> one/x", "two -> one/x"])
}

@Test func aFolderThatMayNotBeListedIsNamed() throws {
  let tree = Tree()
  tree.folder("closed")
  tree.file("closed/1.png")
  tree.folder("open")
  tree.file("open/2.png")
  tree.file("open/3.png")
  chmod(tree.root + "/closed", 0)
  chmod(tree.root + "/open/3.png", 0)
  defer { chmod(tree.root + "/closed", 0o755) }
  let walk = try asOrdinaryUser { try tree.walk() }
  #expect(walk.paths == ["open/2.png", "open/3.png"])
  let issue = SampleIssue(.permission, "Permission denied")
  #expect(walk.unreadableFolders == [.init(path: SamplePath("closed"), issue: issue)])
  var buffer: [UInt8] = []
  let root = Array(tree.root.utf8)
  try asOrdinaryUser { try readFile(walk.samples[0].path, in: root, into: &buffer) }
  #expect(throws: SampleIssue(.permission)) {
    try asOrdinaryUser { try readFile(walk.samples[1].path, in: root, into: &buffer) }
  }
}

/// Mode 0644 on a folder: its names are listed, but nothing says what they are.
@Test func aFolderThatMayBeListedButNotEnteredIsNamed() throws {
  let tree = Tree()
  tree.folder("half")
  for name in ["half/1.png", "half/2.png", "half/notes.txt"] { tree.file(name) }
  tree.folder("half/deeper")
  tree.file("3.png")
  chmod(tree.root + "/half", 0o644)
  defer { chmod(tree.root + "/half", 0o755) }
  let walk = try asOrdinaryUser { try tree.walk() }
  #expect(walk.paths == ["3.png"] && walk.otherFiles.isEmpty)
  let issue = SampleIssue(.permission, "4 names in it cannot be looked at: Permission denied")
  #expect(walk.unreadableFolders == [.init(path: SamplePath("half"), issue: issue)])
}

/// A path of more than 4,095 bytes cannot be handed to the system, which is no matter of permissions.
@Test func aFolderWhosePathIsTooLongIsNotCalledAMatterOfPermissions() throws {
  let tree = Tree()
  let name = String(repeating: "d", count: 250)
  let here = open(".", O_RDONLY | O_DIRECTORY)
  defer { close(here) }
  var folder = open(tree.root, O_RDONLY | O_DIRECTORY)
  for _ in 0..<17 {
    #expect(mkdirat(folder, name, 0o755) == 0)
    let next = openat(folder, name, O_RDONLY | O_DIRECTORY)
    close(folder)
    folder = next
  }
  close(folder)
  let walk = try tree.walk()
  #expect(walk.unreadableFolders.map(\.issue) == [SampleIssue(.open, "File name too long")])
}

/// Times from outside 64 bits of nanoseconds (ext4 holds some, XFS and tmpfs all): the walk goes on with the nearest.
@Test(arguments: [
  (9_223_372_036, 854_775_807, Int64.max), (9_223_372_036, 854_775_808, Int64.max), (9_223_372_037, 0, Int64.max),
  (.max, 999_999_999, Int64.max), (-9_223_372_037, 145_224_192, Int64.min), (-9_223_372_038, 0, Int64.min),
  (.min, 0, Int64.min), (0, 1, 1), (-1, 999_999_999, -1),
])
func aTimeBeyondTheRangeIsTheNearestOneInIt(seconds: Int, nanoseconds: Int, expected: Int64) {
  #expect(FileTime.nanoseconds(timespec(tv_sec: seconds, tv_nsec: nanoseconds)) == expected)
}

@Test(arguments: [11_000_000_000, -11_000_000_000]) func aFileOfTheYear2318Or1621IsWalked(seconds: Int) throws {
  let tree = Tree()
  tree.file("a.png")
  let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
  #expect(utimensat(AT_FDCWD, tree.root + "/a.png", times, 0) == 0)
  var info = stat()
  #expect(stat(tree.root + "/a.png", &info) == 0)
  let walk = try tree.walk()
  #expect(walk.paths == ["a.png"])
  // What the file system kept of it: some clamp the time themselves.
  let kept = Double(info.st_mtim.tv_sec) * 1e9
  #expect(walk.samples[0].modified == (kept > 9.3e18 ? .max : kept < -9.3e18 ? .min : Int64(kept)))
}

@Test func aRootThatCannotBeWalkedEndsTheWalk() throws {
  let tree = Tree()
  tree.file("a.png")
  tree.folder("closed")
  #expect(throws: AuditError.datasetNotFound(path: tree.root + "/b", near: nil)) {
    try DatasetWalk(root: Array((tree.root + "/b").utf8))
  }
  #expect(throws: AuditError.datasetNotAFolder(path: tree.root + "/a.png")) {
    try DatasetWalk(root: Array((tree.root + "/a.png").utf8))
  }
  chmod(tree.root + "/closed", 0)
  defer { chmod(tree.root + "/closed", 0o755) }
  #expect(throws: AuditError.datasetNotReadable(path: tree.root + "/closed")) {
    try asOrdinaryUser { try DatasetWalk(root: Array((tree.root + "/closed").utf8)) }
  }
}

@Test func progressTellsTheNumberOfSamples() throws {
  let tree = Tree()
  for index in 0..<5000 { tree.file("\(index).png", []) }
  var told: [Int] = []
  let walk = try DatasetWalk(root: Array(tree.root.utf8)) { told.append($0) }
  #expect(walk.samples.count == 5000)
  #expect(told == [4096, 5000])
}

@Test func readingReusesTheBufferAndNamesWhatWentWrong() throws {
  let tree = Tree()
  tree.file("long", [UInt8](repeating: 5, count: 3000))
  tree.file("short", [7])
  tree.file("empty", [])
  tree.folder("folder")
  #expect(mkfifo(tree.root + "/pipe.png", 0o644) == 0)
  var buffer: [UInt8] = []
  for (name, expected) in [
    ("long", [UInt8](repeating: 5, count: 3000)), ("short", [7]), ("empty", []),
    ("long", [UInt8](repeating: 5, count: 3000)),
  ] {
    try readFile(tree.path(Array(name.utf8)), into: &buffer)
    #expect(buffer == expected, "\(name)")
  }
  func issue(_ name: String, mostBytes: Int = 1 << 30) -> SampleIssue? {
    do throws(SampleIssue) {
      try readFile(tree.path(Array(name.utf8)), into: &buffer, mostBytes: mostBytes)
      return nil
    } catch {
      return error
    }
  }
  #expect(issue("missing") == SampleIssue(.gone))
  #expect(issue("long/below") == SampleIssue(.gone))
  #expect(issue("folder") == SampleIssue(.open, "not a regular file"))
  #expect(issue("pipe.png") == SampleIssue(.open, "not a regular file"))
  #expect(issue(String(repeating: "x", count: 300)) == SampleIssue(.open, "File name too long"))
  #expect(issue("long", mostBytes: 2999) == SampleIssue(.open, "3,000 bytes, more than 2,999"))
}
