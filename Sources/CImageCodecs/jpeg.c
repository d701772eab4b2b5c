#include <errno.h>
#include <setjmp.h>
#include <stdio.h>  // jpeglib.h needs FILE
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "source.h"

// A progressive file may hold any number of scans that each cost a pass over the picture; real ones have ten or so.
enum { MOST_SCANS = 100 };

// Some cameras write a byte or two too many at the end of a scan. More are what a decoder leaves over that lost its
// place in damaged data (libjpeg-turbo's fast path skips impossible codes without a warning), unless all are zeros or
// all are ones: that is padding.
enum { MOST_BYTES_LEFT_OVER = 2 };

// libjpeg's error manager, extended by where to jump and by what was seen on the way.
struct trap {
  struct jpeg_error_mgr base;
  jmp_buf back;
  char *message;       // 200 bytes
  int ended;           // the source was asked for bytes beyond the file's end
  int data_lost;       // a warning said that pixel data is missing or wrong
  int excessive;       // more scans than any real file has
  int stopped;         // the watch said so
  uint64_t padding;    // bytes of padding in front of markers
  uint64_t explained;  // bytes of padding in front of restart markers since the last warning, those that it may count
};

// libjpeg's source of bytes, extended by the file they come from.
struct source {
  struct jpeg_source_mgr base;
  const audit_input *input;
  uint8_t *piece;     // AUDIT_PIECE bytes where the file is not in memory
  uint64_t next;      // place in the file behind the bytes that libjpeg has
  int failure;        // errno of a read that failed
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

static void stop_if_asked(j_common_ptr codec, const audit_input *input) {
  if (!audit_asked(&input->watch)) return;
  struct trap *trap = (struct trap *)codec->err;
  trap->stopped = 1;
  longjmp(trap->back, 1);
}

// Where in the file the next byte lies that libjpeg has not taken.
static uint64_t place(const struct source *source) { return source->next - source->base.bytes_in_buffer; }

// How many entropy-coded bytes in front of `end`, at most `most`, are all zeros or all ones, a one in its stuffed form
// 0xFF 0.
static uint64_t padding_before(const struct source *source, uint64_t end, uint64_t most) {
  uint8_t bytes[512];
  uint64_t zeros = 0, ones = 0, at = end;
  int failure = 0, in_zeros = 1, in_ones = 1, is_stuffed = 0;
  while (at > 0 && end - at < most && (in_zeros || in_ones)) {
    uint64_t wanted = most - (end - at);
    if (wanted > at) wanted = at;
    if (wanted > sizeof bytes) wanted = sizeof bytes;
    at -= wanted;
    size_t left = audit_file_read(&source->input->file, at, bytes, (size_t)wanted, &failure);
    if (left < wanted) break;
    while (left-- > 0) {
      const uint8_t byte = bytes[left];
      in_zeros &= byte == 0;
      zeros += (uint64_t)in_zeros;
      in_ones &= byte == 0xFF || (byte == 0 && !is_stuffed);
      if (in_ones && byte == 0xFF) ones += is_stuffed ? 2 : 1;
      is_stuffed = byte == 0;
    }
  }
  return zeros > ones ? zeros : ones;
}

// A restart marker was met, and libjpeg stands behind it. Up to 7 bytes that it had fetched already it throws away
// without a word and adds them to the next count that it warns of.
static void note_restart(j_decompress_ptr codec) {
  const struct source *source = (const struct source *)codec->src;
  const uint64_t behind = place(source);
  if (behind > 2) ((struct trap *)codec->err)->explained += padding_before(source, behind - 2, 7);
}

// libjpeg warns of bytes that an interval left over, and stands in front of the marker. An arithmetic decoder can take
// any bytes for data, so padding says nothing there.
static int is_left_over_padding(j_decompress_ptr codec) {
  struct trap *trap = (struct trap *)codec->err;
  const struct source *source = (const struct source *)codec->src;
  const uint64_t count = (uint64_t)trap->base.msg_parm.i[0];
  const uint64_t explained = trap->explained + padding_before(source, place(source), count + 1);
  trap->explained = 0;
  if (count <= MOST_BYTES_LEFT_OVER) return 1;
  if (codec->arith_code || count > explained) return 0;
  trap->padding += count;
  return 1;
}

// Levels from 0 are traces. Of the warnings only those count that mean lost pixel data: bytes between the segments of
// the header or an odd Adobe marker are seen in files whose pixels are all there.
static void note(j_common_ptr codec, int level) {
  struct trap *trap = (struct trap *)codec->err;
  const int in_pixels = codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > 0;
  if (level >= 0) {
    if (in_pixels && trap->base.msg_code == JTRC_RST) note_restart((j_decompress_ptr)codec);
    return;
  }
  trap->base.num_warnings++;
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
      if (!in_pixels || is_left_over_padding((j_decompress_ptr)codec)) break;
      if (!trap->data_lost) keep_message(codec);
      trap->data_lost = 1;
      break;
    default: break;
  }
}

