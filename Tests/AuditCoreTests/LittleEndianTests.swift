import AuditCore
import Testing

struct LittleEndianTests {
  @Test(arguments: [0, 1, 127, 128, 300, 16_383, 16_384, 1 << 21, 1 << 32, 1 << 63, .max] as [UInt64])
  func shortNumbersComeBack(number: UInt64) {
    var bytes: [UInt8] = []
    bytes.append(short: number)
    var reader = LittleEndianReader(bytes)
    #expect(reader.short() == number && reader.left == 0)
    var cut = LittleEndianReader(Array(bytes.dropLast()))
    #expect(cut.short() == nil)
  }

  @Test func numbersBeyondTheirSizeAndBytesThatAreNotThereAreNone() {
    let ones = [UInt8](repeating: 0xFF, count: 9)
    var tooLarge = LittleEndianReader(ones + [2])
    #expect(tooLarge.short() == nil)
    var endless = LittleEndianReader(ones + ones)
    #expect(endless.short() == nil)
    var short = LittleEndianReader([1, 2, 3])
    #expect(short.next() as UInt32? == nil && short.next(4) as [UInt8]? == nil && short.next() as UInt16? == 513)
    var hostile = LittleEndianReader([1, 2, 3])
    #expect(hostile.next(.max) as [UInt64]? == nil && hostile.next(-1) as [UInt64]? == nil)
  }

  @Test func singleBytesAndFloatsComeBackAndEndWithTheBytes() {
    var bytes: [UInt8] = [255]
    bytes.append(littleEndian: [-0.0, .init(bitPattern: 0x7FC0_0001)] as [Float])
    var reader = LittleEndianReader(bytes + [1, 2, 3])
    #expect(reader.byte() == 255 && reader.float()?.bitPattern == 0x8000_0000)
    #expect(reader.float()?.bitPattern == 0x7FC0_0001 && reader.float() == nil && reader.left == 3)
    #expect(reader.byte() == 1 && reader.byte() == 2 && reader.byte() == 3 && reader.byte() == nil)
  }

  /// From a place that no number is aligned to.
  @Test func manyNumbersComeBackBitForBit() throws {
    var bytes: [UInt8] = [7]
    bytes.append(littleEndian: [1, .max, 1 << 40] as [UInt64])
    bytes.append(littleEndian: [-2, .min] as [Int16])
    bytes.append(littleEndian: [-0.0, .infinity, .init(bitPattern: 0x7FF8_0000_0000_0001)] as [Double])
    bytes.append(littleEndian: [.leastNonzeroMagnitude, .init(bitPattern: 0xFFC0_0003)] as [Float])
    #expect(bytes[1..<9].elementsEqual([1, 0, 0, 0, 0, 0, 0, 0]) && bytes[25...].starts(with: [0xFE, 0xFF, 0, 0x80]))
    var reader = LittleEndianReader(bytes)
    #expect(reader.next() as UInt8? == 7 && reader.next(3) as [UInt64]? == [1, .max, 1 << 40])
    #expect(reader.next(2) as [Int16]? == [-2, .min] && reader.next(0) as [Double]? == [])
    let doubles = try #require(reader.next(3) as [Double]?)
    #expect(doubles.map(\.bitPattern) == [1 << 63, 0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0001])
    #expect(reader.next(3) as [Float]? == nil)
    let floats = try #require(reader.next(2) as [Float]?)
    #expect(floats.map(\.bitPattern) == [1, 0xFFC0_0003] && reader.left == 0)
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
