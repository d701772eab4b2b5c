import AuditStore
import Foundation
import Testing

/// A model that is fitted once and scores other datasets.
@Suite struct FitTests {
  private let scratch: Scratch
  private let faces: String
  private let model: String

  init() throws {
    (scratch, faces) = try Scratch.withFaces(60)
    model = scratch.path + "/model.audit"
    // One that is odd enough for its nearest look-alike to be asked for.
    try Files.write(Picture.ppm(Picture.noise(9)), to: faces + "/odd.ppm")
  }

  private func scan(_ folder: String, _ database: String, _ more: [String]) throws {
    let run = try Command.scan(folder, ["--db", scratch.path + "/" + database] + more)
    #expect(run.status == 0, "\(run.err)")
  }

  private func rows(_ database: String) throws -> [String] {
    try Store.column(
      "SELECT printf('%s %.17g %.17g %.17g %.17g %.17g', path, mse, od, sd, leverage, skew) FROM samples ORDER BY path",
      in: scratch.path + "/" + database)
  }

  @Test func aFrozenModelGivesTheValuesOfTheRunThatFittedIt() throws {
    try scan(faces, "own.db", [])
    let fit = try Command.audit(["fit", faces, "-o", model, "--size", "64"])
    #expect(fit.status == 0, "\(fit.err)")
    #expect(fit.out.contains("model of 61 images with 6 components"), "\(fit.out)")
    let digest = try Store.value("SELECT digest FROM model", in: scratch.path + "/own.db")
    #expect(fit.out.hasSuffix("sha256 \(digest)\n"))
    // Another seed must not make the images of the subsample their own look-alikes.
    try scan(faces, "frozen.db", ["--model", model, "--seed", "99"])
    #expect(try rows("frozen.db") == rows("own.db"))
    #expect(
      try Store.column("SELECT nearest > 1 FROM samples WHERE path = 'odd.ppm'", in: scratch.path + "/own.db") == ["1"])
    #expect(try Store.value("SELECT digest FROM model", in: scratch.path + "/frozen.db") == digest)
    #expect(
      try Store.value("SELECT settings FROM run", in: scratch.path + "/frozen.db").contains("low-rank model \(digest)"))
  }

  @Test func aNewDatasetIsScoredByTheOldMeasure() throws {
    #expect(try Command.audit(["fit", faces, "-o", model, "--size", "64"]).status == 0)
    let others = try scratch.folder("others")
    try Files.writePictures(2, to: others)
    try Files.write(Picture.ppm(Picture.noise(3)), to: others + "/noise.ppm")
    try scan(others, "others.db", ["--model", model])
    try scan(faces, "own.db", [])
    let own = try rows("own.db")
    // The very files that are in both have the very values of the set that was fitted.
    #expect(try rows("others.db").prefix(2) == own.prefix(2))
    #expect(
      try Store.column("SELECT path FROM samples WHERE skew > 1.5", in: scratch.path + "/others.db") == ["noise.ppm"])
  }

  @Test func aModelOfAnotherKindOfSetIsToldSoEverywhere() throws {
    #expect(try Command.audit(["fit", faces, "-o", model, "--size", "64"]).status == 0)
    let noises = try scratch.folder("noises")
    for seed in 0..<30 { try Files.write(Picture.ppm(Picture.noise(UInt64(seed))), to: "\(noises)/\(100 + seed).ppm") }
    try scan(noises, "noises.db", ["--model", model])
    let show = try Command.audit(["show", "noises.db"], in: scratch.path)
    #expect(show.status == 0 && show.out.contains("This model does not fit this set: 100.0 %"), "\(show.out)")
    #expect(!show.out.contains("keep"), "\(show.out)")
    let page = scratch.path + "/noises.html"
    #expect(try Command.audit(["report", "noises.db", "-o", page], in: scratch.path).status == 0)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("This model does not fit this set:</strong>") && !text.contains("audit export"))
    #expect(text.contains("Fit a model to this set."))
    let next = try #require(show.out.firstMatch(of: /next: +(audit scan .*)/)?.1)
    let anew = try Command.audit(next.split(separator: " ").dropFirst().map(String.init), in: scratch.path)
    #expect(anew.status == 0, "\(next): \(anew.err)")
  }

  /// The files are chosen as a scan chooses them, so that both see the same set.
  @Test func aModelIsFittedToTheFilesThatAreChosen() throws {
    #expect(try Command.audit(["fit", faces, "-o", model]).status == 0)
    let alone = try Data(contentsOf: URL(fileURLWithPath: model))
    try Files.writePictures(3, to: scratch.folder("faces/parsing"), from: 100)
    try Files.write(Picture.ppm(7), to: faces + "/0000_mask.ppm")
    let list = try Files.names(faces).filter { $0.hasSuffix(".ppm") && !$0.contains("mask") }
    try Files.write(Array(list.map { faces + "/" + $0 + "\0" }.joined().utf8), to: scratch.path + "/list")
    for chosen in [
      [faces, "--exclude", "parsing/"], [faces, "--include", "/*.ppm"], ["--files0-from", scratch.path + "/list"],
    ] {
      let run = try Command.audit(["fit", "-o", model] + chosen)
      #expect(run.status == 0 && run.out.hasPrefix("model of 61 images"), "\(run.out)\(run.err)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: model)) == alone, "\(chosen)")
    }
    let all = try Command.audit(["fit", faces, "--with-sidecars", "--exclude", "parsed/", "-o", model])
    #expect(all.out.hasPrefix("model of 65 images"), "\(all.out)")
    #expect(all.err.contains("--exclude 'parsed/' fits no file or folder"), "\(all.err)")
  }

  @Test func theNumberOfWorkersChangesNoModel() throws {
    let digests = try [1, 3].map { jobs in
      let run = try Command.audit(["fit", faces, "-o", model, "--jobs", "\(jobs)"])
      return run.out.split(separator: "\n").last
    }
    #expect(digests[0] == digests[1] && digests[0]?.hasPrefix("sha256 ") == true)
  }

  @Test func whatCannotBeFittedWritesNothing() throws {
    let few = try scratch.folder("few")
    try Files.writePictures(24, to: few)
    let run = try Command.audit(["fit", few, "-o", model])
    #expect(
      run.status == 2
        && run.err == "audit: no model: 24 readable images are too few for a reference model; it takes 25\n",
      "\(run.err)")
    let inside = try Command.audit(["fit", faces, "-o", faces + "/m.audit"])
    #expect(inside.status == 2 && inside.err.contains("would lie inside the dataset"), "\(inside.err)")
    let nowhere = try Command.audit(["fit", faces, "-o", scratch.path + "/no/m.audit"])
    #expect(nowhere.status == 2 && nowhere.err.hasPrefix("audit: no folder '"), "\(nowhere.err)")
    #expect(try Files.names(scratch.path) == ["faces", "few"])
  }

  @Test func whatIsNoModelIsRefused() throws {
    try Files.write(Array("a model\n".utf8), to: model)
    let run = try Command.scan(faces, ["--model", model])
    #expect(run.status == 2 && run.out == "", "\(run.err)")
    #expect(
      run.err == "audit: '\(model)' is not a model of audit; give a file that `audit fit` made, or a network as "
        + "onnx:FILE\n")
    #expect(try Command.audit(["fit", faces, "-o", model, "--size", "64"]).status == 0)
    let sound = [UInt8](try #require(FileManager.default.contents(atPath: model)))
    try Files.write(Array(sound.dropLast()), to: model)
    let cut = try Command.scan(faces, ["--model", model])
    #expect(
      cut.status == 2 && cut.err.hasPrefix("audit: '\(model)' is damaged: its header says another size"), "\(cut.err)")
    #expect(!cut.err.contains("--fresh"), "nothing is stored yet: \(cut.err)")
    let gone = try Command.scan(faces, ["--model", scratch.path + "/gone.audit"])
    #expect(gone.status == 2 && gone.err == "audit: no such file: '\(scratch.path)/gone.audit'\n", "\(gone.err)")
  }
}
