import AuditCore
import AuditImages
import Foundation
import Testing

@testable import AuditDemo

/// A folder of its own for one test, removed afterwards.
private func withFolder(_ body: (String) throws -> Void) throws {
  let folder = NSTemporaryDirectory() + "audit-demo-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}

/// Every file below a folder by its relative path.
private func files(_ folder: String) throws -> [String: Data] {
  var found: [String: Data] = [:]
  for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
    let whole = URL(fileURLWithPath: folder + "/" + path)
    if !whole.hasDirectoryPath, let bytes = FileManager.default.contents(atPath: whole.path) { found[path] = bytes }
  }
  return found
}

@Test func theListOfPlantedFilesIsTrue() throws {
  try withFolder { folder in
    let planted = try DemoSet.write(to: folder + "/set", count: 60, size: 32, seed: 5)
    let written = try files(folder + "/set")
    let artist = FaceArtist(seed: 5, mode: .frames(people: 2, clips: 2), width: 32, height: 32)
    var changed: Set<String> = []
    for number in 0..<60 {
      let sound = Data(try encodePNG(artist.draw(number)))
      let digits = String(number / 4)
      let path =
        "id\(number % 2 + 1)/clip\(number / 2 % 2 + 1)_" + String(repeating: "0", count: 5 - digits.count) + digits
      if try #require(written[path + ".png"]) != sound { changed.insert(path + ".png") }
    }
    let pictures = planted.filter { if case .picture = $0.kind { true } else { false } }
    #expect(changed == Set(pictures.map(\.path)))
    #expect(changed.count == 2)
    #expect(written.count == 60 + 3 + 1, "pictures, extras, marker")
  }
}

@Test func theExtraFilesAreATruncatedOneATextAndADuplicate() throws {
  try withFolder { folder in
    let planted = try DemoSet.write(to: folder + "/set", count: 30, size: 32, seed: 5)
    let written = try files(folder + "/set")
    let truncated = try #require(planted.first { $0.kind == .truncated })
    let start = try #require(written[truncated.path])
    #expect(start.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(!start.suffix(12).contains(Data("IEND".utf8)))
    let text = try #require(planted.first { $0.kind == .text })
    #expect(text.path.hasSuffix(".jpg"))
    #expect(String(data: try #require(written[text.path]), encoding: .ascii) != nil)
    let copy = try #require(planted.first { if case .duplicate = $0.kind { true } else { false } })
    guard case .duplicate(let original) = copy.kind else { return }
    #expect(written[copy.path] == written[original])
    #expect(!planted.contains { $0.path == original }, "a sound picture is copied")
  }
}

@Test func aSetOfThreeHundredHasTwelvePlantedKindsOfWhichEightPull() {
  let pictures = DemoPlan(count: 300, size: 128, seed: 7).pictures
  let spoiled = pictures.compactMap(\.spoiled)
  #expect(Set(pictures.map(\.path)).count == 300)
  #expect(spoiled.count == 12)
  #expect(Set(spoiled.map(\.defect)).count == 12)
  #expect(spoiled.count { $0.defect.pullsSquaredError($0.severity) } == 8)
  #expect(Set(pictures.map(\.person)).count == 6)
}

@Test func theSameSeedWritesTheSameFilesAndAnotherOneDoesNot() throws {
  try withFolder { folder in
    let first = try DemoSet.write(to: folder + "/a", count: 26, size: 24, seed: 1)
    let second = try DemoSet.write(to: folder + "/b", count: 26, size: 24, seed: 1)
    let other = try DemoSet.write(to: folder + "/c", count: 26, size: 24, seed: 2)
    #expect(first == second)
    #expect(first != other)
    #expect(try files(folder + "/a") == files(folder + "/b"))
    #expect(try files(folder + "/a") != files(folder + "/c"))
  }
}

@Test func progressCountsEveryPicture() throws {
  try withFolder { folder in
    var seen: [Int] = []
    try DemoSet.write(to: folder + "/set", count: 5, size: 16) { done, total in
      seen.append(done)
      #expect(total == 5)
    }
    #expect(seen == [1, 2, 3, 4, 5])
  }
}

@Test func aFolderWithOtherFilesIsRefusedAndLeftAlone() throws {
  try withFolder { folder in
    let mine = folder + "/holiday.png"
    try Data("mine".utf8).write(to: URL(fileURLWithPath: mine))
    let error = #expect(throws: AuditError.self) { try DemoSet.write(to: folder, count: 5, size: 16) }
    #expect(
      error?.description
        == "'\(folder)' is not empty and holds no demo set; nothing was written; give a new or an empty folder")
    #expect(try files(folder) == ["holiday.png": Data("mine".utf8)])
    #expect(throws: AuditError.datasetNotAFolder(path: mine)) { try DemoSet.write(to: mine, count: 5, size: 16) }
  }
}

@Test func aSetWithOtherSettingsIsRefusedAndLeftAlone() throws {
  try withFolder { folder in
    try DemoSet.write(to: folder, count: 5, size: 16, seed: 1)
    let before = try files(folder)
    let error = #expect(throws: AuditError.self) { try DemoSet.write(to: folder, count: 5, size: 16, seed: 2) }
    #expect(error?.description.contains("other settings") == true)
    #expect(try files(folder) == before)
  }
}

@Test func aBegunSetIsCompletedButAChangedFileIsNotOverwritten() throws {
  try withFolder { folder in
    try DemoSet.write(to: folder, count: 5, size: 16)
    let whole = try files(folder)
    try FileManager.default.removeItem(atPath: folder + "/id1/clip1_00000.png")
    try DemoSet.write(to: folder, count: 5, size: 16)
    #expect(try files(folder) == whole)
    try Data("edited".utf8).write(to: URL(fileURLWithPath: folder + "/id1/clip1_00001.png"))
    let error = #expect(throws: AuditError.self) { try DemoSet.write(to: folder, count: 5, size: 16) }
    #expect(error?.description.contains("clip1_00001.png' is not what the demo set has there") == true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/id1/clip1_00001.png")) == Data("edited".utf8))
  }
}

@Test func impossibleSizesAndCountsAreNamed() throws {
  try withFolder { folder in
    let none = #expect(throws: AuditError.self) { try DemoSet.write(to: folder + "/a", count: 0) }
    #expect(none?.description == "a demo set has 1 to 100,000 pictures; got 0")
    let tiny = #expect(throws: AuditError.self) { try DemoSet.write(to: folder + "/a", size: 8) }
    #expect(tiny?.description == "the pictures of a demo set are 16 to 2,048 pixels wide; got 8")
    #expect(!FileManager.default.fileExists(atPath: folder + "/a"))
  }
}

@Test func everyPlantedFileSaysWhatItIs() {
  let noise = PlantedDefect(path: "a.png", kind: .picture(.notAFace, .strong))
  #expect(noise.meaning == "strong not a face: text or texture instead of a face")
  #expect(noise.pullsSquaredError)
  #expect(!PlantedDefect(path: "a.png", kind: .picture(.blurred, .strong)).pullsSquaredError)
  #expect(!PlantedDefect(path: "a.png", kind: .truncated).pullsSquaredError)
  #expect(PlantedDefect(path: "b.png", kind: .duplicate(of: "a.png")).meaning == "duplicate of a.png")
}
