import AuditStore
import Foundation
import Testing

/// Samples that are compared with what an autoencoder makes of them that was trained on the dataset.
@Suite struct ReferenceAutoencoderTests {
  private let scratch: Scratch
  private let faces: String
  private let database: String

  init() throws {
    (scratch, faces) = try Scratch.withFaces(60)
    database = scratch.path + "/a.db"
    try Files.write(Picture.ppm(Picture.noise(1)), to: faces + "/noise.ppm")
  }

  private func scan(_ more: [String] = [], to other: String? = nil) throws -> Command {
    try Command.audit(
      ["scan", faces, "--model", "autoencoder", "--size", "64", "--metrics", "mse,mae", "--db", other ?? database]
        + more)
  }

  private func column(_ sql: String) throws -> [String] { try Store.column(sql, in: database) }

  @Test func theOddPictureIsDrawnWorstAndTheTrainingIsKept() throws {
    let run = try scan(["--progress", "json"])
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains(#""phase":"train""#) && run.err.contains("loss 0.") && run.err.contains("rate 0."))
    #expect(run.err.contains("audit: the probe's network 1 "), "\(run.err)")
    #expect(try column("SELECT path FROM samples ORDER BY mse DESC LIMIT 1") == ["noise.ppm"])
    #expect(try column("SELECT path || verdict FROM samples ORDER BY skew DESC LIMIT 1") == ["noise.ppmreview"])
    #expect(try column("SELECT kind || ' ' || fitted_on FROM model") == ["autoencoder 61"])
    #expect(
      try column("SELECT purpose || ' ' || name || ' ' || loss FROM probe_training ORDER BY name") == [
        "reference half 1 mse", "reference half 2 mse",
      ])
    // It learns: the last epoch's loss is below a third of the first's.
    #expect(
      try column(
        """
        SELECT count(*) FROM probe_epoch AS a JOIN probe_epoch AS b USING (training_id)
        WHERE a.epoch = 1 AND b.epoch = 40 AND b.loss < a.loss / 3
        """) == ["2"])
  }

  @Test func anotherScanAndNewFilesUseTheSameNetwork() throws {
    #expect(try scan().status == 0)
    let before = try column("SELECT path || mse FROM samples ORDER BY path")
    let model = try column("SELECT digest FROM model")
    try Files.write(Picture.ppm(500), to: faces + "/new.ppm")
    let run = try scan()
    #expect(run.status == 0 && run.err.contains("61 done, 1 left"), "\(run.err)")
    #expect(try column("SELECT path || mse FROM samples WHERE path <> 'new.ppm' ORDER BY path") == before)
    #expect(try column("SELECT digest FROM model") == model)
    #expect(try column("SELECT count(*) FROM samples WHERE path = 'new.ppm' AND mse > 0") == ["1"])
  }

  @Test func theNumberOfWorkersChangesNothing() throws {
    let digests = try [1, 3].map { jobs in
      let other = scratch.path + "/\(jobs).db"
      #expect(try scan(["--jobs", "\(jobs)", "--loss", "huber", "--weighted"], to: other).status == 0)
      return try Store.digest(other)
    }
    #expect(digests[0] == digests[1])
  }

  @Test(arguments: ["mae", "imae", "ssim"]) func everyLossTrains(loss: String) throws {
    let run = try scan(["--loss", loss])
    #expect(run.status == 0, "\(run.err)")
    #expect(try column("SELECT DISTINCT loss FROM probe_training") == [loss])
    #expect(try column("SELECT count(mse) FROM samples") == ["61"])
    let other = try scan(["--loss", "mse"])
    #expect(other.status == 2 && other.err.contains("loss \(loss), now autoencoder"), "\(other.err)")
  }

  @Test func tooFewImagesAreOnlyChecked() throws {
    for name in try Files.names(faces).dropFirst(24) { try FileManager.default.removeItem(atPath: faces + "/" + name) }
    let run = try scan()
    #expect(run.status == 0 && run.err.contains("24 readable images: a reconstruction model needs 25"), "\(run.err)")
    #expect(try column("SELECT count(*), count(mse) FROM samples") == ["24"])
    // With one more there is a model, and every row is made anew.
    try Files.writePictures(3, to: faces + "/more", from: 900)
    #expect(try scan().status == 0)
    #expect(try column("SELECT count(mse) FROM samples") == ["27"])
  }

  @Test func optionsOfTrainingBelongToTheAutoencoder() throws {
    let run = try Command.scan(faces, ["--loss", "mae"])
    #expect(run.status == 2 && run.err.contains("--loss and --weighted go with --model autoencoder"), "\(run.err)")
    let word = try Command.scan(faces, ["--model", "autoencodr"])
    // Broken between words, wherever the line ends.
    let sentence = word.err.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(word.status == 2 && sentence.contains("did you mean autoencoder?"), "\(word.err)")
  }
}
