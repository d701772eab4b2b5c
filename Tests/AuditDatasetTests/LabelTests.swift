import AuditCore
import Foundation
import Testing

@testable import AuditDataset

private func table(_ text: String, _ file: String = "list.txt", _ kind: LabelKind? = nil) throws -> LabelTable {
  try LabelText.read(Array(text.utf8), file: file, kind: kind)
}

extension LabelTable {
  fileprivate func person(_ path: String) -> String? { label(of: Array(path.utf8))?.identity?.text }
  fileprivate func part(_ path: String) -> SplitName? { label(of: Array(path.utf8))?.split }
}

struct LabelListTests {
  @Test func theListsOfCelebASayWhoIsInAPictureAndWhichPartItIsFor() throws {
    let people = try table("000001.jpg 2880\r\n000002.jpg 2937\n\n000003.jpg\t8692", "identity_CelebA.txt")
    #expect(people.count == 3 && people.kinds == [.identity] && people.conflicts == 0)
    #expect(people.person("img_align_celeba/000002.jpg") == "2937" && people.person("000003.jpg") == "8692")
    // Pictures are passed on in other formats too.
    #expect(people.person("png/000001.png") == "2880" && people.person("000004.jpg") == nil)
    #expect(people.person("1000001.jpg") == nil)
    let parts = try table("000001.jpg 0\n000002.jpg 1\n000003.jpg 2\n", "list_eval_partition.txt")
    #expect(parts.kinds == [.split] && parts.part("x/000001.jpg") == .train && parts.part("000003.jpg") == .test)
    let comma = try table("image_id,partition\n000001.jpg,0\n000002.jpg,1\n", "list_eval_partition.csv")
    #expect(comma.kinds == [.split] && comma.part("000002.jpg") == .validation)
  }

  @Test func aTableNamesItsColumns() throws {
    let header = "\u{FEFF}split,file_name,identity,age\n"
    let text = header + "val,\"a, b/1.jpg\",\"Ann \"\"A\"\" Lee\",7\n test , 2.jpg , Bo ,8\n,"
    #expect(throws: AuditError.self) { try table(text) }
    let both = try table(String(text.dropLast(2)))
    #expect(both.kinds == [.identity, .split])
    #expect(both.person("x/a, b/1.jpg") == "Ann \"A\" Lee" && both.part("a, b/1.jpg") == .validation)
    #expect(both.person("2.jpg") == "Bo" && both.part("2.jpg") == .test)
    let only = try table("Image\tName of a friend\n1.jpg\tAnn Lee\n")
    #expect(only.person("1.jpg") == "Ann Lee")
  }

  @Test func whatTheValuesAreIsAskedWhereTheyDoNotTell() throws {
    #expect(try table("a.jpg train\nb.jpg val").part("b.jpg") == .validation)
    #expect(try table("a.jpg ann\nb.jpg train").person("b.jpg") == "train")
    #expect { try table("a.jpg 0\nb.jpg 2") } throws: { "\($0)".contains("--labels split:list.txt") }
    #expect(try table("a.jpg 0\nb.jpg 2", "list.txt", .split).part("b.jpg") == .test)
    #expect(try table("a.jpg 0\nb.jpg 2", "list.txt", .identity).person("b.jpg") == "2")
    #expect { try table("a.jpg train\nb.jpg extra", "x", .split) } throws: { "\($0)".contains("'extra'") }
  }

  @Test func theLongestEndOfAPathThatTheListNamesCounts() throws {
    let list = try table(
      "1.jpg anybody\nann/1.jpg ann\n./bo/1.jpg bo\nc.x.jpg cy\nc.png dan\nc.jpg dan\nd.png eve\nd.jpg eva")
    #expect(list.person("set/ann/1.jpg") == "ann" && list.person("set/bo/1.jpg") == "bo")
    #expect(list.person("set/cy/1.jpg") == "anybody" && list.person("bo/1.png") == "bo")
    #expect(list.person("c.webp") == "dan" && list.person("c.x.webp") == "cy")
    // Two values of one stem: nobody knows which.
    #expect(list.person("d.webp") == nil && list.person("d.png") == "eve")
  }

