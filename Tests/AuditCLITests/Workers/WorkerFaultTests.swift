import Foundation
import Testing

/// Children that die, hang, freeze and eat memory: what only a debug build can be asked for.
@Suite(.serialized) struct WorkerFaultTests {
  private static func rows(_ lines: [String]) throws -> [[String: Any]] {
    try lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)") }
      .filter { $0["k"] != nil }
  }

  @Test func whateverAPictureDoesItIsOneRowAndTheOthersAreScored() throws {
    let worker = try RunningWorker(["--timeout", "8s", "--child-memory", "400"], in: try Scratch())
    let planted = [
      (2, "crash", "crash"), (5, "hang", "timeout"), (6, "leave", "crash"), (9, "memory", "oom"),
      (11, "freeze", "timeout"),
    ]
    let frames = (0..<14).flatMap { number in
      let fault = planted.first { $0.0 == number }?.1
      return EngineFrame.image("\(number)", fault.map { PlantedPicture.ppm($0) } ?? Picture.ppm(UInt64(number)))
    }
    worker.feedAll(frames)
    let (lines, status, err) = try worker.rest()
    #expect(status == 0, "\(err)")
    let rows = try Self.rows(lines)
    #expect(rows.map { $0["k"] as? String } == (0..<14).map { "\($0)" })
    for (number, row) in rows.enumerated() {
      let code = planted.first { $0.0 == number }?.2
      #expect(row["code"] as? String == code && (row["st"] as? String == "ok") == (code == nil), "\(row)")
    }
    #expect(rows[2]["signal"] as? Int == Int(SIGSEGV) && rows[2]["attempts"] as? Int == 2)
    #expect(
      rows[6]["signal"] == nil && (rows[6]["detail"] as? String)?.contains("exit status 3") == true, "\(rows[6])")
    #expect(rows[5]["attempts"] as? Int == 1)
  }

  @Test func aChildOpensNoPathReachesNoNetworkAndStartsNothing() throws {
    let doctor = try Command.audit(["doctor"])
    guard doctor.out.contains("(seccomp): yes") else { return print("skipped: no seccomp here") }
    let worker = try RunningWorker([], in: try Scratch())
    worker.feedAll(EngineFrame.image("a", PlantedPicture.ppm("escape")))
    let (lines, status, err) = try worker.rest()
    #expect(status == 0, "\(err)")
    #expect(try Self.rows(lines).map { $0["st"] as? String } == ["ok"], "\(lines) \(err)")
  }

  @Test func aChildThatIsKilledCostsNoRow() throws {
    let worker = try RunningWorker(["--timeout", "2s"], in: try Scratch())
    _ = try worker.line()
    for round in 0..<6 {
      worker.feed(EngineFrame.image("\(round)", Picture.ppm(UInt64(round))))
      #expect(try worker.line()?["st"] as? String == "ok", "round \(round)")
      if round < 5, let child = worker.child {
        kill(child, round % 2 == 0 ? SIGKILL : SIGSEGV)
        #expect(Processes.isGone(child))
      }
    }
    try worker.close()
    let (lines, status, _) = try worker.rest()
    #expect(status == 0 && lines.last?.contains("\"ok\":6") == true)
  }

  @Test func manyCrashesAreNoMatterOfFiles() throws {
    let worker = try RunningWorker([], in: try Scratch())
    worker.feedAll((0..<40).flatMap { EngineFrame.image("\($0)", PlantedPicture.ppm("leave")) })
    let (lines, status, err) = try worker.rest()
    #expect(status == 75 && err.contains("ended their process"), "\(err)")
    #expect(try Self.rows(lines).count == 21 && lines.last?.contains("bye") == false)
  }

  @Test func aChildIsReplacedAfterItsShare() throws {
    let worker = try RunningWorker(["--child-recycle", "3"], in: try Scratch())
    _ = try worker.line()
    var seen: [pid_t] = []
    for number in 0..<9 {
      worker.feed(EngineFrame.image("\(number)", Picture.ppm(UInt64(number))))
      #expect(try worker.line()?["st"] as? String == "ok")
      if let child = worker.child, seen.last != child { seen.append(child) }
    }
    try worker.close()
    #expect(try worker.rest().status == 0)
    #expect(seen.count == 3, "\(seen)")
  }

  @Test func askedToEndItAnswersWhatItTookAndLeavesNobodyBehind() throws {
    let worker = try RunningWorker([], in: try Scratch())
    _ = try worker.line()
    worker.feed(EngineFrame.image("a", Picture.ppm(1)))
    #expect(try worker.line()?["k"] as? String == "a")
    let child = try #require(worker.child)
    worker.signal(SIGTERM)
    let (lines, status, err) = try worker.rest()
    #expect(status == 75 && lines.last?.contains("\"in\":1") == true, "\(lines) \(err)")
    #expect(Processes.isGone(child))
  }

  @Test func aParentThatIsKilledLeavesNoChildEvenInALoop() throws {
    let worker = try RunningWorker(["--timeout", "600s"], in: try Scratch())
    _ = try worker.line()
    let child = try #require(worker.child)
    worker.feed(EngineFrame.image("a", PlantedPicture.ppm("hang")))
    usleep(200_000)
    worker.signal(SIGKILL)
    #expect(Processes.isGone(child))
  }

  @Test func aClosedOutputEndsIt() throws {
    let scratch = try Scratch()
    try scratch.write(Picture.ppm(1), to: "a.ppm")
    let run = try Command.shell(
      "(yes a.ppm | head -2000 | \"$audit\" worker --stdio --metrics mse --in paths; echo $? >&2) | head -2 >/dev/null",
      in: scratch.path)
    #expect(run.err.hasSuffix("74\n"), "\(run.err)")
  }
}
