import AuditCore
import Foundation
import Synchronization
import Testing

@testable import AuditImages

/// A progressive JPEG whose every scan goes over all of a large picture, which is nearly empty.
private func slow(scans: Int, side: Int) throws -> [UInt8] {
  let file = try fixture("progressive.jpg")
  let places = file.indices.dropLast().filter { file[$0] == 0xFF && file[$0 + 1] == 0xDA }
  let frame = try #require(file.indices.first { file[$0] == 0xFF && file[$0 + 1] == 0xC2 })
  var head = Array(file[..<places[1]])
  for (offset, value) in [(5, side), (7, side)] {
    head[frame + offset] = UInt8(value >> 8)
    head[frame + offset + 1] = UInt8(value & 255)
  }
  var result = head
  for _ in 1..<scans { result += file[places[1]..<places[2]] }
  return result + file[places[2]...]
}

@Test func aFileThatTakesLongerThanItsTimeIsGivenUp() throws {
  let file = try slow(scans: 90, side: 4000)
  var decoder = ImageDecoder(maxPixels: 64_000_000, target: 64)
  let started = ContinuousClock.now
  _ = file.withUnsafeBytes { bytes in
    #expect(throws: SampleIssue(.timeout, "longer than 0.001 s (--timeout)")) {
      try decoder.decode(FileBytes(memory: bytes), name: "", watch: DecodeWatch(seconds: 0.001))
    }
  }
  #expect(ContinuousClock.now - started < .seconds(10))
}

@Test(arguments: [
  "progressive.jpg", "baseline_420.jpg", "rgb.png", "interlaced.png", "rgb.bmp", "binary.ppm", "plain.ppm", "plain.gif",
  "lzw.tif", "tiles.tif",
])
func aStopEndsTheDecodingOfEveryFormat(name: String) throws {
  let file = try fixture(name)
  var decoder = ImageDecoder(maxPixels: 64_000_000, target: 64)
  let asked = Mutex(0)
  let watch = DecodeWatch {
    asked.withLock { count in
      count += 1
      return count > 2
    }
  }
  _ = file.withUnsafeBytes { bytes in
    #expect(throws: SampleIssue(.timeout, "the scan was stopped")) {
      try decoder.decode(FileBytes(memory: bytes), name: name, watch: watch)
    }
  }
}

@Test func largePicturesWaitForOneAnother() throws {
  let budget = MemoryBudget(bytes: 100 << 20)
  let watch = DecodeWatch()
  #expect(try budget.lease(MemoryBudget.small, watch: watch) == nil)
  #expect(throws: SampleIssue(.bomb, "decoding takes about 105 MB of memory, more than 104 MB")) {
    try budget.lease(101 << 20, watch: watch)
  }
  var first = try budget.lease(60 << 20, watch: watch)
  #expect(first != nil)
  // No room for a second one: it waits, here until it is stopped.
  #expect(throws: SampleIssue(.timeout, "the scan was stopped")) {
    try budget.lease(60 << 20, watch: DecodeWatch { true })
  }
  first = nil
  #expect(try budget.lease(100 << 20, watch: watch) != nil)
}

@Test func aProgressiveJPEGNeedsItsCoefficientsBesideItsPixels() throws {
  // In 4:2:0 there are 1.5 values a pixel of 2 bytes each.
  let wide = try slow(scans: 2, side: 12_000)
  var generous = ImageDecoder(maxPixels: 200_000_000, target: 128)
  do throws(SampleIssue) {
    _ = try generous.decode(wide, name: "")
    Issue.record("a picture of 144 Mpx was decoded")
  } catch {
    #expect(error.code == .bomb && error.detail.hasPrefix("decoding takes about 43"), "\(error)")
  }
}

/// Files that are not in memory are read piece by piece, through the same codecs.
@Test(arguments: Manifest.shared.decode)
func aFileThatIsReadInPiecesGivesTheSamePicture(expected: Manifest.Decode) throws {
  let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
  let path = folder.appendingPathComponent(expected.file).path
  let descriptor = open(path, O_RDONLY)
  defer { close(descriptor) }
  let bytes = try fixture(expected.file)
  var decoder = ImageDecoder(maxPixels: 10_000, target: expected.target)
  let whole = try decoder.decode(bytes, name: expected.file)
  let pieces = try decoder.decode(FileBytes(descriptor: descriptor, count: bytes.count), name: expected.file)
  #expect(pieces == whole)
}

@Test func aLargeFileIsReadInPiecesAndOneAboveTheLimitNotAtAll() throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("audit-cost-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  // A picture behind 5 MB of segments that hold no pixels.
  let file = try fixture("baseline_420.jpg")
  let segment: [UInt8] = [0xFF, 0xEB, 0xFF, 0xFF] + [UInt8](repeating: 7, count: 65_533)
  var long = Array(file[..<2])
  for _ in 0..<80 { long += segment }
  long += file[2...]
  let path = folder.appendingPathComponent("a.jpg").path
  try Data(long).write(to: URL(fileURLWithPath: path))
  let reader = FileReader(maxBytes: long.count)
  var decoder = ImageDecoder(maxPixels: 10_000, target: 128)
  let (isInMemory, decoded, length) = try reader.read(Array(path.utf8)) { file throws(SampleIssue) in
    var length = 0
    try file.forEachPiece { length += $0.count }
    return (file.isInMemory, try decoder.decode(file, name: path), length)
  }
  #expect(!isInMemory && length == long.count)
  #expect(decoded.image.pixels == (try fixture("baseline_420.jpg.rgb")))
  #expect(
    throws: SampleIssue(
      .tooLarge,
      "\(long.count.formattedWithCommas) bytes > \((long.count - 1).formattedWithCommas) (--max-bytes); "
        + "a jpeg by its first bytes")
  ) {
    try FileReader(maxBytes: long.count - 1).read(Array(path.utf8)) { _ in Issue.record("it was read") }
  }
}

@Test func aSparseFileAboveTheLimitIsTooLarge() throws {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("audit-sparse-\(UUID()).jpg").path
  #expect(FileManager.default.createFile(atPath: path, contents: nil))
  defer { unlink(path) }
  #expect(truncate(path, 1 << 30) == 0)
  #expect(
    throws: SampleIssue(
      .tooLarge, "1,073,741,824 bytes > 256,000,000 (--max-bytes); begins with 65,536 zero bytes")
  ) {
    try FileReader(maxBytes: ReadingLimits().maxBytes).read(Array(path.utf8)) { _ in }
  }
}
