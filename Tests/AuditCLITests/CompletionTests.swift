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

  @Test func filesAreStillCompleted() throws {
    let set = try AskedScan.get()
    let folder = set.scratch.path
    #expect(try offers("audit report as", in: folder) == ["asked.db"])
    #expect(try offers("audit explain as", in: folder) == ["asked.db"])
    #expect(try offers("audit explain asked.db faces/id2/film_000007", in: folder) == ["faces/id2/film_000007_0.png"])
    #expect(try offers("audit scan fac", in: folder) == ["faces"])
  }
}
