import Testing

@testable import AuditWorker

/// Frames as bytes, however they are cut.
@Suite struct WireFrameTests {
  private static let frames = [
    WireFrame(.image, header: Array("{\"key\":\"a\"}".utf8), body: [1, 2, 3]), WireFrame(.ping),
    WireFrame(.path, flags: 7, header: [9]), WireFrame(.end),
  ]

  private static func parser(mostBody: UInt64 = 100) -> FrameParser {
    FrameParser(accepting: [.image, .path, .ping, .end], mostBody: mostBody)
  }

  private static func all(_ parser: inout FrameParser) throws -> [WireFrame] {
    var found: [WireFrame] = []
    while let frame = try parser.next() { found.append(frame) }
    return found
  }

  @Test func aFrameIsItsHeadItsHeaderAndItsBody() {
    #expect(
      WireFrame(.image, flags: 0x0102, header: [7], body: [8, 9]).encoded()
        == Array("AUF1".utf8) + [1, 0, 2, 1, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9])
  }

  @Test func aStreamThatIsCutAnywhereGivesTheSameFrames() throws {
    let bytes = Self.frames.flatMap { $0.encoded() }
    for cut in 0...bytes.count {
      var parser = Self.parser()
      parser.take(Array(bytes[..<cut]))
      var found = try Self.all(&parser)
      parser.take(Array(bytes[cut...]))
      found += try Self.all(&parser)
      #expect(found == Self.frames && parser.isBetweenFrames, "cut at \(cut)")
    }
    var single = Self.parser()
    var found: [WireFrame] = []
    for byte in bytes {
      single.take([byte])
      found += try Self.all(&single)
    }
    #expect(found == Self.frames)
  }

  @Test func tenThousandTinyFramesAndALargeOneComeAsTheyWere() throws {
    var parser = Self.parser(mostBody: 100 << 20)
    let tiny = WireFrame(.path, header: [1]).encoded()
    var count = 0
    for _ in 0..<100 {
      parser.take([[UInt8]](repeating: tiny, count: 100).flatMap { $0 })
      count += try Self.all(&parser).count
    }
    #expect(count == 10_000)
    let body = [UInt8](repeating: 7, count: 60 << 20)
    let bytes = WireFrame(.image, body: body).encoded()
    for start in stride(from: 0, to: bytes.count, by: 1 << 18) {
      #expect(try parser.next() == nil)
      parser.take(Array(bytes[start..<min(bytes.count, start + 1 << 18)]))
    }
    let large = try #require(try parser.next())
    #expect(large.body == body && parser.isBetweenFrames)
  }

  @Test func whatIsNoFrameIsAFaultAtItsFirstByte() {
    func fault(_ bytes: [UInt8]) -> FrameFault? {
      var parser = Self.parser()
      parser.take(bytes)
      do throws(FrameFault) {
        _ = try parser.next()
        return nil
      } catch {
        return error
      }
    }
    #expect(fault([0x42]) == .magic)
    #expect(fault(Array("AUF2".utf8)) == .magic)
    #expect(fault(WireFrame(.order).encoded()) == .kind(64))
    var long = WireFrame(.image).encoded()
    long[11] = 0xFF
    #expect(fault(long) == .header(bytes: 0xFF00_0000))
    var huge = WireFrame(.image).encoded()
    huge[19] = 0xFF
    #expect(fault(huge) == .body(bytes: 0xFF00_0000_0000_0000))
    #expect(fault(Array("AUF".utf8)) == nil)
  }
}
