import ArgumentParser
import AuditCore
import Foundation

/// Finds an option that a command does not have. The parser names it only where nothing else is wrong, so that one
/// letter too few in an option reads as if another were missing.
enum OptionSpelling {
  /// - Parameter arguments: what was typed after the program's name.
  /// - Returns: a complaint; nil where every long option is known.
  static func complaint(about arguments: [String]) -> String? {
    var command: any ParsableCommand.Type = AuditCommand.self
    var rest = arguments[...]
    while let word = rest.first, let child = command.configuration.subcommands.first(where: { $0._commandName == word })
    {
      (command, rest) = (child, rest.dropFirst())
    }
    guard let options = options(of: command) else { return nil }
    while let word = rest.popFirst(), word != "--" {
      guard word.hasPrefix("--") else { continue }
      let name = String(word.prefix { $0 != "=" })
      guard let takesValue = options[name] else { return complaint(about: name, among: options.keys.sorted()) }
      if takesValue, name == word { rest = rest.dropFirst() }
    }
    return nil
  }

  private static func complaint(about name: String, among known: [String]) -> String {
    let near = Spelling.nearest(to: name, in: known).first
    return "unknown option '\(SamplePath(name).printable)'" + (near.map { "; did you mean '\($0)'?" } ?? "")
  }

  /// Long options, and whether each takes the word behind it; nil where the parser tells nothing about them.
  private static func options(of command: any ParsableCommand.Type) -> [String: Bool]? {
    guard let described = try? JSONDecoder().decode(Description.self, from: Data(command._dumpHelp().utf8)) else {
      return nil
    }
    var options: [String: Bool] = [:]
    for argument in described.command.arguments ?? [] {
      for name in argument.names ?? [] where name.kind == "long" {
        options["--" + name.name] = argument.kind == "option"
      }
    }
    return options
  }

  /// The part of what the parser says of a command that matters here.
  private struct Description: Decodable {
    struct Command: Decodable { let arguments: [Argument]? }
    struct Argument: Decodable {
      let kind: String
      let names: [Name]?
    }
    struct Name: Decodable {
      let kind: String
      let name: String
    }
    let command: Command
  }
}
