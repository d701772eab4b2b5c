/// The data in a Python pickle. Opcodes that would import, call or build are recorded as data and never carried out: no
/// class exists here that could be constructed.
///
/// - Note: The bytes are hostile. Every opcode makes at most one node and goes forward, so that work and memory are
///   linear in the bytes; a node that names itself ends nowhere, since only the asked-for depth is looked at.
struct PickleData {
  /// A node of the value; children are positions in `nodes`.
  private enum Node {
    case none
    case number(Double)
    case text(Range<Int>)
    case bytes(Range<Int>)
    case list([Int])
    case dictionary([(key: Int, value: Int)])
    /// The name of a class or function.
    case name
    /// What a call with these arguments would have made, and the state it would have been given.
    case call(arguments: Int, state: Int?)
  }

  /// A look at one value.
  struct Value {
    fileprivate let data: PickleData
    fileprivate let node: Int
  }

  /// Enough for 30,000 faces with their landmarks; what asks for more is no list of faces.
  private static let mostNodes = 1 << 23

  private let source: UnsafeRawBufferPointer
  private var nodes: [Node] = []
  private var stack: [Int] = []
  private var marks: [Int] = []
  private var memo: [Int: Int] = [:]
  private var position = 0
  private var root = 0

  /// - Parameter source: must outlive this value.
  /// - Returns: nil where the bytes are no pickle, or use an opcode that plain data does not need.
  init?(_ source: UnsafeRawBufferPointer) {
    self.source = source
    guard source.byte(at: 0) == 0x80 else { return nil }
    while true {
      guard let opcode = take() else { return nil }
      if opcode == UInt8(ascii: ".") { break }
      guard perform(opcode) else { return nil }
    }
    guard let last = stack.last else { return nil }
    root = last
  }

  var value: Value { Value(data: self, node: root) }
}

extension PickleData {
  private mutating func take() -> UInt8? {
    guard position < source.count else { return nil }
    defer { position += 1 }
    return source[position]
  }

