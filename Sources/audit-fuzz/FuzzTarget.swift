/// One reader of bytes from outside, as a fuzzer calls it.
struct FuzzTarget: Sendable {
  let name: String
  /// Short valid inputs to begin with; folders of files come beside them.
  let seeds: [[UInt8]]
  /// Takes any bytes. A trap, a sanitizer's report or a broken `precondition` in it is a finding.
  let read: @Sendable ([UInt8]) -> Void

  init(_ name: String, seeds: [[UInt8]] = [], read: @escaping @Sendable ([UInt8]) -> Void) {
    self.name = name
    self.seeds = seeds
    self.read = read
  }

  /// As the other initialiser, for a reader of text.
  init(_ name: String, texts: [String], read: @escaping @Sendable (String) -> Void) {
    self.init(name, seeds: texts.map { Array($0.utf8) }) { read(String(decoding: $0, as: UTF8.self)) }
  }

  /// Every target; a new parser of the project is one line here.
  static let all: [FuzzTarget] = pictures + records + words
}
