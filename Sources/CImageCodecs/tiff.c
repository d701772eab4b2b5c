#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

#include "source.h"

// libtiff 4.5 keeps messages and limits with the file; before, messages are silenced for all of the process.
#define HAS_OPEN_OPTIONS (TIFFLIB_VERSION >= 20221213)

// No table or strip of a picture within the limits is larger.
enum { MOST_BYTES_AT_ONCE = 272 << 20 };
enum { MOST_PAGES = 10000 };

// A TIFF file that is open.
struct tiff {
  const audit_input *input;
  TIFF *codec;
  uint64_t position;
  char *message;  // 200 bytes
  int ended;      // bytes beyond the file's end were asked for
  int failure;    // errno of a read that failed
  int stopped;
};

// How the first page stores its pixels.
struct layout {
  uint32_t width, height, tile_width, tile_height;
  uint16_t bits, samples, colour, planes, compression, orientation, format;
  int is_tiled;
  int used;            // samples of a pixel that make its colour: 1 or 3
  uint8_t table[256][3];  // colours of a palette, or of gray below 16 bits
};

static tmsize_t read_bytes(thandle_t handle, void *out, tmsize_t count) {
  struct tiff *tiff = handle;
  if (count < 0) return -1;
  const size_t got = audit_file_read(&tiff->input->file, tiff->position, out, (size_t)count, &tiff->failure);
  if (got < (size_t)count) tiff->ended = 1;
  tiff->position += got;
  return (tmsize_t)got;
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t count) {
  (void)handle, (void)bytes, (void)count;
  return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  struct tiff *tiff = handle;
  uint64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? tiff->position : tiff->input->file.length;
  if (__builtin_add_overflow(base, (uint64_t)offset, &base)) return (toff_t)-1;
  tiff->position = base;
  return base;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size(thandle_t handle) { return ((struct tiff *)handle)->input->file.length; }

static int map_nothing(thandle_t handle, void **bytes, toff_t *length) {
  (void)handle, (void)bytes, (void)length;
  return 0;
}

static void unmap_nothing(thandle_t handle, void *bytes, toff_t length) { (void)handle, (void)bytes, (void)length; }

#if HAS_OPEN_OPTIONS
static int keep_message(TIFF *codec, void *user, const char *module, const char *format, va_list arguments) {
  (void)codec, (void)module;
  struct tiff *tiff = user;
  // The first one tells what happened.
  if (tiff->message[0] == 0) vsnprintf(tiff->message, 200, format, arguments);
  return 1;
}

static int say_nothing(TIFF *codec, void *user, const char *module, const char *format, va_list arguments) {
  (void)codec, (void)user, (void)module, (void)format, (void)arguments;
  return 1;
}

static void open_codec(struct tiff *tiff) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options == NULL) return;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, MOST_BYTES_AT_ONCE);
  TIFFOpenOptionsSetErrorHandlerExtR(options, keep_message, tiff);
  TIFFOpenOptionsSetWarningHandlerExtR(options, say_nothing, tiff);
  tiff->codec = TIFFClientOpenExt("", "rm", tiff, read_bytes, write_nothing, seek, close_nothing, size, map_nothing,
                                  unmap_nothing, options);
  TIFFOpenOptionsFree(options);
}
#else
static void silence(void) {
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
}

static void open_codec(struct tiff *tiff) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, silence);
  tiff->codec = TIFFClientOpen("", "rm", tiff, read_bytes, write_nothing, seek, close_nothing, size, map_nothing,
                               unmap_nothing);
}
#endif

static audit_status failure(const struct tiff *tiff, const char *words) {
  if (tiff->stopped) return AUDIT_STOPPED;
  if (tiff->failure != 0) {
    snprintf(tiff->message, 200, "%s", strerror(tiff->failure));
    return AUDIT_UNREADABLE;
  }
  if (tiff->message[0] == 0) snprintf(tiff->message, 200, "%s", words);
  return tiff->ended ? AUDIT_TRUNCATED : AUDIT_CORRUPT;
}

static audit_status unsupported(struct tiff *tiff, const char *words, unsigned number) {
  snprintf(tiff->message, 200, "TIFF ");
  snprintf(tiff->message + 5, 195, words, number);
  return AUDIT_UNSUPPORTED;
}