  @Test func aNameWithTwoValuesIsNobodysAndIsCounted() throws {
    let list = try table("a.jpg ann\nb.jpg bo\na.jpg eve\nb.jpg bo\n")
    #expect(list.conflicts == 1 && list.count == 2)
    #expect(list.person("a.jpg") == nil && list.person("b.jpg") == "bo")
  }

  @Test(arguments: [
    ("", "names no picture"), ("a.jpg", "1 column"), ("a.jpg ann\nb.jpg\n", "line 2"), ("a.jpg 1 1 -1\n", "4 columns"),
    ("image_id,smile\n", "names no picture"), ("file,a,b\nx,1,2\n", "names no column"),
    ("name,identity\n\"a.jpg,ann\n", "quote"), ("/ ann\n", "no name"),
    ("202599\n5_o_Clock_Shadow Arched_Eyebrows\n000001.jpg -1 1\n", "line 3"),
  ])
  func whatIsNoListIsSaid(text: String, words: String) {
    #expect { try table(text) } throws: { "\($0)".contains(words) }
  }

  @Test func whateverBytesAListHasNothingTraps() {
    var random = SystemRandomNumberGenerator()
    let texts = [
      "a.jpg ann\nb.jpg 2\n", "\u{FEFF}file_name,identity,split\n\"a,b\",x,train\n",
      "{\"labels\":[[\"a.jpg\",3],[\"b\\u00e9.png\",[1,2]]],\"0\":{\"category\":\"training\"}}",
    ]
    for text in texts {
      for _ in 0..<500 {
        var bytes = Array(text.utf8.prefix(Int.random(in: 0...text.utf8.count, using: &random)))
        for _ in 0..<Int.random(in: 0...5, using: &random) where !bytes.isEmpty {
          bytes[Int.random(in: bytes.indices, using: &random)] =
            [0, 0x0A, 0x20, 0x22, 0x2C, 0x2E, 0x2F, 0x5B, 0x5C, 0x80, 0xFF].randomElement() ?? 0
        }
        for table in [try? LabelText.read(bytes, file: "x"), (try? LabelDocument.read(bytes, file: "x")) ?? nil] {
          for path in ["a.jpg", "a.png", "b", "/", ""] { _ = table?.label(of: Array(path.utf8)) }
        }
      }
    }
    // Many names with one stem cost a look at a few of them.
    let many = (0..<2000).map { "a.\($0) ann\n" }.joined()
    #expect((try? table(many))?.person("a.jpg") == nil)
  }
}

struct LabelDocumentTests {
  private func read(_ text: String) throws -> LabelTable? { try LabelDocument.read(Array(text.utf8), file: "x.json") }

  @Test func theDocumentOfFFHQSaysWhichPartAPictureIsFor() throws {
    let list = try #require(
      try read(
        """
        {"0": {"image": {"file_path": "images1024x1024/00000/00000.png", "face_landmarks": [[131.6, 453.8]]},
          "category": "training"}, "69999": {"metadata": {"category": "x"}, "category": "validation"}, "x": {}}
        """))
    #expect(list.kinds == [.split] && list.part("images1024x1024/00000/00000.png") == .train)
    #expect(list.part("thumbnails128x128/69000/69999.png") == .validation && list.part("70000.png") == nil)
  }

  @Test func theDocumentOfStyleGANNamesClasses() throws {
    let list = try #require(
      try read(
        """
        {"other": 1, "labels": [["00000/img00000000.png", 3], ["00000/img00000001.png", [0.5, 1]],
          ["00000/im\\u0067\\/2.png", "ann"], ["x", null], ["y"], 7]}
        """))
    #expect(list.count == 2 && list.person("00000/img00000000.png") == "3")
    #expect(list.label(named: Array("00000/img/2.png".utf8))?.identity?.text == "ann")
    for text in ["{\"labels\": null}", "{\"labels\": []}", "{\"a\": {\"b\": 1}}", "{}"] {
      #expect(try read(text) == nil)
    }
    for text in ["", "{", "[]", "{\"labels\": [[\"a\", 1]]", "{\"labels\": [[\"a\", 1]]} x"] {
      #expect(throws: AuditError.self) { try read(text) }
    }
  }
}

