import AuditCore
import AuditImages
import Foundation
import Glibc
import Testing

@testable import AuditDataset

/// The files of a container by name, as reading them one by one gives them.
func contents(_ path: String, _ tree: Tree) throws -> [String: String] {
  let index = try OpenContainers().index(of: tree.path(Array(path.utf8)))
  var names: [[UInt8]] = []
  index.forEach { name, _ in names.append(name) }
  let source = FolderSource(root: tree.root)
  return try names.reduce(into: [:]) { found, name in
    let text = SamplePath(bytes: name).text
    let sample = Sample(path: SamplePath(bytes: Array((path + "/").utf8) + name), bytes: 0, modified: 0)
    found[text] = try text.isEmpty ? "" : read(sample, from: source)
  }
}

private func read(_ sample: Sample, from source: FolderSource) throws(SampleIssue) -> String {
  try source.makeReader(limits: ReadingLimits()).read(sample) { file throws(SampleIssue) in
    String(decoding: try file.whole(), as: UTF8.self)
  }
}

private func read(_ path: String, from source: FolderSource) throws(SampleIssue) -> String {
  try read(Sample(path: SamplePath(path), bytes: 0, modified: 0), from: source)
}

/// Names, the longest first, of every way in which a tar keeps one.
private let longName = String(repeating: "long/", count: 30) + "name.jpg"

private func tarOfEveryKind() -> [UInt8] {
  var tar = TarMaker()
  tar.add("g", "52 comment=of all\n", kind: "g")
  tar.add("./a/plain.jpg", "plain")
  tar.add("a", "", kind: "5")
  tar.add("split.jpg", "split", prefix: "a/b")
  tar.add("L", longName + "\0", kind: "L")
  tar.add("cut off", "gnu")
  tar.add(pax: "path", "a/pax \u{e9}.jpg")
  tar.add("other", "pax")
  tar.add("wide.jpg", "")
  tar.add(Array("a/old.jpg".utf8), Array("before posix".utf8), kind: "\0")
  tar.add(Array("a/second.jpg".utf8), kind: "1", link: "a/plain.jpg")
  tar.add(Array("a/nothing.jpg".utf8), kind: "1", link: "a/not there.jpg")
  tar.add(Array("a/soft.jpg".utf8), kind: "2", link: "a/plain.jpg")
  tar.add("a/plain.jpg", "the later one")
  tar.add("../out.jpg", "out")
  tar.add("/absolute.jpg", "absolute")
  tar.end()
  tar.add("behind the end.jpg", "not seen")
  return tar.bytes
}

@Test func aTarHasTheFilesThatUnpackingItWouldLeave() throws {
  let tree = Tree()
  tree.file("x.tar", tarOfEveryKind())
  #expect(
    try contents("x.tar", tree) == [
      "a/plain.jpg": "the later one", "a/b/split.jpg": "split", longName: "gnu", "a/pax \u{e9}.jpg": "pax",
      "wide.jpg": "", "a/old.jpg": "before posix", "a/second.jpg": "the later one", "absolute.jpg": "absolute",
    ])
  let index = try OpenContainers().index(of: tree.path(Array("x.tar".utf8)))
  // A link to nothing, a symbolic link, and a name that leads out.
  #expect(index.others == [.link: 2, .outside: 1, .twice: 1] && index.trouble == nil)
}

@Test func aTarOfLongAttributesOrOfLinksThatSayASizeIsReadWhole() throws {
  var tar = TarMaker()
  tar.add(pax: "SCHILY.xattr.user", String(repeating: "x", count: 9000))
  tar.add("a.jpg", "first")
  // As old programs wrote links: with the size of the file, and without its bytes.
  tar.add(Array("link.jpg".utf8), kind: "1", link: "a.jpg", size: Array("00000000005\0".utf8))
  tar.add("b.jpg", "second")
  tar.end()
  let tree = Tree()
  tree.file("x.tar", tar.bytes)
  #expect(try contents("x.tar", tree) == ["a.jpg": "first", "link.jpg": "first", "b.jpg": "second"])
}

