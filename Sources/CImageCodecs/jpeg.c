#include <setjmp.h>
#include <stdio.h>  // jpeglib.h needs FILE
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "CImageCodecs.h"

// A progressive file may hold any number of scans that each cost a pass over the picture; real ones have ten or so.
enum { MOST_SCANS = 500 };

// Some cameras write a byte or two too many at the end of a scan. More are what a decoder leaves over that lost its
// place in damaged data: libjpeg-turbo's fast path skips impossible codes without a warning.
enum { MOST_BYTES_LEFT_OVER = 2 };

// libjpeg's error manager, extended by where to jump and by what was seen on the way.
struct trap {
  struct jpeg_error_mgr base;
  jmp_buf back;
  char *message;    // 200 bytes
  int ended;        // the source was asked for bytes beyond the file's end
  int data_lost;    // a warning said that pixel data is missing or wrong
};

static void keep_message(j_common_ptr codec) {
  struct trap *trap = (struct trap *)codec->err;
  char text[JMSG_LENGTH_MAX];
  trap->base.format_message(codec, text);
  snprintf(trap->message, 200, "%s", text);
}

static void stop(j_common_ptr codec) {
  keep_message(codec);
  longjmp(((struct trap *)codec->err)->back, 1);
}

// Levels from 0 are traces. Of the warnings only those count that mean lost pixel data: bytes between the segments of
// the header or an odd Adobe marker are seen in files whose pixels are all there.
static void note(j_common_ptr codec, int level) {
  struct trap *trap = (struct trap *)codec->err;
  if (level >= 0) return;
  trap->base.num_warnings++;
  const int in_pixels = codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > 0;
  switch (trap->base.msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
      // The first one tells what happened; what follows from it is noise.
      if (!trap->data_lost) keep_message(codec);
      trap->data_lost = 1;
      break;
    case JWRN_EXTRANEOUS_DATA:
      if (!in_pixels || trap->base.msg_parm.i[0] <= MOST_BYTES_LEFT_OVER) break;
      if (!trap->data_lost) keep_message(codec);
      trap->data_lost = 1;
      break;
    default: break;
  }
}

static void say_nothing(j_common_ptr codec) { (void)codec; }

static void source_nothing(j_decompress_ptr codec) { (void)codec; }

// Beyond the end libjpeg is fed end markers, as its own memory source does; `ended` remembers it.
static boolean source_end(j_decompress_ptr codec) {
  static const JOCTET end_marker[2] = {0xFF, JPEG_EOI};
  ((struct trap *)codec->err)->ended = 1;
  codec->src->next_input_byte = end_marker;
  codec->src->bytes_in_buffer = 2;
  return TRUE;
}

static void source_skip(j_decompress_ptr codec, long count) {
  if (count <= 0) return;
  if ((size_t)count > codec->src->bytes_in_buffer) {
    source_end(codec);
    return;
  }
  codec->src->next_input_byte += count;
  codec->src->bytes_in_buffer -= (size_t)count;
}

static void count_scans(j_common_ptr codec) {
  if (((j_decompress_ptr)codec)->input_scan_number <= MOST_SCANS) return;
  struct trap *trap = (struct trap *)codec->err;
  snprintf(trap->message, 200, "more than %d scans", MOST_SCANS);
  longjmp(trap->back, 1);
}

static void start(struct jpeg_decompress_struct *codec, struct trap *trap, struct jpeg_source_mgr *source,
                  const uint8_t *file, size_t length, audit_header *header) {
  memset(trap, 0, sizeof *trap);
  trap->message = header->message;
  codec->err = jpeg_std_error(&trap->base);
  trap->base.error_exit = stop;
  trap->base.emit_message = note;
  trap->base.output_message = say_nothing;
  memset(source, 0, sizeof *source);
  source->init_source = source_nothing;
  source->fill_input_buffer = source_end;
  source->skip_input_data = source_skip;
  source->resync_to_restart = jpeg_resync_to_restart;
  source->term_source = source_nothing;
  source->next_input_byte = file;
  source->bytes_in_buffer = length;
}