static audit_status check_kind(struct tiff *tiff, struct layout *layout) {
  switch (layout->compression) {
    case COMPRESSION_NONE:
    case COMPRESSION_LZW:
    case COMPRESSION_PACKBITS:
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE: break;
    case COMPRESSION_JPEG:
    case COMPRESSION_OJPEG: return unsupported(tiff, "that wraps a JPEG", 0);
    default: return unsupported(tiff, "with compression %u", layout->compression);
  }
  if (layout->format != SAMPLEFORMAT_UINT && layout->format != SAMPLEFORMAT_VOID) {
    return unsupported(tiff, "with numbers that are not whole and from 0 (sample format %u)", layout->format);
  }
  if (layout->bits != 1 && layout->bits != 2 && layout->bits != 4 && layout->bits != 8 && layout->bits != 16) {
    return unsupported(tiff, "with %u bits per channel", layout->bits);
  }
  switch (layout->colour) {
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_MINISWHITE: layout->used = 1; break;
    case PHOTOMETRIC_PALETTE:
      layout->used = 1;
      if (layout->bits > 8) return unsupported(tiff, "with a palette and %u bits per channel", layout->bits);
      break;
    case PHOTOMETRIC_RGB:
      layout->used = 3;
      if (layout->bits < 8) return unsupported(tiff, "with %u bits per channel in RGB", layout->bits);
      break;
    case PHOTOMETRIC_SEPARATED: return unsupported(tiff, "in the colours of ink (CMYK)", 0);
    case PHOTOMETRIC_YCBCR: return unsupported(tiff, "in YCbCr", 0);
    default: return unsupported(tiff, "with colours of kind %u", layout->colour);
  }
  if (layout->samples < layout->used) return failure(tiff, "fewer channels than its colours need");
  if (layout->samples > 16) return unsupported(tiff, "with %u channels", layout->samples);
  if (layout->samples > layout->used && layout->bits < 8 && layout->planes == PLANARCONFIG_CONTIG) {
    return unsupported(tiff, "with several channels of %u bits", layout->bits);
  }
  return AUDIT_OK;
}

// What each stored value below 16 bits is in R G B.
static audit_status fill_table(struct tiff *tiff, struct layout *layout) {
  if (layout->bits > 8) return AUDIT_OK;
  const unsigned last = (1u << layout->bits) - 1;
  uint16_t *red = NULL, *green = NULL, *blue = NULL;
  if (layout->colour == PHOTOMETRIC_PALETTE && !TIFFGetField(tiff->codec, TIFFTAG_COLORMAP, &red, &green, &blue)) {
    return failure(tiff, "the palette is missing");
  }
  for (unsigned i = 0; i <= last; i++) {
    if (layout->colour == PHOTOMETRIC_PALETTE) {
      layout->table[i][0] = (uint8_t)(red[i] >> 8);
      layout->table[i][1] = (uint8_t)(green[i] >> 8);
      layout->table[i][2] = (uint8_t)(blue[i] >> 8);
    } else {
      memset(layout->table[i], (int)((layout->colour == PHOTOMETRIC_MINISWHITE ? last - i : i) * 255 / last), 3);
    }
  }
  return AUDIT_OK;
}

static audit_status read_layout(struct tiff *tiff, struct layout *layout) {
  TIFF *codec = tiff->codec;
  memset(layout, 0, sizeof *layout);
  if (!TIFFGetField(codec, TIFFTAG_IMAGEWIDTH, &layout->width) ||
      !TIFFGetField(codec, TIFFTAG_IMAGELENGTH, &layout->height)) {
    return failure(tiff, "the header does not say how large the picture is");
  }
  TIFFGetFieldDefaulted(codec, TIFFTAG_BITSPERSAMPLE, &layout->bits);
  TIFFGetFieldDefaulted(codec, TIFFTAG_SAMPLESPERPIXEL, &layout->samples);
  TIFFGetFieldDefaulted(codec, TIFFTAG_PLANARCONFIG, &layout->planes);
  TIFFGetFieldDefaulted(codec, TIFFTAG_COMPRESSION, &layout->compression);
  TIFFGetFieldDefaulted(codec, TIFFTAG_ORIENTATION, &layout->orientation);
  TIFFGetFieldDefaulted(codec, TIFFTAG_SAMPLEFORMAT, &layout->format);
  if (!TIFFGetField(codec, TIFFTAG_PHOTOMETRIC, &layout->colour)) {
    layout->colour = layout->samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  }
  layout->is_tiled = TIFFIsTiled(codec);
  if (layout->is_tiled && (!TIFFGetField(codec, TIFFTAG_TILEWIDTH, &layout->tile_width) ||
                           !TIFFGetField(codec, TIFFTAG_TILELENGTH, &layout->tile_height) ||
                           layout->tile_width == 0 || layout->tile_height == 0)) {
    return failure(tiff, "the header does not say how large a tile is");
  }
  const audit_status status = check_kind(tiff, layout);
  return status == AUDIT_OK ? fill_table(tiff, layout) : status;
}

