import AuditCore
import Testing

@testable import AuditWorker

/// Rows and requests between two processes.
@Suite struct RowCodingTests {
  private static var sample: Sample {
    var sample = Sample(
      path: SamplePath(bytes: [0x69, 0xFF, 0x0A, 0x2F, 0x61]), bytes: .max, modified: -1, changed: nil, device: 7,
      inode: .max)
    sample.identity = ByteKey("e\u{301}")
    return sample
  }

  private static var row: SampleRow {
    var row = SampleRow(sample: sample)
    row.sha256 = (0..<32).map { UInt8($0) }
    row.facts = FileFacts(
      format: .png, width: 3, height: 2, colour: .gray, bitsPerChannel: 16, hasAlpha: true, orientation: 6)
    row.scores = [0.1, nil, 1.0 / 3, .leastNonzeroMagnitude, -0.0]
    row.influence = Influence(orthogonalDistance: 0.1 + 0.2, scoreDistance: nil, leverage: 1, nearestDistance: 2.5)
    row.regions = [0.25, 0.75]
    row.issues = [SampleIssue(.truncated, "12 of 13"), SampleIssue(.padding)]
    row.quality = PictureQuality(
      statistics: [nil, 2], judgement: PictureJudgement(votes: [0.5], oddness: 9, turned: [1], parts: [3]),
      fingerprint: StoredFingerprint(pixels: [1], hashes: [2], contrast: 3, small: [4]))
    var origin = FaceOrigin(tool: .faceSwap)
    origin.sourceFile = "clip_000123.png"
    origin.faceIndex = -1
    origin.pose = FacePose(yaw: 1, pitch: -2, roll: 3)
    origin.size = 99.5
    row.origin = origin
    row.pairedPath = "a/b.png"
    row.reference = ReferenceFile(file: sample, sha256: [1, 2])
    return row
  }

  @Test func aRowComesBackBitForBit() throws {
    let row = Self.row
    let copy = try SampleRow(decoding: row.encoded(), of: row.sample)
    #expect(copy == row)
    #expect(copy.scores.map { $0?.bitPattern } == row.scores.map { $0?.bitPattern })
    #expect(copy.reference?.file.identity?.text.utf8.elementsEqual("e\u{301}".utf8) == true)
    let empty = SampleRow(sample: row.sample)
    #expect(try SampleRow(decoding: empty.encoded(), of: row.sample) == empty)
  }

  @Test func bytesThatAreNoRowAreRefused() {
    let bytes = Self.row.encoded()
    for cut in bytes.indices {
      #expect(throws: ByteFault.self, "cut at \(cut)") {
        try SampleRow(decoding: Array(bytes[..<cut]), of: Self.sample)
      }
    }
    #expect(throws: ByteFault.self) { try SampleRow(decoding: bytes + [0], of: Self.sample) }
    var generator = SplitMix64(seed: 5, keys: 1)
    for _ in 0..<2000 {
      var spoilt = bytes
      spoilt[generator.integer(below: spoilt.count)] = UInt8(generator.integer(below: 256))
      // Whatever comes of it, nothing traps.
      _ = try? SampleRow(decoding: spoilt, of: Self.sample)
    }
  }

  @Test func aRequestComesBackAsItWas() throws {
    let file = WorkRequest.File(Self.sample, .file)
    for request in [
      WorkRequest(.score, file),
      WorkRequest(.read, WorkRequest.File(Self.sample, .bytes(7)), demand: .atLeast(side: 9)),
      WorkRequest(.score, file, reference: WorkRequest.File(Self.sample, .trouble(SampleIssue(.gone, "x")))),
    ] {
      let bytes = request.encoded()
      #expect(try WorkRequest(decoding: bytes) == request)
      for cut in bytes.indices {
        #expect(throws: ByteFault.self) { try WorkRequest(decoding: Array(bytes[..<cut])) }
      }
    }
  }
}
