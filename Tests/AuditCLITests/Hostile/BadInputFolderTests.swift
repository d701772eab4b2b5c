import AuditStore
import Foundation
import Testing

/// Folders that cannot be scanned, or hold next to nothing.
@Suite struct BadInputFolderTests {
  @Test func aMissingFolderIsNamedWithTheNearestOne() throws {
    let scratch = try Scratch()
    _ = try scratch.folder("faces")
    let run = try Command.audit(["scan", "./face"], in: scratch.path)
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(run.err == "audit: no such folder: './face'  (did you mean './faces'?)\n")
    #expect(try Files.names(scratch.path) == ["faces"])
  }

  @Test func aMissingFolderWithoutAnythingNearIsNamed() throws {
    let scratch = try Scratch()
    let run = try Command.audit(["scan", "elsewhere/faces"], in: scratch.path)
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(run.err == "audit: no such folder: 'elsewhere/faces'; give the folder that holds the images\n")
  }

  @Test func aFileInPlaceOfAFolderIsRefused() throws {
    let scratch = try Scratch()
    try scratch.write(Picture.ppm(1), to: "face.ppm")
    let run = try Command.audit(["scan", "face.ppm"], in: scratch.path)
    #expect(run.status == 2)
    #expect(run.err == "audit: 'face.ppm' is a file, not a folder; give the folder that holds the images\n")
    #expect(try Files.names(scratch.path) == ["face.ppm"])
  }

  @Test func anEmptyFolderMakesNoDatabase() throws {
    let scratch = try Scratch()
    _ = try scratch.folder("faces")
    let run = try Command.audit(["scan", "faces"], in: scratch.path)
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(run.err == "audit: no images found in 'faces' (it is empty)\n")
    #expect(try Files.names(scratch.path) == ["faces"])
  }

