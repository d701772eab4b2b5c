import AuditCore
import Testing

struct LittleEndianTests {
  @Test(arguments: [0, 1, 127, 128, 300, 16_383, 16_384, 1 << 21, .max] as [UInt32])
  func shortNumbersComeBack(number: UInt32) {
    var bytes: [UInt8] = []
    bytes.append(short: number)
    var reader = LittleEndianReader(bytes)
    #expect(reader.short() == number && reader.left == 0)
    var cut = LittleEndianReader(Array(bytes.dropLast()))
    #expect(cut.short() == nil)
  }

  @Test func numbersBeyondTheirSizeAndBytesThatAreNotThereAreNone() {
    var tooLarge = LittleEndianReader([0xFF, 0xFF, 0xFF, 0xFF, 0x1F])
    #expect(tooLarge.short() == nil)
    var endless = LittleEndianReader([UInt8](repeating: 0xFF, count: 9))
    #expect(endless.short() == nil)
    var short = LittleEndianReader([1, 2, 3])
    #expect(short.next() as UInt32? == nil && short.next(4) as [UInt8]? == nil && short.next() as UInt16? == 513)
    var hostile = LittleEndianReader([1, 2, 3])
    #expect(hostile.next(.max) as [UInt64]? == nil && hostile.next(-1) as [UInt64]? == nil)
  }

  @Test func onlyFiniteNumbersAreNumbers() {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: [1.5, -2])
    bytes.append(littleEndian: [Double.nan])
    var reader = LittleEndianReader(bytes)
    #expect(reader.doubles(2) == [1.5, -2] && reader.doubles(1) == nil)
    var floats: [UInt8] = []
    floats.append(littleEndian: [Float(0.25), .infinity])
    var second = LittleEndianReader(floats)
    #expect(second.floats(2) == nil)
  }
}
