import ArgumentParser
import AuditCore

/// Finds a word that stands where a command should, and the command that was meant.
enum CommandSpelling {
  /// A negative number behind an option is its value: the parser would miss one and could not say what is taken.
  static func joined(_ arguments: [String]) -> [String] {
    var joined: [String] = []
    for word in arguments {
      if let last = joined.last, last.hasPrefix("--"), last.count > 2, !last.contains("="),
        word.wholeMatch(of: /-(?:[1-9][0-9]*(?:\.[0-9]+)?|0\.[0-9]+)/) != nil
      {
        joined[joined.count - 1] = last + "=" + word
      } else {
        joined.append(word)
      }
    }
    return joined
  }

  /// - Parameter arguments: what was typed after the program's name.
  /// - Returns: a complaint; nil where every command is known.
  static func complaint(about arguments: [String]) -> String? {
    var command: any ParsableCommand.Type = AuditCommand.self
    var path = ["audit"]
    for (place, word) in arguments.enumerated() {
      if word.hasPrefix("-") { return nil }
      let children = command.configuration.subcommands
      if children.isEmpty { return nil }
      if let child = children.first(where: { $0._commandName == word }) {
        command = child
        path.append(word)
        continue
      }
      // `help` is known to the parser alone; a command with a usual child takes that child's words as well.
      if place == 0, word == "help" { continue }
      return complaint(about: word, among: children.filter { $0.configuration.shouldDisplay }, path: path)
    }
    return nil
  }

  private static func complaint(
    about word: String, among children: [any ParsableCommand.Type], path: [String]
  ) -> String {
    let names = children.map { $0._commandName }
    let near = Spelling.nearest(to: word, in: names)
    let hint = near.isEmpty ? "there are " + names.joined(separator: ", ") : "did you mean \(near[0])?"
    return "no command '\(SamplePath(word).printable)' of `\(path.joined(separator: " "))`; \(hint)"
  }
}
