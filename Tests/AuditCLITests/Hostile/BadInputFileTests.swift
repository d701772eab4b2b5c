import AuditImages
import AuditStore
import Foundation
import Testing

/// Files that cannot be scored, one kind beside 30 sound pictures each.
@Suite struct BadInputFileTests {
  /// A folder `faces` with 30 pictures and the given files; scanned.
  private struct Scanned {
    let scratch: Scratch
    let run: Command

    var database: String { scratch.path + "/faces.audit.db" }

    init(_ files: [String: [UInt8]], _ options: [String] = [], more: (String) throws -> Void = { _ in }) throws {
      scratch = try Scratch()
      let faces = scratch.path + "/faces"
      try Files.writePictures(30, to: faces)
      for (name, bytes) in files { try Files.write(bytes, to: faces + "/" + name) }
      try more(faces)
      run = try Command.scan("faces", options, in: scratch.path)
    }

    /// Code and detail of the file, after checking that it has a row without a single number.
    func failure(of path: String) throws -> (code: String, detail: String) {
      let row = try #require(
        try Store(reading: database).rows(
          "SELECT error_code, error_detail, status, mse, pct_mse, skew, weight, verdict FROM samples WHERE path = ?",
          .text(path)
        ).first)
      #expect(row["status"].text == "error")
      for column in ["mse", "pct_mse", "skew", "weight", "verdict"] { #expect(row[column] == .null, "\(column)") }
      return (row["error_code"].text ?? "", row["error_detail"].text ?? "")
    }

    /// The line that the summary has for the file.
    func line(of path: String) throws -> String {
      try #require(run.out.split(separator: "\n").first { $0.contains(path) }.map(String.init), "\(run.out)")
    }
  }

  private static func jpeg(_ seed: UInt64, side: Int = 96) throws -> [UInt8] {
    try encodeJPEG(Picture.rgb(seed, width: side, height: side), quality: 90)
  }

  private static func png(_ seed: UInt64, side: Int = 96) throws -> [UInt8] {
    try encodePNG(Picture.rgb(seed, width: side, height: side))
  }

  @Test func aFileOfZeroBytesIsEmpty() throws {
    let scanned = try Scanned(["bad.jpg": []])
    #expect(scanned.run.status == 0)
    #expect(try scanned.failure(of: "bad.jpg").code == "empty")
    #expect(scanned.run.out.contains("30 scored, 1 could not be read"), "\(scanned.run.out)")
    #expect(scanned.run.out.contains("1 file could not be scored: 1 empty"))
  }

  @Test func aTextNamedJPGIsNotAnImage() throws {
    let scanned = try Scanned(["notes.jpg": Array("Second camera from minute two.\n".utf8)])
    #expect(scanned.run.status == 0)
    let failure = try scanned.failure(of: "notes.jpg")
    #expect(failure.code == "not_image")
    #expect(failure.detail == "looks like text")
    #expect(try scanned.line(of: "notes.jpg") == "  not_image  notes.jpg  looks like text")
  }

  @Test(arguments: [3, 2]) func aJPEGThatEndsEarlyIsTruncated(part: Int) throws {
    let whole = try Self.jpeg(9)
    let scanned = try Scanned(["cut.jpg": Array(whole.prefix(whole.count * (part - 1) / part)), "whole.jpg": whole])
    #expect(scanned.run.status == 0)
    let failure = try scanned.failure(of: "cut.jpg")
    #expect(failure.code == "truncated")
    #expect(failure.detail.contains("the file ends after"), "\(failure.detail)")
    #expect(try Store.value("SELECT status FROM samples WHERE path = 'whole.jpg'", in: scanned.database) == "ok")
  }

  @Test func aPNGThatEndsEarlyIsTruncated() throws {
    let whole = try Self.png(9)
    let scanned = try Scanned(["cut.png": Array(whole.prefix(whole.count / 2)), "whole.png": whole])
    #expect(scanned.run.status == 0)
    #expect(try scanned.failure(of: "cut.png").code == "truncated")
    #expect(try Store.value("SELECT status FROM samples WHERE path = 'whole.png'", in: scanned.database) == "ok")
  }