@Test func aTarWithoutItsLastBlocksAndWithSignedSumsIsWhole() throws {
  var tar = TarMaker()
  tar.add("gr\u{f6}\u{df}e.jpg", "first")
  var bytes = Array(tar.bytes.prefix(512 + 5))
  let sum = bytes[..<512].indices.reduce(0) {
    $0 + ((148..<156).contains($1) ? 0x20 : Int(Int8(bitPattern: bytes[$1])))
  }
  let digits = String(sum, radix: 8)
  let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
  bytes.replaceSubrange(148..<156, with: field.utf8)
  let tree = Tree()
  tree.file("x.tar", bytes)
  #expect(try contents("x.tar", tree) == ["gr\u{f6}\u{df}e.jpg": "first"])
  #expect(try OpenContainers().index(of: tree.path(Array("x.tar".utf8))).trouble == nil)
}

@Test(arguments: [1, 511, 512, 516, 700, 1536, 1541, 2047])
func aTarThatIsCutHasWhatIsBeforeTheCutAndSaysSo(_ length: Int) throws {
  var tar = TarMaker()
  tar.add("a.jpg", "first")
  tar.add("b.jpg", "second")
  let tree = Tree()
  tree.file("x.tar", Array(tar.bytes.prefix(length)))
  let containers = OpenContainers()
  guard length >= 512 else {
    #expect(throws: SampleIssue.self) { try containers.index(of: tree.path(Array("x.tar".utf8))) }
    return
  }
  let index = try containers.index(of: tree.path(Array("x.tar".utf8)))
  // 1,536 are the first file and the header of the second.
  #expect(index.count == (length >= 1536 ? 2 : 1))
  // The bytes of both are there from 517 and 1,542 on; what fills their blocks up says nothing.
  #expect((index.trouble != nil) == [512, 516, 1536, 1541].contains(length))
}

@Test func numbersThatNoFileHasEndATarThere() throws {
  for size in [
    [0x80, 0x7F] + [UInt8](repeating: 0xFF, count: 10), [0xFF] + [UInt8](repeating: 0xFF, count: 11),
    Array("777777777777".utf8), Array("00000000008\0".utf8),
    [0x80] + [UInt8](repeating: 0, count: 7) + [0x7F, 255, 255, 255],
  ] {
    var tar = TarMaker()
    tar.add("a.jpg", "first")
    tar.add(Array("b.jpg".utf8), [1], size: size)
    let tree = Tree()
    tree.file("x.tar", tar.bytes)
    let index = try OpenContainers().index(of: tree.path(Array("x.tar".utf8)))
    #expect(index.count <= 2 && index.trouble != nil)
    #expect(try read("x.tar/a.jpg", from: FolderSource(root: tree.root)) == "first")
    if index.count == 2 {
      #expect(throws: SampleIssue.self) { try read("x.tar/b.jpg", from: FolderSource(root: tree.root)) }
    }
  }
}

