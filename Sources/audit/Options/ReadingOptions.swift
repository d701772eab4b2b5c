import ArgumentParser
import AuditCore

/// Options of every command that reads a dataset: what a single file may cost.
struct ReadingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Leave out files that are larger, such as 256M.", valueName: "bytes"))
  var maxBytes = "256M"

  @Option(help: ArgumentHelp("Give a file up whose decoding takes longer.", valueName: "seconds"))
  var timeout = ReadingLimits().timeout

  func validate() throws {
    if ByteCount(maxBytes) == nil {
      throw ValidationError("--max-bytes takes a number of bytes such as 256M; got '\(maxBytes)'")
    }
    // Written so that nan is refused as well.
    if !(timeout > 0 && timeout <= 86_400) {
      throw ValidationError("--timeout takes seconds, more than 0 and at most 86400; got \(timeout)")
    }
  }

  var limits: ReadingLimits {
    var limits = ReadingLimits()
    limits.maxBytes = ByteCount(maxBytes)?.value ?? limits.maxBytes
    limits.timeout = timeout
    return limits
  }
}
