import AuditDemo
import AuditImages
import Foundation
import Testing

/// A folder of drawn faces, scanned by the built program.
private struct FaceFolder {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Small pictures that differ: 32x32 with a square of its own grey.
  func picture(_ number: Int) -> [UInt8] {
    let header = Array("P5 32 32 255\n".utf8)
    return header + (0..<1024).map { UInt8(truncatingIfNeeded: $0 / 32 * 7 + ($0 % 32 < 8 ? number * 37 : $0 % 32)) }
  }

  func scan(_ arguments: String..., input: String? = nil) throws -> Command {
    try Command.audit(["scan"] + arguments, in: scratch.path, input: input)
  }

  func paths(_ database: String = "faces.audit.db") throws -> String {
    try Command.sqlite(
      scratch.path + "/" + database, "SELECT group_concat(path, ' ') FROM (SELECT path FROM samples ORDER BY path)")
  }
}

struct FolderTests {
  @Test func masksBesideTheirFacesAreNoImagesAndAreNamed() throws {
    let set = try FaceFolder()
    for number in 0..<6 {
      try set.scratch.write(set.picture(number), to: "faces/f\(number).pgm")
      try set.scratch.write(set.picture(9), to: "faces/f\(number)_mask.pgm")
      try set.scratch.write(Array("a face".utf8), to: "faces/f\(number).txt")
    }
    try set.scratch.write(set.picture(7), to: "faces/.hidden.pgm")
    let run = try set.scan("faces")
    #expect(run.status == 0, "\(run.err)")
    #expect(run.out.contains("faces  6 images"))
    #expect(
      run.out.contains(
        "not images: 6 _mask beside images (--with-sidecars takes them in), 6 .txt, 1 file hidden"), "\(run.out)")
    let json = try set.scan("faces", "--json")
    let summary = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
    let leftOut = try #require(summary["left_out"] as? [[String: Any]])
    #expect(
      leftOut.map { "\($0["kind"] ?? "") \($0["name"] ?? "") \($0["files"] ?? "") \($0["example"] ?? "")" } == [
        "hidden  1 .hidden.pgm", "other txt 6 f0.txt", "sidecar _mask 6 f0_mask.pgm",
      ])
    let other = try set.scan("faces", "--with-sidecars")
    #expect(other.status == 2 && other.err.contains("with-sidecars false, now true"), "\(other.err)")
    #expect(try set.scan("faces", "--with-sidecars", "--name", "all").out.contains("12 images"))
  }

  @Test func foldersOfDebugPicturesAreOfferedAsAnExcludeThatWorks() throws {
    let set = try FaceFolder()
    for number in 0..<3 {
      try set.scratch.write(set.picture(number), to: "faces/p/f\(number).pgm")
      try set.scratch.write(set.picture(number + 5), to: "faces/p/parsing/f\(number).pgm")
    }
    let run = try set.scan("faces")
    #expect(run.out.contains("6 images"))
    let line = try #require(run.out.split(separator: "\n").first { $0.hasPrefix("mask_folder") }, "\(run.out)")
    #expect(line.contains("3 images lie in folders of this name") && line.hasSuffix("--exclude parsing/"))
    let without = try set.scan("faces", "--exclude", "parsing/", "--name", "faces-alone")
    #expect(without.status == 0 && without.out.contains("3 images"), "\(without.err)")
    #expect(without.out.contains("1 folder left out by --exclude parsing/"))
    let slip = try set.scan("faces", "--exclude", "parsin/", "--name", "slip")
    #expect(slip.err.contains("--exclude 'parsin/' fits no file or folder that was met"), "\(slip.err)")
  }

  @Test func includesAndExcludesBelongToTheRun() throws {
    let set = try FaceFolder()
    for name in ["a/1.pgm", "a/2.pgm", "b/3.pgm"] {
      try set.scratch.write(set.picture(name.utf8.count), to: "faces/" + name)
    }
    #expect(try set.scan("faces", "--include", "a/").status == 0)
    #expect(try set.paths() == "a/1.pgm a/2.pgm\n")
    let other = try set.scan("faces", "--include", "b/")
    #expect(other.status == 2 && other.err.contains("include [\"a/\"], now [\"b/\"]"), "\(other.err)")
    let none = try set.scan("faces", "--include", "c/", "--name", "none")
    #expect(
      none.status == 2 && none.err.contains("--include and --exclude leave out 3 files and folders"), "\(none.err)")
    let wrong = try set.scan("faces", "--include", "[a")
    #expect(wrong.status == 2 && wrong.err.contains("is not closed"), "\(wrong.err)")
  }

  @Test func severalFoldersAreOneDataset() throws {
    let set = try FaceFolder()
    for name in ["work/src/1.pgm", "work/dst/2.pgm", "work/other/3.pgm"] {
      try set.scratch.write(set.picture(name.utf8.count), to: name)
    }
    let run = try set.scan("work/src", "work/dst", "work/src")
    #expect(run.status == 0, "\(run.err)")
    #expect(try set.paths("work.audit.db") == "dst/2.pgm src/1.pgm\n")
    #expect(
      try Command.sqlite(set.scratch.path + "/work.audit.db", "SELECT count(DISTINCT identity) FROM samples") == "2\n")
    #expect(try set.scan("work/src", "work/dst").out.contains("2 images"))
    let less = try set.scan("work")
    #expect(less.status == 2 && less.err.contains("folders"), "\(less.err)")
  }

  @Test func aListOfFilesIsScannedFromAFileAndFromStandardInput() throws {
    let set = try FaceFolder()
    for name in ["faces/1.pgm", "faces/x/2.pgm", "faces/3.pgm"] {
      try set.scratch.write(set.picture(name.utf8.count), to: name)
    }
    try set.scratch.write(Array("faces/1.pgm\0./faces/x/../x/2.pgm\0faces/gone.pgm\0".utf8), to: "list")
    let run = try set.scan("--files0-from", "list")
    #expect(run.status == 0, "\(run.err)")
    #expect(try set.paths() == "1.pgm gone.pgm x/2.pgm\n")
    #expect(
      try Command.sqlite(set.scratch.path + "/faces.audit.db", "SELECT error_code FROM samples WHERE path = 'gone.pgm'")
        == "gone\n")
    let piped = try set.scan("faces/x", "--files0-from", "-", "--db", "x.db", input: "faces/x/2.pgm\0faces/1.pgm\0")
    #expect(piped.status == 0 && piped.err.contains("1 file of the list lies outside"), "\(piped.err)")
    #expect(try set.paths("x.db") == "2.pgm\n")
    let lines = try set.scan("--files0-from", "-", input: "faces/1.pgm\nfaces/3.pgm\n")
    #expect(lines.status == 2 && lines.err.contains("takes names that end with NUL"), "\(lines.err)")
    #expect(try set.scan().err.contains("give the folder that holds the images, or --files0-from FILE"))
  }

  @Test func aListOfNamesThatAreNotThereSaysWhatTheyAreRelativeTo() throws {
    let set = try FaceFolder()
    for name in ["faces/1.pgm", "other/2.pgm"] { try set.scratch.write(set.picture(name.utf8.count), to: name) }
    let here = try Command.run("/bin/pwd", ["-P"], in: set.scratch.path).out.dropLast()
    let relative = "names are relative to the working directory, '\(here)'\n"
    // The names of a listing made in the folder itself.
    for folder in [[], ["faces"]] {
      let run = try Command.audit(
        ["scan"] + folder + ["--files0-from", "-"], in: set.scratch.path, input: "1.pgm\0x/3.pgm\0")
      #expect(run.status == 2)
      #expect(run.err == "audit: none of the 2 names of standard input is there (first: 1.pgm); " + relative)
    }
    try set.scratch.write(Array("1.pgm".utf8), to: "list")
    for command in [["scan", "--db", "x.db"], ["plan", "-o", "x.db"], ["fit", "-o", "x.db"]] {
      let run = try Command.audit(command + ["--files0-from", "list"], in: set.scratch.path)
      #expect(run.status == 2)
      #expect(run.err == "audit: the only name of 'list' is not there (first: 1.pgm); " + relative, "\(run.err)")
    }
    let outside = try set.scan("faces", "--files0-from", "-", input: "other/2.pgm\0other/3.pgm\0")
    #expect(outside.status == 2)
    #expect(
      outside.err == "audit: none of the 2 names of the list lies in '\(here)/faces' (first: \(here)/other/2.pgm); "
        + "name the folder that holds them, or none\n")
    #expect(try Files.names(set.scratch.path) == ["faces", "list", "other"])
  }

  @Test func anIdentityCanComeFromThePath() throws {
    let set = try FaceFolder()
    for name in ["n000001_0001_01.pgm", "n000001_0002_01.pgm", "n000002_0001_01.pgm", "other.pgm"] {
      try set.scratch.write(set.picture(name.utf8.count), to: "faces/" + name)
    }
    #expect(try set.scan("faces", "--identity-from", "regex:^(n\\d+)_").status == 0)
    let counts = try Command.sqlite(
      set.scratch.path + "/faces.audit.db", "SELECT identity, count(*) FROM samples GROUP BY identity ORDER BY identity"
    )
    #expect(counts == "|1\nn000001|2\nn000002|1\n")
    #expect(try set.scan("faces", "--identity-from", "name").err.contains("takes dir or regex:PATTERN; got 'name'"))
  }

  /// Files as FaceSwap and DeepFaceLab write them, under new names.
  @Test func headersTellRenamedFacesApart() throws {
    let set = try FaceFolder()
    for (file, name) in [
      ("face_film.png", "00001.png"), ("face_still.png", "00002.png"), ("face_pickle_4.jpg", "00012_3.jpg"),
      ("face_pickle_5.jpg", "00003.jpg"), ("face_pickle_2.jpg", "00004.JPG"), ("rgb.png", "plain_0001_1.png"),
    ] {
      let face = try Data(contentsOf: Checkout.imageFixtures.appendingPathComponent(file))
      try set.scratch.write(Array(face), to: "faces/" + name)
    }
    let run = try set.scan("faces")
    #expect(
      run.status == 0 && run.out.contains("FaceSwap headers: 2") && run.out.contains("DeepFaceLab headers: 3"),
      "\(run.out)")
    let rows = try Command.sqlite(
      set.scratch.path + "/faces.audit.db",
      "SELECT path, header, source, source_file, face_index, round(yaw / 10), round(face_size) FROM samples ORDER BY path"
    )
    #expect(
      rows == """
        00001.png|faceswap|clip two|clip two_000331.png|2|3.0|268.0
        00002.png|faceswap|holiday é's "best".jpg|holiday é's "best".jpg|0|-4.0|268.0
        00003.jpg|deepfacelab|00012.png|00012.png||0.0|200.0
        00004.JPG|deepfacelab|00012.png|00012.png||0.0|200.0
        00012_3.jpg|deepfacelab|00012.png|00012.png|3|-2.0|200.0
        plain_0001_1.png||plain||1||

        """)
    let unit = "SELECT unit FROM metric WHERE name IN ('yaw', 'pitch', 'roll', 'face_size') ORDER BY name"
    #expect(try Command.sqlite(set.scratch.path + "/faces.audit.db", unit) == "pixels\ndegrees\ndegrees\ndegrees\n")
    // The list for FaceSwap says which of them its alignments do not know.
    let list = try Command.audit(
      ["export", "faces.audit.db", "--format", "faceswap-delete", "--verdict", "all"], in: set.scratch.path)
    #expect(list.err.contains("1 PNG carry no header of FaceSwap"), "\(list.err)")
    // Copies for DeepFaceLab keep every byte.
    let copies = try Command.audit(
      ["export", "faces.audit.db", "--format", "dfl", "--verdict", "all", "-o", "copies"], in: set.scratch.path)
    #expect(
      copies.status == 0 && copies.err.contains("3 images of them without a header of DeepFaceLab"), "\(copies.err)")
    #expect(copies.err.contains("1 name not ending with .jpg, which DeepFaceLab's trainer passes over"))
    let (before, after) = (
      try Data(contentsOf: Checkout.imageFixtures.appendingPathComponent("face_pickle_5.jpg")),
      try Data(contentsOf: URL(fileURLWithPath: set.scratch.path + "/copies/00003.jpg"))
    )
    #expect(before == after)
  }
}
