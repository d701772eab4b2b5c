#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

// JPEG, PNG, WebP, GIF and TIFF files to 8-bit RGB, over libjpeg, libpng, libwebp, giflib and libtiff.
//
// Common to all functions:
// - A file is read only, within `length` bytes, and not kept.
// - A picture is R G B, no padding. The caller owns `pixels`, which holds `capacity` bytes.
// - Nothing is allocated for pixels before the caller has seen the header, so that the caller can refuse a size. What a
//   decoder needs beside `pixels` and more than a few megabytes stands in `work_bytes` of that header.
// - What a function allocates it frees, also on errors; only `audit_encoded` is handed over.
// - libjpeg and libpng report errors by longjmp; every jump starts and ends inside one of these functions and never
//   crosses a Swift frame.
// - No global state but libtiff's silenced messages: any number of threads may call.

/// The bytes of a file: in memory, or read piece by piece.
typedef struct {
  const uint8_t *_Nullable bytes;  // all `length` bytes; NULL where they are read from `descriptor`
  int descriptor;                  // only asked for bytes at places (pread); its own position is never moved
  uint64_t length;
} audit_file;

/// Asked between rows, scans and pieces whether to give up; not 0 means yes. `ask` may be NULL.
typedef struct {
  int (*_Nullable ask)(void *_Nullable context);
  void *_Nullable context;
} audit_watch;

/// A file to decode, and who may end that.
typedef struct {
  audit_file file;
  audit_watch watch;
} audit_input;

/// Where pixels go: the stored pixel of column x and row y becomes number start + x * right + y * down of `pixels`.
///
/// Upright is {pixels, capacity, 0, 1, width}; other values turn and mirror. A place outside of `pixels` is refused
/// before anything is written.
typedef struct {
  uint8_t *_Nonnull pixels;
  size_t capacity;  // bytes
  int64_t start;    // pixels, as the two steps
  int64_t right;
  int64_t down;
} audit_canvas;

/// What became of a file.
typedef enum {
  AUDIT_OK = 0,           // every pixel came from the file
  AUDIT_TRUNCATED = 1,    // the file ends before the last pixel; `pixels` holds the codec's filling from there on
  AUDIT_CORRUPT = 2,      // damaged; `message` says why in the codec's words
  AUDIT_UNSUPPORTED = 3,  // valid, but of a kind that the codec does not read; `message` says which
  AUDIT_NO_MEMORY = 4,    // the codec could not allocate its work space
  AUDIT_EXCESSIVE = 5,    // asks for more than any real picture needs; `message` says of what
  AUDIT_STOPPED = 6,      // `watch` said so
  AUDIT_UNREADABLE = 7,   // the file could not be read; `message` says what the system said
} audit_status;

/// How the file stores colour.
typedef enum {
  AUDIT_RGB = 0,
  AUDIT_GRAY = 1,
  AUDIT_CMYK = 2,
  AUDIT_PALETTE = 3,
} audit_colour;

/// What a header says, and why a decoder gave up.
typedef struct {
  uint32_t width;             // pixels, as stored (before an orientation)
  uint32_t height;
  audit_colour colour;
  uint32_t bits_per_channel;  // of the file: 1, 2, 4, 8, 12 or 16
  uint32_t has_alpha;         // 1 if the file stores transparency, which is dropped
  uint32_t frames;            // 1, or more for an animation or pages; WebP, GIF and TIFF only
  uint32_t orientation;       // 1...8 as EXIF counts; TIFF only, otherwise 0
  uint32_t in_passes;         // 1 if rows come more than once (interlaced PNG): the canvas must then be upright
  uint64_t padding;           // bytes of padding before JPEG markers, after decoding
  uint64_t work_bytes;        // what decoding needs beside the pixels, where that grows with the picture
  char message[200];          // the codec's words, empty if it had none; ends with 0
} audit_header;

/// A file made by an encoder; release with `audit_encoded_free`.
typedef struct {
  uint8_t *_Nullable bytes;
  size_t length;
} audit_encoded;

/// Reads the size and kind of a JPEG file. `work_bytes` are the coefficients of a file with several scans.
audit_status audit_jpeg_header(const audit_input *_Nonnull input, audit_header *_Nonnull header);

/// Decodes a JPEG file with libjpeg's defaults (accurate integer DCT, smooth upsampling), so that pixels equal those of
/// every program that uses them so. CMYK and YCCK are taken as inverted, as every producer since Photoshop writes them,
/// and become r = c k / 255.
///
/// `denominator` is 1, 2, 4 or 8: the picture comes out ceil(width / denominator) by ceil(height / denominator), made
/// from fewer DCT coefficients. A missing end marker alone is no error: all pixels are there. Only where the coding is
/// arithmetic it is one, since that decoder never notices that its data has ended.
audit_status audit_jpeg_decode(const audit_input *_Nonnull input, uint32_t denominator,
                               const audit_canvas *_Nonnull canvas, audit_header *_Nonnull header);

