import AuditCore
import Foundation

/// The words that the program was started with.
enum Arguments {
  /// Without the program's own name; bytes that are not UTF-8 stay, as `PathText` has them.
  static let all: [String] = (1..<max(1, Int(CommandLine.argc))).compactMap { index in
    CommandLine.unsafeArgv[index].map { word in
      PathText.text(of: Array(UnsafeRawBufferPointer(start: word, count: strlen(word))))
    }
  }

  /// Where the working folder was removed, nothing that begins there can be read, written or kept by its path from the root.
  ///
  /// - Throws: `AuditError` where it was, and a word that may be a relative path was given.
  static func refusePathsFromNowhere() throws(AuditError) {
    guard FilePath.workingFolder == nil, all.dropFirst().contains(where: mayBeRelative) else { return }
    let ending = " (deleted)"
    var folder = FilePath.target(ofLink: "/proc/self/cwd") ?? ""
    if folder.hasSuffix(ending) { folder.removeLast(ending.count) }
    throw .lacking(
      "the working folder '\(folder)' was removed, and what is not named from the root begins there",
      remedy: "cd to a folder that is there")
  }

  /// Whether a word, or the value that an option has behind `=`, is not from the root.
  private static func mayBeRelative(_ word: String) -> Bool {
    let bytes = word.utf8
    let value = bytes.first == UInt8(ascii: "-") ? bytes.drop { $0 != UInt8(ascii: "=") }.dropFirst() : bytes[...]
    return !value.isEmpty && value.first != UInt8(ascii: "/")
  }
}
