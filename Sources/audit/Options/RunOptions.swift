import ArgumentParser

/// Where a command that makes a run keeps it, and what the run is called.
struct RunOptions: ParsableArguments {
  @Option(help: "Where to keep the results (default: FOLDER.audit.db beside the folder).", completion: .file())
  var db: String?

  @Option(help: "Name of the run; another name makes a second run in the same database.")
  var name: String?

  func validate() throws {
    if db == "" { throw ValidationError("--db takes the name of a file; got ''") }
    if let name, name.allSatisfy(\.isWhitespace) { throw ValidationError("--name takes a word; got '\(name)'") }
  }
}