/// Made by Python's zipfile into a stream: sizes behind the files, one of them in the fields of ZIP64, a comment behind
/// the end. `a/stored.jpg`, `a/deflated.png` (500 times `abc`), `b/`, `b/wide.jpg`, a name that is not ASCII, and
/// `../out.jpg`.
let streamedZip = [UInt8](
  Data(
    base64Encoded: """
      UEsDBBQACAAAAIMYIlAAAAAAAAAAAAAAAAAMAAAAYS9zdG9yZWQuanBnc3RvcmVkUEsHCAv5Q1YGAAAABgAAAFBLAwQUAAgACACDGCJQAAAAAA
      AAAAAAAAAADgAAAGEvZGVmbGF0ZWQucG5nS0xKThxFo2gUjaJRNLwQAFBLBwha32eVEAAAANwFAABQSwMEFAAIAAAAgxgiUAAAAAAAAAAAAAAA
      AAIAAABiL1BLBwgAAAAAAAAAAAAAAABQSwMELQAIAAgAgxgiUAAAAAD//////////woAFABiL3dpZGUuanBnAQAQAAAAAAAAAAAAAAAAAAAAAA
      Arz0xJLSeAAVBLBwghKyCFCAAAAAAAAAAkAAAAAAAAAFBLAwQUAAgIAACDGCJQAAAAAAAAAAAAAAAADQAAAGIvZ3LDtsOfZS5qcGduYW1lUEsH
      CAZ+I14EAAAABAAAAFBLAwQUAAgAAACDGCJQAAAAAAAAAAAAAAAACgAAAC4uL291dC5qcGdvdXRQSwcImW3quQMAAAADAAAAUEsBAhQDFAAIAA
      AAgxgiUAv5Q1YGAAAABgAAAAwAAAAAAAAAAAAAAIABAAAAAGEvc3RvcmVkLmpwZ1BLAQIUAxQACAAIAIMYIlBa32eVEAAAANwFAAAOAAAAAAAA
      AAAAAACAAUAAAABhL2RlZmxhdGVkLnBuZ1BLAQIUAxQACAAAAIMYIlAAAAAAAAAAAAAAAAACAAAAAAAAAAAAAACAAYwAAABiL1BLAQItAy0ACA
      AIAIMYIlAhKyCFCAAAACQAAAAKAAAAAAAAAAAAAACAAbwAAABiL3dpZGUuanBnUEsBAhQDFAAICAAAgxgiUAZ+I14EAAAABAAAAA0AAAAAAAAA
      AAAAAIABGAEAAGIvZ3LDtsOfZS5qcGdQSwECFAMUAAgAAACDGCJQmW3quQMAAAADAAAACgAAAAAAAAAAAAAAgAFXAQAALi4vb3V0LmpwZ1BLBQ
      YAAAAABgAGAFEBAACSAQAAGABhIGNvbW1lbnQgYmVoaW5kIHRoZSBlbmQ=
      """, options: .ignoreUnknownCharacters) ?? Data())

@Test func aZipHasTheFilesThatUnpackingItWouldLeave() throws {
  let tree = Tree()
  tree.file("x.zip", streamedZip)
  #expect(
    try contents("x.zip", tree) == [
      "a/stored.jpg": "stored", "a/deflated.png": String(repeating: "abc", count: 500),
      "b/wide.jpg": String(repeating: "wide", count: 9), "b/gr\u{f6}\u{df}e.jpg": "name",
    ])
}

@Test func whatAZipSaysOfAFileIsHeldAgainstItsBytes() throws {
  let tree = Tree()
  // The directory is behind all files: the last places of these marks are in it.
  func damaged(_ name: String, _ offset: Int, _ change: (inout UInt8) -> Void) throws -> String {
    var bytes = streamedZip
    let mark = Array("PK\u{1}\u{2}".utf8)
    let entries = bytes.indices.filter { bytes[$0...].starts(with: mark) }
    let entry = try #require(entries.first { bytes[($0 + 46)...].starts(with: name.utf8) })
    change(&bytes[entry + offset])
    tree.file("x.zip", bytes)
    do throws(SampleIssue) {
      return try read("x.zip/" + name, from: FolderSource(root: tree.root))
    } catch {
      return error.detail
    }
  }
  #expect(try damaged("a/stored.jpg", 16) { $0 ^= 1 }.contains("checksum"))
  #expect(try damaged("a/deflated.png", 24) { $0 = 9 }.contains("longer"))
  #expect(try damaged("a/deflated.png", 25) { $0 = 99 }.contains("ends within it"))
  #expect(try damaged("a/deflated.png", 42) { $0 ^= 1 }.contains("where its directory says"))
  // Encrypted, or packed in a way of its own: it is not listed.
  #expect(try damaged("a/stored.jpg", 8) { $0 |= 1 }.isEmpty)
  #expect(try damaged("a/stored.jpg", 10) { $0 = 93 }.isEmpty)
}

