/// Bytes that should be UTF-8, piece by piece: the scalars that they hold, and the bytes that are part of none.
struct TextUnits: Sequence, IteratorProtocol {
  enum Unit: Equatable {
    case scalar(Unicode.Scalar)
    case byte(UInt8)
  }

  private let bytes: [UInt8]
  private var position = 0
  private var broken: ArraySlice<UInt8> = []
  private var source: Array<UInt8>.Iterator
  private var parser = Unicode.UTF8.ForwardParser()

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    source = bytes.makeIterator()
  }

  mutating func next() -> Unit? {
    if let byte = broken.popFirst() { return .byte(byte) }
    switch parser.parseScalar(from: &source) {
    case .valid(let encoded):
      position += encoded.count
      return .scalar(Unicode.UTF8.decode(encoded))
    case .error(let length):
      broken = bytes[position..<(position + length)]
      position += length
      return broken.popFirst().map(Unit.byte)
    case .emptyInput: return nil
    }
  }
}
