import AuditCore
import AuditImages
import Testing

@testable import AuditDataset

extension FileRules {
  fileprivate init(include: [String] = [], exclude: [String] = [], withSidecars: Bool = false) {
    self.init()
    self.include = include
    self.exclude = exclude
    self.withSidecars = withSidecars
  }
}

struct WalkRulesTests {
  @Test func fortyFacesWithFortyMasksAreFortyImages() throws {
    let tree = Tree()
    for index in 10..<50 {
      tree.file("face\(index).jpg")
      tree.file(index % 2 == 0 ? "face\(index)_mask.png" : "face\(index)-masklabel.png")
      tree.file("face\(index).txt")
    }
    let walk = try tree.walk()
    #expect(walk.samples.count == 40)
    #expect(walk.paths.allSatisfy { $0.hasSuffix(".jpg") })
    #expect(walk.leftOut.files(.sidecar) == ["_mask": 20, "-masklabel": 20])
    #expect(walk.otherFiles == ["txt": 40])
    #expect(walk.leftOut.ordered.first?.count.example.text == "face11-masklabel.png")
    #expect(try tree.walk(rules: FileRules(withSidecars: true)).samples.count == 80)
  }

  @Test func theMarkOfADemoSetIsNotSpokenOf() throws {
    let tree = Tree()
    for name in ["a.jpg", ".audit-demo"] { tree.file(name) }
    #expect(try tree.walk().leftOut.groups.isEmpty)
  }

  /// What `apply` and `export` would take along is no sample, by the same rule.
  @Test func aPictureAboutAPictureAboutAnImageIsNoSample() throws {
    let tree = Tree()
    for name in ["x.jpg", "x_depth_debug.png", "y.jpg", "y_mask.png", "y_mask_debug.png", "z_mask_debug.png"] {
      tree.file(name)
    }
    #expect(try tree.walk().paths == ["x.jpg", "y.jpg", "z_mask_debug.png"])
    #expect(try tree.walk().leftOut.files(.sidecar) == ["_debug": 2, "_mask": 1])
  }