@Test func whateverBytesAContainerHasNothingTraps() throws {
  let tree = Tree()
  var random = SystemRandomNumberGenerator()
  let tar = tarOfEveryKind()
  for (name, whole) in [("x.tar", tar), ("x.zip", streamedZip), ("x.pak", faceset)] {
    for _ in 0..<200 {
      var bytes = Array(whole.prefix(Int.random(in: 0...whole.count, using: &random)))
      for _ in 0..<Int.random(in: 0...8, using: &random) where !bytes.isEmpty {
        bytes[Int.random(in: bytes.indices, using: &random)] = [0, 1, 0x37, 0x80, 0xFF].randomElement() ?? 0
      }
      unlink(tree.root + "/" + name)
      tree.file(name, bytes)
      guard let index = try? OpenContainers().index(of: tree.path(Array(name.utf8))) else { continue }
      let source = FolderSource(root: tree.root)
      index.forEach { member, _ in
        #expect(FilePath.staysInside(member))
        let sample = Sample(path: SamplePath(bytes: Array((name + "/").utf8) + member), bytes: 0, modified: 0)
        _ = try? source.makeReader(limits: ReadingLimits()).read(sample) { $0.count }
      }
    }
  }
}

@Test func aContainerThatWasReplacedIsReadAnew() throws {
  let tree = Tree()
  let source = FolderSource(root: tree.root)
  for (name, content) in [("a.jpg", "before"), ("a.jpg", "after, and longer"), ("b.jpg", "other")] {
    var tar = TarMaker()
    tar.add("front", String(repeating: "x", count: content.count * 600))
    tar.add(name, content)
    unlink(tree.root + "/x.tar")
    tree.file("x.tar", tar.bytes)
    #expect(try read("x.tar/" + name, from: source) == content)
  }
  #expect(throws: SampleIssue(.gone)) { try read("x.tar/a.jpg", from: source) }
}

@Test(arguments: [
  ("00000.tar/ann/1.jpg", "ann"), ("ann/00000.tar/1.jpg", "ann"), ("00000.TAR/1.jpg", nil), ("1.jpg", nil),
  ("a.zip/b.tar/ann/x/1.jpg", "ann"), ("my.tar.d/1.jpg", "my.tar.d"),
])
func aContainerIsNobody(path: String, person: String?) {
  #expect(SamplePath(path).identity?.text == person)
}

@Suite struct ContainersInAWalk {
  private func tar(_ names: String...) -> [UInt8] {
    var tar = TarMaker()
    for name in names { tar.add(name, "x") }
    tar.end()
    return tar.bytes
  }

  @Test func aFolderOfTarsIsWalkedLikeFolders() throws {
    let tree = Tree()
    tree.folder("train")
    tree.file("train/00001.tar", tar("p/2.jpg", "p/2.json", "p/._2.jpg", "p/.hidden/3.jpg", "p/2_mask.png"))
    tree.file("train/00000.tar", tar("9.png", "1.webp"))
    tree.file("list.txt")
    let walk = try tree.walk()
    #expect(walk.paths == ["train/00000.tar/1.webp", "train/00000.tar/9.png", "train/00001.tar/p/2.jpg"])
    #expect(walk.leftOut.files(.other) == ["txt": 1, "json": 1])
    #expect(walk.leftOut.files(.hidden) == ["": 2] && walk.leftOut.files(.sidecar).count == 1)
    #expect(try tree.walk(rules: rules { $0.exclude = ["00001.tar"] }).paths.count == 2)
    #expect(try tree.walk(rules: rules { $0.include = ["*.jpg"] }).paths == ["train/00001.tar/p/2.jpg"])
  }

