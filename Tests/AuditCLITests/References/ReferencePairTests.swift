import AuditCore
import AuditDemo
import AuditImages
import AuditStore
import Foundation
import Testing

/// Samples that are compared with a file each.
@Suite struct ReferencePairTests {
  private let scratch: Scratch
  private let samples: String
  private let references: String

  init() throws {
    scratch = try Scratch()
    samples = try scratch.folder("samples")
    references = try scratch.folder("references")
  }

  private func scan(_ more: [String] = [], size: [String] = []) throws -> Command {
    try Command.audit(
      ["scan", samples, "--reference", references, "--metrics", "mse,mae", "--db", scratch.path + "/r.db"] + size
        + more,
      in: scratch.path)
  }

  private func column(_ sql: String) throws -> [String] { try Store.column(sql, in: scratch.path + "/r.db") }

  private func write(_ picture: RGBImage, _ path: String) throws {
    try Files.write(encodePNG(picture), to: scratch.path + "/" + path)
  }

  @Test func aPairIsComparedAtItsOwnSizeWithoutResizing() throws {
    var picture = RGBImage(width: 50, height: 30, pixels: [UInt8](repeating: 100, count: 3 * 50 * 30))
    try write(picture, "references/a/one.png")
    // One value of 4,500 is off by 51 codes: 0.2 of full scale.
    picture.pixels[1234] = 151
    try write(picture, "samples/a/one.png")
    let run = try scan()
    #expect(run.status == 0, "\(run.err)")
    let values = try Store(reading: scratch.path + "/r.db").rows("SELECT mse, mae, paired_path, verdict FROM samples")
    let mse = try #require(values[0]["mse"].real), mae = try #require(values[0]["mae"].real)
    #expect(abs(mse - 0.04 / 4500) < 1e-12 && abs(mae - 0.2 / 4500) < 1e-12)
    #expect(values[0]["paired_path"].text == "a/one.png")
  }

