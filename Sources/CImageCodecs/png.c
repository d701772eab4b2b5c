#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "CImageCodecs.h"

// Where libpng reads from, and what was seen on the way.
struct reader {
  const uint8_t *next;
  size_t left;
  volatile int ended;  // more was asked for than the file has; read after the jump, so never from a register
  char *message;
};

static void read_bytes(png_structp codec, png_bytep out, size_t count) {
  struct reader *reader = png_get_io_ptr(codec);
  if (count > reader->left) {
    reader->ended = 1;
    png_error(codec, "the file ends early");
  }
  memcpy(out, reader->next, count);
  reader->next += count;
  reader->left -= count;
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
}

// Reads the header and, where `pixels` is given, the picture. libpng has no other way to end than the jump, so both
// uses share this one function with its one setjmp.
static audit_status read_file(const uint8_t *file, size_t length, uint8_t *pixels, size_t capacity,
                              audit_header *header) {
  struct reader reader = {file, length, 0, header->message};
  png_infop volatile info = NULL;
  png_bytep *volatile rows = NULL;
  volatile int complete = 0;
  memset(header, 0, sizeof *header);
  png_structp codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, header->message, stop, say_nothing);
  if (codec == NULL) return AUDIT_NO_MEMORY;
  if (setjmp(png_jmpbuf(codec))) {
    png_infop made = info;
    png_destroy_read_struct(&codec, &made, NULL);
    free((void *)rows);
    // After the last row only checksums and notes can be missing; a wrong checksum is damage all the same.
    if (complete && reader.ended) return AUDIT_OK;
    if (strstr(header->message, "emory") != NULL) return AUDIT_NO_MEMORY;
    return reader.ended ? AUDIT_TRUNCATED : AUDIT_CORRUPT;
  }
  info = png_create_info_struct(codec);
  if (info == NULL) png_error(codec, "out of memory");
  png_set_read_fn(codec, &reader, read_bytes);
  // Sizes are the caller's to judge; libpng's own limit of a million would hide what the header says.
  png_set_user_limits(codec, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Only IHDR, PLTE, tRNS, IDAT and IEND change pixels; a text of many megabytes need not be read.
  png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(codec, info);
  fill_header(codec, info, header);
  if (pixels != NULL) {
    const size_t width = header->width, height = header->height;
    png_set_expand(codec);
    png_set_strip_16(codec);
    png_set_strip_alpha(codec);
    png_set_gray_to_rgb(codec);
    png_set_interlace_handling(codec);
    png_read_update_info(codec, info);
    if (png_get_rowbytes(codec, info) != 3 * width || height > capacity / 3 / width) {
      png_error(codec, "the picture is larger than its header said");
    }
    rows = calloc(height, sizeof *rows);
    if (rows == NULL) png_error(codec, "out of memory");
    for (size_t y = 0; y < height; y++) rows[y] = pixels + 3 * width * y;
    png_read_image(codec, rows);
    complete = 1;
    png_read_end(codec, NULL);
  }
  png_infop made = info;
  png_destroy_read_struct(&codec, &made, NULL);
  free((void *)rows);
  return AUDIT_OK;
}

audit_status audit_png_header(const uint8_t *file, size_t length, audit_header *header) {
  return read_file(file, length, NULL, 0, header);
}

audit_status audit_png_decode(const uint8_t *file, size_t length, uint8_t *pixels, size_t capacity,
                              audit_header *header) {
  return read_file(file, length, pixels, capacity, header);
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