/// How many luma values across and down share one of colour: 4:4:4, 4:2:2, 4:2:0.
typedef enum {
  AUDIT_CHROMA_FULL = 0,
  AUDIT_CHROMA_HALF = 1,
  AUDIT_CHROMA_QUARTER = 2,
} audit_chroma;

/// Encodes RGB as a baseline JPEG, `quality` 1...100.
audit_status audit_jpeg_encode(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height, int quality,
                               audit_chroma chroma, audit_encoded *_Nonnull encoded, char message[_Nonnull 200]);

/// Reads the size and kind of a PNG file.
audit_status audit_png_header(const audit_input *_Nonnull input, audit_header *_Nonnull header);

/// Decodes a PNG file; of an animated one the default picture. Palettes are looked up, gray is repeated, alpha is
/// dropped without blending, and of 16 bits the high byte stays. Text, profiles and other chunks are skipped unread.
audit_status audit_png_decode(const audit_input *_Nonnull input, const audit_canvas *_Nonnull canvas,
                              audit_header *_Nonnull header);

/// Encodes RGB as an 8-bit PNG with fast compression.
audit_status audit_png_encode(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height,
                              audit_encoded *_Nonnull encoded, char message[_Nonnull 200]);

/// Reads the size and kind of a WebP file in memory; of an animated one the size of its canvas.
audit_status audit_webp_header(const audit_input *_Nonnull input, audit_header *_Nonnull header);

/// Decodes a WebP file in memory, alpha dropped without blending; of an animated one the first frame on a canvas that
/// is black elsewhere. The canvas must be upright.
audit_status audit_webp_decode(const audit_input *_Nonnull input, const audit_canvas *_Nonnull canvas,
                               audit_header *_Nonnull header);

/// Encodes RGB as a lossy WebP with libwebp's fastest search, `quality` 0...100.
audit_status audit_webp_encode(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height, int quality,
                               audit_encoded *_Nonnull encoded, char message[_Nonnull 200]);

/// Reads the size and kind of a GIF file: its screen, enlarged where the first frame leaves it.
audit_status audit_gif_header(const audit_input *_Nonnull input, audit_header *_Nonnull header);

/// Decodes the first frame of a GIF file and counts the frames. Around a frame that does not fill the screen, and where
/// it is transparent, the colour of the transparent entry stands, else that of entry 0, as Pillow shows it.
audit_status audit_gif_decode(const audit_input *_Nonnull input, const audit_canvas *_Nonnull canvas,
                              audit_header *_Nonnull header);

/// Reads the size and kind of a TIFF file's first page, and counts its pages.
audit_status audit_tiff_header(const audit_input *_Nonnull input, audit_header *_Nonnull header);

/// Decodes the first page of a TIFF file: gray, RGB or palette of 1, 2, 4, 8 or 16 whole bits, strips or tiles, pixels
/// together or in planes, uncompressed, PackBits, LZW or deflate. Of 16 bits the high byte stays, alpha is dropped.
audit_status audit_tiff_decode(const audit_input *_Nonnull input, const audit_canvas *_Nonnull canvas,
                               audit_header *_Nonnull header);

/// Inflates a zlib stream.
///
/// Returns how many bytes of `out` were filled, at most `capacity`: what is longer is cut, and of a damaged stream the
/// part before the damage is given.
size_t audit_inflate(const uint8_t *_Nonnull bytes, size_t length, uint8_t *_Nonnull out, size_t capacity);

/// What keeps a member of a container from being taken out; other codes are the system's.
enum {
  AUDIT_MEMBER_CUT = -1,      // the container ends within it, or it is shorter than it should be
  AUDIT_MEMBER_DAMAGED = -2,  // no DEFLATE stream
  AUDIT_MEMBER_LONGER = -3,   // it is longer than it should be
};

/// Makes a file without a name: in memory where it is small, else beside other temporary files.
///
/// Returns its descriptor, negative with `errno` set where none can be made.
int audit_spool(uint64_t length);

/// The same file for reading only, where the system lets it be opened anew; takes the descriptor over.
int audit_for_reading(int descriptor);

/// Copies a member of a container, which lies in an open file, to another one.
///
/// - `stored` bytes from `offset` of `descriptor`, which is `file_length` long, give exactly `length` bytes.
/// - `checksum` becomes the CRC-32 of what was written.
///
/// Returns 0, a code of the above, or the system's error number.
int audit_member(int descriptor, uint64_t file_length, uint64_t offset, uint64_t stored, int is_deflated,
                 uint64_t length, int to, uint32_t *_Nonnull checksum);

/// CRC-32 of `count` bytes.
uint32_t audit_checksum(const void *_Nullable bytes, size_t count);

/// Gives memory that was freed, and that the allocator keeps for later, back to the system.
void audit_return_free_memory(void);

/// From now on blocks of 1 MB and more go back to the system as soon as they are freed, and threads share two heaps.
void audit_hold_little_memory(void);

/// Frees what an encoder made.
void audit_encoded_free(audit_encoded *_Nonnull encoded);

#endif
