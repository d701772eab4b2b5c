#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

#include "source.h"

// A file of blocks without an end is not counted further than any animation goes.
enum { MOST_FRAMES = 100000 };

// One walk through a GIF file.
struct walk {
  audit_reader reader;
  GifFileType *codec;
  int transparent;  // entry that the first frame leaves open, or -1
  int stopped;
};

static int read_bytes(GifFileType *codec, GifByteType *out, int count) {
  struct walk *walk = codec->UserData;
  if (count <= 0) return 0;
  return (int)audit_reader_read(&walk->reader, out, (size_t)count);
}

static audit_status failure(const struct walk *walk, int code, audit_header *header) {
  if (walk->stopped) return AUDIT_STOPPED;
  if (walk->reader.failure != 0) {
    snprintf(header->message, 200, "%s", strerror(walk->reader.failure));
    return AUDIT_UNREADABLE;
  }
  const char *words = GifErrorString(code);
  snprintf(header->message, 200, "%s", words == NULL ? "the blocks are damaged" : words);
  if (code == D_GIF_ERR_NOT_ENOUGH_MEM) return AUDIT_NO_MEMORY;
  return walk->reader.ended ? AUDIT_TRUNCATED : AUDIT_CORRUPT;
}

static int stop_if_asked(struct walk *walk) {
  if (audit_asked(&walk->reader.input->watch)) walk->stopped = 1;
  return walk->stopped;
}

// Reads an extension; of the one that describes the next frame its transparent entry is kept. Returns 0 on errors.
static int read_extension(struct walk *walk, int is_first_frame) {
  GifByteType *block = NULL;
  int kind = 0;
  if (DGifGetExtension(walk->codec, &kind, &block) == GIF_ERROR) return 0;
  if (is_first_frame && kind == GRAPHICS_EXT_FUNC_CODE && block != NULL && block[0] >= 4 && (block[1] & 1) != 0) {
    walk->transparent = block[4];
  }
  while (block != NULL) {
    if (stop_if_asked(walk) || DGifGetExtensionNext(walk->codec, &block) == GIF_ERROR) return 0;
  }
  return 1;
}