struct DatasetLabelTests {
  private func plan(_ tree: Tree, _ folder: String, labels: [String]? = nil) throws -> Plan {
    var files = DatasetFiles(folders: [tree.root + folder])
    files.labels = labels
    return try Plan(ScanTarget(files)) { _ in }
  }

  private func people(_ plan: Plan) -> [String: String?] {
    Dictionary(uniqueKeysWithValues: plan.samples.map { ($0.path.text, $0.identity?.text) })
  }

  private func celebA() -> Tree {
    let tree = Tree()
    for folder in ["Img", "Img/img_align_celeba", "Anno", "Eval"] { tree.folder(folder) }
    for number in 1...4 { tree.file("Img/img_align_celeba/00000\(number).jpg") }
    tree.file("Anno/identity_CelebA.txt", Array("000001.jpg 7\n000002.jpg 9\n000003.jpg 7\n999999.jpg 1\n".utf8))
    tree.file("Eval/list_eval_partition.txt", Array("000001.jpg 0\n000002.jpg 1\n000004.jpg 2\n".utf8))
    return tree
  }

  @Test(arguments: ["", "/Img/img_align_celeba"])
  func listsBesideThePicturesAreFound(folder: String) throws {
    let plan = try plan(celebA(), folder)
    #expect(plan.samples.map { $0.identity?.text } == ["7", "9", "7", nil])
    #expect(plan.samples.map(\.split) == [.train, .validation, nil, .test])
    #expect(plan.rules?.labels?.map(\.name) == ["identity_CelebA.txt", "list_eval_partition.txt"])
    #expect(plan.notes.contains { $0.contains("'identity_CelebA.txt' says who is in 3 of 4 images") }, "\(plan.notes)")
  }

  @Test func noListIsReadWhereNobodyWantsOneOrThePicturesAreOthers() throws {
    let tree = celebA()
    let plain = try plan(tree, "", labels: ["none"])
    #expect(plain.rules == nil && plain.samples.allSatisfy { $0.identity?.text == "Img" && $0.split == nil })
    // Numbers are names in many sets: a list above is that of a folder of CelebA's name alone.
    tree.folder("Img/mine")
    tree.file("Img/mine/000001.jpg")
    #expect(try plan(tree, "/Img/mine").rules == nil)
  }

