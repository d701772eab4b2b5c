#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What a process that works for another needs of the system and Swift cannot say: open files over a socket, memory
// that has a descriptor, and the filter of system calls.

/// Files that one message may carry.
enum { AUDIT_MOST_FILES = 8 };

/// Sends what the socket takes at once; the files go with the first byte. Never raises SIGPIPE, never waits.
///
/// - Returns: bytes that were sent, or -1 with errno.
ssize_t audit_send(int socket, const void *_Nonnull bytes, size_t count, const int *_Nullable files, int file_count);

/// Receives up to `count` bytes, and the descriptors that came with them, which close on exec and are the caller's.
///
/// - Parameters:
///   - files: room for AUDIT_MOST_FILES.
///   - waits: 0 returns at once with -1 and EAGAIN where nothing is there.
/// - Returns: 0 where the other end is closed; -1 with errno, EPROTO where descriptors were lost.
ssize_t audit_receive(
  int socket, void *_Nonnull bytes, size_t count, int *_Nonnull files, int *_Nonnull file_count, int waits);

/// A file without a name, in memory, that is gone with its last descriptor; -1 with errno.
int audit_memory_file(const char *_Nonnull name);

/// From now on nobody changes such a file, whoever holds it; -1 with errno.
int audit_seal(int file);

/// Has the C library keep memory that was used for what comes next, up to some megabytes, instead of giving it back to
/// the system and asking for it again with every picture.
void audit_keep_memory(void);

/// Closes every descriptor from `lowest` up.
void audit_close_from(int lowest);

/// What a process can no longer do, whatever it is made to run.
enum {
  /// Get rights that its user does not give it (`no_new_privs`).
  AUDIT_NO_NEW_PRIVILEGES = 1,
  /// Open a path, reach a network, start or signal a process (seccomp).
  AUDIT_CALLS_FILTERED = 2,
  /// Open, make, move or remove any path, whatever calls the filter lets through (Landlock).
  AUDIT_PATHS_CLOSED = 4,
  /// Take or reach any port of TCP (Landlock from its 4th version on).
  AUDIT_PORTS_CLOSED = 8,
};

/// Gives up, for good, whatever decoding does not need. A call that is not allowed fails with EPERM, a path that is closed
/// with EACCES. The calls are filtered for all threads; paths and ports are closed for the one that calls, and those that
/// it starts: it should be the only one.
///
/// - Returns: what was given up; the system may know none of it.
int audit_enter_sandbox(void);
