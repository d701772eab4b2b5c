import AuditCore
import AuditStore
import Foundation
import Testing

/// Sound pictures with bits turned, ends cut and parts of others put in: each is one row, whatever a decoder makes of it.
@Suite struct MutatedFileTests {
  private static let count = 700

  private static func mutated(_ file: [UInt8], beside other: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var file = file
    let place = random.integer(below: file.count)
    switch random.integer(below: 5) {
    case 0: for _ in 0..<8 { file[random.integer(below: file.count)] ^= 1 << UInt8(random.integer(below: 8)) }
    case 1: for _ in 0..<4 { file[random.integer(below: min(64, file.count))] = UInt8(random.integer(below: 256)) }
    case 2: file.removeSubrange(place...)
    case 3: file.replaceSubrange(place..., with: other[random.integer(below: other.count)...])
    default: file.removeSubrange(place..<min(file.count, place + 1 + random.integer(below: 64)))
    }
    return file
  }

  @Test func everyOneOfThemIsOneRow() throws {
    let (scratch, faces) = try Scratch.withFaces(120)
    let folder = Checkout.imageFixtures
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .filter { ["jpg", "png", "webp", "bmp", "gif", "tif", "ppm", "pgm"].contains(($0 as NSString).pathExtension) }
    let files = try names.map { [UInt8](try Data(contentsOf: folder.appendingPathComponent($0))) }
    try #require(files.count > 20)
    var random = SplitMix64(seed: 20_000, keys: 16)
    for number in 0..<Self.count {
      let place = random.integer(below: files.count)
      let file = Self.mutated(files[place], beside: files[random.integer(below: files.count)], &random)
      try Files.write(file, to: faces + "/m/\(number)-\(names[place])")
    }
    let run = try Command.audit(["scan", faces, "--max-errors", "100", "--issue-threshold", "0.3"] + Command.quick)
    #expect(run.status == 0, "\(run.err)")
    let database = faces + ".audit.db"
    #expect(try Store.value("SELECT count(*) FROM sample", in: database) == "\(Self.count + 120)")
    #expect(
      try Store.value("SELECT count(*) FROM q_errors WHERE error_code IN ('crash', 'oom', 'timeout')", in: database)
        == "0")
    #expect(try Store.value("SELECT count(mse) FROM samples WHERE path NOT LIKE 'm/%'", in: database) == "120")
    #expect(try Files.names(scratch.path) == ["faces", "faces.audit.db"])
  }
}
