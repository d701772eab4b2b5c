import Glibc

/// How many files this process may hold open at a time.
package enum OpenFiles {
  /// What a scan takes at most, with so many jobs.
  package static func needed(jobs: Int) -> Int { 128 + 16 * min(max(jobs, 1), 1_024) }

  /// Takes as many as the system gives for nothing, up to 65,536: shells start programs with fewer than there may be.
  ///
  /// - Returns: how many there are then.
  private static func raise() -> Int {
    guard let limit else { return Int.max }
    let wanted = min(limit.rlim_max, 65_536)
    guard wanted > limit.rlim_cur else { return Int(clamping: limit.rlim_cur) }
    var raised = rlimit(rlim_cur: wanted, rlim_max: limit.rlim_max)
    return Int(clamping: setrlimit(resource, &raised) == 0 ? wanted : limit.rlim_cur)
  }

  /// That too few may be open would be told of sound images, as if they could not be read.
  ///
  /// - Throws: `AuditError.lacking`.
  package static func require(_ wanted: Int) throws(AuditError) {
    let found = raise()
    guard found < wanted else { return }
    throw .lacking(
      "only \(counted(found, "file")) may be open at a time, and this takes up to \(wanted.formattedWithCommas)",
      safe: .nothingChanged, remedy: "allow more with: ulimit -n \(wanted); or give fewer --jobs")
  }

  private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

  private static var limit: rlimit? {
    var limit = rlimit()
    return getrlimit(resource, &limit) == 0 ? limit : nil
  }
}
