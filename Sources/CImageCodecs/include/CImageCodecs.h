#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

// JPEG, PNG and WebP files in memory to 8-bit RGB, over libjpeg, libpng and libwebp.
//
// Common to all functions:
// - `file` is read only, within `length` bytes, and not kept.
// - A picture is R G B, row by row from the top, no padding. The caller owns `pixels`, which holds `capacity` bytes.
// - Nothing is allocated for pixels before the caller has seen the header, so that the caller can refuse a size.
// - What a function allocates it frees, also on errors; only `audit_encoded` is handed over.
// - libjpeg and libpng report errors by longjmp; every jump starts and ends inside one of these functions and never
//   crosses a Swift frame.
// - No global state: any number of threads may call.

/// What became of a file.
typedef enum {
  AUDIT_OK = 0,           // every pixel came from the file
  AUDIT_TRUNCATED = 1,    // the file ends before the last pixel; `pixels` holds the codec's filling from there on
  AUDIT_CORRUPT = 2,      // damaged; `message` says why in the codec's words
  AUDIT_UNSUPPORTED = 3,  // valid, but of a kind that the codec does not read; `message` says which
  AUDIT_NO_MEMORY = 4,    // the codec could not allocate its work space
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
  uint32_t width;             // pixels, as stored (before an EXIF orientation)
  uint32_t height;
  audit_colour colour;
  uint32_t bits_per_channel;  // of the file: 1, 2, 4, 8, 12 or 16
  uint32_t has_alpha;         // 1 if the file stores transparency, which is dropped
  uint32_t frames;            // 1, or more for an animation; WebP only
  char message[200];          // the codec's words, empty if it had none; ends with 0
} audit_header;

/// A file made by an encoder; release with `audit_encoded_free`.
typedef struct {
  uint8_t *_Nullable bytes;
  size_t length;
} audit_encoded;

/// Reads the size and kind of a JPEG file.
audit_status audit_jpeg_header(const uint8_t *_Nonnull file, size_t length, audit_header *_Nonnull header);

/// Decodes a JPEG file with libjpeg's defaults (accurate integer DCT, smooth upsampling), so that pixels equal those of
/// every program that uses them so. CMYK and YCCK are taken as inverted, as every producer since Photoshop writes them,
/// and become r = c k / 255.
///
/// `denominator` is 1, 2, 4 or 8: the picture comes out ceil(width / denominator) by ceil(height / denominator), made
/// from fewer DCT coefficients. A missing end marker alone is no error: all pixels are there.
audit_status audit_jpeg_decode(const uint8_t *_Nonnull file, size_t length, uint32_t denominator,
                               uint8_t *_Nonnull pixels, size_t capacity, audit_header *_Nonnull header);

/// Encodes RGB as a baseline JPEG, 4:2:0, `quality` 1...100.
audit_status audit_jpeg_encode(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height, int quality,
                               audit_encoded *_Nonnull encoded, char message[_Nonnull 200]);

/// Reads the size and kind of a PNG file.
audit_status audit_png_header(const uint8_t *_Nonnull file, size_t length, audit_header *_Nonnull header);

/// Decodes a PNG file; of an animated one the default picture. Palettes are looked up, gray is repeated, alpha is
/// dropped without blending, and of 16 bits the high byte stays. Text, profiles and other chunks are skipped unread.
audit_status audit_png_decode(const uint8_t *_Nonnull file, size_t length, uint8_t *_Nonnull pixels, size_t capacity,
                              audit_header *_Nonnull header);

/// Encodes RGB as an 8-bit PNG with fast compression.
audit_status audit_png_encode(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height,
                              audit_encoded *_Nonnull encoded, char message[_Nonnull 200]);

/// Reads the size and kind of a WebP file; of an animated one the size of its canvas.
audit_status audit_webp_header(const uint8_t *_Nonnull file, size_t length, audit_header *_Nonnull header);

/// Decodes a WebP file, alpha dropped without blending; of an animated one the first frame on its canvas.
audit_status audit_webp_decode(const uint8_t *_Nonnull file, size_t length, uint8_t *_Nonnull pixels, size_t capacity,
                               audit_header *_Nonnull header);

/// Frees what an encoder made.
void audit_encoded_free(audit_encoded *_Nonnull encoded);

#endif
