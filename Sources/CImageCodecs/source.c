#include "source.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

size_t audit_file_read(const audit_file *file, uint64_t offset, uint8_t *out, size_t count, int *failure) {
  if (offset >= file->length) return 0;
  if (count > file->length - offset) count = (size_t)(file->length - offset);
  if (file->bytes != NULL) {
    memcpy(out, file->bytes + offset, count);
    return count;
  }
  size_t done = 0;
  while (done < count) {
    const ssize_t got = pread(file->descriptor, out + done, count - done, (off_t)(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) *failure = errno;
    // 0 where the file has shrunk since it was opened.
    if (got <= 0) break;
    done += (size_t)got;
  }
  return done;
}

static size_t read_piece(audit_reader *reader, uint8_t *out, size_t count) {
  const uint64_t inside = reader->position - reader->piece_start;
  if (reader->position < reader->piece_start || inside >= reader->piece_length) {
    if (reader->piece == NULL) reader->piece = malloc(AUDIT_PIECE);
    if (reader->piece == NULL) {
      reader->failure = ENOMEM;
      return 0;
    }
    reader->piece_start = reader->position;
    reader->piece_length =
        audit_file_read(&reader->input->file, reader->position, reader->piece, AUDIT_PIECE, &reader->failure);
    if (reader->piece_length == 0) return 0;
  }
  const size_t from = (size_t)(reader->position - reader->piece_start);
  const size_t most = reader->piece_length - from;
  const size_t taken = count < most ? count : most;
  memcpy(out, reader->piece + from, taken);
  return taken;
}

size_t audit_reader_read(audit_reader *reader, uint8_t *out, size_t count) {
  size_t done = 0;
  while (done < count) {
    const size_t taken = reader->input->file.bytes != NULL
                             ? audit_file_read(&reader->input->file, reader->position, out + done, count - done,
                                               &reader->failure)
                             : read_piece(reader, out + done, count - done);
    if (taken == 0) {
      reader->ended = 1;
      break;
    }
    done += taken;
    reader->position += taken;
  }
  return done;
}

void audit_reader_free(audit_reader *reader) {
  free(reader->piece);
  reader->piece = NULL;
}

int audit_canvas_holds(const audit_canvas *canvas, uint64_t width, uint64_t height) {
  if (width == 0 || height == 0 || width > UINT32_MAX || height > UINT32_MAX) return 0;
  int64_t across, along, corner;
  if (__builtin_mul_overflow((int64_t)(width - 1), canvas->right, &across) ||
      __builtin_mul_overflow((int64_t)(height - 1), canvas->down, &along)) {
    return 0;
  }
  const int64_t most = (int64_t)(canvas->capacity / 3);
  for (int i = 0; i < 4; i++) {
    if (__builtin_add_overflow(canvas->start, i & 1 ? across : 0, &corner) ||
        __builtin_add_overflow(corner, i & 2 ? along : 0, &corner) || corner < 0 || corner >= most) {
      return 0;
    }
  }
  return 1;
}

void audit_place(const audit_canvas *canvas, uint64_t row, uint64_t column, const uint8_t *pixels, size_t count) {
  uint8_t *out = audit_row(canvas, row) + 3 * ((int64_t)column * canvas->right);
  if (canvas->right == 1) {
    memcpy(out, pixels, 3 * count);
    return;
  }
  const int64_t step = 3 * canvas->right;
  for (size_t i = 0; i < count; i++, pixels += 3) {
    uint8_t *pixel = out + (int64_t)i * step;
    pixel[0] = pixels[0];
    pixel[1] = pixels[1];
    pixel[2] = pixels[2];
  }
}

void audit_return_free_memory(void) { malloc_trim(0); }

void audit_hold_little_memory(void) {
  // A bound that is set stays: by itself it grows with the largest block that was freed.
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_ARENA_MAX, 2);
}

size_t audit_inflate(const uint8_t *bytes, size_t length, uint8_t *out, size_t capacity) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (length > UINT32_MAX || capacity > UINT32_MAX || inflateInit(&stream) != Z_OK) return 0;
  stream.next_in = (z_const Bytef *)bytes;
  stream.avail_in = (uInt)length;
  stream.next_out = out;
  stream.avail_out = (uInt)capacity;
  inflate(&stream, Z_FINISH);
  const size_t filled = capacity - stream.avail_out;
  inflateEnd(&stream);
  return filled;
}
