import AuditCore
import Foundation
import Testing

struct ExportTreeTests {
  @Test func linksAreSortedByVerdictAndRelative() throws {
    let set = try ExportSet([
      .init("a/1.png"), .init("a/2.png", .drop), .init("b/3.png", .review),
      .init("b/4.png", failure: SampleIssue(.empty)),
    ])
    let before = try set.snapshot()
    #expect(try set.audit("export", set.database, "--format", "symlinks", "-o", "out/tree").status == 0)
    let links = FileManager.default
    #expect(
      try links.destinationOfSymbolicLink(atPath: set.path + "/out/tree/keep/a/1.png") == "../../../../faces/a/1.png")
    for (name, content) in [("keep/a/1", "a/1"), ("drop/a/2", "a/2"), ("review/b/3", "b/3"), ("unreadable/b/4", "b/4")]
    {
      #expect(try set.text("out/tree/\(name).png") == "face \(content).png")
    }
    let again = try set.audit("export", set.database, "--format", "symlinks", "-o", "out/tree")
    #expect(again.status == 2 && again.err.contains("is not empty; nothing is overwritten; give a new folder"))
    #expect(try set.snapshot() == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: set.path + "/out") == ["tree"])
  }

  @Test func aDeepFaceLabTreeHoldsTheBytesAndLeavesChangedFilesOut() throws {
    let set = try ExportSet([.init("1.jpg"), .init("sub/2.jpg", .review), .init("3.jpg", .drop), .init("4.jpg")])
    try set.write("changed", to: "4.jpg")
    let run = try set.audit("export", set.database, "--format", "dfl", "-o", "aligned")
    #expect(run.status == 0)
    #expect(run.err.contains("'4.jpg' has changed since the scan; left out"))
    #expect(run.err.contains("1 image in sub-folders: DeepFaceLab's trainer looks into none"), "\(run.err)")
    #expect(try set.file("aligned/1.jpg") == Array("face 1.jpg".utf8))
    #expect(try set.file("aligned/sub/2.jpg") == Array("face sub/2.jpg".utf8))
    #expect(!set.exists("aligned/3.jpg") && !set.exists("aligned/4.jpg"))
    let times = try ["faces/1.jpg", "aligned/1.jpg"].map {
      try FileManager.default.attributesOfItem(atPath: set.path + "/" + $0)[.modificationDate] as? Date
    }
    #expect(times[0] == times[1])
  }

  @Test func kohyaGetsFoldersByVerdictWithCaptionsAndRepeats() throws {
    let set = try ExportSet([
      .init("10_name person/1.png"), .init("10_name person/2.png", .review), .init("10_name person/3.png", .drop),
      .init("other/4.png"),
    ])
    try set.write("a face", to: "10_name person/1.txt")
    try set.write("a face", to: "10_name person/3.txt")
    let run = try set.audit("export", set.database, "--format", "kohya-toml", "-o", "lora")
    #expect(run.status == 0, "\(run.err)")
    #expect(try set.text("lora/keep/10_name person/1.txt") == "a face")
    #expect(!set.exists("lora/drop"))
    let toml = try set.text("lora/dataset.toml")
    if let read = try Command.python(
      """
      import json, sys, tomllib
      print(json.dumps(tomllib.load(open(sys.argv[1], "rb"))["datasets"][0]["subsets"]))
      """, needs: ["tomllib"], arguments: [set.path + "/lora/dataset.toml"])
    {
      let subsets = try #require(try JSONSerialization.jsonObject(with: Data(read.out.utf8)) as? [[String: Any]])
      #expect(subsets.map { $0["num_repeats"] as? Int } == [10, 1, 1])
      #expect(
        subsets.map { $0["image_dir"] as? String }
          == ["keep/10_name person", "keep/other", "review/10_name person"].map { real(set.path) + "/lora/" + $0 })
      #expect(subsets[0]["caption_extension"] as? String == ".txt")
      #expect(subsets[0]["class_tokens"] as? String == "name person")
      #expect(subsets[1]["class_tokens"] == nil)
    }
    #expect(toml.hasPrefix("# Made by audit 0.1.0 from run \"first\""))
  }

  private func real(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
}
