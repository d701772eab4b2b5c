import AuditCore
import Foundation
import Testing

/// Exports that other programs read from the folder where they lie.
struct DatasetFormatTests {
  private static let picture = Data(
    base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC")

  // MARK: Hugging Face

  @Test func metadataInsideEachSplitIsMergedWhereItLies() throws {
    let set = try ExportSet([
      .init("train/1.png", .drop, skew: 3), .init("train/sub/2.png"), .init("test/3.png"), .init("extra/4.png"),
    ])
    try set.write(
      "{\"file_name\":\"1.png\",\"text\":\"one\"}\n{\"file_name\":\"./sub/2.png\",\"text\":\"two\"}\n",
      to: "train/metadata.jsonl")
    try set.write("{\"file_name\":\"3.png\",\"text\":\"three\"}\n", to: "test/metadata.jsonl")
    let refused = try set.audit("export", set.database, "--format", "hf-metadata", "-o", "one.jsonl")
    #expect(
      refused.status == 2 && refused.err.contains("extra/metadata.jsonl, test/metadata.jsonl, train/metadata.jsonl"),
      "\(refused.err)")
    #expect(try set.audit("export", set.database, "--format", "hf-metadata").status == 2)
    let run = try set.audit("export", set.database, "--format", "hf-metadata", "-o", "new")
    #expect(run.status == 0 && run.err.contains("wrote 4 images"), "\(run.err)")
    let train = try set.text("new/train/metadata.jsonl").split(separator: "\n")
    #expect(
      train.count == 2 && train[0].hasPrefix("{\"file_name\":\"1.png\",\"text\":\"one\",\"audit_verdict\":\"drop\""))
    #expect(train[1].hasPrefix("{\"file_name\":\"./sub/2.png\",\"text\":\"two\",\"audit_verdict\":\"keep\""))
    #expect(try set.text("new/test/metadata.jsonl").hasPrefix("{\"file_name\":\"3.png\",\"text\":\"three\","))
    #expect(try set.text("new/extra/metadata.jsonl").hasPrefix("{\"file_name\":\"4.png\",\"audit_verdict\":"))
    #expect(!set.exists("new/metadata.jsonl"))
  }

  @Test func splitsWithoutMetadataGetOneEach() throws {
    let set = try ExportSet([.init("train/a/1.png"), .init("val/2.png")])
    #expect(try set.audit("export", set.database, "--format", "hf-metadata", "-o", "new").status == 0)
    #expect(try set.text("new/train/metadata.jsonl").hasPrefix("{\"file_name\":\"a/1.png\","))
    #expect(try set.text("new/val/metadata.jsonl").hasPrefix("{\"file_name\":\"2.png\","))
  }

  @Test func aTableKeepsItsFieldsToTheByte() throws {
    let set = try ExportSet([.init("1.png", .drop, skew: 3), .init("a,b/2.png"), .init("3.png", .review)])
    let table =
      "\u{FEFF}text,file_name,audit_skew,n\r\n\"he said \"\"x\"\",\nand left\",1.png,9,007\r\nkept,elsewhere.png,,\r\n"
      + "\"two\",\"a,b/2.png\",1, 2.50\r\n"
    try set.write(table, to: "metadata.csv")
    let wrong = try set.audit("export", set.database, "--format", "hf-metadata", "-o", "new.jsonl")
    #expect(wrong.status == 2 && wrong.err.contains("the dataset's metadata is metadata.csv"), "\(wrong.err)")
    #expect(try set.audit("export", set.database, "--format", "hf-metadata", "-o", "metadata.csv").status == 0)
    let script = """
      import csv, sys
      rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8")))
      print([(r["text"], r["file_name"], r["n"], r["audit_verdict"], r["audit_skew"]) for r in rows])
      """
    let read = try #require(try Command.python(script, needs: ["csv"], arguments: [set.path + "/metadata.csv"]))
    #expect(
      read.out
        == "[('he said \"x\",\\nand left', '1.png', '007', 'drop', '3.0'), ('kept', 'elsewhere.png', '', '', ''), "
        + "('two', 'a,b/2.png', ' 2.50', 'keep', '1.0'), ('', '3.png', '', 'review', '1.0')]\n", "\(read.err)")
    let broken = "file_name,text\n1.png,a,b\n"
    try set.write(broken, to: "metadata.csv")
    let named = try set.audit("export", set.database, "--format", "hf-metadata", "-o", "other.csv")
    #expect(named.status == 2 && named.err.contains("line 2 of") && named.err.contains("3 fields"), "\(named.err)")
  }

  @Test func aByteOrderMarkAndNaNAreRead() throws {
    let set = try ExportSet([.init("1.png"), .init("2.png")])
    try set.write(
      "\u{FEFF}{\"file_name\":\"1.png\",\"x\":NaN,\"y\":-Infinity}\r\n{\"file_name\":\"2.png\",\"x\":[Infinity]}",
      to: "metadata.jsonl")
    let run = try set.audit("export", set.database, "--format", "hf-metadata")
    #expect(run.status == 0, "\(run.err)")
    #expect(run.out.hasPrefix("{\"file_name\":\"1.png\",\"x\":NaN,\"y\":-Infinity,\"audit_verdict\":\"keep\""))
    #expect(run.out.contains("{\"file_name\":\"2.png\",\"x\":[Infinity],\"audit_verdict\""))
  }

  @Test func whatDatasetsWouldRefuseIsRefusedWithTheReason() throws {
    let set = try ExportSet([.init("a/1.png"), .init("b/2.png")])
    try set.write("{\"file_name\":\"1.png\"}\n", to: "a/metadata.jsonl")
    try set.write("file_name\n2.png\n", to: "b/metadata.csv")
    let both = try set.audit("export", set.database, "--format", "hf-metadata", "-o", "new")
    #expect(both.status == 2 && both.err.contains("'b/metadata.csv' and 'a/metadata.jsonl'"), "\(both.err)")
    let one = try set.audit(
      "export", set.database, "--format", "hf-metadata", "--merge", set.dataset + "/a/metadata.jsonl")
    #expect(
      one.status == 0 && one.out.hasPrefix("{\"file_name\":\"1.png\",\"audit_verdict\"") && !one.out.contains("2.png"))
    #expect(one.err.contains("its names begin in a/"), "\(one.err)")
    try set.write("PAR1", to: "metadata.parquet")
    let parquet = try set.audit("export", set.database, "--format", "hf-metadata", "-o", "new")
    #expect(parquet.status == 2 && parquet.err.contains("metadata.parquet' cannot be merged"), "\(parquet.err)")
    #expect(!set.exists("new"))
  }

  @Test func datasetsLoadsEverySplitWithItsCaptions() throws {
    let set = try ExportSet([
      .init("train/1.png", .drop, skew: 3), .init("train/2.png"), .init("test/3.png", .review),
    ])
    let picture = try #require(DatasetFormatTests.picture)
    for name in ["train/1", "train/2", "test/3"] {
      try picture.write(to: URL(fileURLWithPath: set.dataset + "/\(name).png"))
    }
    try set.write(
      "{\"file_name\":\"1.png\",\"text\":\"one\"}\n{\"file_name\":\"2.png\",\"text\":\"two\"}\n",
      to: "train/metadata.jsonl")
    try set.write("{\"file_name\":\"3.png\",\"text\":\"three\"}\n", to: "test/metadata.jsonl")
    #expect(try set.audit("export", set.database, "--format", "hf-metadata", "-o", "new").status == 0)
    let script = """
      import os, shutil, sys, datasets
      shutil.copytree(sys.argv[1], sys.argv[1] + "-copy")
      shutil.copytree(sys.argv[2], sys.argv[1] + "-copy", dirs_exist_ok=True)
      loaded = datasets.load_dataset("imagefolder", data_dir=sys.argv[1] + "-copy", cache_dir=sys.argv[1] + "-cache")
      print([(s, r["text"], r["audit_verdict"], r["image"].size) for s in sorted(loaded) for r in loaded[s]])
      """
    guard
      let read = try Command.python(script, needs: ["datasets", "PIL"], arguments: [set.dataset, set.path + "/new"])
    else { return }
    #expect(
      read.out
        == "[('test', 'three', 'review', (1, 1)), ('train', 'one', 'drop', (1, 1)), ('train', 'two', 'keep', (1, 1))]\n",
      "\(read.err)")
  }

  // MARK: ImageFolder

  /// torchvision's rules on the standard library alone.
  private static let imageFolder = """
    import os, sys
    extensions = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")
    def image_folder(root):
      samples = []
      for name in sorted(e.name for e in os.scandir(root) if e.is_dir()):
        for folder, _, files in sorted(os.walk(os.path.join(root, name), followlinks=True)):
          samples += [p for p in (os.path.join(folder, f) for f in sorted(files)) if p.lower().endswith(extensions)]
      return samples
    """

  @Test func hiddenFilesAndLinkedFoldersTakePlacesInImageFolder() throws {
    let set = try ExportSet((0..<6).map { .init("c\($0 % 3)/\($0).png", weight: Double($0 + 1) / 8, content: "\($0)") })
    try set.write("mac", to: "c0/._0.png")
    try set.write("mac", to: "c1/.hidden.jpg")
    try set.write("old", to: ".trash/x.png")
    try set.write("new since the scan", to: "c1/0.png")
    try FileManager.default.createDirectory(atPath: set.dataset + "/empty", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: set.dataset + "/b", withDestinationPath: "c2")
    try FileManager.default.createSymbolicLink(atPath: set.dataset + "/c2/more", withDestinationPath: "../c0")
    try FileManager.default.createSymbolicLink(atPath: set.dataset + "/c2/nowhere.png", withDestinationPath: "none")
    let run = try set.audit("export", set.database, "--format", "weights", "-o", "w.npy")
    #expect(run.status == 0 && run.err.contains("ImageFolder lists 14 files more than the run holds"), "\(run.err)")
    #expect(run.err.contains("without pictures (empty) unless it is told allow_empty=True"), "\(run.err)")
    let script =
      DatasetFormatTests.imageFolder + """

        import numpy
        root, base = sys.argv[1:]
        samples = image_folder(root)
        weights, indices = numpy.load(base + ".npy"), numpy.load(base + ".indices.npy")
        names = open(base + ".txt").read().splitlines()
        assert len(names) == 6 and [samples[i] for i in indices] == [os.path.join(root, n) for n in names], (samples, names)
        assert [int(open(os.path.join(root, n)).read()) + 1 for n in names] == [w * 8 for w in weights]
        print(len(samples))
        """
    guard let read = try Command.python(script, needs: ["numpy"], arguments: [set.dataset, set.path + "/w"]) else {
      return
    }
    #expect(read.out == "20\n", "\(read.err)")
  }

  @Test func aLinkInACircleAndAFolderThatIsGoneAreRefusedWithTheReason() throws {
    let set = try ExportSet([.init("a/1.png"), .init("b/2.png")])
    try FileManager.default.createSymbolicLink(atPath: set.dataset + "/b/up", withDestinationPath: "..")
    let circle = try set.audit("export", set.database, "--format", "weights", "-o", "w.npy")
    #expect(circle.status == 2 && circle.err.contains("'b/up/b' leads in a circle"), "\(circle.err)")
    try FileManager.default.moveItem(atPath: set.dataset, toPath: set.dataset + "-moved")
    let gone = try set.audit("export", set.database, "--format", "weights", "-o", "w.npy")
    #expect(
      gone.status == 2 && gone.err.contains("the order of ImageFolder is read from the folder itself"), "\(gone.err)")
    #expect(!set.exists("w.npy") && !set.exists("w.txt"))
  }

  @Test func aFlatSetIsInTheOrderOfItsPaths() throws {
    let set = try ExportSet([.init("b.png", weight: 0.25), .init("a.png", weight: 0.5), .init("B.png", weight: 1)])
    let run = try set.audit("export", set.database, "--format", "weights", "-o", "w.npy")
    #expect(run.status == 0 && run.err.contains("there are no class folders"), "\(run.err)")
    #expect(try set.text("w.txt") == "B.png\na.png\nb.png\n")
    let bytes = try set.file("w.npy").dropFirst(128)
    let values = stride(from: 128, to: 128 + bytes.count, by: 8).map { start in
      Double(bitPattern: bytes[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    #expect(values == [1, 0.5, 0.25])
  }

  // MARK: Lists

  @Test func aCleanListNamesIdentityAndImage() throws {
    let set = try ExportSet([
      .init("m.01/1.jpg"), .init("m.01/2.jpg", .drop), .init("m.02/3.jpg", .review), .init("top.jpg"),
      .init("x/y/4.jpg"),
    ])
    let run = try set.audit("export", set.database, "--format", "ms1m-list")
    #expect(run.out == "m.01/1.jpg\nm.02/3.jpg\n")
    #expect(run.err.contains("left out: 2 images not in the folder of an identity"), "\(run.err)")
  }

  @Test func recordIndicesAreTheNumbersOfTheNames() throws {
    let set = try ExportSet([.init("a/10.jpg"), .init("a/0009.jpg"), .init("b/100.jpg", .drop), .init("b/x1.jpg")])
    let run = try set.audit("export", set.database, "--format", "rec-idx")
    #expect(run.out == "9\n10\n" && run.err.contains("left out: 1 image whose name is not the number of a record"))
    let all = try ExportSet([.init("a/7.jpg"), .init("b/07.jpg")])
    let twice = try all.audit("export", all.database, "--format", "rec-idx", "-o", "idx.txt")
    #expect(twice.status == 2 && twice.err.contains("two images have the number 7") && !all.exists("idx.txt"))
  }

  @Test func uidsAreSortedPairsThatNumPyReads() throws {
    let names = ["00000000000000020000000000000001", "0000000000000001ffffffffffffffff"]
    let set = try ExportSet([
      .init("0/\(names[0]).jpg"), .init("0/\(names[1]).png"), .init("1/000.jpg"), .init("1/none.jpg"),
      .init("1/drop.jpg", .drop),
    ])
    try set.write("{\"key\":\"000\",\"uid\":\"8000000000000000000000000000000A\"}", to: "1/000.json")
    try set.write("{\"uid\":\"short\"}", to: "1/none.json")
    let run = try set.audit("export", set.database, "--format", "uid-npy", "-o", "subset.npy")
    #expect(run.status == 0 && run.err.contains("left out: 1 image without a uid"), "\(run.err)")
    let script = """
      import sys, numpy
      uids = numpy.load(sys.argv[1])
      assert uids.dtype == numpy.dtype("u8,u8"), uids.dtype
      want = numpy.array([(1, 2**64 - 1), (2, 1), (2**63, 10)], numpy.dtype("u8,u8"))
      assert (uids == numpy.sort(want)).all(), uids
      print(len(uids))
      """
    guard let read = try Command.python(script, needs: ["numpy"], arguments: [set.path + "/subset.npy"]) else { return }
    #expect(read.out == "3\n", "\(read.err)")
  }

  @Test func aCocoFileKeepsTheImagesThatStayAndTheirAnnotations() throws {
    let set = try ExportSet([.init("a/1.jpg"), .init("a/2.jpg", .drop), .init("3.jpg", .review)])
    let coco = """
      {"info": {"year": 2017.50, "x": NaN}, "annotations": [{"id": 1, "image_id": 11, "bbox": [1, 2.50]}, {"image_id":12},
       {"id":3,"image_id":13}], "images": [{"id": 11, "file_name": "a/1.jpg"}, {"id":12,"file_name":"a/2.jpg"},
       {"file_name": "./3.jpg", "id": 13}, {"id": 14, "file_name": "elsewhere.jpg"}], "categories": []}
      """
    try Data(coco.utf8).write(to: URL(fileURLWithPath: set.path + "/coco.json"))
    let run = try set.audit("export", set.database, "--format", "coco-subset", "--merge", "coco.json", "-o", "out.json")
    #expect(run.status == 0 && run.err.contains("2 images and 2 annotations of 'coco.json'"), "\(run.err)")
    #expect(
      try set.text("out.json") == """
        {"info": {"year": 2017.50, "x": NaN},"annotations": [{"id": 1, "image_id": 11, "bbox": [1, 2.50]},
        {"id":3,"image_id":13}],"images": [{"id": 11, "file_name": "a/1.jpg"},
        {"file_name": "./3.jpg", "id": 13}],"categories": []}

        """)
    try Data("{\"images\": [{\"file_name\": \"COCO_1.jpg\"}]}".utf8).write(
      to: URL(fileURLWithPath: set.path + "/coco.json"))
    let none = try set.audit("export", set.database, "--format", "coco-subset", "--merge", "coco.json")
    #expect(none.status == 2 && none.err.contains("there they are like 'COCO_1.jpg', here like"), "\(none.err)")
    let missing = try set.audit("export", set.database, "--format", "coco-subset")
    #expect(missing.status == 2 && missing.err.contains("--merge annotations.json"))
  }
}
