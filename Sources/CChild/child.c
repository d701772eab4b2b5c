#define _GNU_SOURCE
#include "audit_child.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t audit_send(int socket, const void *bytes, size_t count, const int *files, int file_count) {
  struct iovec part = {(void *)bytes, count};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(AUDIT_MOST_FILES * sizeof(int))] = {0};
  if (file_count > AUDIT_MOST_FILES) {
    errno = EINVAL;
    return -1;
  }
  if (file_count > 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(file_count * sizeof(int));
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(file_count * sizeof(int));
    memcpy(CMSG_DATA(head), files, file_count * sizeof(int));
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t audit_receive(int socket, void *bytes, size_t count, int *files, int *file_count, int waits) {
  struct iovec part = {bytes, count};
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(AUDIT_MOST_FILES * sizeof(int))];
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
  *file_count = 0;
  ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (waits ? 0 : MSG_DONTWAIT));
  if (got < 0) return -1;
  for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    int found = (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    for (int index = 0; index < found; index++) {
      int file;
      memcpy(&file, CMSG_DATA(head) + index * sizeof(int), sizeof(int));
      if (*file_count < AUDIT_MOST_FILES) {
        files[(*file_count)++] = file;
      } else {
        close(file);
      }
    }
  }
  if (message.msg_flags & MSG_CTRUNC) {
    for (int index = 0; index < *file_count; index++) close(files[index]);
    *file_count = 0;
    errno = EPROTO;
    return -1;
  }
  return got;
}

int audit_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int audit_seal(int file) {
  return fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

void audit_keep_memory(void) {
#ifdef M_TRIM_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 16 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

void audit_close_from(int lowest) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, lowest, ~0U, 0) == 0) return;
#endif
  long most = sysconf(_SC_OPEN_MAX);
  for (int file = lowest; file < (most > 0 && most < 65536 ? most : 65536); file++) close(file);
}
