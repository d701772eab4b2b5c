import AuditCore
import Foundation
import Testing

/// What the tools that the formats are for make of them.
struct ExportConsumerTests {
  /// Paths whose order differs between a list of paths and ImageFolder: a file beside a folder of nearly its name,
  /// folders whose names go on below `/`, a file at the top, an extension that ImageFolder does not know, names that are
  /// not ASCII and not UTF-8.
  private static let paths: [SamplePath] =
    [
      "b/z.png", "b/a/c.png", "b/a.png", "b a/x.png", "b-c/x.png", "b/a b/y.png", "b/a/é.png", "B/x.PNG", "é/x.jpg",
      "z/\u{FFFD}.png", "z/\u{1F600}.png", "top.png", "b/not.gif", "c/deep/er/1.webp",
    ].map { SamplePath($0) } + [SamplePath(bytes: Array("z/".utf8) + [0xE9] + Array(".png".utf8))]

  private static func set() throws -> ExportSet {
    try ExportSet(
      paths.enumerated().map { index, path in
        ExportSet.Face(raw: path, .keep, weight: Double(index + 1) / 64, content: "\(index)")
      } + [.init("c/broken.png", failure: SampleIssue(.corrupt))])
  }

  /// torchvision's `make_dataset`, rule by rule, on the standard library alone.
  private static let imageFolder = """
    import os, sys
    def image_folder(root):
      extensions = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")
      samples = []
      for name in sorted(e.name for e in os.scandir(root) if e.is_dir()):
        for folder, _, files in sorted(os.walk(os.path.join(root, name), followlinks=True)):
          for file in sorted(files):
            path = os.path.join(folder, file)
            if path.lower().endswith(extensions): samples.append(path)
      return samples
    def paths(file):
      return open(file, encoding="utf-8", errors="surrogateescape").read().splitlines()
    """