  @Test func aHeaderOfFourGigapixelsIsRefusedWithoutItsMemory() throws {
    // A PNG header that claims 65,500 x 65,500; nothing but the header would have to be true to allocate 12 GB.
    var bytes = try Self.png(3, side: 8)
    for (offset, value) in [(16, 0), (17, 0), (18, 0xFF), (19, 0xDC), (20, 0), (21, 0), (22, 0xFF), (23, 0xDC)] {
      bytes[offset] = UInt8(value)
    }
    let checksum = Self.crc(bytes[12..<29])
    for index in 0..<4 { bytes[29 + index] = UInt8(checksum >> UInt32(24 - 8 * index) & 0xFF) }
    let scanned = try Scanned(["bomb.png": bytes])
    #expect(scanned.run.status == 0)
    let failure = try scanned.failure(of: "bomb.png")
    #expect(failure.code == "bomb")
    #expect(failure.detail == "4.3 Gpx > 64 Mpx (--max-pixels)")
    #expect(try scanned.line(of: "bomb.png") == "  bomb  bomb.png  4.3 Gpx > 64 Mpx (--max-pixels)")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/prlimit"), "no prlimit here"))
  func aBombIsRefusedWithLessMemoryThanItClaims() throws {
    // A JPEG whose frame header claims 65,500 x 65,500; 12 GB as RGB, four times what the process may have.
    var bytes = try Self.jpeg(3, side: 16)
    let frame = try #require(bytes.indices.dropLast(9).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    for (offset, value) in [(5, 0xFF), (6, 0xDC), (7, 0xFF), (8, 0xDC)] { bytes[frame + offset] = UInt8(value) }
    let scratch = try Scratch()
    try Files.writePictures(25, to: scratch.path + "/faces")
    try Files.write(bytes, to: scratch.path + "/faces/bomb.jpg")
    let run = try Command.run(
      "/usr/bin/prlimit", ["--as=3000000000", Command.binary, "scan", "faces"] + Command.quick, in: scratch.path)
    #expect(run.status == 0, "\(run.err)")
    #expect(run.out.contains("  bomb  bomb.jpg  4.3 Gpx > 64 Mpx (--max-pixels)"), "\(run.out)")
  }

  @Test func aPictureOfAnotherFormatIsUnsupportedAndNamed() throws {
    let scanned = try Scanned(["phone.heic": [0, 0, 0, 0x18] + Array("ftypheic".utf8)])
    #expect(scanned.run.status == 0)
    let failure = try scanned.failure(of: "phone.heic")
    #expect(failure.code == "unsupported")
    #expect(failure.detail == "HEIC; convert it with: heif-convert IN.heic OUT.png")
  }

  @Test func maxPixelsIsWhatTheUserSays() throws {
    let scanned = try Scanned(["large.ppm": Picture.ppm(3, width: 50, height: 50)], ["--max-pixels", "2k"])
    #expect(try scanned.failure(of: "large.ppm").detail == "2.5 kpx > 2 kpx (--max-pixels)")
    let raised = try Scanned(["large.ppm": Picture.ppm(3, width: 50, height: 50)], ["--max-pixels", "2500"])
    #expect(try Store.value("SELECT status FROM samples WHERE path = 'large.ppm'", in: raised.database) == "ok")
  }

  @Test func aFileAboveMaxBytesIsLeftOutAndReadOnceTheLimitIsRaised() throws {
    let scanned = try Scanned(["large.ppm": Picture.ppm(3, width: 50, height: 50)], ["--max-bytes", "7000"])
    let failure = try scanned.failure(of: "large.ppm")
    #expect(failure.code == "too_large")
    #expect(failure.detail == "7,513 bytes > 7,000 (--max-bytes); a pnm by its first bytes")
    let raised = try Command.scan("faces", ["--max-bytes", "7513"], in: scanned.scratch.path)
    #expect(raised.status == 0, "\(raised.err)")
    #expect(raised.err.contains("30 done, 1 left"), "\(raised.err)")
    #expect(try Store.value("SELECT status FROM samples WHERE path = 'large.ppm'", in: scanned.database) == "ok")
  }

  /// Two pictures of 64 megapixels at a time, whose files are nearly all hole, and two that are a line.
  @Test func largePicturesKeepTheMemoryBounded() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(30, to: faces)
    for (name, header, bytes) in [
      ("a.ppm", "P6 8000 8000 255\n", 192_000_017), ("b.ppm", "P6 8000 8000 255\n", 192_000_017),
      ("c.pgm", "P5 1 64000000 255\n", 64_000_018), ("d.pgm", "P5 64000000 1 255\n", 64_000_018),
      ("e.ppm", "P6 977 65500 255\n", 191_980_517),
    ] {
      try Files.write(Array(header.utf8), to: faces + "/" + name)
      #expect(truncate(faces + "/" + name, bytes) == 0)
    }
    let database = scratch.path + "/faces.audit.db"
    let run = try Command.peakMemory(["scan", faces, "--db", database, "--jobs", "2"] + Command.quick)
    #expect(run.status == 0)
    #expect(run.megabytes < 400, "\(run.megabytes) MB")
    #expect(
      try Store.value(
        "SELECT group_concat(status || coalesce(error_code, '')) FROM (SELECT * FROM samples WHERE "
          + "path IN ('a.ppm', 'b.ppm', 'c.pgm', 'd.pgm', 'e.ppm') ORDER BY path)", in: database)
        == "ok,ok,errorbomb,errorbomb,ok")
  }

  @Test func timeoutAndMaxBytesNameWhatTheyTake() throws {
    for (options, words) in [
      (["--timeout", "0"], "--timeout takes seconds, more than 0 and at most 86400; got 0.0"),
      (["--max-bytes", "much"], "--max-bytes takes a number of bytes such as 256M; got 'much'"),
    ] {
      let run = try Command.audit(["scan", "faces"] + options)
      #expect(run.status == 2 && run.err.contains(words), "\(run.err)")
    }
  }

  @Test func aLinkThatLeadsNowhereIsListed() throws {
    let scanned = try Scanned([:]) { faces in
      try FileManager.default.createSymbolicLink(atPath: faces + "/gone.png", withDestinationPath: "../not/there.png")
    }
    #expect(scanned.run.status == 0)
    let failure = try scanned.failure(of: "gone.png")
    #expect(failure.code == "open")
    #expect(failure.detail == "a link to '../not/there.png', where nothing is")
  }

  @Test func aNameThatIsNoTextIsShownEscapedAndKeptRaw() throws {
    let name: [UInt8] = Array("bad".utf8) + [0xE9] + Array("name.ppm".utf8)
    let scanned = try Scanned([:]) { faces in
      try Files.write(Array("text".utf8), toRawPath: Array("\(faces)/".utf8) + name)
    }
    #expect(scanned.run.status == 0)
    #expect(try scanned.line(of: "name.ppm").contains("bad\\xE9name.ppm"))
    let row = try #require(
      try Store(reading: scanned.database).rows("SELECT path, path_raw FROM sample WHERE path_raw IS NOT NULL").first)
    #expect(row["path"] == .text("bad\\xE9name.ppm"))
    #expect(row["path_raw"] == .blob(name))
    let again = try Command.scan("faces", in: scanned.scratch.path)
    #expect(again.err.contains("31 done, 0 left"), "the raw bytes are the key: \(again.err)")
  }

  @Test func aNewlineInANameIsEscapedOnTheScreenAndWholeInTheDatabase() throws {
    let name = "two\nlines\u{1B}[31m.ppm"
    let scanned = try Scanned([name: Array("text".utf8)])
    #expect(scanned.run.status == 0)
    #expect(try scanned.line(of: "lines").contains("two\\nlines\\u{1b}[31m.ppm"))
    #expect(!(scanned.run.out + scanned.run.err).contains("\u{1B}"))
    #expect(try scanned.failure(of: name).code == "not_image")
    let table = try Command.audit(
      ["sql", scanned.database, "SELECT path FROM samples WHERE status = 'error'", "--table", "--no-header"])
    #expect(table.out == "two\\nlines\\u{1b}[31m.ppm\n")
    let lines = try Command.audit(["sql", scanned.database, "SELECT path FROM q_errors", "--no-header"])
    #expect(lines.out.split(separator: "\n").count == 1)
  }

  @Test func otherSizesAreScoredAndOddShapesNamed() throws {
    let scanned = try Scanned([
      "large.ppm": Picture.ppm(90, width: 48, height: 48), "wide.ppm": Picture.ppm(91, width: 48, height: 24),
    ])
    #expect(scanned.run.status == 0)
    #expect(scanned.run.out.contains("24x24 (30), 2 other sizes"), "\(scanned.run.out)")
    let issues = try Store.column(
      "SELECT path || ': ' || code || ' ' || detail FROM issue JOIN sample ON sample.id = sample_id",
      in: scanned.database)
    #expect(issues == ["wide.ppm: odd_shape 48x24 where the set has an aspect ratio of 1.0"])
    #expect(try Store.value("SELECT count(*) FROM samples WHERE mse IS NOT NULL", in: scanned.database) == "32")
    #expect(
      try Store.value("SELECT width || 'x' || height FROM samples WHERE path = 'wide.ppm'", in: scanned.database)
        == "48x24")
  }

  @Test func aWrongExtensionIsDecodedByContentAndNoted() throws {
    let scanned = try Scanned(["really.jpg": try Self.png(70, side: 24)])
    #expect(scanned.run.status == 0)
    let row = try #require(
      try Store(reading: scanned.database).rows("SELECT format, issues, mse FROM samples WHERE path = 'really.jpg'")
        .first)
    #expect(row["format"].text == "png")
    #expect(row["issues"].text == "extension_mismatch")
    #expect(row["mse"].real != nil)
    #expect(
      try Store.value("SELECT severity || ': ' || detail FROM issue", in: scanned.database)
        == "notice: named .jpg, is png")
  }

  @Test func aHardLinkAndACopyAreToldApart() throws {
    let scanned = try Scanned([:]) { faces in
      try FileManager.default.linkItem(atPath: faces + "/0004.ppm", toPath: faces + "/linked.ppm")
      try FileManager.default.copyItem(atPath: faces + "/0005.ppm", toPath: faces + "/copied.ppm")
    }
    #expect(scanned.run.status == 0)
    #expect(
      try Store.column(
        "SELECT copy || ' ' || keep || ' ' || dup_kind FROM q_duplicates ORDER BY copy", in: scanned.database)
        == ["copied.ppm 0005.ppm exact", "linked.ppm 0004.ppm same_file"])
    #expect(scanned.run.out.contains("2 files equal to another"), "\(scanned.run.out)")
  }

  @Test func emptyFilesAreNoCopiesOfOneAnother() throws {
    let scanned = try Scanned(["a.png": [], "b.png": []])
    #expect(try Store.value("SELECT count(*) FROM samples WHERE duplicate_of IS NOT NULL", in: scanned.database) == "0")
  }

  @Test func aPipeUnderAPicturesNameDoesNotHoldTheScanUp() throws {
    let scanned = try Scanned([:]) { faces in #expect(mkfifo(faces + "/pipe.jpg", 0o644) == 0) }
    #expect(scanned.run.status == 0)
    #expect(try Store.value("SELECT count(*) FROM samples", in: scanned.database) == "30")
  }

  @Test func theFirstFiveFailuresAreListedAndTheRestHasACommand() throws {
    let bad = Dictionary(uniqueKeysWithValues: (0..<7).map { ("z\($0).png", [UInt8]()) })
    let scanned = try Scanned(bad)
    #expect(scanned.run.out.contains("7 files could not be scored: 7 empty"))
    #expect(scanned.run.out.contains("z4.png") && !scanned.run.out.contains("z5.png"), "\(scanned.run.out)")
    let command = try #require(scanned.run.out.split(separator: "\n").first { $0.contains("all of them: ") })
    let words = try #require(command.components(separatedBy: "all of them: audit ").last)
    let all = try Command.shell("eval \"'$audit' $1\"", [words], in: scanned.scratch.path)
    #expect(all.status == 0)
    #expect(all.out.split(separator: "\n").count == 8, "a header and seven rows: \(all.out)")
  }

  @Test func moreErrorsThanAllowedExitWithThree() throws {
    let bad = Dictionary(uniqueKeysWithValues: (0..<20).map { ("z\($0).png", [UInt8]()) })
    let allowed = try Scanned(bad)
    #expect(allowed.run.status == 0, "20 of 50 are fewer than half")
    let strict = try Command.scan("faces", ["--max-errors", "39"], in: allowed.scratch.path)
    #expect(strict.status == 3)
    #expect(
      strict.err.hasSuffix(
        "audit: 40.0 % of the files could not be read; the result is not to be trusted (--max-errors 39)\n"),
      "\(strict.err)")
    let fine = try Command.scan("faces", ["--max-errors", "0.5"], in: allowed.scratch.path)
    #expect(fine.err.hasSuffix("(--max-errors 0.5)\n"), "\(fine.err)")
    #expect(strict.out.contains("30 scored, 20 could not be read"), "the summary is printed all the same")
    #expect(try Command.scan("faces", ["--max-errors", "40"], in: allowed.scratch.path).status == 0)
  }

  /// The checksum of PNG chunks (ISO 3309).
  private static func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return ~value
  }
}
