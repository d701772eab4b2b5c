import Foundation
import Testing

/// The completion of bash, asked as bash asks it.
struct CompletionTests {
  /// What is offered for the last word of a line; files as bash itself would list them.
  private func offers(_ line: String, in folder: String) throws -> [String] {
    let script = """
      PATH="$2:$PATH"; shopt -s progcomp; eval "$(audit completion bash)"
      COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}; read -r -a COMP_WORDS <<< "$COMP_LINE"
      case "$COMP_LINE" in *' ') COMP_WORDS+=('');; esac
      COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )); COMP_TYPE=9; COMP_KEY=9
      compopt() { :; }
      handler=$(complete -p audit | sed -E 's/.*-F ([^ ]+).*/\\1/')
      "$handler" audit "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let bin = try Scratch()
    try FileManager.default.createSymbolicLink(atPath: bin.path + "/audit", withDestinationPath: Command.binary)
    let run = try Command.run("/bin/bash", ["-c", script, "bash", line, bin.path], in: folder)
    return run.out.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  @Test func bashKnowsCommandsRunsMetricsQuestionsAndCodes() throws {
    let set = try AskedScan.get()
    let folder = set.scratch.path
    #expect(try offers("audit re", in: folder) == ["report"])
    #expect(try Set(offers("audit sql asked.db --run ", in: folder)).isSuperset(of: ["first", "second"]))
    #expect(try offers("audit sql asked.db --saved err", in: folder) == ["errors"])
    #expect(try offers("audit metrics show hub", in: folder) == ["huber"])
    #expect(try offers("audit explain trunc", in: folder) == ["truncated"])
    #expect(try offers("audit scan faces --metrics mse,hub", in: folder) == ["mse,huber"])
  }

  /// A script of the shell that is asked, with the program in its path; nil where the shell is not installed.
  private func ask(_ shell: String, _ options: [String], in folder: String) throws -> Command? {
    guard try Command.run("/usr/bin/env", [shell, "--version"]).status == 0 else {
      print("skipped: \(shell) is not installed here")
      return nil
    }
    let bin = try Scratch()
    try FileManager.default.createSymbolicLink(atPath: bin.path + "/audit", withDestinationPath: Command.binary)
    let path = bin.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    let script = try Command.audit(["completion", shell])
    try Files.write(Array(script.out.utf8), to: folder + "/audit.\(shell)")
    return try Command.run("/usr/bin/env", [shell] + options, in: folder, environment: ["PATH": path])
  }

  @Test(arguments: ["zsh", "fish"]) func theScriptIsOneThatTheShellTakes(shell: String) throws {
    let folder = try Scratch()
    guard let run = try ask(shell, ["-n", "audit.\(shell)"], in: folder.path) else { return }
    #expect(run.status == 0 && run.err == "", "\(run.err)")
  }

  /// Runs and metrics need a terminal there.
  @Test func fishKnowsCommandsFormatsAndFiles() throws {
    let folder = try Scratch()
    try folder.write([], to: "faces.audit.db")
    try folder.write([], to: "faces/a.png")
    for (line, offered) in [
      ("audit re", ["report"]), ("audit export x --format card", ["card"]),
      ("audit report fa", ["faces.audit.db", "faces/"]),
      ("audit scan fa", ["faces/"]), ("audit explain faces.audit.db faces/", ["faces/a.png"]),
    ] {
      let script = "source audit.fish; complete -C '\(line)'"
      guard let run = try ask("fish", ["--no-config", "-c", script], in: folder.path) else { return }
      let words = run.out.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) }
      #expect(words == offered, "\(line): \(run.out)\(run.err)")
    }
  }

  @Test func filesAreStillCompleted() throws {
    let set = try AskedScan.get()
    let folder = set.scratch.path
    // Beside a database that another test reads lie files of SQLite's, which are files as well.
    let alone = try Scratch()
    try alone.write([], to: "asked.db")
    #expect(try offers("audit report as", in: alone.path) == ["asked.db"])
    #expect(try offers("audit explain as", in: alone.path) == ["asked.db"])
    #expect(try offers("audit explain asked.db faces/id2/film_000007", in: folder) == ["faces/id2/film_000007_0.png"])
    #expect(try offers("audit scan fac", in: folder) == ["faces"])
  }
}