  @Test func namesLeadToReferencesByPathThenByStem() throws {
    try write(Picture.rgb(1), "samples/x/one.png")
    try write(Picture.rgb(2), "references/x/one.png")
    try Files.write(Picture.ppm(3), to: scratch.path + "/references/x/one.ppm")
    try write(Picture.rgb(4), "samples/two.png")
    try Files.write(Picture.ppm(4), to: scratch.path + "/references/two.ppm")
    #expect(try scan().status == 0)
    #expect(
      try column("SELECT path || ' ' || paired_path FROM samples ORDER BY path") == [
        "two.png two.ppm", "x/one.png x/one.png",
      ])
    let byPath = try scan(["--pair-by", "path", "--fresh"])
    #expect(byPath.err.contains("paired: 1 of 2 have a reference; 1 missing (first: two.png); 2 references without"))
    #expect(try column("SELECT path FROM samples WHERE error_code = 'pair_missing'") == ["two.png"])
    #expect(try column("SELECT path FROM q_unpaired") == ["two.png"])
  }

  @Test func aPatternLeadsFromOneNameToTheOther() throws {
    try write(Picture.rgb(1), "samples/LQ/img_0007_noisy.png")
    try write(Picture.rgb(2), "references/HQ/clean-0007.png")
    let run = try scan(["--pair-by", "regex:([0-9]{4})"])
    #expect(run.status == 0, "\(run.err)")
    #expect(try column("SELECT paired_path FROM samples") == ["HQ/clean-0007.png"])
    let wrong = try scan(["--pair-by", "regex:("])
    #expect(wrong.status == 2 && wrong.err.contains("'(' is not a regular expression"), "\(wrong.err)")
    let other = try scan(["--pair-by", "name"])
    #expect(other.status == 2 && other.err.contains("--pair-by takes auto, path, stem or regex:PATTERN; got 'name'"))
  }

  @Test func whereSeveralReferencesFitThatIsSaid() throws {
    try write(Picture.rgb(1), "samples/img_0007.png")
    try write(Picture.rgb(2), "samples/img_0008.png")
    for name in ["a_0007.png", "b_0007.png", "c_0008.png"] { try write(Picture.rgb(3), "references/" + name) }
    let run = try scan(["--pair-by", "regex:([0-9]{4})"])
    #expect(run.status == 0, "\(run.err)")
    #expect(
      run.err.contains(
        "audit: paired: 2 of 2 have a reference; several fit 1 of them, and the first by name was taken "
          + "(img_0007.png: a_0007.png); 1 reference without an image\n"), "\(run.err)")
  }

  @Test func whereNoNameFitsBothPatternsAreShownAndNothingIsMade() throws {
    try write(Picture.rgb(1), "samples/img_1_lq.png")
    try write(Picture.rgb(2), "references/img_1_hq.png")
    let run = try scan()
    #expect(run.status == 2 && run.out == "")
    #expect(
      run.err
        == "audit: no image has a reference in '\(references)' (paired by auto): samples are named like "
        + "'img_1_lq.png', references like 'img_1_hq.png'; say how they belong together with --pair-by\n")
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/r.db"))
  }

  @Test func aReferenceThatCannotBeReadCostsOneRow() throws {
    for number in 0..<4 {
      try write(Picture.rgb(UInt64(number)), "samples/\(number).png")
      try write(Picture.rgb(UInt64(number)), "references/\(number).png")
    }
    try Files.write(Array(encodePNG(Picture.rgb(1)).prefix(300)), to: references + "/1.png")
    let run = try scan()
    #expect(run.status == 0, "\(run.err)")
    let broken = try Store(reading: scratch.path + "/r.db").rows("SELECT path, error_code, error_detail FROM q_errors")
    #expect(broken.count == 1 && broken[0]["path"].text == "1.png" && broken[0]["error_code"].text == "pair_missing")
    let detail = try #require(broken[0]["error_detail"].text)
    #expect(
      detail.hasPrefix("reference 1.png is truncated") || detail.hasPrefix("reference 1.png is corrupt"), "\(detail)")
    #expect(try column("SELECT count(mse) FROM samples") == ["3"])
  }

  /// The reference belongs to what a row was computed from.
  @Test func aReferenceThatIsReplacedAddedEditedOrTakenAwayIsNoticed() throws {
    for number in 0..<6 {
      try write(Picture.rgb(UInt64(number)), "samples/\(number).png")
      try Files.write(Picture.ppm(UInt64(number)), to: references + "/\(number).ppm")
    }
    try FileManager.default.removeItem(atPath: references + "/5.ppm")
    #expect(try scan().status == 0)
    let state = "SELECT path || ' ' || ifnull(error_code, mse = 0) FROM samples ORDER BY path"
    #expect(try column(state) == ["0.png 1", "1.png 1", "2.png 1", "3.png 1", "4.png 1", "5.png pair_missing"])
    let quiet = try scan()
    #expect(quiet.err.contains("continuing run \"first\": 6 done, 0 left\n"), "\(quiet.err)")

    // Replaced; edited under its old size and time; taken away; added; only its mode is another.
    try Files.write(Picture.ppm(91, width: 30, height: 30), to: references + "/0.ppm")
    #expect(try Command.run("/usr/bin/touch", ["-r", references + "/1.ppm", scratch.path + "/stamp"]).status == 0)
    try Files.write(Picture.ppm(92), to: references + "/1.ppm")
    #expect(try Command.run("/usr/bin/touch", ["-r", scratch.path + "/stamp", references + "/1.ppm"]).status == 0)
    try FileManager.default.removeItem(atPath: references + "/2.ppm")
    try Files.write(Picture.ppm(5), to: references + "/5.ppm")
    chmod(references + "/3.ppm", 0o600)
    let kept = try column("SELECT id FROM sample WHERE path IN ('3.png', '4.png') ORDER BY path")
    let run = try scan()
    #expect(
      run.err.contains(
        "continuing run \"first\": 2 done, 4 left, 4 whose reference is new or another (scored again)\n"),
      "\(run.err)")
    #expect(try column(state) == ["0.png 0", "1.png 0", "2.png pair_missing", "3.png 1", "4.png 1", "5.png 1"])
    #expect(try column("SELECT id FROM sample WHERE path IN ('3.png', '4.png') ORDER BY path") == kept)
    #expect(try scan().err.contains("continuing run \"first\": 6 done, 0 left\n"))
  }

  /// By another name that comes first, a sample has another reference.
  @Test func aSampleThatLeadsToAnotherReferenceIsScoredAgain() throws {
    try write(Picture.rgb(1), "samples/img_0007.png")
    try Files.write(Picture.ppm(1), to: references + "/b_0007.ppm")
    let rule = ["--pair-by", "regex:([0-9]{4})"]
    #expect(try scan(rule).status == 0)
    #expect(try column("SELECT paired_path || ' ' || (mse = 0) FROM samples") == ["b_0007.ppm 1"])
    try Files.write(Picture.ppm(2), to: references + "/a_0007.ppm")
    #expect(try scan(rule).status == 0)
    #expect(try column("SELECT paired_path || ' ' || (mse = 0) FROM samples") == ["a_0007.ppm 0"])
  }

  @Test func unequalSizesAreScaledToTheReferenceOrRefused() throws {
    let small = Picture.rgb(1, width: 40, height: 30)
    try write(small, "samples/a.png")
    try write(Picture.rgb(1, width: 80, height: 60), "references/a.png")
    try write(small, "samples/b.png")
    try write(small, "references/b.png")
    #expect(try scan().status == 0)
    #expect(
      try column("SELECT path || ' ' || code || ' ' || detail FROM issue JOIN sample ON sample.id = sample_id") == [
        "a.png pair_scaled sample 40x30, reference 80x60, compared at 80x60 (area average down, bicubic up)"
      ])
    #expect(try column("SELECT path FROM samples WHERE mse > 0") == ["a.png"])
    let strict = try scan(["--strict-pairs", "--fresh"])
    #expect(strict.status == 0, "\(strict.err)")
    #expect(
      try column("SELECT path || ' ' || error_code || ' ' || error_detail FROM q_errors") == [
        "a.png pair_size 40x30, its reference 80x60"
      ])
  }

  @Test func aMovedPictureIsReportedWithItsShift() throws {
    let artist = FaceArtist(seed: 5, mode: .portraits, width: 120, height: 140)
    func crop(_ image: RGBImage, _ left: Int, _ top: Int) -> RGBImage {
      var out = RGBImage(width: 100, height: 120)
      for y in 0..<120 {
        let start = 3 * ((y + top) * image.width + left)
        out.pixels.replaceSubrange((3 * y * 100)..<(3 * (y + 1) * 100), with: image.pixels[start..<(start + 300)])
      }
      return out
    }
    for (person, shift) in [(0, (0, 0)), (1, (3, -2)), (2, (-8, 8)), (3, (0, 1))].enumerated() {
      let face = artist.draw(person: person, clip: 0, frame: 0)
      try write(crop(face, 10, 10), "references/\(person).png")
      // Content moves right where the window moves left.
      try write(crop(face, 10 - shift.1.0, 10 - shift.1.1), "samples/\(person).png")
    }
    #expect(try scan().status == 0)
    #expect(
      try column(
        "SELECT path || ': ' || detail FROM issue JOIN sample ON sample.id = sample_id WHERE code = 'pair_shifted' "
          + "ORDER BY path")
        == [
          "1.png: by 3 px to the right and -2 px down", "2.png: by -8 px to the right and 8 px down",
          "3.png: by 0 px to the right and 1 px down",
        ])
  }

  /// In the pixels of the files, whatever the pair is compared at; and a partner that fits nowhere is no shift.
  @Test func aShiftIsOfTheFilesOwnPixelsAndAWrongPartnerIsNamed() throws {
    let artist = FaceArtist(seed: 5, mode: .portraits, width: 220, height: 220)
    func crop(_ image: RGBImage, _ left: Int, _ top: Int) -> RGBImage {
      var out = RGBImage(width: 200, height: 200)
      for y in 0..<200 {
        let start = 3 * ((y + top) * image.width + left)
        out.pixels.replaceSubrange((3 * y * 200)..<(3 * (y + 1) * 200), with: image.pixels[start..<(start + 600)])
      }
      return out
    }
    let face = artist.draw(person: 1, clip: 0, frame: 0)
    try write(crop(face, 10, 10), "references/moved.png")
    try write(crop(face, 3, 16), "samples/moved.png")
    try write(crop(face, 10, 10), "references/same.png")
    try write(crop(face, 10, 10).noisy(1), "samples/same.png")
    try write(crop(face, 10, 10), "references/wrong.png")
    try write(Picture.noise(3, width: 200, height: 200), "samples/wrong.png")
    let issues =
      "SELECT path || ' ' || code || ' ' || detail FROM issue JOIN samples ON samples.id = sample_id ORDER BY path"
    for size in [[], ["--size", "64", "--fresh"]] {
      #expect(try scan(size: size).status == 0)
      let found = try column(issues + " DESC LIMIT 2")
      #expect(found.count == 2 && found[0].hasPrefix("wrong.png pair_mismatch their details agree by "), "\(found)")
      #expect(found.last == "moved.png pair_shifted by 7 px to the right and -6 px down", "\(size): \(found)")
    }
  }

  @Test func theWorstPairIsReviewedAndOnlyDroppedAboveALineOfTheUsers() throws {
    for number in 0..<120 {
      let picture = Picture.rgb(UInt64(number))
      try write(picture, "references/\(number).png")
      try write(number == 7 ? Picture.noise(7) : picture.noisy(UInt64(number)), "samples/\(number).png")
    }
    #expect(try scan().status == 0)
    #expect(try column("SELECT path || ' ' || verdict FROM flagged") == ["7.png review"])
    #expect(try scan(["--drop-above", "5", "--fresh"]).status == 0)
    #expect(try column("SELECT path || ' ' || verdict FROM flagged") == ["7.png drop"])
  }

  @Test func onePictureCanBeTheReferenceOfAll() throws {
    try write(Picture.rgb(1), "one.png")
    try write(Picture.rgb(1), "samples/same.png")
    try write(Picture.rgb(2), "samples/other.png")
    let run = try Command.audit(
      ["scan", samples, "--reference", scratch.path + "/one.png", "--metrics", "mse", "--db", scratch.path + "/r.db"])
    #expect(run.status == 0, "\(run.err)")
    #expect(try column("SELECT path FROM samples WHERE mse = 0") == ["same.png"])
    #expect(try column("SELECT DISTINCT paired_path FROM samples") == [scratch.path + "/one.png"])
    // A path as it was typed means nothing where the report is made.
    let typed = try Command.audit(
      ["scan", samples, "--reference", "one.png", "--metrics", "mse", "--db", scratch.path + "/t.db"], in: scratch.path)
    #expect(typed.status == 0, "\(typed.err)")
    #expect(
      try Store.column("SELECT DISTINCT paired_path FROM samples", in: scratch.path + "/t.db") == [
        scratch.path + "/one.png"
      ])
    try Files.write(Array("nothing\n".utf8), to: scratch.path + "/one.png")
    let broken = try Command.audit(
      ["scan", samples, "--reference", scratch.path + "/one.png", "--db", scratch.path + "/s.db"])
    #expect(
      broken.status == 2 && broken.err.hasPrefix("audit: cannot read '\(scratch.path)/one.png': "), "\(broken.err)")
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/s.db"))
  }

  @Test func aReferenceThatIsNotThereIsNamed() throws {
    try write(Picture.rgb(1), "samples/a.png")
    let run = try Command.audit(["scan", samples, "--reference", scratch.path + "/no", "--db", scratch.path + "/r.db"])
    #expect(run.status == 2 && run.err == "audit: no such file: '\(scratch.path)/no'\n", "\(run.err)")
  }

  @Test(arguments: ["paired", "single"]) func theNumberOfWorkersChangesNothing(mode: String) throws {
    for number in 0..<40 {
      try write(Picture.rgb(UInt64(number)), "references/\(number).png")
      try write(Picture.rgb(UInt64(number)).noisy(UInt64(number)), "samples/\(number).png")
    }
    let reference = mode == "paired" ? references : references + "/3.png"
    let digests = try [1, 2, 5].map { jobs in
      let database = scratch.path + "/\(jobs).db"
      let run = try Command.audit([
        "scan", samples, "--reference", reference, "--jobs", "\(jobs)", "--metrics", "mse,ssim", "--db", database,
      ])
      #expect(run.status == 0, "\(run.err)")
      return try Store.digest(database)
    }
    #expect(Set(digests).count == 1, "\(digests)")
  }

  @Test func largePairsAreComparedInBoundedMemory() throws {
    let large = Picture.rgb(3, width: 3000, height: 2000)
    try write(large, "references/a.png")
    try write(large.noisy(1), "samples/a.png")
    let used = try Command.peakMemory(
      ["scan", samples, "--reference", references, "--metrics", "all", "--jobs", "1", "--db", scratch.path + "/r.db"])
    #expect(used.status == 0)
    // Two pictures of 18 MB, their files, and the planes of the metrics at 1024 pixels: 210 MB were measured.
    #expect(used.megabytes < 400, "\(used.megabytes) MB")
    #expect(
      try column("SELECT detail FROM issue WHERE code = 'pair_scaled'") == [
        "sample 3000x2000, reference 3000x2000, compared at 1024x683 (area average down, bicubic up)"
      ])
    #expect(try column("SELECT mse > 0 AND ssim > 0 AND flip > 0 FROM samples") == ["1"])
  }
}

extension RGBImage {
  /// The picture with a little noise that the seed chooses.
  fileprivate func noisy(_ seed: UInt64) -> RGBImage {
    var generator = SplitMix64(seed: seed, keys: 79)
    var image = self
    for index in image.pixels.indices {
      image.pixels[index] = UInt8(min(255, Int(image.pixels[index]) + generator.integer(below: 4)))
    }
    return image
  }
}
