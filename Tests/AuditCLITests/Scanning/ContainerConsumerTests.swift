import Foundation
import Testing

/// What others make of containers that audit wrote, and audit of theirs.
struct ContainerConsumerTests {
  private let scratch: Scratch

  /// A zip as StyleGAN has it, with modes and a program before it, and two tars, of which one is cut.
  init() throws {
    scratch = try Scratch()
    let drawn = try Command.audit(["demo", "faces", "--count", "40", "-q"], in: scratch.path)
    try #require(drawn.status == 0, "\(drawn.err)")
    try python(
      """
      import json, os, tarfile, zipfile
      names = sorted(os.path.join(f, n) for f, _, ns in os.walk("faces") for n in ns if n.endswith(".png") and "copy" not in n)
      with zipfile.ZipFile("made.zip", "w") as made:
          for place, name in enumerate(names):
              info = zipfile.ZipInfo("00000/img%08d.png" % place)
              info.external_attr = (0o100600 if place % 2 else 0o100755) << 16
              info.create_system = 3
              info.compress_type = zipfile.ZIP_DEFLATED if place % 3 else zipfile.ZIP_STORED
              made.writestr(info, open(name, "rb").read())
          made.writestr("dataset.json", json.dumps(
              {"labels": [["00000/img%08d.png" % place, place % 2] for place in range(len(names))]}))
      open("set.zip", "wb").write(b"#!/bin/sh\\nexit 0\\n" + open("made.zip", "rb").read())
      os.mkdir("tars")
      for number in range(2):
          with tarfile.open("tars/%05d.tar" % number, "w") as tar:
              for name in names[number::2]: tar.add(name, arcname=os.path.basename(name))
      """)
  }

  @discardableResult
  private func python(_ script: String) throws -> String {
    try scratch.write(Array(script.utf8), to: "script.py")
    let run = try Command.run("/usr/bin/env", ["python3", "script.py"], in: scratch.path)
    try #require(run.status == 0, "\(run.err)")
    return run.out
  }

  private func audit(_ arguments: String...) throws -> Command {
    let run = try Command.audit(arguments, in: scratch.path)
    try #require(run.status == 0, "\(run.err)")
    return run
  }

  @Test func aZipOfStyleGANIsWrittenAgainWithItsLabelsAndModes() throws {
    _ = try audit("scan", "set.zip", "--no-quality")
    let people = "SELECT DISTINCT identity FROM sample ORDER BY 1"
    #expect(try Command.sqlite(scratch.path + "/set.zip.audit.db", people) == "0\n1\n")
    _ = try audit("decide", "set.zip.audit.db", "00000/img00000003.png", "--verdict", "drop", "--reason", "eyes")
    _ = try audit("export", "set.zip.audit.db", "--format", "shards", "--keep", "-o", "kept")
    let told = try python(
      """
      import json, zipfile
      old, new = zipfile.ZipFile("set.zip"), zipfile.ZipFile("kept/set.zip")
      assert new.testzip() is None
      pictures = [name for name in new.namelist() if name != "dataset.json"]
      assert "00000/img00000003.png" not in pictures and len(pictures) > 20
      for name in pictures:
          assert new.read(name) == old.read(name)
          assert new.getinfo(name).external_attr == old.getinfo(name).external_attr, name
          assert new.getinfo(name).compress_type == old.getinfo(name).compress_type
      labels = json.loads(new.read("dataset.json"))["labels"]
      assert [name for name, _ in labels] == pictures, labels
      assert all(label == int(name[11:-4]) % 2 for name, label in labels)
      print("same")
      """)
    #expect(told == "same\n")
  }

  @Test func aTarThatCannotBeWrittenAgainIsLeftOutAndNamed() throws {
    let tar = try #require(FileManager.default.contents(atPath: scratch.path + "/tars/00001.tar"))
    try scratch.write(Array(tar.prefix(tar.count * 2 / 3 + 77)), to: "tars/00001.tar")
    _ = try audit("scan", "tars", "--no-quality")
    let made = try audit("export", "tars.audit.db", "--format", "shards", "--keep", "-o", "kept")
    #expect(made.err.contains("left out whole:") && made.err.contains("00001.tar"), "\(made.err)")
    #expect(try Files.names(scratch.path + "/kept").sorted() == ["00000.tar"])
    let told = try python(
      """
      import tarfile
      old, new = tarfile.open("tars/00000.tar"), tarfile.open("kept/00000.tar")
      for member in new: assert new.extractfile(member).read() == old.extractfile(member.name).read()
      print(len(new.getnames()) > 10)
      """)
    #expect(told == "True\n")
    let alone = try Command.audit(
      ["scan", "tars/00001.tar", "--no-quality", "--db", "one.db"], in: scratch.path)
    try #require(alone.status == 0, "\(alone.err)")
    let none = try Command.audit(
      ["export", "one.db", "--format", "shards", "--keep", "-o", "nothing"], in: scratch.path)
    #expect(none.status == 2 && none.err.contains("cannot be written again"), "\(none.err)")
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/nothing"))
  }

  @Test func aPictureInAContainerIsAReferenceAndAPairOfMetric() throws {
    let first = try python("import tarfile; print(tarfile.open('tars/00000.tar').getnames()[0])")
    let inside = "tars/00000.tar/" + first.trimmingCharacters(in: .newlines)
    let metric = try audit("metric", inside, inside, "--metrics", "mse", "--json")
    #expect(metric.out.contains("\"mse\": 0.0"), "\(metric.out)")
    let scan = try audit("scan", "faces", "--reference", inside, "--metrics", "mse", "--no-quality", "--db", "one.db")
    #expect(scan.out.contains("scored"), "\(scan.out)")
    let gone = try Command.audit(["metric", "tars/00000.tar/no.png", inside], in: scratch.path)
    #expect(gone.status == 2 && gone.err.contains("tars/00000.tar/no.png"), "\(gone.err)")
  }
}