static audit_status status_after_error(const struct trap *trap) {
  switch (trap->base.msg_code) {
    case JERR_OUT_OF_MEMORY: return AUDIT_NO_MEMORY;
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOTIMPL: return AUDIT_UNSUPPORTED;
    default: return trap->ended ? AUDIT_TRUNCATED : AUDIT_CORRUPT;
  }
}

static void fill_header(const struct jpeg_decompress_struct *codec, audit_header *header) {
  header->width = codec->image_width;
  header->height = codec->image_height;
  header->colour = codec->num_components == 1 ? AUDIT_GRAY : codec->num_components == 4 ? AUDIT_CMYK : AUDIT_RGB;
  header->bits_per_channel = (uint32_t)codec->data_precision;
  header->frames = 1;
}

audit_status audit_jpeg_header(const uint8_t *file, size_t length, audit_header *header) {
  struct jpeg_decompress_struct codec;
  struct jpeg_source_mgr source;
  struct trap trap;
  memset(header, 0, sizeof *header);
  memset(&codec, 0, sizeof codec);
  start(&codec, &trap, &source, file, length, header);
  if (setjmp(trap.back)) {
    const audit_status status = status_after_error(&trap);
    jpeg_destroy_decompress(&codec);
    return status;
  }
  jpeg_create_decompress(&codec);
  codec.src = &source;
  jpeg_read_header(&codec, TRUE);
  fill_header(&codec, header);
  jpeg_destroy_decompress(&codec);
  return AUDIT_OK;
}

