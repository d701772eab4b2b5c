import AuditCore
import Foundation
import Testing

@testable import AuditImages

/// What `make_face_headers.py` wrote into a file.
struct WrittenHeader: Decodable, Sendable, CustomTestStringConvertible {
  let file: String
  let tool: String
  let sourceFile: String
  let source: String
  let faceIndex: Int?
  let yaw, pitch, roll, size: Double

  var testDescription: String { file }

  static let all: [WrittenHeader] = {
    do {
      return try JSONDecoder().decode([WrittenHeader].self, from: Data(fixture("face_headers.json")))
    } catch {
      fatalError("face_headers.json: \(error)")
    }
  }()
}

private func origin(_ bytes: [UInt8]) -> FaceOrigin? { bytes.withUnsafeBytes { FaceHeader.origin(of: $0) } }

struct FaceHeaderTests {
  @Test(arguments: WrittenHeader.all) func whatFaceSwapAndDeepFaceLabWriteIsRead(header: WrittenHeader) throws {
    let found = try #require(origin(try fixture(header.file)))
    #expect(found.tool.rawValue == header.tool)
    #expect(found.sourceFile == header.sourceFile)
    #expect(found.source == header.source)
    #expect(found.faceIndex == header.faceIndex)
    #expect(abs(try #require(found.size) - header.size) < 1e-6)
    // The head of the fixtures is another than the estimate's, and seen in perspective: the error stays within what
    // `PoseEstimate` names.
    let pose = try #require(found.pose)
    #expect(abs(pose.yaw - header.yaw) < 3, "yaw \(pose.yaw), true \(header.yaw)")
    #expect(abs(pose.roll - header.roll) < 3, "roll \(pose.roll), true \(header.roll)")
    #expect(abs(pose.pitch - header.pitch) < 7, "pitch \(pose.pitch), true \(header.pitch)")
  }

  @Test(arguments: ["rgb.png", "text.png", "baseline_420.jpg", "orientation_3.jpg", "lossy.webp", "rgb.bmp"])
  func otherPicturesHaveNone(file: String) throws {
    #expect(origin(try fixture(file)) == nil)
  }

  @Test(arguments: WrittenHeader.all) func aCutOrDamagedHeaderIsNoneOrPartOfOne(header: WrittenHeader) throws {
    let file = try fixture(header.file)
    for length in stride(from: 0, to: file.count, by: 7) { _ = origin(Array(file[..<length])) }
    var state: UInt64 = 7
    for _ in 0..<1500 {
      var damaged = file
      for _ in 0..<4 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        damaged[Int((state >> 33) % UInt64(file.count))] = UInt8(truncatingIfNeeded: state >> 24)
      }
      if let found = origin(damaged), let pose = found.pose {
        #expect(pose.yaw.isFinite && pose.pitch.isFinite && pose.roll.isFinite)
      }
    }
  }
}

struct PickleDataTests {
  private func text(_ pickle: [UInt8], _ key: String) -> String? {
    pickle.withUnsafeBytes { PickleData($0)?.value[key]?.text }
  }

  /// `pickle.dumps({"a": Evil(), "source_filename": "x.png"}, 2)` where `Evil.__reduce__` is `os.system("touch ...")`.
  @Test func aCallIsDataAndNothingRuns() throws {
    let mark = NSTemporaryDirectory() + "/audit-pickle-\(UUID().uuidString)"
    let command = Array("touch \(mark)".utf8)
    let pickle: [UInt8] =
      [0x80, 2] + Array("}q\0(U\u{1}acposix\nsystem\nU".utf8) + [UInt8(command.count)] + command + [0x85]
      + Array("RU\u{F}source_filenameU\u{5}x.pngu.".utf8)
    #expect(text(pickle, "source_filename") == "x.png")
    #expect(pickle.withUnsafeBytes { PickleData($0)?.value["a"]?.text } == nil)
    #expect(!FileManager.default.fileExists(atPath: mark))
  }

  /// Opcodes that load by reference, from outside, or that only old protocols have.
  @Test(arguments: ["P1\n.", "Q.", "i__main__\nX\n.", "o.", "\u{82}\u{1}.", "I1\n.", "S'a'\n.", "V a\n."])
  func otherOpcodesEndIt(opcodes: String) {
    let pickle = [0x80, 2] + opcodes.unicodeScalars.map { UInt8($0.value) }
    #expect(pickle.withUnsafeBytes { PickleData($0) == nil })
  }

  @Test func stacksThatRunEmptyAndLengthsBeyondTheEndAreRefused() {
    let wrong: [[UInt8]] = [
      [], [0x80], [0x80, 2], [0x80, 2, 0x2E], Array("abc.".utf8), [0x80, 2, 0x75, 0x2E], [0x80, 2, 0x73, 0x2E],
      [0x80, 2, 0x86, 0x2E], [0x80, 4, 0x8D] + [UInt8](repeating: 0xFF, count: 8) + [0x2E],
      [0x80, 2, 0x58, 0xFF, 0xFF, 0xFF, 0x7F, 0x2E], [0x80, 2, 0x68, 9, 0x2E], [0x80, 2, 0x7D, 0x28, 0x4E, 0x75, 0x2E],
      [0x80, 2, 0x28, 0x71, 0, 0x2E],
    ]
    for pickle in wrong { #expect(pickle.withUnsafeBytes { PickleData($0) == nil }, "\(pickle)") }
  }

  @Test func aListThatHoldsItselfEnds() throws {
    // x = []; x.append(x); {"source_rect": x}
    let pickle: [UInt8] = [0x80, 2] + Array("}(U\u{B}source_rect]q\u{1}h\u{1}au.".utf8)
    pickle.withUnsafeBytes { bytes in
      #expect(PickleData(bytes)?.value["source_rect"]?.numbers(most: 4) == nil)
      #expect(PickleData(bytes)?.value["source_rect"]?.items?.count == 1)
    }
  }
}

struct PythonLiteralTests {
  private func literal(_ text: String) -> PythonLiteral? { Array(text.utf8).withUnsafeBytes { PythonLiteral($0) } }

  @Test func valuesAreWhatPythonReads() throws {
    let text = """
      {'a': -1.5e-05, "b": (1, 2,), 'c': [], 'd': None, 'e': True, 'f': b'\\x00\\'', 'g': 'it\\'s \\xe9\\u20ac\\n', 5: 6, 'a': 7}
      """
    let value = try #require(literal(text))
    #expect(value["a"]?.number == 7)
    #expect(value["b"]?.list?.compactMap(\.number) == [1, 2])
    #expect(value["c"]?.list?.isEmpty == true)
    #expect(value["g"]?.text == "it's é€\n")
    #expect(value["f"]?.text == nil && value["d"]?.number == nil && value["z"] == nil)
  }

  @Test(arguments: [
    "", "{", "{'a'}", "{'a': }", "[1 2]", "__import__('os')", "'open", "{'a': 1} x", "nan", "1e", "'\\x1",
  ])
  func whatIsNoLiteralIsRefused(text: String) {
    #expect(literal(text) == nil)
  }

  @Test func depthAndNumberOfValuesAreBounded() {
    #expect(literal(String(repeating: "[", count: 100_000)) == nil)
    #expect(literal("[" + String(repeating: "1,", count: 60_000) + "]") == nil)
    #expect(literal("'" + String(repeating: "a", count: 20_000) + "'")?.text == nil)
  }
}