// Goes to the next frame and reads its description. Returns 1 there, 0 behind the last, -1 on errors.
static int next_frame(struct walk *walk, int is_first_frame) {
  GifRecordType kind = UNDEFINED_RECORD_TYPE;
  do {
    if (stop_if_asked(walk) || DGifGetRecordType(walk->codec, &kind) == GIF_ERROR) return -1;
    if (kind == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(walk->codec) == GIF_ERROR ? -1 : 1;
    if (kind == EXTENSION_RECORD_TYPE && !read_extension(walk, is_first_frame)) return -1;
  } while (kind != TERMINATE_RECORD_TYPE);
  return 0;
}

static int bits_of(const ColorMapObject *map) { return map == NULL ? 8 : map->BitsPerPixel; }

static const ColorMapObject *colours(const GifFileType *codec) {
  return codec->Image.ColorMap != NULL ? codec->Image.ColorMap : codec->SColorMap;
}

static void close_walk(struct walk *walk) {
  int code = 0;
  if (walk->codec != NULL) DGifCloseFile(walk->codec, &code);
  walk->codec = NULL;
  audit_reader_free(&walk->reader);
}

// Opens the file and goes to its first frame.
static audit_status open_walk(struct walk *walk, const audit_input *input, audit_header *header) {
  memset(header, 0, sizeof *header);
  memset(walk, 0, sizeof *walk);
  walk->reader.input = input;
  walk->transparent = -1;
  int code = 0;
  walk->codec = DGifOpen(walk, read_bytes, &code);
  if (walk->codec == NULL) return failure(walk, code, header);
  const int found = next_frame(walk, 1);
  if (found < 0) return failure(walk, walk->codec->Error, header);
  if (found == 0) {
    snprintf(header->message, 200, "no picture in the file");
    return AUDIT_CORRUPT;
  }
  const GifImageDesc *frame = &walk->codec->Image;
  const int right = frame->Left + frame->Width, bottom = frame->Top + frame->Height;
  if (frame->Width <= 0 || frame->Height <= 0 || frame->Left < 0 || frame->Top < 0) {
    snprintf(header->message, 200, "the first frame has no pixels");
    return AUDIT_CORRUPT;
  }
  header->width = (uint32_t)(walk->codec->SWidth > right ? walk->codec->SWidth : right);
  header->height = (uint32_t)(walk->codec->SHeight > bottom ? walk->codec->SHeight : bottom);
  header->colour = AUDIT_PALETTE;
  header->bits_per_channel = (uint32_t)bits_of(colours(walk->codec));
  header->has_alpha = walk->transparent >= 0;
  header->frames = 1;
  return AUDIT_OK;
}

// R G B of every entry; without a palette entry n is the gray n, and beyond its end a palette is black.
static void fill_table(const ColorMapObject *map, uint8_t table[256][3]) {
  for (int i = 0; i < 256; i++) {
    if (map == NULL) {
      memset(table[i], i, 3);
    } else if (i < map->ColorCount) {
      table[i][0] = map->Colors[i].Red;
      table[i][1] = map->Colors[i].Green;
      table[i][2] = map->Colors[i].Blue;
    } else {
      memset(table[i], 0, 3);
    }
  }
}

static void paint(const uint8_t colour[3], uint8_t *row, size_t count) {
  for (size_t i = 0; i < count; i++) memcpy(row + 3 * i, colour, 3);
}

// Rows come in four passes where the frame is interlaced: `pass` and `row` go on to the next one.
static void next_row(int is_interlaced, int height, int *pass, int *row) {
  static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
  *row += is_interlaced ? steps[*pass] : 1;
  while (is_interlaced && *row >= height && *pass < 3) *row = starts[++*pass];
}

// `row` has room for the indices and the pixels of a row.
static audit_status read_rows(struct walk *walk, const audit_canvas *canvas, uint8_t *row, audit_header *header) {
  const GifImageDesc frame = walk->codec->Image;
  uint8_t table[256][3];
  fill_table(colours(walk->codec), table);
  uint8_t *pixels = row + header->width;
  paint(table[walk->transparent >= 0 ? walk->transparent : 0], pixels, header->width);
  for (uint32_t y = 0; y < header->height; y++) audit_place(canvas, y, 0, pixels, header->width);
  int pass = 0, y = 0;
  for (int i = 0; i < frame.Height; i++) {
    if (stop_if_asked(walk) || DGifGetLine(walk->codec, row, frame.Width) == GIF_ERROR) {
      return failure(walk, walk->codec->Error, header);
    }
    for (int x = 0; x < frame.Width; x++) memcpy(pixels + 3 * x, table[row[x]], 3);
    audit_place(canvas, (uint64_t)(frame.Top + y), (uint64_t)frame.Left, pixels, (size_t)frame.Width);
    next_row(frame.Interlace, frame.Height, &pass, &y);
  }
  return AUDIT_OK;
}

// Counts the frames behind the first without decoding them; a damaged rest ends the count.
static uint32_t count_frames(struct walk *walk) {
  uint32_t frames = 1;
  while (frames < MOST_FRAMES && next_frame(walk, 0) == 1) {
    GifByteType *block = NULL;
    int bits = 0;
    if (DGifGetCode(walk->codec, &bits, &block) == GIF_ERROR) break;
    while (block != NULL && !stop_if_asked(walk)) {
      if (DGifGetCodeNext(walk->codec, &block) == GIF_ERROR) break;
    }
    if (block != NULL) break;
    frames++;
  }
  return frames;
}

audit_status audit_gif_header(const audit_input *input, audit_header *header) {
  struct walk walk;
  const audit_status status = open_walk(&walk, input, header);
  close_walk(&walk);
  return status;
}

audit_status audit_gif_decode(const audit_input *input, const audit_canvas *canvas, audit_header *header) {
  struct walk walk;
  audit_status status = open_walk(&walk, input, header);
  if (status == AUDIT_OK && !audit_canvas_holds(canvas, header->width, header->height)) {
    snprintf(header->message, 200, "the picture is larger than its header said");
    status = AUDIT_CORRUPT;
  }
  if (status == AUDIT_OK) {
    uint8_t *row = malloc((size_t)4 * header->width);
    status = row == NULL ? AUDIT_NO_MEMORY : read_rows(&walk, canvas, row, header);
    free(row);
  }
  if (status == AUDIT_OK) {
    header->frames = count_frames(&walk);
    if (walk.stopped) status = AUDIT_STOPPED;
  }
  close_walk(&walk);
  return status;
}
