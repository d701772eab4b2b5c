import AuditCore
import Testing

@testable import AuditExport

struct SidecarTests {
  /// Names as kohya's sd-scripts, OneTrainer and captioners write them beside `X.png`.
  @Test(arguments: [
    ".txt", ".TXT", ".caption", ".npz", ".NPZ", "_0512x0512.npz", "_0512x0512_sdxl.npz", "_1024x0768_flux.npz",
    "_flux.npz", "_te_outputs.npz", "_flux_te.npz", "_sd3-te.npz", "_mask.png", "_Mask.PNG", "-masklabel.png",
    "-condlabel.png", "_mask.jpg", ".mask.png", "_depth.webp", "_depth_debug.png", "_openpose.json",
  ])
  func whatTrainersPutBesideAnImageGoesWithIt(tail: String) {
    #expect(Sidecars.usual.takes(Array(tail.utf8)[...]))
  }

  /// A number is more likely another image's; captions have nothing before their ending.
  @Test(arguments: [
    "", ".png", ".jpg", "_2.npz", "_2.txt", "_flux.txt", "2.npz", "flux.npz", "_12x.npz", "_x12.y.npz", "_.npz",
    "__.npz",
    "_0512x0512x3.npz", ".txt.bak", "_masked.png", "_mask_2.png", ".b.txt",
  ])
  func otherFilesStay(tail: String) {
    #expect(!Sidecars.usual.takes(Array(tail.utf8)[...]))
  }

  @Test func onlyTheGivenEndingsAreTaken() {
    let rule = Sidecars("json,.npz")
    #expect(rule.endings == [".json", ".npz"])
    #expect(rule.takes(Array(".json".utf8)[...]) && rule.takes(Array("_flux.npz".utf8)[...]))
    #expect(!rule.takes(Array(".txt".utf8)[...]) && !rule.takes(Array("_flux.json".utf8)[...]))
  }
}

struct PartialFileTests {
  /// 255 bytes are what file systems allow.
  @Test func theNameOfAPieceIsShortAndItsOwn() {
    let token = PartialFile.newToken()
    let name = Array("d/".utf8) + [UInt8](repeating: 0x61, count: 255)
    let place = PartialFile(token: token).place(beside: name)
    #expect(place == Array("d/.audit-\(token).partial".utf8))
    #expect(PartialFile(token: token) == PartialFile(token: token))
    #expect(PartialFile(token: nil) != PartialFile(token: nil))
  }

  @Test(arguments: ["../../../victim", "", "0123456789ABCDEF", "0123456789abcde", "0123456789abcdef0"])
  func aTokenThatIsNoneOfOursNamesNothing(token: String) {
    #expect(PartialFile(token: token) != PartialFile(token: token))
  }
}

struct JournalHeadTests {
  private func head(_ dataset: String, _ target: String) -> JournalHead {
    JournalHead(action: .move, dataset: dataset, target: target, run: "r", at: "2026-01-01T00:00:00Z")
  }

  @Test func foldersAreFromTheRootAndApart() {
    #expect(head("/s/faces", "/s/out").isPossible)
    for (dataset, target) in [
      ("/s/faces", "/s/faces/out"), ("/s/faces", "/s"), ("faces", "/s/out"), ("/s/faces", "out"), ("/", "/out"),
      ("/s/faces", "/s/../t"), ("/s/faces", ""), ("/s/faces", "/s/faces"),
    ] {
      #expect(!head(dataset, target).isPossible, "\(dataset) \(target)")
    }
  }

  @Test func onlyFoldersOfTheTargetOrAboveItCanHaveBeenMade() {
    let head = head("/s/faces", "/s/new/out")
    for folder in ["/s/new", "/s/new/out", "/s/new/out/a/b"] { #expect(head.canHaveMade(Array(folder.utf8))) }
    for folder in ["/s/faces", "/s/new/other", "s/new/out", "/s/new/out/../../x", "", "/home"] {
      #expect(!head.canHaveMade(Array(folder.utf8)), "\(folder)")
    }
  }
}
