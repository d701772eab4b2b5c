import Glibc

/// What the system lets this process have: too little of it would be told of sound images, or end the process.
package enum SystemLimits {
  /// - Parameter jobs: of a scan, a fit or a probe.
  /// - Throws: `AuditError.lacking` where it would lack open files or addresses.
  package static func require(jobs: Int) throws(AuditError) {
    try requireFiles(jobs: min(max(jobs, 1), 1_024))
    try requireAddresses()
  }

  /// Those that could not be opened would be told as images that cannot be read.
  private static func requireFiles(jobs: Int) throws(AuditError) {
    let (wanted, least, found) = (files(jobs: jobs), files(jobs: 1), raiseFiles())
    guard found < wanted else { return }
    throw .lacking(
      "only \(counted(found, "file")) may be open at a time, and this takes up to \(wanted.formattedWithCommas)",
      safe: .nothingChanged,
      remedy: "allow more with: ulimit -n \(wanted)" + (found < least ? "" : "; or give fewer --jobs"))
  }

  private static func files(jobs: Int) -> Int { 128 + 16 * jobs }

  /// Takes as many as the system gives for nothing, up to 65,536: shells start programs with fewer than there may be.
  ///
  /// - Returns: how many there are then.
  private static func raiseFiles() -> Int {
    guard let limit = limit(RLIMIT_NOFILE) else { return Int.max }
    let wanted = min(limit.rlim_max, 65_536)
    guard wanted > limit.rlim_cur else { return Int(clamping: limit.rlim_cur) }
    var raised = rlimit(rlim_cur: wanted, rlim_max: limit.rlim_max)
    return Int(clamping: setrlimit(resource(RLIMIT_NOFILE), &raised) == 0 ? wanted : limit.rlim_cur)
  }

  /// Megabytes of 2^20 that programs, threads and what they hold take of a set of small pictures: with 400 scans of 237
  /// pictures ended in the runtime, which takes no memory for an answer, with 500 none did.
  private static let leastAddresses = 512

  private static func requireAddresses() throws(AuditError) {
    guard let limit = limit(RLIMIT_AS)?.rlim_cur, limit < UInt(leastAddresses) << 20 else { return }
    throw .lacking(
      "only \((limit >> 20).description) MB of memory may be addressed, and this takes \(leastAddresses) or more",
      safe: .nothingChanged, remedy: "allow more with: ulimit -v \(leastAddresses << 10)")
  }

  private static func resource(_ name: __rlimit_resource) -> __rlimit_resource_t { __rlimit_resource_t(name.rawValue) }

  private static func limit(_ name: __rlimit_resource) -> rlimit? {
    var limit = rlimit()
    return getrlimit(resource(name), &limit) == 0 ? limit : nil
  }
}
