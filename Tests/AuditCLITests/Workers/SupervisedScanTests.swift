import AuditImages
import AuditStore
import Foundation
import Testing

/// Scans whose files are scored by child processes.
@Suite(.serialized) struct SupervisedScanTests {
  /// - Parameter jobs: 0 scores in the scan's own process.
  private static func digest(_ faces: String, jobs: Int, _ more: [String], in scratch: Scratch) throws -> String {
    let database = scratch.path + "/\(UUID().uuidString).db"
    let run = try Command.audit(["scan", faces, "--db", database, "--jobs", "\(jobs)"] + more)
    try #require(run.status == 0, "\(run.err)")
    return try Store.digest(database)
  }

  private static func expectEqualDigests(_ faces: String, _ more: [String] = Command.quick, in scratch: Scratch) throws
  {
    let expected = try digest(faces, jobs: 0, more, in: scratch)
    for jobs in [1, 2, 4] {
      #expect(try digest(faces, jobs: jobs, more, in: scratch) == expected, "\(jobs) jobs, \(more)")
    }
  }

  @Test func childrenGiveTheDigestOfOneProcess() throws {
    let (scratch, faces) = try Scratch.withFaces(60)
    try Files.write(Array("no picture".utf8), to: faces + "/a.jpg")
    try Files.write([], to: faces + "/empty.png")
    try Files.write(try encodePNG(Picture.rgb(70, width: 300, height: 200)), to: faces + "/large.png")
    try Files.write(Picture.ppm(3), toRawPath: Array((faces + "/n").utf8) + [0xFF, 0x0A] + Array(".ppm".utf8))
    try FileManager.default.createSymbolicLink(atPath: faces + "/link.png", withDestinationPath: "nowhere.png")
    mkfifo(faces + "/pipe.png", 0o600)
    try Self.expectEqualDigests(faces, in: scratch)
    try Self.expectEqualDigests(faces, ["--metrics", "all", "--size", "64"], in: scratch)
  }

  @Test func soItIsForQualityPairsOnePictureAndFewPictures() throws {
    let (scratch, faces) = try Scratch.withFaces(120)
    try Self.expectEqualDigests(faces, Command.quick + ["--issue-threshold", "0.3"], in: scratch)
    let references = try scratch.folder("references")
    try Files.writePictures(119, to: references, from: 500)
    try Files.write([1, 2, 3], to: references + "/0003.ppm")
    try Self.expectEqualDigests(faces, ["--reference", references, "--metrics", "mse"], in: scratch)
    try Self.expectEqualDigests(faces, ["--reference", references + "/0001.ppm", "--metrics", "mse"], in: scratch)
    let few = try scratch.folder("few")
    try Files.writePictures(9, to: few)
    try Self.expectEqualDigests(few, in: scratch)
    let single = try scratch.folder("single")
    try Files.writePictures(1, to: single)
    try Self.expectEqualDigests(single, in: scratch)
  }

  @Test func soItIsForAnAutoencoder() throws {
    let (scratch, faces) = try Scratch.withFaces(60)
    try Self.expectEqualDigests(faces, ["--model", "autoencoder", "--metrics", "mse,mae"], in: scratch)
  }

  /// What is learnt of damage and said of every picture, and not the digest alone.
  @Test func whatIsMeasuredInChildrenIsTheSameToTheLastBit() throws {
    let (scratch, faces) = try Scratch.withFaces(130)
    var seen: [[String]] = []
    for options in [["--no-isolate"], ["--jobs", "1"], ["--isolate", "--jobs", "2"]] {
      let database = scratch.path + "/\(UUID().uuidString).db"
      let run = try Command.audit(
        ["scan", faces, "--db", database, "--issue-threshold", "0.3"] + Command.quick + options)
      try #require(run.status == 0, "\(run.err)")
      seen.append(
        try Store.column(
          "SELECT path || ' ' || damage || ' ' || oddness || ' ' || coalesce(damage_kind, '-') FROM samples ORDER BY path",
          in: database))
    }
    #expect(seen[0].count == 130 && seen[1] == seen[0] && seen[2] == seen[0])
  }

  @Test func theChildrenThatReadForTheFitScoreAsWell() throws {
    let (scratch, faces) = try Scratch.withFaces(300)
    let scan = try RunningScan(faces, slow: true, ["--progress", "json", "--sample", "300"], in: scratch.path)
    try scan.waitForWords("\"phase\":\"read\"")
    var seen: Set<pid_t> = []
    while scan.isRunning {
      seen.formUnion(Processes.children(of: scan.process))
      usleep(20_000)
    }
    #expect(try scan.wait().status == 0)
    #expect(seen.count == 1, "one job and one child: \(seen)")
  }