  @Test func aMaskWithoutItsImageAndAnImageWhoseNameOnlySoundsLikeOneAreSamples() throws {
    let tree = Tree()
    tree.folder("other")
    for name in ["a_mask.png", "b.jpg", "b2_mask.png", "carnival_mask.jpg", "other/b_mask.png", "_mask.png"] {
      tree.file(name)
    }
    #expect(
      try tree.walk().paths == [
        "_mask.png", "a_mask.png", "b.jpg", "b2_mask.png", "carnival_mask.jpg", "other/b_mask.png",
      ])
  }

  @Test func namesThatSayNothingAreDecidedByContent() throws {
    let tree = Tree()
    let (jpeg, png, bmp) = (
      try fixture("baseline_420.jpg"), try fixture("rgb.png"), try fixture("rgb.bmp")
    )
    for name in ["a.jpg_large", "b.jpg?width=200", "c.jpg!d", "d.jpg.1", "e.part", "f"] { tree.file(name, jpeg) }
    tree.file("g.dib", bmp)
    tree.file("h.mpo", jpeg)
    tree.file("i.tmp~", png)
    for name in ["p.jpg_large", "q.jpg?width=9", "r.1", "s.2", "t"] { tree.file(name, Array("<html>".utf8)) }
    // Believed by name: a text that begins like a picture, and a picture that is none.
    tree.file("u.txt", Array("P6 is a form".utf8))
    tree.file("v.png", Array("text".utf8))
    let walk = try tree.walk()
    #expect(
      walk.paths == [
        "a.jpg_large", "b.jpg?width=200", "c.jpg!d", "d.jpg.1", "e.part", "f", "g.dib", "h.mpo", "i.tmp~", "v.png",
      ])
    #expect(walk.otherFiles == ["jpg": 2, "0": 2, "": 1, "txt": 1])
  }

  @Test func hiddenNamesAreCountedAndAnIncludeTakesThemIn() throws {
    let tree = Tree()
    for folder in [".cache", ".git"] { tree.folder(folder) }
    for name in ["a.jpg", "._a.jpg", ".b.jpg", ".cache/c.jpg", ".git/d.jpg"] { tree.file(name) }
    let walk = try tree.walk()
    #expect(walk.paths == ["a.jpg"])
    let hidden = walk.leftOut.ordered.filter { $0.group.kind == .hidden }.map(\.count)
    #expect(hidden.map(\.files) == [2] && hidden.map(\.folders) == [2])
    #expect(try tree.walk(rules: FileRules(include: [".cache/*"])).paths == [".cache/c.jpg"])
    #expect(try tree.walk(rules: FileRules(include: ["*.jpg"])).paths == ["a.jpg"])
    #expect(try tree.walk(rules: FileRules(include: ["*.jpg", ".b*"])).paths == [".b.jpg", "a.jpg"])
  }

  @Test func includesAndExcludesAreCountedByPattern() throws {
    let tree = Tree()
    for folder in ["train", "train/masks", "val"] { tree.folder(folder) }
    for name in ["train/a.png", "train/b.jpg", "train/masks/a.png", "val/c.png", "d.png"] { tree.file(name) }
    let walk = try tree.walk(rules: FileRules(include: ["train/", "*.png"], exclude: ["masks/", "/d.*"]))
    #expect(walk.paths == ["train/a.png", "train/b.jpg", "val/c.png"])
    let groups = walk.leftOut.groups.filter { $0.key.kind == .excluded }
    #expect(groups.count == 2)
    #expect(groups[.init(kind: .excluded, name: "masks/")]?.folders == 1)
    #expect(groups[.init(kind: .excluded, name: "/d.*")]?.files == 1)
    let png = try tree.walk(rules: FileRules(include: ["/train/*.png"]))
    #expect(png.paths == ["train/a.png"])
    #expect(png.leftOut.groups[.init(kind: .excluded, name: "--include")]?.files == 4)
  }

  @Test func foldersOfMasksAndDebugPicturesAreNoticed() throws {
    let tree = Tree()
    for folder in ["p1", "p1/parsing", "p2", "p2/parsing", "aligned_debug", "@eaDir"] { tree.folder(folder) }
    for name in ["p1/a.png", "p1/parsing/a.png", "p2/b.png", "p2/parsing/b.png", "aligned_debug/a.jpg", "@eaDir/a.jpg"]
    { tree.file(name) }
    let walk = try tree.walk()
    #expect(walk.samples.count == 6)
    #expect(
      walk.derivedFolders.map { "\($0.key.text) \($0.value)" }.sorted() == ["@eaDir 1", "aligned_debug 1", "parsing 2"])
  }

  @Test func aListIsWalkedByTheSameRules() throws {
    let tree = Tree()
    tree.folder("b")
    for name in ["a.jpg", "a_mask.png", ".h.jpg", "b/c.jpg", "b/notes.txt", "unlisted.jpg"] { tree.file(name) }
    let listed = ["b/c.jpg", "a.jpg", "a_mask.png", ".h.jpg", "b/notes.txt", "a.jpg", "gone.jpg", "b"]
    let walk = DatasetWalk(root: Array(tree.root.utf8), listed: listed.map { Array($0.utf8) })
    #expect(walk.paths == [".h.jpg", "a.jpg", "b/c.jpg", "gone.jpg"])
    #expect(walk.samples.map(\.bytes) == [3, 3, 3, 0])
    #expect(walk.leftOut.files(.sidecar) == ["_mask": 1])
    #expect(walk.otherFiles == ["txt": 1])
    #expect(walk.leftOut.groups[.init(kind: .other, name: "/")]?.folders == 1)
    let some = DatasetWalk(
      root: Array(tree.root.utf8), listed: listed.map { Array($0.utf8) },
      rules: try WalkRules(FileRules(exclude: ["b/"])))
    #expect(some.paths == [".h.jpg", "a.jpg", "gone.jpg"])
  }

  @Test func severalFoldersOfADatasetAreWalkedAlone() throws {
    let tree = Tree()
    for folder in ["a", "a/x", "b", "c"] { tree.folder(folder) }
    for name in ["a/1.png", "a/x/2.png", "b/3.png", "c/4.png", "5.png"] { tree.file(name) }
    var rules = WalkRules()
    rules.folders = [Array("a".utf8), Array("c".utf8)]
    #expect(try DatasetWalk(root: Array(tree.root.utf8), rules: rules).paths == ["a/1.png", "a/x/2.png", "c/4.png"])
  }
}
