import AuditCore
import AuditImages
import Foundation
import Testing

@testable import AuditDataset

private func little(_ numbers: UInt32...) -> [UInt8] {
  numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
}

/// What stands in a record: flag 0, a label, two numbers of its own, and a picture.
private func labelled(_ label: Float, _ picture: [UInt8]) -> [UInt8] {
  little(0, label.bitPattern, 7, 7, 7, 7) + picture
}

private let mark = little(0xCED7_230A)

/// Frames as dmlc's writer makes them: the record ends at each mark that begins at a multiple of four, which goes.
private func record(_ body: [UInt8]) -> [UInt8] {
  let cuts = stride(from: 0, to: max(0, body.count - 3), by: 4).filter { body[$0..<($0 + 4)].elementsEqual(mark) }
  var (parts, start) = ([[UInt8]](), 0)
  for cut in cuts {
    parts.append(Array(body[start..<cut]))
    start = cut + 4
  }
  parts.append(Array(body[start...]))
  var bytes: [UInt8] = []
  for (place, part) in parts.enumerated() {
    let kind: UInt32 = parts.count == 1 ? 0 : place == 0 ? 1 : place == parts.count - 1 ? 3 : 2
    bytes += mark + little(kind << 29 | UInt32(part.count)) + part
    bytes += [UInt8](repeating: 0, count: (4 - part.count % 4) % 4)
  }
  return bytes
}

struct RecordIOTests {
  private let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0]

  private func index(_ tree: Tree) throws -> ContainerIndex {
    try OpenContainers().index(of: tree.path(Array("train.rec".utf8)))
  }

  private func names(_ index: ContainerIndex) -> [String] {
    var names: [String] = []
    index.forEach { name, _ in names.append(SamplePath(bytes: name).text) }
    return names
  }

  @Test func aPictureThatHoldsTheMarkIsReadWhole() throws {
    let picture = jpeg + mark + Array("abcd".utf8) + mark + mark + Array("the end".utf8)
    let tree = Tree()
    let bytes = record(labelled(5, jpeg)) + record(labelled(6, picture)) + record(labelled(7, jpeg + [1]))
    tree.file("train.rec", bytes)
    #expect(try names(index(tree)) == ["5/0.jpg", "6/1.jpg", "7/2.jpg"] && index(tree).others.isEmpty)
    let sample = Sample(path: SamplePath("train.rec/6/1.jpg"), bytes: 0, modified: 0)
    let reader = FolderSource(root: tree.root).makeReader(limits: ReadingLimits())
    #expect(try reader.read(sample) { file throws(SampleIssue) in try file.whole() } == picture)
    for length in stride(from: 4, to: bytes.count, by: 5) {
      unlink(tree.root + "/train.rec")
      tree.file("train.rec", Array(bytes.prefix(length)))
      guard let index = try? index(tree) else { continue }
      index.forEach { name, _ in
        let sample = Sample(path: SamplePath(bytes: Array("train.rec/".utf8) + name), bytes: 0, modified: 0)
        _ = try? FolderSource(root: tree.root).makeReader(limits: ReadingLimits()).read(sample) { $0.count }
      }
    }
  }

  @Test func recordsHaveTheKeysOfTheIndexBesideThem() throws {
    let tree = Tree()
    let records = [record(little(2, 0, 0, 0, 0, 0, 9, 9)), record(labelled(5, jpeg)), record(labelled(5, jpeg + jpeg))]
    tree.file("train.rec", records.flatMap { $0 })
    let second = records[0].count
    let third = second + records[1].count
    tree.file("train.idx", Array("0\t0\n\nno line\n1700\t\(third)\n41\t\(second)\n3 99999\n".utf8))
    #expect(try names(index(tree)) == ["5/1700.jpg", "5/41.jpg"] && index(tree).trouble == nil)
    unlink(tree.root + "/train.idx")
    tree.file("train.idx", Array("0\t0\n41\t\(second)\n".utf8))
    #expect(try names(index(tree)) == ["5/41.jpg"] && index(tree).others == [.unnamed: 1])
    // That of another file.
    unlink(tree.root + "/train.idx")
    tree.file("train.idx", Array("0\t1\n41\t3\n".utf8))
    #expect(try names(index(tree)) == ["5/1.jpg", "5/2.jpg"])
    #expect(try index(tree).trouble?.detail.contains(".idx names none") == true)
    unlink(tree.root + "/train.idx")
    #expect(try names(index(tree)) == ["5/1.jpg", "5/2.jpg"] && index(tree).trouble == nil)
  }
}