static void say_nothing(j_common_ptr codec) { (void)codec; }

static void source_nothing(j_decompress_ptr codec) { (void)codec; }

// Beyond the end libjpeg is fed end markers, as its own memory source does; `ended` remembers it.
static boolean source_more(j_decompress_ptr codec) {
  static const JOCTET end_marker[2] = {0xFF, JPEG_EOI};
  struct source *source = (struct source *)codec->src;
  stop_if_asked((j_common_ptr)codec, source->input);
  if (source->piece != NULL) {
    const size_t count =
        audit_file_read(&source->input->file, source->next, source->piece, AUDIT_PIECE, &source->failure);
    if (count > 0) {
      source->next += count;
      source->base.next_input_byte = source->piece;
      source->base.bytes_in_buffer = count;
      return TRUE;
    }
  }
  ((struct trap *)codec->err)->ended = 1;
  source->base.next_input_byte = end_marker;
  source->base.bytes_in_buffer = 2;
  return TRUE;
}

static void source_skip(j_decompress_ptr codec, long count) {
  struct source *source = (struct source *)codec->src;
  if (count <= 0) return;
  const uint64_t skipped = (uint64_t)count;
  if (skipped <= source->base.bytes_in_buffer) {
    source->base.next_input_byte += skipped;
    source->base.bytes_in_buffer -= (size_t)skipped;
    return;
  }
  if (source->piece != NULL) source->next += skipped - source->base.bytes_in_buffer;
  source_more(codec);
}

// Rows, of pixels or of blocks, between two questions: one costs as much as a short row.
enum { WATCHED_ROWS = 8 };

static void watch_scans(j_common_ptr codec) {
  if (codec->progress->pass_counter % WATCHED_ROWS == 0) {
    stop_if_asked(codec, ((struct source *)((j_decompress_ptr)codec)->src)->input);
  }
  if (((j_decompress_ptr)codec)->input_scan_number <= MOST_SCANS) return;
  struct trap *trap = (struct trap *)codec->err;
  snprintf(trap->message, 200, "more than %d scans", MOST_SCANS);
  trap->excessive = 1;
  longjmp(trap->back, 1);
}

// Returns 0 where there is no memory for the piece.
static int start(struct jpeg_decompress_struct *codec, struct trap *trap, struct source *source,
                 const audit_input *input, audit_header *header) {
  memset(codec, 0, sizeof *codec);
  memset(header, 0, sizeof *header);
  memset(trap, 0, sizeof *trap);
  trap->message = header->message;
  codec->err = jpeg_std_error(&trap->base);
  trap->base.error_exit = stop;
  trap->base.emit_message = note;
  trap->base.output_message = say_nothing;
  memset(source, 0, sizeof *source);
  source->base.init_source = source_nothing;
  source->base.fill_input_buffer = source_more;
  source->base.skip_input_data = source_skip;
  source->base.resync_to_restart = jpeg_resync_to_restart;
  source->base.term_source = source_nothing;
  source->input = input;
  if (input->file.bytes == NULL) {
    source->piece = malloc(AUDIT_PIECE);
    return source->piece != NULL;
  }
  source->base.next_input_byte = input->file.bytes;
  source->base.bytes_in_buffer = (size_t)input->file.length;
  source->next = input->file.length;
  return 1;
}

static void finish(struct jpeg_decompress_struct *codec, struct source *source) {
  jpeg_destroy_decompress(codec);
  free(source->piece);
  source->piece = NULL;
}

