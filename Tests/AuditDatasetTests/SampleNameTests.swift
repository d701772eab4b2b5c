import AuditCore
import Testing

@testable import AuditDataset

@Test(arguments: [
  ("trump/trump_000123_0.png", "trump", 0), ("a_b_c_001_12.PNG", "a_b_c", 12), ("x/y/_9_000001_3.png", "_9", 3),
])
func namesOfFaceSwapTellSourceAndFace(path: String, source: String, face: Int) throws {
  let found = try #require(sourceAndFace(of: SamplePath(path)))
  #expect(found.source == source && found.face == face)
}

@Test(arguments: [
  "a_00_0.png", "a_0001.png", "0001_0.png", "_0001_0.png", "a_0001_0.jpg", "a_0001_x.png", "a_0001_.png", "a.png",
  "a_00x1_0.png", "a_0001_1234567890.png", "a_0001_0", "", "/",
])
func otherNamesTellNothing(path: String) {
  #expect(sourceAndFace(of: SamplePath(path)) == nil)
}

@Test func folderIdentityAndNameArePartsOfThePath() {
  let deep = SamplePath("id7/clip/1.png")
  #expect(
    deep.folder == SamplePath("id7/clip") && deep.identity == SamplePath("id7") && deep.name == SamplePath("1.png"))
  let flat = SamplePath("1.png")
  #expect(flat.folder == SamplePath("") && flat.identity == nil && flat.name == flat)
}
