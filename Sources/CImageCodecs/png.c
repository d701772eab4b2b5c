#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "source.h"

// Where libpng reads from, and what was seen on the way.
struct state {
  audit_reader reader;
  volatile int stopped;  // the watch said so; read after the jump, so never from a register
  unsigned reads;
  uint8_t *volatile turned;  // a row that is not laid down as it comes
};

static void stop_if_asked(png_structp codec, struct state *state) {
  if (!audit_asked(&state->reader.input->watch)) return;
  state->stopped = 1;
  png_error(codec, "stopped");
}

static void read_bytes(png_structp codec, png_bytep out, size_t count) {
  struct state *state = png_get_io_ptr(codec);
  // A file of empty chunks has no row between which to ask.
  if (++state->reads % 1024 == 0) stop_if_asked(codec, state);
  // That the file ends is all that there is to say, and whoever asked says where.
  if (audit_reader_read(&state->reader, out, count) < count) png_error(codec, "");
}

static void stop(png_structp codec, png_const_charp text) {
  snprintf((char *)png_get_error_ptr(codec), 200, "%s", text);
  png_longjmp(codec, 1);
}

static void say_nothing(png_structp codec, png_const_charp text) {
  (void)codec;
  (void)text;
}

static void fill_header(png_structp codec, png_infop info, audit_header *header) {
  const int colour = png_get_color_type(codec, info);
  header->width = png_get_image_width(codec, info);
  header->height = png_get_image_height(codec, info);
  header->bits_per_channel = png_get_bit_depth(codec, info);
  header->colour = colour == PNG_COLOR_TYPE_PALETTE ? AUDIT_PALETTE
                   : (colour & PNG_COLOR_MASK_COLOR) ? AUDIT_RGB
                                                     : AUDIT_GRAY;
  header->has_alpha = (colour & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(codec, info, PNG_INFO_tRNS) != 0;
  header->frames = 1;
  header->in_passes = png_get_interlace_type(codec, info) != PNG_INTERLACE_NONE;
}

// Of an interlaced picture libpng wants every row again in each pass, with what the passes before have left in it.
static void read_rows(png_structp codec, struct state *state, const audit_header *header, const audit_canvas *canvas) {
  const int passes = header->in_passes ? 7 : 1;
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t y = 0; y < header->height; y++) {
      stop_if_asked(codec, state);
      if (state->turned == NULL) {
        png_read_row(codec, audit_row(canvas, y), NULL);
      } else {
        png_read_row(codec, state->turned, NULL);
        audit_place(canvas, y, 0, state->turned, header->width);
      }
    }
  }
}

static audit_status status_after_error(const struct state *state, int is_complete, audit_header *header) {
  if (state->stopped) return AUDIT_STOPPED;
  if (state->reader.failure != 0) {
    snprintf(header->message, 200, "%s", strerror(state->reader.failure));
    return AUDIT_UNREADABLE;
  }
  // After the last row only checksums and notes can be missing; a wrong checksum is damage all the same.
  if (is_complete && state->reader.ended) return AUDIT_OK;
  if (strstr(header->message, "emory") != NULL) return AUDIT_NO_MEMORY;
  return state->reader.ended ? AUDIT_TRUNCATED : AUDIT_CORRUPT;
}

static void release(png_structp *codec, png_infop info, struct state *state) {
  png_destroy_read_struct(codec, &info, NULL);
  free(state->turned);
  audit_reader_free(&state->reader);
}

// Reads the header and, where `canvas` is given, the picture. libpng has no other way to end than the jump, so both
// uses share this one function with its one setjmp.
static audit_status read_file(const audit_input *input, const audit_canvas *canvas, audit_header *header) {
  struct state state;
  png_infop volatile info = NULL;
  volatile int is_complete = 0;
  memset(header, 0, sizeof *header);
  memset(&state, 0, sizeof state);
  state.reader.input = input;
  png_structp codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, header->message, stop, say_nothing);
  if (codec == NULL) return AUDIT_NO_MEMORY;
  if (setjmp(png_jmpbuf(codec))) {
    release(&codec, info, &state);
    return status_after_error(&state, is_complete, header);
  }
  info = png_create_info_struct(codec);
  if (info == NULL) png_error(codec, "out of memory");
  png_set_read_fn(codec, &state, read_bytes);
  // Sizes are the caller's to judge; libpng's own limit of a million would hide what the header says.
  png_set_user_limits(codec, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Only IHDR, PLTE, tRNS, IDAT and IEND change pixels; a text of many megabytes need not be read.
  png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(codec, info);
  fill_header(codec, info, header);
  if (canvas != NULL) {
    png_set_expand(codec);
    png_set_strip_16(codec);
    png_set_strip_alpha(codec);
    png_set_gray_to_rgb(codec);
    png_set_interlace_handling(codec);
    png_read_update_info(codec, info);
    if (png_get_rowbytes(codec, info) != (size_t)3 * header->width ||
        !audit_canvas_holds(canvas, header->width, header->height) || (header->in_passes && canvas->right != 1)) {
      png_error(codec, "the picture is larger than its header said");
    }
    if (canvas->right != 1) {
      state.turned = malloc((size_t)3 * header->width);
      if (state.turned == NULL) png_error(codec, "out of memory");
    }
    read_rows(codec, &state, header, canvas);
    is_complete = 1;
    png_read_end(codec, NULL);
  }
  release(&codec, info, &state);
  return AUDIT_OK;
}

audit_status audit_png_header(const audit_input *input, audit_header *header) { return read_file(input, NULL, header); }

audit_status audit_png_decode(const audit_input *input, const audit_canvas *canvas, audit_header *header) {
  return read_file(input, canvas, header);
}

// Where libpng writes to; grows by doubling.
struct writer {
  uint8_t *volatile bytes;  // read after the jump, so never from a register
  size_t length;
  size_t capacity;
};

static void write_bytes(png_structp codec, png_bytep bytes, size_t count) {
  struct writer *writer = png_get_io_ptr(codec);
  if (count > writer->capacity - writer->length) {
    const size_t capacity = 2 * writer->capacity + count;
    uint8_t *grown = realloc(writer->bytes, capacity);
    if (grown == NULL) png_error(codec, "out of memory");
    writer->bytes = grown;
    writer->capacity = capacity;
  }
  memcpy(writer->bytes + writer->length, bytes, count);
  writer->length += count;
}

static void flush_nothing(png_structp codec) { (void)codec; }

audit_status audit_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, audit_encoded *encoded,
                              char message[200]) {
  struct writer writer = {NULL, 0, 0};
  png_infop volatile info = NULL;
  encoded->bytes = NULL;
  encoded->length = 0;
  message[0] = 0;
  png_structp codec = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, stop, say_nothing);
  if (codec == NULL) return AUDIT_NO_MEMORY;
  if (setjmp(png_jmpbuf(codec))) {
    png_infop made = info;
    png_destroy_write_struct(&codec, &made);
    free(writer.bytes);
    return AUDIT_CORRUPT;
  }
  info = png_create_info_struct(codec);
  if (info == NULL) png_error(codec, "out of memory");
  png_set_write_fn(codec, &writer, write_bytes, flush_nothing);
  png_set_user_limits(codec, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(codec, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(codec, 3);
  png_write_info(codec, info);
  for (size_t y = 0; y < height; y++) png_write_row(codec, pixels + (size_t)3 * width * y);
  png_write_end(codec, info);
  png_infop made = info;
  png_destroy_write_struct(&codec, &made);
  encoded->bytes = writer.bytes;
  encoded->length = writer.length;
  return AUDIT_OK;
}
