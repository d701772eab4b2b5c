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

/// The input positions first ..< first + count that one output position is made from.
typedef struct {
  int32_t first;
  int32_t count;
} audit_resize_window;

/// Bits behind the point of a weight.
enum { AUDIT_RESIZE_BITS = 22 };

/// Along each of `rows` rows: `source_width` pixels become `width`. `out` holds 3 * width * rows bytes.
void audit_resize_horizontal(const uint8_t *_Nonnull source, size_t source_width, size_t rows,
                             const audit_resize_window *_Nonnull windows, const int32_t *_Nonnull weights,
                             size_t stride, size_t width, uint8_t *_Nonnull out, int scalar);

/// Along each column of rows of `row_bytes` bytes. `out` holds row_bytes * height bytes.
void audit_resize_vertical(const uint8_t *_Nonnull source, size_t row_bytes,
                           const audit_resize_window *_Nonnull windows, const int32_t *_Nonnull weights,
                           size_t stride, size_t height, uint8_t *_Nonnull out, int scalar);

/// Enlarges a square of floats, 0...1 of full scale, `side` to `size` with the same windows along both axes, and writes
/// bytes: round(255 v), v capped to 0...1; what is not a number becomes 0.
/// `scratch` holds 3 * size * side + 1 floats. Of `source`, one float beyond the end is not read.
void audit_resize_enlarge(const float *_Nonnull source, size_t side, const audit_resize_window *_Nonnull windows,
                          const float *_Nonnull weights, size_t stride, size_t size, float *_Nonnull scratch,
                          uint8_t *_Nonnull out, int scalar);

#endif
