#ifndef AUDIT_DAMAGE_H
#define AUDIT_DAMAGE_H

#include <stddef.h>
#include <stdint.h>

// Changes of pictures that damaged copies are made with.
//
// Pictures are R G B interleaved bytes, row by row, no padding; planes one byte a pixel. Both have at least one pixel
// and at most 2^20. Whole numbers, or sums, products and square roots in a fixed order: the same bytes on every
// instruction set.

// A mean over 2 reach + 1 pixels and a part of the next on either side; weights have 24 bits behind the point and add
// up to (2 reach + 1) inner + 2 edge <= 2^24.
typedef struct {
  size_t reach;
  uint32_t inner;
  uint32_t edge;
} audit_damage_box;

// `passes` box means along the rows, then along the columns, each rounded to bytes; beyond the border the border goes
// on. `work` holds 4 (width + 2 reach + 2) + 3 width height bytes, `sums` 3 width values.
// Source: P. Gwosdek et al., "Theoretical foundations of Gaussian convolution by extended box filtering", SSVM 2011.
void audit_damage_blur(uint8_t *_Nonnull pixels, size_t width, size_t height, audit_damage_box box, int passes,
                       uint8_t *_Nonnull work, uint32_t *_Nonnull sums);

// Mean of the picture moved by each of `count` steps (1...256) of whole pixels, none longer than `reach` either way;
// beyond the border the border goes on. `work` holds 3 (width + 2 reach) (height + 2 reach) bytes.
void audit_damage_smear(uint8_t *_Nonnull pixels, size_t width, size_t height, const int32_t *_Nonnull across,
                        const int32_t *_Nonnull down, size_t count, size_t reach, uint8_t *_Nonnull work);

// Where in the source each pixel of the result comes from: start + column * right + row * down, in pixels with 16 bits
// behind the point; the middle of the first pixel lies at 0.
typedef struct {
  int64_t start[2], right[2], down[2];  // x, y
} audit_damage_map;

// What lies outside of the source.
typedef enum {
  AUDIT_DAMAGE_BLACK = 0,     // black where the middle of the pixel is outside
  AUDIT_DAMAGE_REPEATED = 1,  // the border goes on
  AUDIT_DAMAGE_MIRRORED = 2,  // d c b a | a b c d
} audit_damage_border;

// Values at 4 x 4 places around the one that is asked for, weighted by what stands in `weights` for each 256th of a
// pixel: 256 x 4 numbers for the places -1, 0, 1, 2, in 2048ths. `work` holds 3 source_width + 1 values.
void audit_damage_warp(const uint8_t *_Nonnull source, size_t source_width, size_t source_height,
                       const audit_damage_map *_Nonnull map, const int16_t *_Nonnull weights,
                       audit_damage_border border, size_t width, size_t height, int32_t *_Nonnull work,
                       uint8_t *_Nonnull out);

// Adds noise: a sum of four bytes about 0 (standard deviation 147.8), times `scale` of the value in 65536ths. Pixels
// have the same noise in all channels if `is_gray`.
void audit_damage_noise(uint8_t *_Nonnull pixels, size_t count, uint32_t seed, const int32_t scale[_Nonnull 256],
                        int is_gray);

// Turns `share` of 2^32 pixels black or white.
void audit_damage_specks(uint8_t *_Nonnull pixels, size_t count, uint32_t seed, uint32_t share);

// Looks every value up in the table of its channel.
void audit_damage_look_up(uint8_t *_Nonnull pixels, size_t count, const uint8_t tables[_Nonnull 768]);

// Moves every pixel towards its luma (ITU-R BT.601) by `share`, 0...65536.
void audit_damage_gray(uint8_t *_Nonnull pixels, size_t count, uint32_t share);

// Moves `count` bytes towards those of another picture by `share`, 0...65536.
void audit_damage_mix(uint8_t *_Nonnull bytes, const uint8_t *_Nonnull other, size_t count, uint32_t share);

// Lays ink on the picture: `cover` is a plane, 255 what is wholly covered; `opacity` 0...256.
void audit_damage_ink(uint8_t *_Nonnull pixels, const uint8_t *_Nonnull cover, size_t count, uint32_t opacity,
                      const uint8_t ink[_Nonnull 3]);

// How many pixels share a colour: one, two side by side, squares of 2 x 2.
typedef enum {
  AUDIT_DAMAGE_FULL = 0,
  AUDIT_DAMAGE_HALF = 1,
  AUDIT_DAMAGE_QUARTER = 2,
} audit_damage_sampling;

// Saves the picture as JPEG and reads it again, but for the packing, which loses nothing: the same bytes as libjpeg-turbo
// gives with its exact transforms ("islow") and its smooth colour ("fancy upsampling"). `quality` 1...100 on its scale. `work`
// holds 3 across down + 4 across bytes, where `across` is the width up to a multiple of 32, `down` the height to one of 8.
// Source: ITU-T T.81; C. Loeffler, A. Ligtenberg, G. Moschytz, "Practical fast 1-D DCT algorithms with 11
// multiplications", ICASSP 1989.
void audit_damage_jpeg(uint8_t *_Nonnull pixels, size_t width, size_t height, int quality,
                       audit_damage_sampling sampling, uint8_t *_Nonnull work);

// Draws a stroke with round ends on a plane and keeps the larger value where something stands: from (x0, y0) to
// (x1, y1) and `radius` wide on either side, in pixels.
void audit_damage_stroke(uint8_t *_Nonnull plane, size_t width, size_t height, float x0, float y0, float x1, float y1,
                         float radius);

// Adds a grid of side x side values, enlarged to width x height between neighbours in proportion. `line` holds side
// values.
void audit_damage_add_grid(float *_Nonnull plane, size_t width, size_t height, const float *_Nonnull grid, size_t side,
                           float *_Nonnull line);

// Brings a plane of any values to 0...255: its smallest becomes 0, its largest 255.
void audit_damage_stretch(const float *_Nonnull plane, size_t count, uint8_t *_Nonnull out);

#endif
