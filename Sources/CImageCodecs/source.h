#ifndef AUDIT_SOURCE_H
#define AUDIT_SOURCE_H

#include "CImageCodecs.h"

/// Bytes that are read at once from a file that is not in memory.
enum { AUDIT_PIECE = 1 << 16 };

/// A place in a file, for codecs that read it from front to back.
typedef struct {
  const audit_input *input;
  uint64_t position;        // of the next byte
  uint64_t piece_start;     // where `piece` begins in the file
  size_t piece_length;
  uint8_t *piece;           // AUDIT_PIECE bytes, made with the first read; NULL for a file in memory
  int ended;                // more was asked for than the file has
  int failure;              // errno of a read that failed, else 0
} audit_reader;

/// Copies up to `count` bytes from `offset` and returns how many; fewer at the end or after an error, whose errno then
/// stands in `failure`.
size_t audit_file_read(const audit_file *file, uint64_t offset, uint8_t *out, size_t count, int *failure);

/// Copies the next bytes and goes on; fewer than `count` at the end, with `ended` set.
size_t audit_reader_read(audit_reader *reader, uint8_t *out, size_t count);

void audit_reader_free(audit_reader *reader);

static inline int audit_asked(const audit_watch *watch) { return watch->ask != 0 && watch->ask(watch->context) != 0; }

/// Whether a picture of this size lies wholly on the canvas.
int audit_canvas_holds(const audit_canvas *canvas, uint64_t width, uint64_t height);

/// Where the first pixel of a row goes.
static inline uint8_t *audit_row(const audit_canvas *canvas, uint64_t row) {
  return canvas->pixels + 3 * (canvas->start + (int64_t)row * canvas->down);
}

/// Lays `count` pixels that stand side by side from `column` of `row` on the canvas.
void audit_place(const audit_canvas *canvas, uint64_t row, uint64_t column, const uint8_t *pixels, size_t count);

#endif
