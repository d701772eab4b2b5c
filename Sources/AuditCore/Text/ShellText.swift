/// A word for a shell: quoted where it has to be.
package func quoted(_ word: String) -> String { Escaping.shell.text(word) }

/// A file's name as a word for a shell; where it begins with a dash, so that no command takes it for an option.
package func quotedFile(_ path: String) -> String { quoted(path.utf8.first == UInt8(ascii: "-") ? "./" + path : path) }

/// The words at the end of a command that are no options: after `--` where one begins with a dash.
package func quotedOperands(_ words: [String]) -> String {
  let list = words.map(quoted).joined(separator: " ")
  return words.contains { $0.utf8.first == UInt8(ascii: "-") } ? "-- " + list : list
}

/// How a word is written for a shell.
enum ShellWord {
  static func add(_ bytes: [UInt8], to out: inout [UInt8]) {
    if isPlain(bytes) { return out.append(contentsOf: bytes) }
    let quote = UInt8(ascii: "'")
    if TextUnits(bytes).contains(where: isInvisible) {
      out += [UInt8(ascii: "$"), quote]
      TextUnits(bytes).forEach { addInvisible($0, to: &out) }
    } else {
      out.append(quote)
      for byte in bytes { out += byte == quote ? Array("'\\''".utf8) : [byte] }
    }
    out.append(quote)
  }

  /// A word that begins with `=` means the place of a program to zsh.
  private static func isPlain(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first, first != UInt8(ascii: "=") else { return false }
    return bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_./-+=:,@%".utf8.contains(byte)
      }
    }
  }

  private static func isInvisible(_ unit: TextUnits.Unit) -> Bool {
    switch unit {
    case .byte: true
    case .scalar(let scalar): Escaping.terminal(scalar) != nil
    }
  }

  /// One piece between `$'` and `'`. Always three octal digits: how many hexadecimal ones belong to `\x` differs.
  private static func addInvisible(_ unit: TextUnits.Unit, to out: inout [UInt8]) {
    switch unit {
    case .scalar("\u{0}"): out.append(contentsOf: UTF8.encodedReplacementCharacter)
    case .scalar(let scalar) where isInvisible(unit) || ["'", "\\", "!", "?"].contains(scalar):
      for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { addOctal(byte, to: &out) }
    case .scalar(let scalar): out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    case .byte(let byte): addOctal(byte, to: &out)
    }
  }

  private static func addOctal(_ byte: UInt8, to out: inout [UInt8]) {
    let digits = String(byte, radix: 8)
    out.append(contentsOf: ("\\" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
  }
}