struct ContainerOdditiesTests {
  @Test(arguments: [1, 512, 70_000])
  func aZipBehindAProgramIsReadAsTheZip(prefix: Int) throws {
    let tree = Tree()
    tree.file("x.zip", streamedZip)
    tree.file("y.zip", [UInt8](repeating: UInt8(ascii: "#"), count: prefix) + streamedZip)
    #expect(try contents("y.zip", tree) == contents("x.zip", tree) && contents("y.zip", tree).count == 4)
  }

  @Test func filesWithHolesAreCountedAndThoseBehindThemRead() throws {
    var tar = TarMaker()
    tar.add("a.jpg", "first")
    // GNU's own kind: a block that says more of the holes follows, which the size does not count.
    tar.add(Array("sparse.jpg".utf8), Array("12".utf8), kind: "S")
    var bytes = tar.bytes
    let header = 1024
    bytes[header + 482] = 1
    // One less in its mode, so that its checksum is as it was.
    bytes[header + 106] -= 1
    bytes.insert(contentsOf: [UInt8](repeating: 0, count: 512), at: header + 512)
    var rest = TarMaker()
    rest.add(pax: "GNU.sparse.major", "1")
    rest.add("GNUSparseFile.0/b.jpg", "map and data")
    rest.add("c.jpg", "last")
    rest.end()
    let tree = Tree()
    tree.file("x.tar", bytes + rest.bytes)
    #expect(try contents("x.tar", tree) == ["a.jpg": "first", "c.jpg": "last"])
    #expect(try OpenContainers().index(of: tree.path(Array("x.tar".utf8))).others == [.sparse: 2])
  }

  @Test func ofTwoFilesOfOneNameTheLaterCountsAndTheOtherIsCounted() throws {
    var tar = TarMaker()
    for content in ["first", "second", "third"] { tar.add("a.jpg", content) }
    tar.add(Array("b.jpg".utf8), kind: "1", link: "a.jpg")
    tar.end()
    let tree = Tree()
    tree.file("x.tar", tar.bytes)
    #expect(try contents("x.tar", tree) == ["a.jpg": "third", "b.jpg": "third"])
    #expect(try OpenContainers().index(of: tree.path(Array("x.tar".utf8))).others == [.twice: 2])
  }

  @Test func aFilteredDocumentNamesWhatStaysAndNothingElse() throws {
    func filtered(_ text: String, without names: String...) -> String? {
      LabelDocument.filtered(Array(text.utf8)) { !names.contains(SamplePath(bytes: $0).text) }
        .map { String(decoding: $0, as: UTF8.self) }
    }
    let text = "{\"v\": [1, 2], \"labels\": [[\"a.png\", 3], [\"x/b.png\",[0.5,1e-3]],\n[\"c.png\", null]], \"w\": {}} "
    let less = "{\"v\": [1, 2], \"labels\": [[\"x/b.png\",[0.5,1e-3]], [\"c.png\", null]], \"w\": {}} "
    #expect(filtered(text, without: "a.png") == less)
    #expect(filtered(text, without: "a.png", "x/b.png", "c.png") == "{\"v\": [1, 2], \"labels\": [], \"w\": {}} ")
    #expect(filtered(text, without: "d.png") == nil && filtered("{\"labels\": null}", without: "a.png") == nil)
    #expect(filtered("no json", without: "a.png") == nil)
  }
}
