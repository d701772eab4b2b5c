import AuditCore
import Foundation
import Testing

@testable import AuditStore

/// What is known of files that were in work when a process ended.
@Suite struct WorkMarkTests {
  private let scratch: Scratch
  private let file: String

  init() throws {
    scratch = try Scratch()
    file = scratch.path + "/marks"
  }

  private func marks() -> WorkMarks { WorkMarks(descriptor: open(file, O_RDWR | O_CREAT, 0o644)) }

  private func sample(_ bytes: [UInt8]) -> Sample { Sample(path: SamplePath(bytes: bytes), bytes: 9, modified: -5) }

  private func sample(_ name: String) -> Sample { sample(Array(name.utf8)) }

  @Test func whatWasEnteredAndNotLeftIsFoundByTheNext() {
    let before = marks()
    before.begin(dataset: "/faces", version: "0.1.0")
    for place in 0..<3 { before.enter(sample("\(place).png"), place: place, isAlone: false) }
    before.leave(place: 1)
    before.enter(sample([0x61, 0xE9, 0x0A]), place: 2, isAlone: true)
    before.enter(sample([UInt8](repeating: 0x62, count: 4096)), place: 1023, isAlone: false)
    let left = marks().left()
    #expect(left?.dataset == "/faces" && left?.version == "0.1.0")
    #expect(
      left?.marks.map(\.path.bytes) == [
        Array("0.png".utf8), [0x61, 0xE9, 0x0A], [UInt8](repeating: 0x62, count: 4096),
      ])
    #expect(left?.marks.map(\.isAlone) == [false, true, false])
    #expect(left?.marks.allSatisfy { $0.bytes == 9 && $0.modified == -5 } == true)
  }

  @Test func nothingIsLeftWhereAllWasFinishedOrGivenUp() {
    let before = marks()
    before.begin(dataset: "/faces", version: "")
    #expect(marks().left() == nil)
    before.enter(sample("a"), place: 0, isAlone: false)
    before.leave(place: 0)
    #expect(marks().left() == nil)
    before.enter(sample("a"), place: 0, isAlone: false)
    before.clear()
    #expect(marks().left() == nil)
    before.enter(sample("b"), place: 0, isAlone: false)
    #expect(marks().left() == nil, "a file that is entered after all was given up has no dataset")
  }

  @Test func placesAndPathsThatDoNotFitHaveNoMark() {
    let before = marks()
    before.begin(dataset: "/faces", version: "")
    for place in [-1, 1024, .max] {
      before.enter(sample("a"), place: place, isAlone: false)
      before.leave(place: place)
    }
    before.enter(sample([UInt8](repeating: 0x62, count: 4097)), place: 0, isAlone: false)
    #expect(marks().left() == nil)
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func whateverTheFileHoldsIsReadWithoutATrap(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    var bytes = (0..<(40_000 + 97 * Int(seed))).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    for place in 0..<4 where seed % 2 == 0 { bytes[8192 * place] = UInt8(ascii: seed % 4 == 0 ? "s" : "a") }
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    for mark in marks().left()?.marks ?? [] { #expect(!mark.path.bytes.isEmpty && !mark.path.bytes.contains(0)) }
  }

  /// As `Store` meets a file of a process that was killed.
  private func killed(_ deeds: (WorkMarks) -> Void) throws {
    let descriptor = open(scratch.database + "-lock", O_RDWR | O_CREAT | O_TRUNC, 0o644)
    defer { close(descriptor) }
    let marks = WorkMarks(descriptor: descriptor)
    marks.begin(dataset: "/faces", version: "1")
    deeds(marks)
  }

  @Test func aFileIsTheCauseOnlyWhereNothingWasBesideIt() throws {
    try killed { marks in
      marks.enter(sample("a"), place: 0, isAlone: false)
      marks.enter(sample("b"), place: 1, isAlone: false)
    }
    func suspects() throws -> [String] {
      let store = try Store.scanning(scratch.database)
      #expect(try store.suspects(of: "/other").isEmpty)
      return try store.suspects(of: "/faces").map { "\($0.path.text) \($0.isAlone) \($0.version)" }
    }
    #expect(try suspects() == ["a false 1", "b false 1"])
    #expect(try suspects() == ["a false 1", "b false 1"], "they are remembered")
    try killed { $0.enter(sample("b"), place: 0, isAlone: true) }
    #expect(try suspects() == ["a false 1", "b true 1"])
    try killed { $0.enter(sample("c"), place: 0, isAlone: false) }
    #expect(try suspects() == ["a false 1", "b true 1", "c false 1"], "one worker alone proves nothing")
    try Store.scanning(scratch.database).clearSuspects([SamplePath("a"), SamplePath("c")], of: "/faces")
    #expect(try suspects() == ["b true 1"])
    #expect(!FileManager.default.fileExists(atPath: scratch.database + "-lock"))
  }
}
