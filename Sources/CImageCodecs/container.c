#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "source.h"

/// Up to here what is taken out of a container stands in memory.
enum { IN_MEMORY = 4 << 20 };

static int unnamed(uint64_t length) {
  if (length > IN_MEMORY) {
    const char *folder = getenv("TMPDIR");
    const int made = open(folder != NULL && *folder != 0 ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (made >= 0) return made;
  }
  return memfd_create("audit-member", MFD_CLOEXEC);
}

int audit_spool(uint64_t length) {
  const int made = unnamed(length);
  // What is copied from it is nobody's program.
  if (made >= 0) fchmod(made, 0644);
  return made;
}

int audit_for_reading(int descriptor) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  const int reading = open(path, O_RDONLY | O_CLOEXEC);
  if (reading < 0) return descriptor;
  close(descriptor);
  return reading;
}

static int write_all(int to, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    const ssize_t written = write(to, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    bytes += written;
    count -= (size_t)written;
  }
  return 0;
}

/// What has come out so far.
typedef struct {
  int to;
  uint64_t left;
  uint32_t checksum;
} member_output;

static int put(member_output *output, const uint8_t *bytes, size_t count) {
  if (count > output->left) return AUDIT_MEMBER_LONGER;
  output->left -= count;
  output->checksum = (uint32_t)crc32(output->checksum, bytes, (uInt)count);
  return write_all(output->to, bytes, count);
}

/// Hands the stored bytes on, inflated where `stream` is not NULL.
static int pass_on(const audit_file *file, uint64_t offset, uint64_t stored, z_stream *stream, member_output *output,
                   uint8_t *in, uint8_t *out) {
  int failure = 0, ended = 0;
  while (stored > 0 && !ended) {
    const size_t wanted = stored < AUDIT_PIECE ? (size_t)stored : AUDIT_PIECE;
    const size_t count = audit_file_read(file, offset, in, wanted, &failure);
    if (failure != 0) return failure;
    if (count == 0) return AUDIT_MEMBER_CUT;
    offset += count;
    stored -= count;
    if (stream == NULL) {
      const int code = put(output, in, count);
      if (code != 0) return code;
      continue;
    }
    stream->next_in = in;
    stream->avail_in = (uInt)count;
    do {
      stream->next_out = out;
      stream->avail_out = AUDIT_PIECE;
      const int code = inflate(stream, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return AUDIT_MEMBER_DAMAGED;
      ended = code == Z_STREAM_END;
      const int failed = put(output, out, AUDIT_PIECE - stream->avail_out);
      if (failed != 0) return failed;
    } while (!ended && stream->avail_out == 0);
  }
  if (output->left > 0) return AUDIT_MEMBER_CUT;
  return 0;
}

int audit_member(int descriptor, uint64_t file_length, uint64_t offset, uint64_t stored, int is_deflated, uint64_t length,
                 int to, uint32_t *checksum) {
  const audit_file file = {NULL, descriptor, file_length};
  member_output output = {to, length, (uint32_t)crc32(0, NULL, 0)};
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  uint8_t *pieces = malloc(2 * AUDIT_PIECE);
  if (pieces == NULL) return ENOMEM;
  // Negative: no header of zlib.
  if (is_deflated && inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
    free(pieces);
    return ENOMEM;
  }
  const int code = pass_on(&file, offset, stored, is_deflated ? &stream : NULL, &output, pieces, pieces + AUDIT_PIECE);
  if (is_deflated) inflateEnd(&stream);
  free(pieces);
  *checksum = output.checksum;
  return code;
}

uint32_t audit_checksum(const void *bytes, size_t count) {
  uint32_t checksum = (uint32_t)crc32(0, NULL, 0);
  const uint8_t *from = bytes;
  while (count > 0) {
    const uInt piece = count < AUDIT_PIECE ? (uInt)count : AUDIT_PIECE;
    checksum = (uint32_t)crc32(checksum, from, piece);
    from += piece;
    count -= piece;
  }
  return checksum;
}