// A strip or tile is read whole before it is unpacked, and a tile is unpacked whole.
static uint64_t work_bytes(const struct tiff *tiff, const struct layout *layout) {
  const uint32_t parts = layout->is_tiled ? TIFFNumberOfTiles(tiff->codec) : TIFFNumberOfStrips(tiff->codec);
  uint64_t most = 0;
  for (uint32_t i = 0; i < parts; i++) {
    const uint64_t bytes = TIFFGetStrileByteCount(tiff->codec, i);
    if (bytes > most) most = bytes;
  }
  if (most > tiff->input->file.length) most = tiff->input->file.length;
  return most + (layout->is_tiled ? TIFFTileSize64(tiff->codec) : TIFFScanlineSize64(tiff->codec));
}

static void fill_header(const struct tiff *tiff, const struct layout *layout, audit_header *header) {
  header->width = layout->width;
  header->height = layout->height;
  header->colour = layout->colour == PHOTOMETRIC_PALETTE ? AUDIT_PALETTE : layout->used == 3 ? AUDIT_RGB : AUDIT_GRAY;
  header->bits_per_channel = layout->bits;
  header->has_alpha = layout->samples == 2 || layout->samples == 4;
  header->orientation = layout->orientation >= 1 && layout->orientation <= 8 ? layout->orientation : 1;
  header->frames = 1;
  header->work_bytes = work_bytes(tiff, layout);
}

static audit_status open_file(struct tiff *tiff, struct layout *layout, const audit_input *input,
                              audit_header *header) {
  memset(header, 0, sizeof *header);
  memset(tiff, 0, sizeof *tiff);
  tiff->input = input;
  tiff->message = header->message;
  open_codec(tiff);
  if (tiff->codec == NULL) return failure(tiff, "the header is damaged");
  const audit_status status = read_layout(tiff, layout);
  if (status == AUDIT_OK) {
    fill_header(tiff, layout, header);
    // What libtiff said of tags that no pixel hangs on.
    header->message[0] = 0;
    tiff->ended = 0;
  }
  return status;
}

static void close_file(struct tiff *tiff) {
  if (tiff->codec != NULL) TIFFClose(tiff->codec);
  tiff->codec = NULL;
}

static int stop_if_asked(struct tiff *tiff) {
  if (audit_asked(&tiff->input->watch)) tiff->stopped = 1;
  return tiff->stopped;
}

static inline uint8_t high_byte(const uint8_t *values, size_t index) {
  uint16_t value;
  memcpy(&value, values + 2 * index, 2);
  return (uint8_t)(value >> 8);
}

// Stored values, pixel by pixel, to R G B. libtiff has put 16 bits into the order of this machine.
static void convert(const struct layout *layout, const uint8_t *stored, size_t count, uint8_t *pixels) {
  const size_t step = layout->planes == PLANARCONFIG_CONTIG ? layout->samples : 1;
  const uint8_t flip = layout->colour == PHOTOMETRIC_MINISWHITE ? 0xFF : 0;
  for (size_t x = 0; x < count; x++, pixels += 3) {
    if (layout->used == 3) {
      for (size_t c = 0; c < 3; c++) {
        pixels[c] = layout->bits == 16 ? high_byte(stored, step * x + c) : stored[step * x + c];
      }
    } else if (layout->bits == 16) {
      memset(pixels, high_byte(stored, step * x) ^ flip, 3);
    } else {
      const size_t bit = x * step * layout->bits;
      const unsigned shift = 8u - layout->bits - (unsigned)(bit % 8);
      memcpy(pixels, layout->table[(stored[bit / 8] >> shift) & ((1u << layout->bits) - 1)], 3);
    }
  }
}

// Lays one channel of a row on the canvas, where planes hold the channels.
static void place_channel(const struct layout *layout, const audit_canvas *canvas, uint64_t y, uint64_t x,
                          const uint8_t *stored, size_t count, int channel) {
  uint8_t *out = audit_row(canvas, y) + 3 * (int64_t)x * canvas->right + channel;
  for (size_t i = 0; i < count; i++, out += 3 * canvas->right) {
    *out = layout->bits == 16 ? high_byte(stored, i) : stored[i];
  }
}

static int is_in_planes(const struct layout *layout) {
  return layout->planes == PLANARCONFIG_SEPARATE && layout->used == 3;
}

