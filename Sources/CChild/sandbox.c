#define _GNU_SOURCE
#include "audit_child.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_MACHINE AUDIT_ARCH_AARCH64
#endif

#ifdef THIS_MACHINE

// Work on bytes that are there: memory, threads, clocks, and descriptors that are open. `newfstatat` is what some C
// libraries call for `fstat`.
static const int allowed[] = {
  SYS_read, SYS_write, SYS_pread64, SYS_readv, SYS_writev, SYS_lseek, SYS_close, SYS_fstat, SYS_newfstatat, SYS_fcntl,
  SYS_dup, SYS_ppoll, SYS_recvmsg, SYS_sendmsg, SYS_recvfrom, SYS_sendto, SYS_shutdown,
#ifdef SYS_poll
  SYS_poll,
#endif
  SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_brk, SYS_membarrier,
  SYS_futex, SYS_set_robust_list, SYS_set_tid_address, SYS_sched_yield, SYS_sched_getaffinity, SYS_rseq,
  SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall,
  SYS_clock_gettime, SYS_clock_nanosleep, SYS_clock_getres, SYS_nanosleep, SYS_gettimeofday, SYS_getrandom,
  SYS_getpid, SYS_gettid, SYS_getrusage, SYS_sysinfo, SYS_uname, SYS_tgkill, SYS_exit, SYS_exit_group,
};

enum { ALLOWED = sizeof(allowed) / sizeof(allowed[0]) };

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skipped) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skipped))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (action))

/// Whether the filter is in force for every thread.
static int filter_calls(void) {
  struct sock_filter filter[6 + 2 * ALLOWED + 16];
  unsigned short count = 0;
#define ADD(...) filter[count++] = (struct sock_filter)__VA_ARGS__
  ADD(LOAD(arch));
  ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_MACHINE, 1, 0));
  ADD(ANSWER(SECCOMP_RET_KILL_PROCESS));
  ADD(LOAD(nr));
  // Calls of another machine's numbering would mean others than those below.
  ADD(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
  ADD(ANSWER(SECCOMP_RET_ERRNO | EPERM));
  for (unsigned index = 0; index < ALLOWED; index++) {
    ADD(UNLESS(allowed[index], 1));
    ADD(ANSWER(SECCOMP_RET_ALLOW));
  }
  // A limit may be made narrower by setting it, and read; both on oneself alone.
  ADD(UNLESS(SYS_prlimit64, 4));
  ADD(LOAD(args[0]));
  ADD(UNLESS(0, 1));
  ADD(ANSWER(SECCOMP_RET_ALLOW));
  ADD(ANSWER(SECCOMP_RET_ERRNO | EPERM));
  // The C library then takes `clone`, whose flags can be looked at.
#ifdef SYS_clone3
  ADD(UNLESS(SYS_clone3, 1));
  ADD(ANSWER(SECCOMP_RET_ERRNO | ENOSYS));
#endif
  ADD(UNLESS(SYS_clone, 3));
  ADD(LOAD(args[0]));
  ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
  ADD(ANSWER(SECCOMP_RET_ALLOW));
  ADD(ANSWER(SECCOMP_RET_ERRNO | EPERM));
#undef ADD
  struct sock_fprog program = {count, filter};
#ifdef SYS_seccomp
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0) return 1;
#endif
  return 0;
}

#else

static int filter_calls(void) { return 0; }

#endif

// As in linux/landlock.h, which older systems lack. Each version of the kernel's interface knows more.
struct landlock_rules {
  uint64_t files;
  uint64_t ports;
  uint64_t scopes;
};

#if !defined(SYS_landlock_create_ruleset)
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif
enum { LANDLOCK_VERSION_IS_ASKED = 1 };

/// Rules without an exception: every deed that the kernel can see to is denied.
static int close_paths(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_IS_ASKED);
  if (version < 1) return 0;
  // Deeds on files: 13 in the first version, then moving to another folder, cutting, and talking to devices.
  int deeds = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
  struct landlock_rules rules = {(UINT64_C(1) << deeds) - 1, version >= 4 ? 3 : 0, version >= 6 ? 3 : 0};
  size_t size = version >= 6 ? sizeof(rules) : version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
  int file = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
  if (file < 0) return 0;
  int closed = syscall(SYS_landlock_restrict_self, file, 0) == 0;
  close(file);
  if (!closed) return 0;
  return AUDIT_PATHS_CLOSED | (version >= 4 ? AUDIT_PORTS_CLOSED : 0);
}

int audit_enter_sandbox(void) {
  int given = 0;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) given |= AUDIT_NO_NEW_PRIVILEGES;
  given |= close_paths();
  if (filter_calls()) given |= AUDIT_CALLS_FILTERED;
  return given;
}