// Rounded a b / 255, exact for bytes.
static inline unsigned scaled(unsigned a, unsigned b) {
  const unsigned product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

// Inverted ink: `ink` holds 255 - c, 255 - m, 255 - y, 255 - k. Rounds as Pillow does: k' - round(c k' / 255).
static void inverted_cmyk_to_rgb(const uint8_t *ink, uint8_t *pixels, size_t count) {
  for (size_t i = 0; i < count; i++, ink += 4, pixels += 3) {
    const unsigned light = ink[3];
    for (int channel = 0; channel < 3; channel++) {
      pixels[channel] = (uint8_t)(light - scaled(255u - ink[channel], light));
    }
  }
}

// Whether coefficients that the file should still hold never came: a file cut between two scans decodes without a
// warning, only coarser.
static int scans_missing(const struct jpeg_decompress_struct *codec) {
  for (int component = 0; component < codec->num_components; component++) {
    if (codec->comp_info[component].quant_table == NULL) return 1;
    if (codec->progressive_mode && codec->coef_bits != NULL) {
      for (int k = 0; k < DCTSIZE2; k++) {
        if (codec->coef_bits[component][k] != 0) return 1;
      }
    }
  }
  return 0;
}

// Whether pixel data is left over after the last row of a file that holds one scan. Zeros before the end marker are
// padding; zeros up to the end of the file are what an aborted download leaves.
static int data_left_over(struct jpeg_decompress_struct *codec, char *message) {
  if (codec->unread_marker != 0 || codec->arith_code || jpeg_has_multiple_scans(codec)) return 0;
  const uint8_t *bytes = codec->src->next_input_byte;
  const size_t length = codec->src->bytes_in_buffer;
  size_t count = 0;
  int all_zero = 1;
  while (count < length && !(bytes[count] == 0xFF && count + 1 < length && bytes[count + 1] != 0)) {
    all_zero &= bytes[count] == 0;
    count++;
  }
  const int at_end = count == length;
  if (count <= MOST_BYTES_LEFT_OVER || (all_zero && !at_end)) return 0;
  snprintf(message, 200, "%zu %sbytes left over after the last row", count, all_zero ? "zero " : "");
  return 1;
}

audit_status audit_jpeg_decode(const uint8_t *file, size_t length, uint32_t denominator, uint8_t *pixels,
                               size_t capacity, audit_header *header) {
  struct jpeg_decompress_struct codec;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  struct trap trap;
  memset(header, 0, sizeof *header);
  memset(&codec, 0, sizeof codec);
  start(&codec, &trap, &source, file, length, header);
  if (setjmp(trap.back)) {
    const audit_status status = status_after_error(&trap);
    jpeg_destroy_decompress(&codec);
    return status;
  }
  jpeg_create_decompress(&codec);
  codec.src = &source;
  memset(&progress, 0, sizeof progress);
  progress.progress_monitor = count_scans;
  codec.progress = &progress;
  jpeg_read_header(&codec, TRUE);
  fill_header(&codec, header);

  const int is_cmyk = codec.num_components == 4;
  codec.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  codec.scale_num = 1;
  codec.scale_denom = denominator;
  jpeg_start_decompress(&codec);
  const size_t width = codec.output_width, height = codec.output_height;
  if (width == 0 || height == 0 || height > capacity / 3 / width) {
    snprintf(header->message, 200, "the picture is larger than its header said");
    jpeg_destroy_decompress(&codec);
    return AUDIT_CORRUPT;
  }
  JSAMPARRAY ink = NULL;
  if (is_cmyk) ink = codec.mem->alloc_sarray((j_common_ptr)&codec, JPOOL_IMAGE, (JDIMENSION)(4 * width), 1);
  while (codec.output_scanline < codec.output_height) {
    uint8_t *row = pixels + 3 * width * codec.output_scanline;
    if (is_cmyk) {
      jpeg_read_scanlines(&codec, ink, 1);
      inverted_cmyk_to_rgb(ink[0], row, width);
    } else {
      JSAMPROW rows[1] = {row};
      jpeg_read_scanlines(&codec, rows, 1);
    }
  }
  const int incomplete = scans_missing(&codec);
  audit_status status = AUDIT_OK;
  if (!trap.data_lost && !trap.ended && data_left_over(&codec, header->message)) trap.data_lost = 1;
  if (trap.data_lost || (incomplete && trap.ended)) status = trap.ended ? AUDIT_TRUNCATED : AUDIT_CORRUPT;
  // The rest of the file holds no pixels, so it is not read: jpeg_finish_decompress would only look for the end marker.
  jpeg_destroy_decompress(&codec);
  return status;
}

audit_status audit_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int quality,
                               audit_encoded *encoded, char message[200]) {
  struct jpeg_compress_struct codec;
  struct trap trap;
  unsigned char *bytes = NULL;
  unsigned long length = 0;
  encoded->bytes = NULL;
  encoded->length = 0;
  message[0] = 0;
  memset(&trap, 0, sizeof trap);
  memset(&codec, 0, sizeof codec);
  trap.message = message;
  codec.err = jpeg_std_error(&trap.base);
  trap.base.error_exit = stop;
  trap.base.emit_message = note;
  trap.base.output_message = say_nothing;
  // The destination owns the buffer and stores its address here as it grows, so it is read back through a volatile.
  unsigned char *volatile *const kept = (unsigned char *volatile *)&bytes;
  if (setjmp(trap.back)) {
    jpeg_destroy_compress(&codec);
    free(*kept);
    return AUDIT_CORRUPT;
  }
  jpeg_create_compress(&codec);
  jpeg_mem_dest(&codec, &bytes, &length);
  codec.image_width = width;
  codec.image_height = height;
  codec.input_components = 3;
  codec.in_color_space = JCS_RGB;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, quality, TRUE);
  jpeg_start_compress(&codec, TRUE);
  while (codec.next_scanline < height) {
    JSAMPROW rows[1] = {(JSAMPROW)(pixels + (size_t)3 * width * codec.next_scanline)};
    jpeg_write_scanlines(&codec, rows, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  encoded->bytes = bytes;
  encoded->length = length;
  return AUDIT_OK;
}

void audit_encoded_free(audit_encoded *encoded) {
  free(encoded->bytes);
  encoded->bytes = NULL;
  encoded->length = 0;
}
