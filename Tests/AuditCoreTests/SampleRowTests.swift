import AuditCore
import Foundation
import Testing

/// Rows and samples that one process hands to another.
struct SampleRowTests {
  /// Names that are no text, numbers whose last bit counts, what is missing.
  @Test func aRowComesBackAsItWas() throws {
    var sample = Sample(
      path: SamplePath(bytes: [0x69, 0xFF, 0x0A, 0x2F, 0x61]), bytes: .max, modified: -1, changed: nil, device: 7,
      inode: .max)
    sample.identity = ByteKey("e\u{301}")
    var row = SampleRow(sample: sample)
    row.sha256 = (0..<32).map { UInt8($0) }
    row.facts = FileFacts(format: .png, width: 3, height: 2, colour: .gray, bitsPerChannel: 16, orientation: 6)
    row.scores = [0.1, nil, 1.0 / 3, .leastNonzeroMagnitude]
    row.influence = Influence(orthogonalDistance: 0.1 + 0.2, scoreDistance: nil, leverage: 1, nearestDistance: 2.5)
    row.regions = [0.25, 0.75]
    row.issues = [SampleIssue(.truncated, "12 of 13")]
    row.quality = PictureQuality(
      statistics: [nil, 2], judgement: PictureJudgement(votes: [0.5], oddness: 9, turned: [1], parts: [3]),
      fingerprint: StoredFingerprint(pixels: [1], hashes: [2], contrast: 3, small: [4]))
    row.origin = FaceOrigin(tool: .faceSwap)
    row.pairedPath = "a/b.png"
    row.reference = ReferenceFile(file: sample, sha256: [1, 2])
    let copy = try JSONDecoder().decode(SampleRow.self, from: JSONEncoder().encode(row))
    #expect(copy == row)
    #expect(
      copy.sample.path.bytes == sample.path.bytes
        && copy.sample.identity?.text.utf8.elementsEqual("e\u{301}".utf8) == true)
  }
}
