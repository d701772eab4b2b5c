import AuditCore
import Foundation

/// Reads a file line by line; memory holds one line and one piece.
struct LineReader: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private var piece: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  private static let pieceBytes = 1 << 18

  /// - Parameter path: a file, or a pipe that somebody writes into; `-` reads standard input.
  /// - Throws: `AuditError.unreadable`.
  init(path: String) throws {
    self.path = path
    if path == "-" {
      descriptor = STDIN_FILENO
      return
    }
    (descriptor, piece) = try InputFile.open(path, takesPipes: true)
  }

  /// - Parameter file: the path of a regular file; nothing else is waited for.
  /// - Throws: `AuditError.unreadable`.
  init(file path: String) throws {
    self.path = path
    descriptor = try InputFile.open(path, takesPipes: false).descriptor
  }

  deinit {
    if descriptor > STDERR_FILENO { close(descriptor) }
  }

  /// The next line without its end; nil after the last. A last line without an end counts.
  ///
  /// - Parameter keepsReturn: whether a carriage return before the line feed is part of the line.
  mutating func next(keepsReturn: Bool = false) throws -> [UInt8]? {
    var line: [UInt8] = []
    while true {
      if let end = piece[position...].firstIndex(of: UInt8(ascii: "\n")) {
        line += piece[position..<end]
        position = end + 1
        if !keepsReturn, line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
      }
      line += piece[position...]
      if isAtEnd {
        position = piece.count
        return line.isEmpty ? nil : line
      }
      try fill()
    }
  }

  private mutating func fill() throws {
    var fresh = [UInt8](repeating: 0, count: LineReader.pieceBytes)
    let count = fresh.withUnsafeMutableBytes { Descriptors.read(into: $0, from: descriptor) }
    guard count >= 0 else { throw AuditError.unreadable(path: path, cause: systemMessage()) }
    isAtEnd = count == 0
    piece = Array(fresh.prefix(count))
    position = 0
  }
}
