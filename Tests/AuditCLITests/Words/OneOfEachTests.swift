import AuditDemo
import AuditImages
import Foundation
import Testing

/// Lists without copies.
@Suite struct OneOfEachTests {
  /// Thirty drawn faces; one of them again as JPEG, one again as it is.
  private static func drawn(into folder: String) throws {
    let artist = FaceArtist(seed: 5, mode: .portraits, width: 64, height: 64)
    for number in 0..<30 {
      let face = artist.draw(number)
      try Files.write(encodePNG(face), to: folder + "/\(1000 + number).png")
      if number == 3 { try Files.write(encodeJPEG(face, quality: 60), to: folder + "/copy.jpg") }
      if number == 4 { try Files.write(encodePNG(face), to: folder + "/same.png") }
    }
  }

  @Test func theBestOfEachGroupStays() throws {
    let scratch = try Scratch()
    try Self.drawn(into: scratch.path + "/faces")
    let scan = try Command.audit(
      ["scan", "faces", "--issue-threshold", "0.5", "-q", "--size", "64"], in: scratch.path)
    #expect(scan.status == 0, "\(scan.err)")
    let all = try Command.audit(["export", "faces.audit.db", "--keep"], in: scratch.path)
    let each = try Command.audit(["export", "faces.audit.db", "--keep", "--one-of-each"], in: scratch.path)
    #expect(each.status == 0, "\(each.err)")
    let gone = Set(all.out.split(separator: "\n")).subtracting(each.out.split(separator: "\n"))
    #expect(gone == ["copy.jpg", "same.png"])
  }

  @Test func aRunThatLookedForNoCopiesIsRefused() throws {
    let scratch = try Scratch()
    try Self.drawn(into: scratch.path + "/faces")
    _ = try Command.audit(["scan", "faces", "--no-quality", "-q", "--size", "64"], in: scratch.path)
    let run = try Command.audit(["export", "faces.audit.db", "--one-of-each"], in: scratch.path)
    #expect(run.status == 2 && run.err.contains("nobody has looked for copies in this run"), "\(run.err)")
  }
}
