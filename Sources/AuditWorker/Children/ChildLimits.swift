import AuditCore
import Glibc

/// What a child process lets the system hold it to.
enum ChildLimits {
  /// At the start: no core files, few descriptors, no growing files.
  static func beModest() {
    set(RLIMIT_CORE, 0)
    set(RLIMIT_NOFILE, 64)
    // What it says on standard error lies in memory.
    set(RLIMIT_FSIZE, 1 << 16)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// From here on so much address space more than there is, and no more.
  static func boundMemory(megabytes: Int) {
    guard let taken = addressSpace else { return }
    set(RLIMIT_AS, taken + UInt(clamping: megabytes) << 20)
  }

  private static func set(_ resource: __rlimit_resource, _ value: UInt) {
    var limit = rlimit(rlim_cur: value, rlim_max: value)
    setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
  }

  /// Bytes of address space that this process has taken.
  private static var addressSpace: UInt? {
    guard let file = fopen("/proc/self/statm", "re") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let pages = UInt(strtoul(line, nil, 10))
    return pages > 0 ? pages * UInt(sysconf(Int32(_SC_PAGESIZE))) : nil
  }
}

/// So many seconds of processor time from one moment to the next, and no more: also where nobody watches.
struct ProcessorTime {
  /// What the system will not let this process go beyond; nil where it does not say.
  private let hardLimit = ProcessorTime.limit?.rlim_max
  private var bound: rlim_t?
  /// What was asked for last, and when the time that is spent was looked at for it.
  private var (seconds, last) = (0.0, ContinuousClock.now)

  /// From here on so many seconds more, and one beyond them that is there for all that rounds.
  mutating func bound(seconds: Double) {
    let now = ContinuousClock.now
    // To read a clock costs less than to ask what is spent, and one thread has not spent more than has passed.
    guard seconds != self.seconds || now - last > .milliseconds(250) else { return }
    (self.seconds, last) = (seconds, now)
    var used = rusage()
    guard let hardLimit, getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &used) == 0 else { return }
    let spent = used.ru_utime.tv_sec + used.ru_stime.tv_sec
    let new = min(rlim_t(spent + Int(min(seconds, 86_400).rounded(.up)) + 2), hardLimit)
    // Mostly a second has not passed since the last time.
    guard new != bound else { return }
    bound = new
    var limit = rlimit(rlim_cur: new, rlim_max: hardLimit)
    setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
  }

  private static var limit: rlimit? {
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit) == 0 ? limit : nil
  }
}
