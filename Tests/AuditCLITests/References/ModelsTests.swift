import AuditStore
import Foundation
import Testing

/// LPIPS: networks that were imported measure pairs.
@Suite(.enabled(if: Networks.environment != nil && Networks.published != nil)) struct ModelsTests {
  private let scratch: Scratch
  private let environment: [String: String]
  private let published: String

  init() throws {
    scratch = try Scratch()
    environment = try #require(Networks.environment).merging(["XDG_DATA_HOME": scratch.path + "/data"]) { $1 }
    published = try #require(Networks.published)
  }

  private func audit(_ arguments: [String]) throws -> Command {
    try Command.audit(arguments, environment: environment)
  }

  private func `import`(_ name: String) throws {
    let run = try audit(["models", "import", published + "/\(name).onnx"])
    #expect(run.status == 0, "\(run.err)")
  }

  /// The distances are those of the published package on its own example pictures (README of the networks).
  @Test func aScanGivesThePublishedDistances() throws {
    try `import`("lpips_alex")
    try `import`("lpips_squeeze")
    let examples = published + "/lpips_examples"
    let folder = try scratch.folder("p")
    for name in ["ex_p0.png", "ex_p1.png"] {
      try FileManager.default.copyItem(atPath: examples + "/" + name, toPath: folder + "/" + name)
    }
    let database = scratch.path + "/l.db"
    let run = try audit([
      "scan", folder, "--reference", examples + "/ex_ref.png", "--db", database, "--metrics",
      "lpips_squeeze,mse,lpips_alex",
    ])
    #expect(run.status == 0, "\(run.err)")
    let rows = try Store(reading: database).rows("SELECT lpips_alex, lpips_squeeze, mse FROM samples ORDER BY path")
    for (row, expected) in zip(rows, [(0.721881, 0.711048), (0.137566, 0.147902)]) {
      let alex = try #require(row["lpips_alex"].real), squeeze = try #require(row["lpips_squeeze"].real)
      #expect(abs(alex - expected.0) < 1e-5 && abs(squeeze - expected.1) < 1e-5, "\(alex) \(squeeze)")
      #expect(row["mse"].real != nil)
    }
    let settings = try Store.value("SELECT settings FROM run", in: database)
    #expect(settings.contains(#""mse@1","lpips_alex@1:3bf3edce56151cad","lpips_squeeze@1:45285a2c0731a13d""#))
    #expect(
      try Store.column("SELECT name FROM metric WHERE name LIKE 'lpips%' ORDER BY name", in: database) == [
        "lpips_alex", "lpips_squeeze",
      ])
  }

  @Test func picturesThatAreTooSmallHaveNoDistanceAndTheirOtherScores() throws {
    try `import`("lpips_squeeze")
    for folder in ["s", "r"] {
      try Files.write(
        Picture.ppm(folder == "s" ? 1 : 2, width: 16, height: 40), to: scratch.path + "/\(folder)/small.ppm")
      try Files.write(
        Picture.ppm(folder == "s" ? 3 : 4, width: 17, height: 40), to: scratch.path + "/\(folder)/large.ppm")
    }
    let database = scratch.path + "/l.db"
    let run = try audit([
      "scan", scratch.path + "/s", "--reference", scratch.path + "/r", "--db", database, "--metrics",
      "mse,lpips_squeeze",
    ])
    #expect(run.status == 0, "\(run.err)")
    #expect(
      try Store.column(
        "SELECT path || ' ' || (lpips_squeeze > 0) FROM samples WHERE lpips_squeeze NOTNULL", in: database)
        == ["large.ppm 1"])
    #expect(try Store.column("SELECT count(mse), count(*) FROM samples", in: database) == ["2"])
  }

  @Test func theNumberOfWorkersChangesNoDistance() throws {
    try `import`("lpips_squeeze")
    let faces = try scratch.folder("faces")
    try Files.writePictures(40, to: faces)
    let digests = try [1, 3].map { jobs in
      let database = scratch.path + "/\(jobs).db"
      let run = try audit([
        "scan", faces, "--size", "64", "--metrics", "mse,lpips_squeeze", "--jobs", "\(jobs)", "--db", database,
      ])
      #expect(run.status == 0, "\(run.err)")
      #expect(try Store.column("SELECT count(lpips_squeeze) FROM samples", in: database) == ["40"])
      return try Store.digest(database)
    }
    #expect(digests[0] == digests[1])
  }

  @Test func withoutTheFileTheMessageNamesTheCommandThatImportsIt() throws {
    let faces = try scratch.folder("faces")
    try Files.writePictures(2, to: faces)
    let run = try audit(["scan", faces, "--metrics", "default,lpips_alex", "--db", scratch.path + "/l.db"])
    #expect(
      run.status == 2
        && run.err
          == "audit: no network lpips_alex is there yet; `audit models import --help` says how to get one\n",
      "\(run.err)")
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/l.db"))
    let near = try audit(["scan", faces, "--metrics", "lpips"])
    #expect(near.status == 2 && near.err.contains("lpips"), "\(near.err)")
  }

  @Test func costsAreMeasuredOfWhatIsThere() throws {
    try `import`("lpips_squeeze")
    let run = try audit(["metrics", "--bench", "--json", "--size", "64"])
    #expect(run.status == 0, "\(run.err)")
    let entries = try #require(JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [[String: Any]])
    func cost(_ name: String) -> Double? {
      entries.first { $0["name"] as? String == name }?["milliseconds_per_image"] as? Double
    }
    #expect(try #require(cost("lpips_squeeze")) > 0.1 && cost("lpips_alex") == nil)
  }
}