  @Test func aListThatIsNamedIsReadOrRefused() throws {
    let tree = Tree()
    tree.folder("set")
    for name in ["1.png", "2.png"] { tree.file("set/" + name) }
    tree.file("who.csv", Array("file,person,split\n1.jpg,ann,train\n".utf8))
    tree.file("others.txt", Array("x.jpg ann\n".utf8))
    let plan = try plan(tree, "", labels: [tree.root + "/who.csv"])
    #expect(people(plan) == ["set/1.png": "ann", "set/2.png": nil] && plan.samples.first?.split == .train)
    #expect { try self.plan(tree, "", labels: [tree.root + "/others.txt"]) } throws: {
      "\($0)".contains("there they are like 'x.jpg', here like 'set/1.png'")
    }
    #expect(throws: AuditError.self) { try self.plan(tree, "", labels: [tree.root + "/nothing.txt"]) }
    #expect(throws: AuditError.self) { try self.plan(tree, "", labels: ["none", tree.root + "/who.csv"]) }
    // Parts alone leave people to the folders.
    let parts = try self.plan(tree, "", labels: ["split:" + tree.root + "/who.csv"])
    #expect(parts.samples.allSatisfy { $0.identity?.text == "set" } && parts.samples.first?.split == .train)
  }

  @Test func whereNoImageIsTheListIsNotToBlame() throws {
    let tree = Tree()
    tree.folder("empty")
    tree.file("who.txt", Array("x.jpg ann\n".utf8))
    #expect { try self.plan(tree, "/empty", labels: [tree.root + "/who.txt"]) } throws: {
      "\($0)".contains("no images found")
    }
  }

  @Test func theDocumentOfAFolderOrAContainerIsAboutItsOwnFiles() throws {
    let tree = Tree()
    let document = "{\"labels\": [[\"00000/a.png\", 3], [\"00000/b.png\", 4]]}"
    for folder in ["folder", "folder/00000", "folder/x", "folder/x/00000", "tars"] { tree.folder(folder) }
    tree.file("folder/dataset.json", Array(document.utf8))
    for name in ["00000/a.png", "00000/c.png", "x/00000/b.png"] { tree.file("folder/" + name) }
    #expect(people(try plan(tree, "/folder")) == ["00000/a.png": "3", "00000/c.png": nil, "x/00000/b.png": nil])
    for (name, labels) in [("0.tar", document), ("1.tar", "{\"labels\": null}"), ("2.tar", "no json")] {
      var tar = TarMaker()
      tar.add("00000/a.png", "x")
      tar.add("dataset.json", labels)
      tar.end()
      tree.file("tars/" + name, tar.bytes)
    }
    #expect(
      people(try plan(tree, "/tars")) == ["0.tar/00000/a.png": "3", "1.tar/00000/a.png": nil, "2.tar/00000/a.png": nil])
    #expect(people(try plan(tree, "/tars/0.tar")) == ["00000/a.png": "3"])
  }

  @Test func theDocumentOfATarThatIsWrittenAgainLosesTheNamesOfThoseThatGo() throws {
    let tree = Tree()
    let document = "{\"labels\": [[\"a.png\", 3], [\"b.png\", 4], [\"c.png\", 5]], \"by\": \"hand\"}"
    for preface in ["", "pax", "long"] {
      var tar = TarMaker()
      tar.add("a.png", "1")
      if preface == "pax" { tar.add(pax: "size", "\(document.utf8.count)") }
      if preface == "long" { tar.add("././@LongLink", "./dataset.json\0", kind: "L") }
      tar.add(preface == "long" ? "another name" : "./dataset.json", document)
      for (name, content) in [("b.png", "2"), ("c.png", "3")] { tar.add(name, content) }
      tar.end()
      let place = tree.root + "/\(preface)old.tar"
      tree.file("\(preface)old.tar", tar.bytes)
      var (all, some) = ([UInt8](), [UInt8]())
      try ContainerCopy(Array(place.utf8)).write(keeping: { _ in true }, { all += $0 })
      #expect(all == tar.bytes, "\(preface)")
      try ContainerCopy(Array(place.utf8)).write(keeping: { !$0.elementsEqual("b.png".utf8) }, { some += $0 })
      tree.file("\(preface)new.tar", some)
      #expect(people(try plan(tree, "/\(preface)new.tar")) == ["a.png": "3", "c.png": "5"], "\(preface)")
      let text = String(decoding: some, as: UTF8.self)
      #expect(
        text.contains("[[\"a.png\", 3], [\"c.png\", 5]], \"by\": \"hand\"}") && !text.contains("b.png"), "\(preface)")
    }
  }

  @Test func aMillionLabelsTakeFourBytesASample() {
    var samples = SampleList(
      (0..<20_000).map { Sample(path: SamplePath("img/\(1_000_000 + $0).jpg"), bytes: 9000, modified: 5) })
    let before = samples.memory
    samples.label { SampleLabel(identity: ByteKey(String($0.path.text.suffix(6).prefix(2))), split: .train) }
    #expect(samples.memory - before < 5 * samples.count)
    #expect(samples[4711].identity?.text == "11" && samples.chosen([4711])[0].split == .train)
  }
}
