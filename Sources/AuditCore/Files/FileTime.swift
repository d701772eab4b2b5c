package import Glibc

/// Times of files as the database and journals hold them.
package enum FileTime {
  /// Nanoseconds since 1970. File systems hold times that 64 bits of nanoseconds do not (before 1677-09-21, after
  /// 2262-04-11): those become the earliest or the latest that there is.
  package static func nanoseconds(_ time: timespec) -> Int64 {
    let (whole, isTooLarge) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isBeyond) = whole.addingReportingOverflow(Int64(time.tv_nsec))
    guard isTooLarge || isBeyond else { return sum }
    return time.tv_sec < 0 ? .min : .max
  }
}