  @Test func aTarOfAListIsLookedInto() throws {
    let tree = Tree()
    tree.file("x.tar", tar("b/1.jpg", "a.jpg"))
    let walk = DatasetWalk(root: Array(tree.root.utf8), listed: [Array("x.tar".utf8)])
    #expect(walk.paths == ["x.tar/a.jpg", "x.tar/b/1.jpg"])
  }

  @Test func aTarBesidePicturesIsNotLookedInto() throws {
    let tree = Tree()
    tree.folder("faces")
    tree.file("faces/1.jpg")
    tree.file("faces.tar", tar("1.jpg"))
    let walk = try tree.walk()
    #expect(walk.paths == ["faces/1.jpg"] && walk.containersLeft == 1 && walk.leftOut.files(.other) == ["tar": 1])
  }

  @Test func aTarThatIsNamedIsTheDataset() throws {
    let tree = Tree()
    tree.file("x.tar", tar("b/1.jpg", "a.jpg"))
    let walk = try DatasetWalk(root: tree.path(Array("x.tar".utf8)))
    #expect(walk.paths == ["a.jpg", "b/1.jpg"])
    #expect(Set(walk.samples.map(\.inode)).count == 2)
    #expect(try DatasetFolder.resolve(tree.root + "/x.tar") == FilePath.resolved(tree.root + "/x.tar"))
  }

  @Test func aDamagedTarIsNamedAndTheOthersAreRead() throws {
    let tree = Tree()
    tree.file("a.tar", Array("no tar at all".utf8))
    tree.file("b.tar", tar("1.jpg"))
    let walk = try tree.walk()
    #expect(walk.paths == ["b.tar/1.jpg"])
    #expect(walk.unreadableFolders.map(\.path.text) == ["a.tar"])
  }

  private func rules(_ change: (inout FileRules) -> Void) -> FileRules {
    var rules = FileRules()
    change(&rules)
    return rules
  }
}

/// Made by Python's pickle of protocol 4 as DeepFaceLab packs: faces of a person and one of nobody, enumerations of its
/// own modules, an array of NumPy, and a last place that counts from the beginning of the file.
private let faceset = [UInt8](
  Data(
    base64Encoded: """
      AQAAAAAAAAAnAwAAAAAAAIAElRwDAAAAAAAAXZQofZQojAtzYW1wbGVfdHlwZZSMEGZhY2VsaWIuRmFjZVR5cGWUjAhGYWNlVHlwZZSTlEsChZ
      RSlIwIZmlsZW5hbWWUjAUxLmpwZ5SMCWZhY2VfdHlwZZRoB4wFc2hhcGWUSwhLCEsDh5SMCWxhbmRtYXJrc5RdlChdlChHAAAAAAAAAABHP/AA
      AAAAAABlXZQoR0AAAAAAAAAAR0AIAAAAAAAAZV2UKEdAEAAAAAAAAEdAFAAAAAAAAGVljAxzZWdfaWVfcG9seXOUfZSMBXBvbHlzlF2Uc4wJeH
      NlZ19tYXNrlE6MFHhzZWdfbWFza19jb21wcmVzc2VklIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmU
      jAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwKFlGgbjAVkdHlwZZSTlIwCdTGUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LAHSUYolDAg
      EClHSUYowTZXllYnJvd3NfZXhwYW5kX21vZJRHP/AAAAAAAACMD3NvdXJjZV9maWxlbmFtZZSMBTAucG5nlIwLcGVyc29uX25hbWWUjANhbm6U
      dX2UKGgCaAdoCIwFMi5qcGeUaApoB2gLaAxoDV2UKF2UKEcAAAAAAAAAAEc/8AAAAAAAAGVdlChHQAAAAAAAAABHQAgAAAAAAABlXZQoR0AQAA
      AAAAAAR0AUAAAAAAAAZWVoEn2UaBRdlHNoFk5oF2gaaB1LAIWUaB+HlFKUKEsBSwKFlGgniUMCAQKUdJRiaCxHP/AAAAAAAABoLWguaC9oMHV9
      lChoAmgHaAiMBTMuanBnlGgKaAdoC2gMaA1dlChdlChHAAAAAAAAAABHP/AAAAAAAABlXZQoR0AAAAAAAAAAR0AIAAAAAAAAZV2UKEdAEAAAAA
      AAAEdAFAAAAAAAAGVlaBJ9lGgUXZRzaBZOaBdoGmgdSwCFlGgfh5RSlChLAUsChZRoJ4lDAgEClHSUYmgsRz/wAAAAAAAAaC1oLmgvTnVlLgAA
      AAAAAAAACgAAAAAAAAAQAAAAAAAAAHYDAAAAAAAAZmlyc3QgZmFjZXNlY29uZHRoaXJkLCB0aGUgbGFzdA==
      """, options: .ignoreUnknownCharacters) ?? Data())