  /// A number of `count` bytes, little-endian, unsigned; nil beyond the end or beyond what a file can hold.
  private mutating func length(_ count: Int) -> Int? {
    guard count <= source.count - position else { return nil }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(source[position + index]) << UInt64(8 * index) }
    position += count
    return Int(exactly: value)
  }

  private mutating func range(_ length: Int?) -> Range<Int>? {
    guard let length, length >= 0, length <= source.count - position else { return nil }
    defer { position += length }
    return position..<(position + length)
  }

  private mutating func push(_ node: Node) -> Bool {
    guard nodes.count < PickleData.mostNodes, stack.count < PickleData.mostNodes else { return false }
    nodes.append(node)
    stack.append(nodes.count - 1)
    return true
  }

  private mutating func push(text length: Int?) -> Bool { range(length).map { push(.text($0)) } ?? false }
  private mutating func push(bytes length: Int?) -> Bool { range(length).map { push(.bytes($0)) } ?? false }

  /// The values above the last mark, which are taken away.
  private mutating func marked() -> [Int]? {
    guard let mark = marks.popLast(), mark <= stack.count else { return nil }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func pop(_ count: Int) -> [Int]? {
    guard stack.count - (marks.last ?? 0) >= count else { return nil }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  /// Opcodes by the number of the protocol that has them: 1 to 5.
  private mutating func perform(_ opcode: UInt8) -> Bool {
    switch opcode {
    case 0x80: return take() != nil
    case 0x95: return length(8) != nil
    case UInt8(ascii: "("):
      marks.append(stack.count)
      return marks.count < PickleData.mostNodes
    case UInt8(ascii: "N"): return push(.none)
    case 0x88: return push(.number(1))
    case 0x89: return push(.number(0))
    case UInt8(ascii: "K"), UInt8(ascii: "M"), UInt8(ascii: "J"), UInt8(ascii: "G"), 0x8A: return pushNumber(opcode)
    case UInt8(ascii: "X"), UInt8(ascii: "T"): return push(text: length(4))
    case 0x8C, UInt8(ascii: "U"): return push(text: length(1))
    case 0x8D: return push(text: length(8))
    case UInt8(ascii: "B"): return push(bytes: length(4))
    case UInt8(ascii: "C"): return push(bytes: length(1))
    case 0x8E, 0x96: return push(bytes: length(8))
    default: return performOnContainers(opcode)
    }
  }

  private mutating func performOnContainers(_ opcode: UInt8) -> Bool {
    switch opcode {
    case UInt8(ascii: "}"): return push(.dictionary([]))
    case UInt8(ascii: "]"), UInt8(ascii: ")"): return push(.list([]))
    case UInt8(ascii: "t"), UInt8(ascii: "l"): return marked().map { push(.list($0)) } ?? false
    case 0x85, 0x86, 0x87: return pop(Int(opcode) - 0x84).map { push(.list($0)) } ?? false
    case UInt8(ascii: "a"): return pop(1).map { extend($0) } ?? false
    case UInt8(ascii: "e"): return marked().map { extend($0) } ?? false
    case UInt8(ascii: "s"): return pop(2).map { extend(pairs: $0) } ?? false
    case UInt8(ascii: "u"): return marked().map { extend(pairs: $0) } ?? false
    case UInt8(ascii: "q"): return remember(length(1))
    case UInt8(ascii: "r"): return remember(length(4))
    case 0x94: return remember(memo.count)
    case UInt8(ascii: "h"): return recall(length(1))
    case UInt8(ascii: "j"): return recall(length(4))
    default: return performOnNames(opcode)
    }
  }

  /// Opcodes that Python would act on. They become data.
  private mutating func performOnNames(_ opcode: UInt8) -> Bool {
    switch opcode {
    case UInt8(ascii: "c"): return skipLine() && skipLine() && push(.name)
    case 0x93: return pop(2) != nil && push(.name)
    case UInt8(ascii: "R"), 0x81: return pop(2).map { push(.call(arguments: $0[1], state: nil)) } ?? false
    case UInt8(ascii: "b"):
      guard let state = pop(1), let target = stack.last else { return false }
      if case .call(let arguments, _) = nodes[target] { nodes[target] = .call(arguments: arguments, state: state[0]) }
      return true
    default: return false
    }
  }

  private mutating func skipLine() -> Bool {
    while let byte = take() {
      if byte == 0x0A { return true }
    }
    return false
  }

  private mutating func pushNumber(_ opcode: UInt8) -> Bool {
    switch opcode {
    case UInt8(ascii: "K"): return length(1).map { push(.number(Double($0))) } ?? false
    case UInt8(ascii: "M"): return length(2).map { push(.number(Double($0))) } ?? false
    case UInt8(ascii: "J"):
      return length(4).map { push(.number(Double(Int32(truncatingIfNeeded: $0)))) } ?? false
    case UInt8(ascii: "G"):
      guard let place = range(8) else { return false }
      let bits = place.reduce(UInt64(0)) { $0 << 8 | UInt64(source[$1]) }
      return push(.number(Double(bitPattern: bits)))
    default:
      guard let place = range(length(1)) else { return false }
      return push(place.count <= 8 ? .number(Double(PickleData.integer(source[place]))) : .none)
    }
  }

  /// Two's complement, little-endian, at most 8 bytes.
  private static func integer(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int64 {
    guard let last = bytes.last else { return 0 }
    var value: UInt64 = last >= 0x80 ? .max : 0
    for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
    return Int64(bitPattern: value)
  }

  private mutating func extend(_ items: [Int]) -> Bool {
    guard let target = stack.last, case .list(var list) = nodes[target] else { return false }
    nodes[target] = .none
    list += items
    nodes[target] = .list(list)
    return true
  }

  private mutating func extend(pairs items: [Int]) -> Bool {
    guard let target = stack.last, case .dictionary(var members) = nodes[target], items.count % 2 == 0 else {
      return false
    }
    nodes[target] = .none
    for index in stride(from: 0, to: items.count, by: 2) { members.append((items[index], items[index + 1])) }
    nodes[target] = .dictionary(members)
    return true
  }

  private mutating func remember(_ key: Int?) -> Bool {
    guard let key, let last = stack.last else { return false }
    memo[key] = last
    return true
  }

  private mutating func recall(_ key: Int?) -> Bool {
    guard let key, let node = memo[key], stack.count < PickleData.mostNodes else { return false }
    stack.append(node)
    return true
  }
}

extension PickleData.Value {
  /// The last member with that key.
  subscript(_ key: String) -> Self? {
    guard case .dictionary(let members) = data.nodes[node] else { return nil }
    return members.last { Self(data: data, node: $0.key).text == key }.map { Self(data: data, node: $0.value) }
  }

  var text: String? {
    guard case .text(let range) = data.nodes[node], range.count <= 8192 else { return nil }
    return String(validating: data.source[range], as: UTF8.self)
  }

  /// A number, also one of NumPy's.
  var number: Double? {
    if case .number(let number) = data.nodes[node] { return number }
    // numpy.core.multiarray.scalar(dtype, bytes)
    guard case .call(let arguments, nil) = data.nodes[node], case .list(let parts) = data.nodes[arguments],
      parts.count == 2, let values = Self(data: data, node: parts[1]).elements(of: Self(data: data, node: parts[0]))
    else { return nil }
    return values.first
  }

  /// The items of a list or tuple.
  var items: [Self]? {
    guard case .list(let items) = data.nodes[node] else { return nil }
    return items.map { Self(data: data, node: $0) }
  }

  /// Numbers of a list, a tuple or an array of NumPy, row by row; nil where there are more than `most`, or others.
  func numbers(most: Int) -> [Double]? {
    if let items {
      guard items.count <= most else { return nil }
      var numbers: [Double] = []
      for item in items {
        if let number = item.number {
          numbers.append(number)
        } else if let row = item.items, row.count <= 4 {
          for cell in row {
            guard let number = cell.number else { return nil }
            numbers.append(number)
          }
        } else {
          return nil
        }
        guard numbers.count <= most else { return nil }
      }
      return numbers
    }
    guard case .call(let arguments, let state) = data.nodes[node] else { return nil }
    let values = state.map { Self(data: data, node: $0).reconstructed } ?? Self(data: data, node: arguments).buffered
    return values.flatMap { $0.count <= most ? $0 : nil }
  }

  /// The state of an array that NumPy makes by `_reconstruct`: version, shape, type, whether it is in columns, bytes.
  private var reconstructed: [Double]? {
    guard let parts = items, parts.count == 5, parts[3].number == 0 else { return nil }
    return parts[4].elements(of: parts[2])
  }

  /// The arguments of an array that NumPy makes by `_frombuffer`: bytes, type, shape, order of rows.
  private var buffered: [Double]? {
    guard let parts = items, parts.count == 4, parts[3].text == "C" else { return nil }
    return parts[0].elements(of: parts[1])
  }

  /// Bytes; protocol 2 has none and keeps them as `_codecs.encode(text, 'latin1')`.
  private var bytes: [UInt8]? {
    switch data.nodes[node] {
    case .bytes(let range): return range.count <= 1 << 12 ? Array(data.source[range]) : nil
    case .call(let arguments, nil):
      guard let parts = Self(data: data, node: arguments).items, parts.count == 2, parts[1].text == "latin1",
        let text = parts[0].text
      else { return nil }
      let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
      return bytes.count == text.unicodeScalars.count ? bytes : nil
    default: return nil
    }
  }

  /// The bytes as numbers of a NumPy type, little-endian; nil for types that hold no coordinates.
  private func elements(of type: Self) -> [Double]? {
    guard let bytes, case .call(let arguments, _) = data.nodes[type.node],
      let name = Self(data: data, node: arguments).items?.first?.text
    else { return nil }
    return bytes.withUnsafeBytes { bytes in
      switch name {
      case "i4": read(bytes, as: Int32.self) { Double($0) }
      case "i8": read(bytes, as: Int64.self) { Double($0) }
      case "f4": read(bytes, as: UInt32.self) { Double(Float(bitPattern: $0)) }
      case "f8": read(bytes, as: UInt64.self) { Double(bitPattern: $0) }
      default: nil
      }
    }
  }

  private func read<Number: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, as type: Number.Type, _ value: (Number) -> Double
  ) -> [Double]? {
    let size = MemoryLayout<Number>.size
    guard bytes.count % size == 0 else { return nil }
    return stride(from: 0, to: bytes.count, by: size).map { offset in
      value(Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)))
    }
  }
}
