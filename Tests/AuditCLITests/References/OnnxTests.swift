import AuditCore
import AuditDemo
import AuditImages
import AuditStore
import Foundation
import Testing

/// Samples that are compared with what the user's network makes of them.
@Suite(.enabled(if: Networks.environment != nil)) struct OnnxTests {
  private let scratch: Scratch
  private let faces: String
  private let database: String

  init() throws {
    (scratch, faces) = try Scratch.withFaces(20)
    database = scratch.path + "/o.db"
  }

  private func scan(_ network: String, _ more: [String] = [], environment: [String: String]? = nil) throws -> Command {
    try Command.audit(
      ["scan", faces, "--model", "onnx:" + network, "--metrics", "mse,mae", "--db", database] + more,
      environment: environment ?? Networks.environment ?? [:])
  }

  private func column(_ sql: String) throws -> [String] { try Store.column(sql, in: database) }

  @Test func aNetworkThatCopiesLeavesNoResidual() throws {
    let run = try scan(Networks.path("copy"), ["--onnx-range", "0..1"])
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("audit: network: image -> copy, nchw, rgb, values 0..1, 128x128\n"))
    #expect(try column("SELECT DISTINCT mse FROM samples") == ["0.0"])
    #expect(try column("SELECT count(*) FROM samples WHERE status = 'ok'") == ["20"])
  }

  @Test func theRangeIsFoundOutAndSaid() throws {
    let run = try scan(Networks.path("takes_symmetric"), ["--size", "64"])
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("values -1..1, 64x64"), "\(run.err)")
    #expect(run.err.contains("-1..1 redraws 8 pictures best"), "\(run.err)")
    #expect(try column("SELECT DISTINCT mse FROM samples") == ["0.0"])
    let reference = try column("SELECT json_extract(settings, '$.reference') FROM run")[0]
    #expect(reference.wholeMatch(of: /onnx [0-9a-f]{64}: image -> copy, nchw, rgb, values -1\.\.1, 64x64/) != nil)
  }

  @Test func aNetworkOfItsOwnShapeColoursAndLayoutIsRunAtItsSize() throws {
    // It takes BGR and halves blue, leaves green, quarters red: 24 wide, 32 high.
    let flat = RGBImage(width: 24, height: 32, pixels: (0..<(24 * 32)).flatMap { _ in [200, 100, 40] as [UInt8] })
    for name in try Files.names(faces) { try FileManager.default.removeItem(atPath: faces + "/" + name) }
    try Files.write(encodePNG(flat), to: faces + "/flat.png")
    let run = try scan(Networks.path("last_bgr"))
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("pixels -> drawn, nhwc, bgr, values 0..1, 24x32"), "\(run.err)")
    // Residuals of 150, 0 and 20 codes.
    let mse = try #require(Double(column("SELECT mse FROM samples")[0]))
    #expect(abs(mse - (150.0 * 150 + 20 * 20) / 3 / 65025) < 1e-9)
  }

  @Test func aCrashAndNumbersThatAreNoneCostTheirRowsAlone() throws {
    func flat(_ code: UInt8) -> RGBImage {
      RGBImage(width: 24, height: 24, pixels: [UInt8](repeating: code, count: 3 * 24 * 24))
    }
    // The network divides by zero on black, and gives infinity below 25 codes.
    try Files.write(Picture.ppm(flat(0)), to: faces + "/black.ppm")
    try Files.write(Picture.ppm(flat(12)), to: faces + "/dark.ppm")
    let run = try scan(Networks.path("faulty"), ["--size", "64"])
    #expect(run.status == 0, "\(run.err)")
    #expect(
      try column("SELECT path || ' ' || error_code FROM q_errors ORDER BY path") == [
        "black.ppm crash", "dark.ppm model_nonfinite",
      ])
    #expect(try column("SELECT count(mse) FROM samples") == ["20"])
    #expect(try column("SELECT count(*) FROM samples WHERE path IN ('black.ppm', 'dark.ppm') AND mse IS NULL") == ["2"])
  }

  @Test(arguments: [
    ("two_inputs", "takes 2 inputs"), ("halves", "a reconstruction has the size of its picture"),
    ("distance", "takes 2 inputs"),
  ]) func aNetworkThatDoesNotRedrawPicturesIsRefusedBeforeAnythingIsScored(name: String, words: String) throws {
    let run = try scan(Networks.path(name))
    #expect(run.status == 2 && run.out == "" && run.err.contains(words), "\(run.err)")
    #expect(!FileManager.default.fileExists(atPath: database))
  }

  @Test func aFixedInputThatDoesNotFitTheSizeIsRefused() throws {
    let run = try scan(Networks.path("batch_of_four"), ["--size", "64"])
    #expect(run.status == 2 && run.err.contains("32x32"), "\(run.err)")
    #expect(try scan(Networks.path("batch_of_four")).status == 0)
    #expect(try column("SELECT DISTINCT mse FROM samples") == ["0.0"])
  }

  @Test func whatIsNoNetworkIsSaidToBeWhatItIs() throws {
    let pointer = scratch.path + "/pointer.onnx"
    try Files.write(
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9890830\n".utf8), to: pointer)
    let lfs = try scan(pointer)
    #expect(lfs.status == 2, "\(lfs.err)")
    #expect(
      lfs.err
        == "audit: '\(pointer)' is a Git LFS pointer, not the network itself; fetch it with: git lfs pull\n",
      "\(lfs.err)")
    let text = scratch.path + "/notes.onnx"
    try Files.write(Array("the network is in the other folder\n".utf8), to: text)
    let notes = try scan(text)
    #expect(notes.status == 2 && notes.err == "audit: '\(text)' is a text file, not a network\n", "\(notes.err)")
    let missing = try scan(scratch.path + "/nothing.onnx")
    #expect(missing.status == 2 && missing.err.contains("nothing.onnx'"), "\(missing.err)")
    #expect(!FileManager.default.fileExists(atPath: database))
  }

  @Test func withoutTheLibraryTheMessageSaysWhereItWasLookedFor() throws {
    let run = try scan(Networks.path("copy"), environment: ["AUDIT_ONNXRUNTIME": "/nowhere"])
    #expect(
      run.status == 2
        && run.err
          == "audit: AUDIT_ONNXRUNTIME names '/nowhere', which does not exist; give libonnxruntime.so or its folder\n",
      "\(run.err)")
    #expect(!FileManager.default.fileExists(atPath: database))
    // The library belongs to networks alone.
    let without = try Command.scan(faces, environment: ["AUDIT_ONNXRUNTIME": "/nowhere"])
    #expect(without.status == 0, "\(without.err)")
  }

  @Test(arguments: [
    (["--onnx-range", "0..2"], "--onnx-range takes 0..1, -1..1, 0..255; got '0..2'"),
    (["--onnx-layout", "chwn"], "--onnx-layout takes nchw, nhwc; got 'chwn'"),
    (["--onnx-size", "0"], "--onnx-size takes a side such as 128"),
    (["--onnx-channels", "cmyk"], "--onnx-channels takes rgb, bgr, gray; got 'cmyk'"),
  ]) func wordsThatAreNotKnownAreRefusedWithThoseThatAre(options: [String], words: String) throws {
    let run = try scan(Networks.path("copy"), options)
    #expect(run.status == 2 && run.err.contains(words), "\(run.err)")
  }

  @Test func optionsOfAnotherModelAreRefused() throws {
    let run = try Command.scan(faces, ["--onnx-range", "0..1"])
    #expect(run.status == 2 && run.err.contains("--onnx-... goes with --model onnx:FILE"), "\(run.err)")
    let bare = try Command.scan(faces, ["--model", Networks.path("copy")])
    // Broken where the length of the path asks for it.
    let words = "audit: a network is given as --model onnx:\(Networks.path("copy")) Usage: audit scan "
    #expect(bare.status == 2 && bare.err.replacing("\n", with: " ").hasPrefix(words), "\(bare.err)")
  }

  @Test func theNumberOfWorkersChangesNothingAndAScanGoesOn() throws {
    let digests = try [1, 3].map { jobs in
      #expect(try scan(Networks.path("box"), ["--jobs", "\(jobs)", "--fresh"]).status == 0)
      return try Store.digest(database)
    }
    #expect(digests[0] == digests[1])
    let again = try scan(Networks.path("box"))
    #expect(again.err.contains("20 done, 0 left"), "\(again.err)")
    let other = try scan(Networks.path("copy"), ["--onnx-range", "0..1"])
    #expect(other.status == 2 && other.err.contains("used other settings (reference onnx "), "\(other.err)")
  }
}