static void lay_row(const struct layout *layout, const audit_canvas *canvas, uint64_t y, uint64_t x,
                    const uint8_t *stored, size_t count, int channel, uint8_t *pixels) {
  if (is_in_planes(layout)) {
    place_channel(layout, canvas, y, x, stored, count, channel);
  } else {
    convert(layout, stored, count, pixels);
    audit_place(canvas, y, x, pixels, count);
  }
}

// A plane at a time: going to and fro between planes would unpack each strip again for every row.
static audit_status read_strips(struct tiff *tiff, const struct layout *layout, const audit_canvas *canvas,
                                uint8_t *stored, uint8_t *pixels) {
  const int planes = is_in_planes(layout) ? 3 : 1;
  for (int plane = 0; plane < planes; plane++) {
    for (uint32_t y = 0; y < layout->height; y++) {
      if (stop_if_asked(tiff) || TIFFReadScanline(tiff->codec, stored, y, (uint16_t)plane) != 1) {
        return failure(tiff, "a strip is damaged");
      }
      lay_row(layout, canvas, y, 0, stored, layout->width, plane, pixels);
    }
  }
  return AUDIT_OK;
}

static audit_status read_tile(struct tiff *tiff, const struct layout *layout, const audit_canvas *canvas, uint32_t x,
                              uint32_t y, int plane, uint8_t *stored, uint8_t *pixels) {
  const size_t row_bytes = (size_t)TIFFTileRowSize64(tiff->codec);
  if (stop_if_asked(tiff) || TIFFReadTile(tiff->codec, stored, x, y, 0, (uint16_t)plane) < 0) {
    return failure(tiff, "a tile is damaged");
  }
  const uint32_t right = layout->width - x, below = layout->height - y;
  const uint32_t columns = right < layout->tile_width ? right : layout->tile_width;
  const uint32_t rows = below < layout->tile_height ? below : layout->tile_height;
  for (uint32_t row = 0; row < rows; row++) {
    lay_row(layout, canvas, (uint64_t)y + row, x, stored + row_bytes * row, columns, plane, pixels);
  }
  return AUDIT_OK;
}

static audit_status read_tiles(struct tiff *tiff, const struct layout *layout, const audit_canvas *canvas,
                               uint8_t *stored, uint8_t *pixels) {
  const int planes = is_in_planes(layout) ? 3 : 1;
  for (int plane = 0; plane < planes; plane++) {
    for (uint64_t y = 0; y < layout->height; y += layout->tile_height) {
      for (uint64_t x = 0; x < layout->width; x += layout->tile_width) {
        const audit_status status =
            read_tile(tiff, layout, canvas, (uint32_t)x, (uint32_t)y, plane, stored, pixels);
        if (status != AUDIT_OK) return status;
      }
    }
  }
  return AUDIT_OK;
}

audit_status audit_tiff_header(const audit_input *input, audit_header *header) {
  struct tiff tiff;
  struct layout layout;
  const audit_status status = open_file(&tiff, &layout, input, header);
  if (status == AUDIT_OK) {
    while (header->frames < MOST_PAGES && !stop_if_asked(&tiff) && TIFFReadDirectory(tiff.codec)) header->frames++;
    header->message[0] = 0;
  }
  close_file(&tiff);
  return tiff.stopped ? AUDIT_STOPPED : status;
}

audit_status audit_tiff_decode(const audit_input *input, const audit_canvas *canvas, audit_header *header) {
  struct tiff tiff;
  struct layout layout;
  audit_status status = open_file(&tiff, &layout, input, header);
  if (status == AUDIT_OK && !audit_canvas_holds(canvas, layout.width, layout.height)) {
    snprintf(header->message, 200, "the picture is larger than its header said");
    status = AUDIT_CORRUPT;
  }
  if (status == AUDIT_OK) {
    const uint64_t bytes = layout.is_tiled ? TIFFTileSize64(tiff.codec) : TIFFScanlineSize64(tiff.codec);
    uint8_t *stored = bytes == 0 || bytes > MOST_BYTES_AT_ONCE ? NULL : calloc(1, (size_t)bytes);
    uint8_t *pixels = malloc((size_t)3 * layout.width);
    if (stored == NULL || pixels == NULL) {
      status = AUDIT_NO_MEMORY;
    } else {
      status = layout.is_tiled ? read_tiles(&tiff, &layout, canvas, stored, pixels)
                               : read_strips(&tiff, &layout, canvas, stored, pixels);
    }
    free(stored);
    free(pixels);
  }
  close_file(&tiff);
  return status;
}