  @Test func aFileThatEndsItsProcessIsARowAndTheScanGoesOn() throws {
    let (scratch, faces) = try Scratch.withFaces(40)
    for fault in ["crash", "leave", "memory", "hang"] {
      try Files.write(PlantedPicture.ppm(fault, 99), to: faces + "/0010-\(fault).ppm")
    }
    let run = try Command.scan(faces, ["--jobs", "2", "--sample", "30", "--timeout", "1"])
    #expect(run.status == 0, "\(run.err)")
    let database = faces + ".audit.db"
    #expect(
      try Store.column("SELECT path || ' ' || error_code FROM q_errors ORDER BY path", in: database)
        == ["0010-crash.ppm crash", "0010-hang.ppm timeout", "0010-leave.ppm crash", "0010-memory.ppm oom"])
    #expect(try Store.value("SELECT count(mse) FROM samples", in: database) == "40")
    #expect(try Files.names(scratch.path) == ["faces", "faces.audit.db"], "nothing is left behind")
  }

  /// What is compared in the scan's own process is still decoded in another: a model per folder, an autoencoder, a
  /// network.
  @Test(arguments: [["--per", "identity"], ["--model", "autoencoder"], ["--model", "onnx:"]])
  func whateverIsComparedHereIsDecodedInAChild(reference: [String]) throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(reference[0] == "--per" ? 104 : 40, to: faces + "/a")
    for fault in ["crash", "leave", "memory"] {
      try Files.write(PlantedPicture.ppm(fault, 99), to: faces + "/a/0010-\(fault).ppm")
    }
    var options = reference + ["--jobs", "2", "--timeout", "1"]
    if reference[1] == "onnx:" {
      guard Networks.environment != nil else { return }
      options[1] += Networks.path("copy")
      options += ["--onnx-range", "0..1"]
    }
    let run = try Command.scan(faces, options, environment: Networks.environment ?? [:])
    #expect(run.status == 0, "\(run.err)")
    let database = faces + ".audit.db"
    #expect(
      try Store.column("SELECT path || ' ' || error_code FROM q_errors ORDER BY path", in: database) == [
        "a/0010-crash.ppm crash", "a/0010-leave.ppm crash", "a/0010-memory.ppm oom",
      ])
    #expect(
      try Store.value("SELECT count(mse) FROM samples", in: database) == (reference[0] == "--per" ? "104" : "40"))
    if reference[0] == "--per" { #expect(try Store.value("SELECT count(*) FROM identity_model", in: database) == "1") }
    #expect(try Files.names(scratch.path) == ["faces", "faces.audit.db"], "nothing is left behind")
  }

  @Test func childrenThatAreKilledWhileItRunsCostNoRow() throws {
    let (scratch, faces) = try Scratch.withFaces(600)
    let expected = try Self.digest(faces, jobs: 0, ["--sample", "30", "--size", "256"], in: scratch)
    let scan = try RunningScan(
      faces, slow: false, ["--jobs", "2", "--size", "256", "--metrics", "default"], in: scratch.path)
    try scan.waitForRows(20)
    var killed = 0
    for round in 0..<6 where scan.isRunning {
      for child in Processes.children(of: scan.process) {
        kill(child, round % 3 == 0 ? SIGSEGV : SIGKILL)
        killed += 1
      }
      // Seldom enough that no file meets two of them.
      usleep(1_500_000)
    }
    let (status, err) = try scan.wait()
    #expect(status == 0 && killed > 0, "\(err)")
    #expect(try Store.value("SELECT count(*) FROM q_errors", in: scan.database) == "0")
    #expect(try Store.digest(scan.database) == expected)
  }

  @Test func aScanThatIsKilledLeavesNoChild() throws {
    let (scratch, faces) = try Scratch.withFaces(1000)
    let scan = try RunningScan(faces, slow: true, ["--jobs", "2"], in: scratch.path)
    try scan.hold(atRows: 10, before: 1000)
    let children = Processes.children(of: scan.process)
    #expect(!children.isEmpty)
    scan.kill()
    _ = try scan.wait()
    for child in children { #expect(Processes.isGone(child)) }
  }

  @Test func aDoctorSaysWhatChildrenGiveUp() throws {
    let run = try Command.audit(["doctor"])
    #expect(run.status == 0 && run.out.contains("children   work"), "\(run.out) \(run.err)")
  }
}
