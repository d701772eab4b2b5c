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
}
