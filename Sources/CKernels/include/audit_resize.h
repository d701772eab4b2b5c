#ifndef AUDIT_RESIZE_H
#define AUDIT_RESIZE_H

#include <stddef.h>
#include <stdint.h>

// Resampling of pictures with three interleaved channels: R G B, row by row, no padding.
//
// Each output position is a weighted sum of neighbouring input positions along one axis: `windows[i]` says which,
// weights[i * stride + t] how much. For bytes the weights are fixed point with 22 fraction bits, sums start at one half
// and are capped to 0...255. That is Pillow's arithmetic (src/libImaging/Resample.c), and results are equal to its.
//
// Integer sums are exact and float sums are added in the order of t, so that no instruction set changes a result.
// `scalar` = 1 takes the plain definition instead of the fast code.

/// The input positions first ..< first + count that one output position is made from; count is at least 1.
typedef struct {
  int32_t first;
  int32_t count;
} audit_resize_window;

/// Bits behind the point of a weight.
enum { AUDIT_RESIZE_BITS = 22 };

/// Windows and weights of one axis.
typedef struct {
  const audit_resize_window *_Nonnull windows;
  const int32_t *_Nonnull weights;
  size_t stride;
  int means;  // 1 if all weights of a window are equal: sums are then multiplied once
} audit_resize_axis;

/// Along each of `rows` rows: `source_width` pixels become `width`. `out` holds 3 * width * rows bytes.
void audit_resize_horizontal(const uint8_t *_Nonnull source, size_t source_width, size_t rows, audit_resize_axis axis,
                             size_t width, uint8_t *_Nonnull out, int scalar);

/// Along each column of rows of `row_bytes` bytes. `out` holds row_bytes * height bytes.
void audit_resize_vertical(const uint8_t *_Nonnull source, size_t row_bytes, audit_resize_axis axis, size_t height,
                           uint8_t *_Nonnull out, int scalar);

/// Adds `count` rows of `row_bytes` bytes to `sums`, column by column. 16 million rows fit before a sum overflows.
void audit_resize_add_rows(const uint8_t *_Nonnull rows, size_t row_bytes, size_t count, uint32_t *_Nonnull sums);

/// Rounds sums of rows to bytes where all weights of a window are equal, as `audit_resize_vertical` does.
void audit_resize_weigh(const uint32_t *_Nonnull sums, size_t row_bytes, int32_t weight, uint8_t *_Nonnull out);

/// Both passes at once where both axes are halved: `source` has 2 * width by 2 * height pixels. Equal to the two passes
/// with weights of one half. `scratch` holds 6 * width bytes.
void audit_resize_halve(const uint8_t *_Nonnull source, size_t width, size_t height, uint8_t *_Nonnull scratch,
                        uint8_t *_Nonnull out);

/// Enlarges a square of floats, 0...1 of full scale, `side` to `size` with the same windows along both axes, and writes
/// bytes: round(255 v), v capped to 0...1; what is not a number becomes 0. `scratch` holds 3 * size * side + 1 floats.
void audit_resize_enlarge(const float *_Nonnull source, size_t side, const audit_resize_window *_Nonnull windows,
                          const float *_Nonnull weights, size_t stride, size_t size, float *_Nonnull scratch,
                          uint8_t *_Nonnull out, int scalar);

#endif
