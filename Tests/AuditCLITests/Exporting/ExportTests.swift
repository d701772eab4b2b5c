import AuditCore
import Foundation
import Testing

struct ExportTests {
  private static let latin = SamplePath(bytes: Array("b/caf".utf8) + [0xE9] + Array(".png".utf8))

  private static func faces() -> [ExportSet.Face] {
    [
      .init("a/one.png", .keep, skew: 1),
      .init("a/two.png", .drop, skew: 9.5, weight: 0.25, mse: 0.2, issues: [SampleIssue(.oddShape, "64x48")]),
      .init("a/three, \"four\".png", .review, skew: 1.7, weight: 0.5),
      .init("b/broken.png", failure: SampleIssue(.truncated, "ends at byte 40")),
      .init(raw: latin, .keep),
    ]
  }

  @Test func theDefaultIsTheListToTrainOn() throws {
    let set = try ExportSet(ExportTests.faces())
    let run = try set.audit("export", set.database)
    #expect(run.status == 0)
    #expect(run.err == "")
    #expect(try set.audit("export", set.database, "--keep").out == run.out)
    #expect(try set.audit("export", set.database, "-o", "keep.txt").status == 0)
    #expect(
      try set.file("keep.txt") == Array("a/one.png\na/three, \"four\".png\n".utf8) + ExportTests.latin.bytes + [0x0A])
  }

  @Test func nulSeparatedPathsAreTheRawBytes() throws {
    let set = try ExportSet(ExportTests.faces())
    let run = try set.audit("export", set.database, "--verdict", "keep", "-0", "-o", "keep.list")
    #expect(run.status == 0)
    #expect(try set.file("keep.list") == Array("a/one.png".utf8) + [0] + ExportTests.latin.bytes + [0])
  }

  @Test func aConditionSelectsRowsAndAWrongColumnIsNamed() throws {
    let set = try ExportSet(ExportTests.faces())
    #expect(
      try set.audit("export", set.database, "--verdict", "all", "--where", "skew > 2 -- worst").out == "a/two.png\n")
    #expect(try set.audit("export", set.database, "--verdict", "unreadable").out == "b/broken.png\n")
    let wrong = try set.audit("export", set.database, "--where", "skw > 2")
    #expect(wrong.status == 2 && wrong.out == "")
    #expect(wrong.err.hasPrefix("audit: --where: no such column: skw; did you mean skew"))
  }

  @Test(arguments: [
    "1) UNION SELECT 1, 2, 3, 4 --", "1; DELETE FROM sample", "skew > (1", "1 /* open", "path = 'x", "skew > ?", "  ",
  ])
  func aConditionThatIsMoreThanOneExpressionIsRefused(condition: String) throws {
    let set = try ExportSet(ExportTests.faces())
    let run = try set.audit("export", set.database, "--where", condition)
    #expect(run.status == 2 && run.out == "")
    #expect(run.err.hasPrefix("audit: --where takes one condition on the columns of view samples: "))
  }

  @Test func aQuotedBracketOrSemicolonIsPartOfACondition() throws {
    let set = try ExportSet(ExportTests.faces() + [.init("c/a;b).png")])
    #expect(try set.audit("export", set.database, "--where", "path = 'c/a;b).png'").out == "c/a;b).png\n")
  }

  @Test func csvHasEveryColumnQuotesAndTheBytesOfAForeignName() throws {
    let set = try ExportSet(ExportTests.faces())
    let lines = try set.audit("export", set.database, "--format", "csv").out.components(separatedBy: "\r\n")
    #expect(lines.count == 7 && lines.last == "")
    #expect(lines[0].hasPrefix("id,path,folder,identity,"))
    #expect(lines[0].hasSuffix(",issues,path_b64"))
    #expect(lines[2].contains(",\"a/three, \"\"four\"\".png\",a,a,"))
    let foreign = try #require(lines.first { $0.contains("b/caf\\xE9.png") })
    #expect(foreign.hasSuffix("," + Data(ExportTests.latin.bytes).base64EncodedString()))
    let broken = try #require(lines.first { $0.contains("b/broken.png") })
    #expect(broken.contains(",error,truncated,ends at byte 40,"), "an unreadable file is a row, its numbers empty")
  }

  @Test func jsonLinesAreObjectsInTheOrderOfThePaths() throws {
    let set = try ExportSet(ExportTests.faces())
    let lines = try set.audit("export", set.database, "--format", "jsonl").out.split(separator: "\n")
    let objects = try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(
      objects.compactMap { $0["path"] as? String } == [
        "a/one.png", "a/three, \"four\".png", "a/two.png", "b/broken.png", "b/caf\\xE9.png",
      ])
    #expect(objects.allSatisfy { $0["schema"] as? Int == 1 })
    #expect(objects[2]["issues"] as? [String] == ["odd_shape"] && objects[2]["skew"] as? Double == 9.5)
    #expect(objects[3]["mse"] is NSNull)
    #expect(objects[4]["path_b64"] as? String == Data(ExportTests.latin.bytes).base64EncodedString())
  }

  @Test func nothingIsWrittenIntoTheDataset() throws {
    let set = try ExportSet(ExportTests.faces())
    let before = try set.snapshot()
    for arguments in [
      ["--format", "csv", "-o", "faces/out.csv"], ["-o", "faces/a/../list"],
      ["--format", "symlinks", "-o", "faces/tree"],
      ["--format", "weights", "-o", "faces/w.npy"], ["--format", "symlinks", "-o", "."],
    ] {
      let run = try Command.audit(["export", set.database] + arguments, in: set.path)
      #expect(run.status == 2)
      #expect(run.err.contains("and audit never writes there") || run.err.contains("holds the dataset"), "\(run.err)")
    }
    #expect(try set.snapshot() == before)
  }

  @Test func aRedirectionIntoTheDatasetIsRefused() throws {
    let set = try ExportSet(ExportTests.faces())
    let run = try Command.run(
      "/bin/sh", ["-c", "'\(Command.binary)' export '\(set.database)' > '\(set.dataset)/list.txt'"])
    #expect(run.status == 2)
    #expect(run.err.contains("audit never writes there"))
    #expect(try set.file("faces/list.txt").isEmpty)
  }

  @Test func aPipeIsWrittenToAndALinkStaysALink() throws {
    let set = try ExportSet(ExportTests.faces())
    let fifo = try Command.run(
      "/bin/bash",
      [
        "-c",
        "cd '\(set.path)' && mkfifo p && ('\(Command.binary)' export '\(set.database)' -q --where 'skew > 1.5' -o p &) "
          + "&& cat p && test -p p && echo still a pipe",
      ])
    #expect(fifo.out == "a/three, \"four\".png\na/two.png\nstill a pipe\n", "\(fifo.err)")
    try set.scratch.write([], to: "real.txt")
    try FileManager.default.createSymbolicLink(atPath: set.path + "/link.txt", withDestinationPath: "real.txt")
    #expect(try set.audit("export", set.database, "-o", "link.txt").status == 0)
    #expect(try set.text("real.txt").hasPrefix("a/one.png\n"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: set.path + "/link.txt") == "real.txt")
  }

  @Test func aRunThatIsNotCompleteIsSaid() throws {
    let set = try ExportSet(ExportTests.faces())
    try Command.sqlite(set.database, "UPDATE run SET status = 'interrupted'")
    let run = try set.audit("export", set.database, "--format", "jsonl")
    #expect(run.status == 0 && run.err.contains("run \"first\" stopped at "))
  }

  @Test func sidecarsFollowTheirImageOnce() throws {
    let set = try ExportSet([
      .init("a/1.jpg"), .init("a/1.png"), .init("a/2.png"), .init("a/2_mask.png"), .init("a/3.png", .drop),
    ])
    for name in ["a/1.txt", "a/2.npz", "a/2.other", "a/3.txt"] { try set.write("x", to: name) }
    let run = try set.audit("export", set.database, "--sidecars", "usual")
    #expect(run.out == "a/1.jpg\na/1.txt\na/1.png\na/2.png\na/2.npz\na/2_mask.png\n")
    #expect(try set.audit("export", set.database, "--sidecars", "other").out.contains("a/2.png\na/2.other\n"))
    let refused = try set.audit("export", set.database, "--format", "csv", "--sidecars", "txt")
    #expect(refused.status == 2 && refused.err.contains("--sidecars means files that go with an image"))
  }

  @Test func anUnknownRunOrVerdictAnswersWithTheNearestName() throws {
    let set = try ExportSet(ExportTests.faces())
    let run = try set.audit("export", set.database, "--run", "firs")
    #expect(run.status == 2 && run.err.contains("no run \"firs\" in '\(set.database)'; did you mean first?"))
    let verdict = try set.audit("export", set.database, "--verdict", "dropp")
    #expect(verdict.status == 2)
    #expect(
      verdict.err
        == "audit: --verdict takes keep, review, drop, unreadable (with commas between) or all; got 'dropp'; did you mean drop?\n"
    )
  }

  @Test func aClosedPipeEndsQuietly() throws {
    let set = try ExportSet((0..<20_000).map { .init("many/\($0).png", content: "x\($0)") })
    let run = try Command.run(
      "/bin/bash",
      ["-c", "'\(Command.binary)' export '\(set.database)' --format jsonl | head -1 >/dev/null; echo ${PIPESTATUS[0]}"])
    #expect(run.out == "0\n" && run.err == "")
  }

  @Test func metadataIsMergedByFileNameAndTheOldFileIsLeftAlone() throws {
    let set = try ExportSet([.init("a/1.png", .drop, skew: 3), .init("a/2.png"), .init("b/3.png", .review)])
    let old = """
      {"text": "a \\"smile\\", {x}", "file_name": "a/1.png", "audit_skew": 7, "box": [1, {"y": 2.50}]}
      {"file_name":"elsewhere.png","text":"kept"}

      {"file_name": "./a/2.png", "n": 1e-05}
      """
    try set.write(old, to: "metadata.jsonl")
    let run = try set.audit("export", set.database, "--format", "hf-metadata", "-o", "metadata.jsonl")
    #expect(run.status == 0)
    #expect(try set.text("faces/metadata.jsonl") == old)
    let lines = try set.text("metadata.jsonl").split(separator: "\n").map(String.init)
    #expect(lines.count == 4)
    #expect(
      lines[0].hasPrefix(
        "{\"text\": \"a \\\"smile\\\", {x}\",\"file_name\": \"a/1.png\",\"box\": [1, {\"y\": 2.50}],\"audit_verdict\":\"drop\",\"audit_skew\":3.0,"
      ))
    #expect(lines[1] == "{\"file_name\":\"elsewhere.png\",\"text\":\"kept\"}")
    #expect(lines[2].hasPrefix("{\"file_name\": \"./a/2.png\",\"n\": 1e-05,\"audit_verdict\":\"keep\","))
    #expect(lines[3].hasPrefix("{\"file_name\":\"b/3.png\",\"audit_verdict\":\"review\","))
    let again = try set.audit("export", set.database, "--format", "hf-metadata", "-o", "metadata.jsonl")
    #expect(again.status == 2 && again.err.contains("a metadata file is never overwritten"))
    let kept = try set.audit("export", set.database, "--format", "hf-metadata", "--keep")
    #expect(!kept.out.contains("a/1.png") && kept.out.contains("elsewhere.png") && kept.out.contains("b/3.png"))
  }

  @Test func aBrokenMetadataLineIsNamed() throws {
    let set = try ExportSet([.init("1.png")])
    try set.write("{\"file_name\": \"1.png\"}\nnot json\n", to: "metadata.jsonl")
    let run = try set.audit("export", set.database, "--format", "hf-metadata", "-o", "new.jsonl")
    #expect(run.status == 2 && run.err.contains("line 2 of '\(set.dataset)/metadata.jsonl' is no JSON object"))
    #expect(!set.exists("new.jsonl"), "no half file is left")
  }

  @Test func faceSwapGetsAListAndTheTwoCommands() throws {
    let set = try ExportSet([.init("t_0001_0.png", .drop), .init("t_0002_0.png"), .init("x.jpg", .drop)])
    let run = try set.audit("export", set.database, "--format", "faceswap-delete", "-o", "delete me.txt")
    #expect(run.status == 0 && run.err.contains("1 image left out: FaceSwap's faces are PNG files"))
    let lines = try set.text("delete me.txt").split(separator: "\n").map(String.init)
    #expect(lines.filter { !$0.hasPrefix("#") } == ["t_0001_0.png"])
    #expect(
      lines[2].contains("alignments --job remove-faces --alignments_file ALIGNMENTS -faces_folder \(set.dataset)"))
    // The first command, run as it is printed.
    let command = lines[1].replacingOccurrences(of: "#   ", with: "")
    #expect(try Command.run("/bin/bash", ["-c", command]).status == 0)
    #expect(!set.exists("faces/t_0001_0.png") && set.exists("faces/t_0002_0.png") && set.exists("faces/x.jpg"))
  }

  /// `tools.py alignments` reads one folder, and forgets every face that does not lie in it.
  @Test func faceSwapIsGivenTheFolderThatHoldsTheFaces() throws {
    let one = try ExportSet([.init("sub/t_1_0.png", .drop), .init("sub/t_2_0.png"), .init("frames/x.jpg")])
    let list = try one.audit("export", one.database, "--format", "faceswap-delete")
    #expect(list.out.contains(" -faces_folder \(one.dataset)/sub\n"), "\(list.out)")
    let two = try ExportSet([.init("a/t_1_0.png", .drop), .init("b/t_2_0.png")])
    let parted = try two.audit("export", two.database, "--format", "faceswap-delete")
    #expect(parted.out.contains("once the faces\n# that stay lie in one folder FACES:\n"), "\(parted.out)")
    #expect(parted.out.contains(" -faces_folder FACES\n"))
    #expect(parted.err.contains("it would forget those that stay in the others"), "\(parted.err)")
  }

  @Test func labelStudioTasksCarryTheVerdictAsAPrediction() throws {
    let set = try ExportSet([.init("a b/1.png", .drop, skew: 4), .init("2.png", failure: SampleIssue(.empty))])
    let run = try set.audit("export", set.database, "--format", "label-studio", "--url-prefix", "http://host/faces/")
    let tasks = try #require(try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [[String: Any]])
    #expect(tasks.count == 2)
    let task = try #require(tasks.last)
    #expect((task["data"] as? [String: String]) == ["image": "http://host/faces/a%20b/1.png"])
    let prediction = try #require((task["predictions"] as? [[String: Any]])?.first)
    let result = try #require((prediction["result"] as? [[String: Any]])?.first)
    #expect((result["value"] as? [String: [String]]) == ["choices": ["drop"]])
    #expect(result["type"] as? String == "choices")
    #expect(tasks[0]["predictions"] == nil, "what could not be read has no verdict to begin from")
    let local = try set.audit("export", set.database, "--format", "label-studio").out
    #expect(local.contains("/data/local-files/?d=\(set.dataset.dropFirst())/2.png"))
  }

  @Test func aCardHasCountsGainAndDigest() throws {
    let set = try ExportSet(
      ExportTests.faces(), figures: ["worst_pull_squared": 0.319, "worst_pull_absolute": 0.057],
      remedy: (0.186, 0.178, 0.194))
    let card = try set.audit("export", set.database, "--format", "card").out
    #expect(card.hasPrefix("<!-- audit:begin -->\n## Data quality\n"))
    #expect(card.contains("| images | 5, of which 1 cannot be read |"))
    #expect(card.contains("| verdicts | keep 2, review 1, drop 1 |"))
    #expect(card.contains("| squared loss saved by drop | 18.6 % (17.8 % to 19.4 %), recommended |"))
    #expect(card.contains("| pull of the worst 1 % | 31.9 % under squared error, 5.7 % under absolute error |"))
    #expect(card.contains("| mse | 0.0575 | 0.2 | 1 | lower | mean of mse |"))
    let digest = try Command.sqlite(set.database, "SELECT digest FROM run").trimmingCharacters(
      in: .whitespacesAndNewlines)
    #expect(card.contains("`\(digest)`"))
  }

  @Test func formatsForMachinesAreWellFormed() throws {
    let odd = "a/x & <y>,\n:%.png"
    let set = try ExportSet(ExportTests.faces() + [.init(odd, .drop, skew: 20)])
    let junit = try set.audit("export", set.database, "--format", "junit", "-o", "junit.xml")
    #expect(junit.status == 0)
    let xml = try set.text("junit.xml")
    #expect(xml.contains("<testsuites name=\"audit\" tests=\"4\" failures=\"2\" errors=\"1\" skipped=\"1\">"))
    #expect(
      xml.contains(
        "name=\"a/x &amp; &lt;y&gt;,&#10;:%.png\"><failure message=\"drop: skew above the line; skew 20.00\""))
    if let read = try Command.python(
      "import sys, xml.etree.ElementTree as e; print(len(e.parse(sys.argv[1]).findall('.//testcase')))", needs: ["xml"],
      arguments: [set.path + "/junit.xml"])
    {
      #expect(read.out == "4\n", "\(read.err)")
    }
    let sarif = try set.audit("export", set.database, "--format", "sarif").out
    let log = try #require(try JSONSerialization.jsonObject(with: Data(sarif.utf8)) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    let results = try #require((log["runs"] as? [[String: Any]])?.first?["results"] as? [[String: Any]])
    #expect(results.map { $0["level"] as? String } == ["warning", "error", "error", "error"])
    #expect(sarif.contains("\"uri\":\"a/x%20%26%20%3Cy%3E%2C%0A%3A%25.png\",\"uriBaseId\":\"DATASET\""))
    let github = try set.audit("export", set.database, "--format", "github").out.split(separator: "\n")
    #expect(github.count == 4)
    #expect(
      github[0].hasPrefix("::error file=a/x & <y>%2C%0A%3A%25.png,title=verdict-drop::a/x & <y>,\\n:%25.png: drop: "))
  }
}
