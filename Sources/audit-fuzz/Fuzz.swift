import Foundation

/// Feeds bytes to the parsers of the project.
///
///     audit-fuzz --list                      the names of the targets
///     audit-fuzz NAME --seeds FOLDER         writes a target's own seeds as files
///     audit-fuzz NAME FILE...                reads each file once: what a fuzzer found, again
///     audit-fuzz NAME FUZZER-ARGUMENT...     fuzzes, where the program was built for it (`.ci/fuzz`)
@main
struct FuzzProgram {
  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    if words == ["--list"] { return print(FuzzTarget.all.map(\.name).joined(separator: "\n")) }
    guard let target = FuzzTarget.all.first(where: { $0.name == words.first }) else {
      complain("give the name of a target: \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
    }
    if words.count == 3, words[1] == "--seeds" { return write(target.seeds, named: target.name, into: words[2]) }
    #if FUZZING
      exit(fuzz(target))
    #else
      for path in words.dropFirst() {
        guard let file = FileManager.default.contents(atPath: path) else { complain("cannot read '\(path)'") }
        target.read(Array(file))
      }
    #endif
  }

  private static func write(_ seeds: [[UInt8]], named name: String, into folder: String) {
    do {
      for (number, seed) in seeds.enumerated() {
        try Data(seed).write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(name).\(number)"))
      }
    } catch {
      complain("cannot write seeds into '\(folder)': \(error.localizedDescription)")
    }
  }

  private static func complain(_ text: String) -> Never {
    FileHandle.standardError.write(Data("audit-fuzz: \(text)\n".utf8))
    exit(2)
  }
}