  @Test func aFolderOfOtherFilesSaysWhatItLookedAt() throws {
    let scratch = try Scratch()
    for number in 0..<12 { try scratch.write(Array("a".utf8), to: "faces/deep/\(number).txt") }
    for number in 0..<2 { try scratch.write(Array("b".utf8), to: "faces/\(number).mp4") }
    let run = try Command.audit(["scan", "faces"], in: scratch.path)
    #expect(run.status == 2)
    #expect(
      run.err == "audit: no images found in 'faces' (looked at 14 files: 12 .txt, 2 .mp4; "
        + "extract the frames of videos first)\n")
    #expect(try Files.names(scratch.path) == ["faces"])
  }

  @Test func oneImageIsCheckedButNotScored() throws {
    let scratch = try Scratch()
    try Files.writePictures(1, to: scratch.path + "/faces")
    let run = try Command.scan("faces", in: scratch.path)
    #expect(run.status == 0)
    #expect(
      run.err.contains(
        "audit: 1 readable image: there are no others to compare with; the files were only checked, without scores; "
          + "--reference compares with files instead"),
      "\(run.err)")
    let database = scratch.path + "/faces.audit.db"
    #expect(try Store.column("SELECT status FROM samples WHERE mse IS NULL AND skew IS NULL", in: database) == ["ok"])
    #expect(try Store.value("SELECT verdict FROM samples", in: database) == "-")
    #expect(try Store.value("SELECT width || 'x' || height FROM samples", in: database) == "24x24")
  }

  @Test(arguments: [2, 24]) func aFewImagesAreComparedWithOneAnotherAndThatIsSaidEverywhere(count: Int) throws {
    let scratch = try Scratch()
    try Files.writePictures(count, to: scratch.path + "/faces")
    let run = try Command.scan("faces", in: scratch.path)
    #expect(run.status == 0)
    #expect(run.err.contains("audit: \(count) readable images are too few for a reference model"), "\(run.err)")
    let said = "median picture of the"
    #expect(run.out.contains("each is compared with the \(said) \(count - 1) other"), "\(run.out)")
    let database = scratch.path + "/faces.audit.db"
    #expect(
      try Store.value("SELECT count(*) FROM samples WHERE skew NOTNULL AND pct_mse IS NULL", in: database) == "\(count)"
    )
    #expect(try Store.value("SELECT status FROM run", in: database) == "complete")
    let first = try Store.value("SELECT path FROM samples ORDER BY path LIMIT 1", in: database)
    let explained = try Command.audit(["explain", "faces.audit.db", first], in: scratch.path)
    #expect(explained.status == 0 && explained.out.contains(said) && explained.out.contains("worse than review"))
    let page = try Command.audit(["report", "faces.audit.db", "-o", "page.html"], in: scratch.path)
    #expect(page.status == 0, "\(page.err)")
    let text = try String(contentsOfFile: scratch.path + "/page.html", encoding: .utf8)
    #expect(text.contains(said) && text.contains("worse than review") && text.contains("data:image/jpeg"))
  }

  @Test func belowAHundredImagesNothingIsProposedForDropping() throws {
    let scratch = try Scratch()
    try Files.writePictures(40, to: scratch.path + "/faces")
    try Files.write(Picture.ppm(Picture.noise(3)), to: scratch.path + "/faces/noise.ppm")
    let run = try Command.scan("faces", in: scratch.path)
    #expect(run.status == 0)
    let database = scratch.path + "/faces.audit.db"
    #expect(try Store.value("SELECT path FROM samples ORDER BY skew DESC", in: database) == "noise.ppm")
    #expect(try Store.value("SELECT verdict FROM samples WHERE path = 'noise.ppm'", in: database) == "review")
    #expect(try Store.value("SELECT count(*) FROM samples WHERE verdict = 'drop'", in: database) == "0")
  }

  /// Where nothing can be told from anything, judges would call by chance whatever stands out by rounding.
  @Test func ofOnePictureAgainAndAgainNoDamageIsLearnt() throws {
    let scratch = try Scratch()
    for number in 0..<110 { try Files.write(Picture.ppm(5), to: scratch.path + "/faces/" + Files.name(number)) }
    let run = try Command.scan("faces", ["--profile", "face-swap"], in: scratch.path)
    #expect(run.status == 0, "\(run.err)")
    #expect(!run.out.contains("of this set is damaged") && !run.out.contains("would be flagged"), "\(run.out)")
    #expect(run.out.contains("Fewer than 100 different images"), "\(run.out)")
  }

  /// Those that could not be opened would be told as files that cannot be read.
  @Test func whereTooFewFilesMayBeOpenNothingIsScanned() throws {
    let scratch = try Scratch()
    try Files.writePictures(3, to: scratch.path + "/faces")
    let run = try Command.shell(
      "ulimit -n 64; \"$audit\" scan --no-quality --jobs 2 faces --db few.db", in: scratch.path)
    #expect(run.status == 2 && run.out == "")
    #expect(
      run.err
        == "audit: only 64 files may be open at a time, and this takes up to 160; nothing was changed; allow more with: "
        + "ulimit -n 160\n")
    let fewer = try Command.shell("ulimit -n 150; \"$audit\" scan --jobs 2 faces --db few.db", in: scratch.path)
    #expect(fewer.status == 2 && fewer.err.hasSuffix("ulimit -n 160; or give fewer --jobs\n"), "\(fewer.err)")
    #expect(try Files.names(scratch.path) == ["faces"])
    // Where more may be had, they are taken.
    let soft = try Command.shell(
      "ulimit -Sn 64; \"$audit\" scan --no-quality --jobs 2 --metrics mse,mae faces --db x.db", in: scratch.path)
    #expect(soft.status == 0 && soft.out.contains("3 scored"), "\(soft.out) \(soft.err)")
    for command in ["fit --jobs 2 faces -o m.audit", "probe --jobs 2 x.db"] {
      let run = try Command.shell("ulimit -n 64; \"$audit\" \(command)", in: scratch.path)
      #expect(run.status == 2 && run.out == "", "\(command): \(run.status) \(run.out)")
      #expect(
        run.err.hasPrefix("audit: only 64 files may be open at a time, and this takes up to 160; nothing was changed;"),
        "\(command): \(run.err)")
    }
    #expect(try Files.names(scratch.path) == ["faces", "x.db"])
  }

  /// The runtime ends a process that asks for memory in vain.
  @Test(arguments: ["scan --no-quality faces --db few.db", "fit faces -o m.audit"])
  func whereTooLittleMayBeAddressedNothingIsScanned(command: String) throws {
    let scratch = try Scratch()
    try Files.writePictures(3, to: scratch.path + "/faces")
    let run = try Command.shell("ulimit -v 409600; \"$audit\" \(command)", in: scratch.path)
    #expect(run.status == 2 && run.out == "", "\(run.status)")
    #expect(
      run.err
        == "audit: only 400 MB of memory may be addressed, and this takes 512 or more; nothing was changed; allow more with: "
        + "ulimit -v 524288\n")
    #expect(try Files.names(scratch.path) == ["faces"])
  }

  @Test func imagesThatAreAllTheSameCannotBeModelled() throws {
    let scratch = try Scratch()
    for number in 0..<30 { try Files.write(Picture.ppm(5), to: scratch.path + "/faces/" + Files.name(number)) }
    let run = try Command.scan("faces", in: scratch.path)
    #expect(run.status == 0)
    #expect(
      run.err.contains(
        "audit: all 30 images are the same picture: no model can be fitted; the files were only checked"),
      "\(run.err)")
    let database = scratch.path + "/faces.audit.db"
    #expect(try Store.value("SELECT count(*) FROM samples WHERE dup_kind = 'exact'", in: database) == "29")
    #expect(try Store.column("SELECT DISTINCT keep FROM q_duplicates", in: database) == ["0000.ppm"])
  }

  @Test(.enabled(if: Command.nobodyIsMissing == nil, "\(Command.nobodyIsMissing ?? "")"))
  func aDatasetThatMayNotBeReadIsRefused() throws {
    let scratch = try Scratch()
    let working = try scratch.open()
    try Files.writePictures(2, to: scratch.path + "/faces")
    chmod(scratch.path + "/faces", 0o700)
    let run = try Command.asNobody(["scan", scratch.path + "/faces", "--db", working + "/a.db"], in: working)
    #expect(run.status == 2)
    #expect(
      run.err == "audit: the folder '\(scratch.path)/faces' may not be read by this user; "
        + "run audit as its owner, or chmod it\n")
    #expect(try Files.names(working) == [])
  }

  @Test(.enabled(if: Command.nobodyIsMissing == nil, "\(Command.nobodyIsMissing ?? "")"))
  func filesAndFoldersThatMayNotBeReadAreListedAndTheRestIsScored() throws {
    let scratch = try Scratch()
    let working = try scratch.open()
    let faces = scratch.path + "/faces"
    try Files.writePictures(30, to: faces)
    try Files.writePictures(3, to: faces + "/closed", from: 100)
    chmod(faces + "/0003.ppm", 0)
    chmod(faces + "/closed", 0)
    defer { chmod(faces + "/closed", 0o755) }
    let database = working + "/a.db"
    let run = try Command.asNobody(["scan", faces, "--db", database] + Command.quick, in: working)
    #expect(run.status == 0)
    #expect(run.out.contains("1 file could not be scored: 1 permission"), "\(run.out)")
    #expect(run.out.contains("permission: closed  folder not readable: Permission denied"), "\(run.out)")
    #expect(
      try Store.column("SELECT path FROM samples WHERE error_code = 'permission'", in: database) == ["0003.ppm"])
    #expect(try Store.value("SELECT count(*) FROM samples WHERE mse IS NOT NULL", in: database) == "29")
    #expect(try Store.column("SELECT path || ' ' || code FROM folder_issue", in: database) == ["closed permission"])

    chmod(faces + "/0003.ppm", 0o644)
    let again = try Command.asNobody(["scan", faces, "--db", database] + Command.quick, in: working)
    #expect(again.err.contains("continuing run \"first\": 29 done, 1 left"), "a right may come without a change")
    #expect(try Store.value("SELECT count(*) FROM samples WHERE mse IS NOT NULL", in: database) == "30")
  }

  @Test func aLinkLoopIsSkippedWithAndWithoutFollowing() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(26, to: faces + "/a")
    try FileManager.default.createSymbolicLink(atPath: faces + "/a/b", withDestinationPath: "../a")
    let plain = try Command.scan("faces", in: scratch.path)
    #expect(plain.status == 0)
    #expect(plain.out.contains("link_not_followed: a/b  leads to ../a; enter it with -L"), "\(plain.out)")
    let followed = try Command.scan("faces", ["-L"], in: scratch.path)
    #expect(followed.status == 0)
    #expect(followed.out.contains("link_loop: a/b  leads back to a; not entered"), "\(followed.out)")
    let database = scratch.path + "/faces.audit.db"
    #expect(try Store.value("SELECT count(*) FROM samples", in: database) == "26")
    #expect(try Store.column("SELECT code FROM folder_issue", in: database) == ["link_loop"])
  }

  @Test func aLinkToAFolderIsEnteredOnRequest() throws {
    let scratch = try Scratch()
    try Files.writePictures(25, to: scratch.path + "/faces")
    try Files.writePictures(2, to: scratch.path + "/more", from: 50)
    try FileManager.default.createSymbolicLink(atPath: scratch.path + "/faces/in", withDestinationPath: "../more")
    let database = scratch.path + "/faces.audit.db"
    #expect(try Command.scan("faces", in: scratch.path).status == 0)
    #expect(try Store.value("SELECT count(*) FROM samples", in: database) == "25")
    #expect(try Command.scan("faces", ["-L"], in: scratch.path).status == 0)
    #expect(
      try Store.column("SELECT path FROM samples WHERE folder = 'in'", in: database) == ["in/0000.ppm", "in/0001.ppm"])
  }
}

extension Scratch {
  /// A folder in it that every user may write to.
  func open() throws -> String {
    chmod(path, 0o755)
    let folder = try folder("open")
    chmod(folder, 0o777)
    return folder
  }
}