@Test func aPackedFaceSetHasItsFacesByPerson() throws {
  let tree = Tree()
  tree.file("faceset.pak", faceset)
  #expect(
    try contents("faceset.pak", tree) == [
      "ann/1.jpg": "first face", "ann/2.jpg": "second", "3.jpg": "third, the last",
    ])
  for length in stride(from: 0, to: faceset.count, by: 7) {
    unlink(tree.root + "/faceset.pak")
    tree.file("faceset.pak", Array(faceset.prefix(length)))
    let index = try? OpenContainers().index(of: tree.path(Array("faceset.pak".utf8)))
    #expect(index.map { $0.count <= 3 } ?? true)
  }
}

/// A record of RecordIO.
private func record(flag: UInt32, labels: [Float], _ content: [UInt8], part: UInt32 = 0) -> [UInt8] {
  var data: [UInt8] = []
  func add(_ number: UInt32) { withUnsafeBytes(of: number.littleEndian) { data += $0 } }
  add(flag)
  add(flag == 0 ? labels[0].bitPattern : 0)
  for _ in 0..<4 { add(7) }
  if flag > 0 { labels.forEach { add($0.bitPattern) } }
  data += content
  let body = data
  data = []
  add(0xCED7_230A)
  add(part << 29 | UInt32(body.count))
  data += body
  return data + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
}

@Test func aRecordIOFileHasItsPicturesByLabelAndNumber() throws {
  let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0x41]
  var bytes = record(flag: 2, labels: [4, 6], [])
  bytes += record(flag: 0, labels: [12], jpeg + Array("a".utf8))
  bytes += record(flag: 2, labels: [12, 0], jpeg + Array("bc".utf8))
  bytes += record(flag: 0, labels: [0], jpeg, part: 1) + record(flag: 0, labels: [0], jpeg, part: 3)
  bytes += record(flag: 0, labels: [3], [0x89, 0x50, 0x4E, 0x47])
  bytes += record(flag: 0, labels: [.nan], jpeg) + record(flag: .max, labels: [1], jpeg)
  let tree = Tree()
  tree.file("train.rec", bytes)
  let index = try OpenContainers().index(of: tree.path(Array("train.rec".utf8)))
  var found: [String: Int] = [:]
  index.forEach { found[SamplePath(bytes: $0).text] = $1.bytes }
  #expect(
    found == ["12/1.jpg": 5, "12/2.jpg": 6, "0/3.jpg": 36, "3/4.png": 4] && index.others == [.record: 2]
      && index.trouble == nil)
  let source = FolderSource(root: tree.root)
  #expect(try read("train.rec/12/2.jpg", from: source).hasSuffix("Abc"))
  // A record may end with its last byte: only what is missing of it is a cut.
  for length in [bytes.count - 1, 12, 3] {
    unlink(tree.root + "/train.rec")
    tree.file("train.rec", Array(bytes.prefix(length)))
    _ = try? OpenContainers().index(of: tree.path(Array("train.rec".utf8)))
  }
}