  @Test func pathsAndIndicesAreInTheOrderOfImageFolder() throws {
    let set = try ExportConsumerTests.set()
    let run = try set.audit("export", set.database, "--format", "weights", "-o", "w.npy")
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("left out: 1 image in no class folder, which ImageFolder does not list"))
    #expect(run.err.contains("left out: 1 image with an extension that ImageFolder does not list"))
    #expect(run.err.contains("left out: 1 image without a weight (unreadable or not scored)"))
    #expect(run.err.contains("\naudit: in Python:\n    folder = torchvision.datasets.ImageFolder("), "\(run.err)")
    let script =
      ExportConsumerTests.imageFolder + """

        import numpy
        root, base = sys.argv[1:]
        weights, indices = numpy.load(base + ".npy"), numpy.load(base + ".indices.npy")
        samples = image_folder(root)
        assert weights.dtype == numpy.float64 and weights.shape == (13,), (weights.dtype, weights.shape)
        assert indices.dtype == numpy.int64 and indices.shape == (13,)
        assert len(samples) == 14, len(samples)
        names = [os.path.join(root, p) for p in paths(base + ".txt")]
        assert [samples[i] for i in indices] == names, (samples, names)
        order = [int(open(os.fsencode(n)).read()) for n in names]
        assert [w * 64 - 1 for w in weights] == order, (weights, order)
        print("same")
        """
    guard let read = try Command.python(script, needs: ["numpy"], arguments: [set.dataset, set.path + "/w"]) else {
      return
    }
    #expect(read.out == "same\n", "\(read.err)")
  }

  @Test func torchSamplesWithTheWeights() throws {
    let set = try ExportConsumerTests.set()
    #expect(try set.audit("export", set.database, "--format", "weights", "-o", "w.npy").status == 0)
    let script =
      ExportConsumerTests.imageFolder + """

        import numpy, torch, torchvision
        root, base = sys.argv[1:]
        weights, indices = numpy.load(base + ".npy"), numpy.load(base + ".indices.npy")
        folder = torchvision.datasets.ImageFolder(root, loader=lambda path: open(os.fsencode(path)).read())
        assert [folder.samples[i][0] for i in indices] == [os.path.join(folder.root, p) for p in paths(base + ".txt")]
        torch.manual_seed(7)
        sampler = torch.utils.data.WeightedRandomSampler(weights, len(weights))
        loader = torch.utils.data.DataLoader(torch.utils.data.Subset(folder, indices), sampler=sampler, batch_size=4)
        seen = [int(text) for texts, _ in loader for text in texts]
        assert len(seen) == len(weights), seen
        print("sampled")
        """
    guard
      let read = try Command.python(
        script, needs: ["numpy", "torch", "torchvision"], arguments: [set.dataset, set.path + "/w"])
    else { return }
    #expect(read.out == "sampled\n", "\(read.err)")
  }

  @Test func aPersonsDecisionChangesTheWeights() throws {
    let set = try ExportSet([
      .init("a/1.png", weight: 0.25), .init("a/2.png", .drop, weight: 0.1), .init("a/3.png", weight: 0.5),
    ])
    let kept = try set.audit("decide", set.database, "a/2.png", "--verdict", "keep")
    #expect(kept.status == 0, "\(kept.err)")
    #expect(try set.audit("decide", set.database, "a/3.png", "--verdict", "drop").status == 0)
    #expect(try set.audit("export", set.database, "--format", "weights", "-o", "w.npy").status == 0)
    #expect(try set.text("w.txt") == "a/1.png\na/2.png\n")
    let bytes = try set.file("w.npy").dropFirst(128)
    let values = stride(from: 128, to: 128 + bytes.count, by: 8).map { start in
      Double(bitPattern: bytes[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    #expect(values == [0.25, 1])
    let indices = try set.file("w.indices.npy").dropFirst(128)
    #expect(Array(indices) == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func weightsWithoutAnyAreRefused() throws {
    let set = try ExportSet([.init("a/1.png", weight: nil), .init("2.png")])
    let run = try set.audit("export", set.database, "--format", "weights", "-o", "w.npy")
    #expect(run.status == 2 && run.err.contains("no image has a weight to export"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: set.path).filter { $0.hasPrefix("w.") }.isEmpty)
    #expect(
      try set.audit("export", set.database, "--format", "weights", "-o", "w.txt").err.contains(
        "give -o weights.npy (got 'w.txt')"))
  }

  @Test func huggingFaceLoadsTheMetadata() throws {
    let set = try ExportSet([.init("a/1.png", .drop, skew: 3), .init("b/2.png"), .init("b/3.png", .review)])
    let picture = try #require(
      Data(
        base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"))
    for name in ["a/1", "b/2", "b/3"] { try picture.write(to: URL(fileURLWithPath: set.dataset + "/\(name).png")) }
    try set.write("{\"file_name\": \"b/2.png\", \"text\": \"a face\"}\n", to: "metadata.jsonl")
    #expect(try set.audit("export", set.database, "--format", "hf-metadata", "-o", "new.jsonl").status == 0)
    // What a person does with the file: a copy of the folder with the new metadata.
    try FileManager.default.copyItem(atPath: set.dataset, toPath: set.path + "/hub")
    try FileManager.default.removeItem(atPath: set.path + "/hub/metadata.jsonl")
    try FileManager.default.copyItem(atPath: set.path + "/new.jsonl", toPath: set.path + "/hub/metadata.jsonl")
    let script = """
      import sys, datasets
      rows = datasets.load_dataset("imagefolder", data_dir=sys.argv[1], split="train", cache_dir=sys.argv[1] + "/../cache")
      print(sorted((r["audit_verdict"], r["audit_skew"], r["text"], r["image"].size) for r in rows))
      """
    guard let read = try Command.python(script, needs: ["datasets", "PIL"], arguments: [set.path + "/hub"]) else {
      return
    }
    #expect(
      read.out == "[('drop', 3.0, None, (1, 1)), ('keep', 1.0, 'a face', (1, 1)), ('review', 1.0, None, (1, 1))]\n",
      "\(read.err)")
  }

  @Test func fiftyOneReadsTheCSVByItsDocumentedRules() throws {
    let set = try ExportSet([.init("a/1, x.png", .drop, skew: 3), .init("b/2.png")])
    #expect(try set.audit("export", set.database, "--format", "fiftyone", "-o", "fo.csv").status == 0)
    // The rules of `CSVDataset`: a column `filepath` with absolute paths, a parser per column, lists with commas.
    let script = """
      import csv, os, sys
      rows = list(csv.DictReader(open(sys.argv[1])))
      assert all(os.path.isfile(row["filepath"]) and os.path.isabs(row["filepath"]) for row in rows)
      print([(os.path.basename(r["filepath"]), r["tags"].split(","), float(r["skew"]), float(r["mse"])) for r in rows])
      """
    if let read = try Command.python(script, needs: ["csv"], arguments: [set.path + "/fo.csv"]) {
      #expect(read.out == "[('1, x.png', ['drop'], 3.0, 0.01), ('2.png', ['keep'], 1.0, 0.01)]\n", "\(read.err)")
    }
    // FiftyOne's own importer, without the database that its data sets need.
    let own = """
      import os, sys
      from fiftyone.utils.csv import CSVDatasetImporter
      importer = CSVDatasetImporter(
        labels_path=sys.argv[1], data_path=sys.argv[2],
        fields={"tags": lambda t: t.split(","), "issues": str, "skew": float, "mse": float})
      importer.setup()
      print([(os.path.basename(s.filepath), list(s.tags), s.skew, s.mse) for s in importer])
      """
    if let read = try Command.python(
      own, needs: ["fiftyone.utils.csv"], arguments: [set.path + "/fo.csv", set.dataset])
    {
      #expect(read.out == "[('1, x.png', ['drop'], 3.0, 0.01), ('2.png', ['keep'], 1.0, 0.01)]\n", "\(read.err)")
    }
  }
}