static audit_status unreadable(const struct source *source, char *message) {
  snprintf(message, 200, "%s", strerror(source->failure));
  return AUDIT_UNREADABLE;
}

static audit_status status_after_error(const struct trap *trap, const struct source *source) {
  if (trap->stopped) return AUDIT_STOPPED;
  if (trap->excessive) return AUDIT_EXCESSIVE;
  if (source->failure != 0) return unreadable(source, trap->message);
  switch (trap->base.msg_code) {
    case JERR_OUT_OF_MEMORY: return AUDIT_NO_MEMORY;
    case JERR_IMAGE_TOO_BIG: return AUDIT_EXCESSIVE;
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

// Coefficients are kept for the whole picture where they come in several scans: 2 bytes each, whole blocks.
static uint64_t coefficient_bytes(struct jpeg_decompress_struct *codec) {
  if (!jpeg_has_multiple_scans(codec)) return 0;
  uint64_t blocks = 0;
  for (int i = 0; i < codec->num_components; i++) {
    const jpeg_component_info *component = &codec->comp_info[i];
    blocks += ((uint64_t)component->width_in_blocks + (uint64_t)component->h_samp_factor) *
              ((uint64_t)component->height_in_blocks + (uint64_t)component->v_samp_factor);
  }
  return blocks * DCTSIZE2 * sizeof(JCOEF);
}

static void fill_header(struct jpeg_decompress_struct *codec, audit_header *header) {
  header->width = codec->image_width;
  header->height = codec->image_height;
  header->colour = codec->num_components == 1 ? AUDIT_GRAY : codec->num_components == 4 ? AUDIT_CMYK : AUDIT_RGB;
  header->bits_per_channel = (uint32_t)codec->data_precision;
  header->frames = 1;
  header->work_bytes = coefficient_bytes(codec);
}

audit_status audit_jpeg_header(const audit_input *input, audit_header *header) {
  struct jpeg_decompress_struct codec;
  struct source source;
  struct trap trap;
  if (!start(&codec, &trap, &source, input, header)) return AUDIT_NO_MEMORY;
  if (setjmp(trap.back)) {
    const audit_status status = status_after_error(&trap, &source);
    finish(&codec, &source);
    return status;
  }
  jpeg_create_decompress(&codec);
  codec.src = &source.base;
  jpeg_read_header(&codec, TRUE);
  fill_header(&codec, header);
  finish(&codec, &source);
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

// What stands behind the last row of a file that holds one scan.
struct tail {
  uint64_t length;  // bytes up to the next marker or the end of the file
  int has_marker;
  int is_padding;   // all zeros or all ones
};

static struct tail read_tail(const struct source *source) {
  const uint64_t start = place(source);
  struct tail tail = {0, 0, 0};
  uint8_t bytes[4096];
  int failure = 0, after_ones = 0;
  for (uint64_t at = start; !tail.has_marker;) {
    const size_t count = audit_file_read(&source->input->file, at, bytes, sizeof bytes, &failure);
    if (count == 0) {
      tail.length = at - start;
      break;
    }
    for (size_t i = 0; i < count && !tail.has_marker; i++) {
      tail.has_marker = after_ones && bytes[i] != 0 && bytes[i] != 0xFF;
      if (tail.has_marker) tail.length = at + i - 1 - start;
      after_ones = bytes[i] == 0xFF;
    }
    at += count;
  }
  tail.is_padding = padding_before(source, start + tail.length, tail.length + 1) >= tail.length;
  return tail;
}

// Judges a file of one scan whose rows have all been made. Zeros before the end marker are padding; zeros up to the end
// of the file are what an aborted download leaves. An arithmetic decoder takes a missing rest for zeros without a word,
// so there the end marker, or the one that follows, must be in the file.
static void judge_tail(struct jpeg_decompress_struct *codec, struct trap *trap, const struct source *source) {
  if (codec->unread_marker != 0 || jpeg_has_multiple_scans(codec)) return;
  const struct tail tail = read_tail(source);
  if (tail.length > MOST_BYTES_LEFT_OVER && tail.is_padding && tail.has_marker && !codec->arith_code) {
    trap->padding += tail.length;
    return;
  }
  if (codec->arith_code && !tail.has_marker) {
    snprintf(trap->message, 200, "no end marker behind arithmetic-coded data");
    trap->ended = trap->data_lost = 1;
    return;
  }
  if (tail.length <= MOST_BYTES_LEFT_OVER) return;
  snprintf(trap->message, 200, "%llu %sbytes left over after the last row", (unsigned long long)tail.length,
           tail.is_padding && !tail.has_marker ? "padding " : "");
  trap->data_lost = 1;
}

static void read_rows(struct jpeg_decompress_struct *codec, const audit_canvas *canvas) {
  const size_t width = codec->output_width;
  const int is_cmyk = codec->num_components == 4;
  JSAMPARRAY stored = NULL;
  uint8_t *turned = NULL;
  if (is_cmyk) stored = codec->mem->alloc_sarray((j_common_ptr)codec, JPOOL_IMAGE, (JDIMENSION)(4 * width), 1);
  if (canvas->right != 1) turned = codec->mem->alloc_large((j_common_ptr)codec, JPOOL_IMAGE, 3 * width);
  while (codec->output_scanline < codec->output_height) {
    const JDIMENSION y = codec->output_scanline;
    uint8_t *row = turned != NULL ? turned : audit_row(canvas, y);
    if (is_cmyk) {
      jpeg_read_scanlines(codec, stored, 1);
      inverted_cmyk_to_rgb(stored[0], row, width);
    } else {
      JSAMPROW rows[1] = {row};
      jpeg_read_scanlines(codec, rows, 1);
    }
    if (turned != NULL) audit_place(canvas, y, 0, turned, width);
  }
}

audit_status audit_jpeg_decode(const audit_input *input, uint32_t denominator, const audit_canvas *canvas,
                               audit_header *header) {
  struct jpeg_decompress_struct codec;
  struct source source;
  struct jpeg_progress_mgr progress;
  struct trap trap;
  if (!start(&codec, &trap, &source, input, header)) return AUDIT_NO_MEMORY;
  if (setjmp(trap.back)) {
    const audit_status status = status_after_error(&trap, &source);
    finish(&codec, &source);
    return status;
  }
  jpeg_create_decompress(&codec);
  codec.src = &source.base;
  memset(&progress, 0, sizeof progress);
  progress.progress_monitor = watch_scans;
  codec.progress = &progress;
  jpeg_read_header(&codec, TRUE);
  fill_header(&codec, header);

  codec.out_color_space = codec.num_components == 4 ? JCS_CMYK : JCS_RGB;
  codec.scale_num = 1;
  codec.scale_denom = denominator;
  jpeg_start_decompress(&codec);
  if (!audit_canvas_holds(canvas, codec.output_width, codec.output_height)) {
    snprintf(header->message, 200, "the picture is larger than its header said");
    finish(&codec, &source);
    return AUDIT_CORRUPT;
  }
  read_rows(&codec, canvas);
  if (!trap.data_lost && !trap.ended) judge_tail(&codec, &trap, &source);
  // What an arithmetic decoder was fed beyond the end it took for data.
  const int is_incomplete = codec.arith_code || scans_missing(&codec);
  if (trap.ended && is_incomplete && header->message[0] == 0) {
    snprintf(header->message, 200, "%s", codec.arith_code ? "arithmetic-coded data ends early" : "scans are missing");
  }
  audit_status status = AUDIT_OK;
  if (trap.data_lost || (trap.ended && is_incomplete)) status = trap.ended ? AUDIT_TRUNCATED : AUDIT_CORRUPT;
  if (source.failure != 0) status = unreadable(&source, header->message);
  header->padding = trap.padding;
  // The rest of the file holds no pixels, so it is not read: jpeg_finish_decompress would only look for the end marker.
  finish(&codec, &source);
  return status;
}

audit_status audit_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int quality,
                               audit_chroma chroma, audit_encoded *encoded, char message[200]) {
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
  codec.comp_info[0].h_samp_factor = chroma == AUDIT_CHROMA_FULL ? 1 : 2;
  codec.comp_info[0].v_samp_factor = chroma == AUDIT_CHROMA_QUARTER ? 2 : 1;
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
