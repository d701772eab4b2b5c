#include "audit_resize.h"

#include <string.h>

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

enum { HALF = 1 << (AUDIT_RESIZE_BITS - 1), BLOCK = 128 };

static inline uint8_t byte_of(int32_t sum) {
  const int32_t value = sum >> AUDIT_RESIZE_BITS;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void audit_resize_horizontal(const uint8_t *source, size_t source_width, size_t rows,
                             const audit_resize_window *windows, const int32_t *weights, size_t stride, size_t width,
                             uint8_t *out, int scalar) {
  (void)scalar;
  for (size_t y = 0; y < rows; y++) {
    const uint8_t *row = source + 3 * source_width * y;
    for (size_t x = 0; x < width; x++, out += 3) {
      const uint8_t *pixel = row + 3 * (size_t)windows[x].first;
      const int32_t *weight = weights + stride * x;
      int32_t red = HALF, green = HALF, blue = HALF;
      for (int32_t t = 0; t < windows[x].count; t++, pixel += 3) {
        red += weight[t] * pixel[0];
        green += weight[t] * pixel[1];
        blue += weight[t] * pixel[2];
      }
      out[0] = byte_of(red);
      out[1] = byte_of(green);
      out[2] = byte_of(blue);
    }
  }
}

static void vertical_scalar(const uint8_t *source, size_t row_bytes, const audit_resize_window *windows,
                            const int32_t *weights, size_t stride, size_t height, uint8_t *out) {
  for (size_t y = 0; y < height; y++) {
    for (size_t x = 0; x < row_bytes; x++) {
      const uint8_t *value = source + row_bytes * (size_t)windows[y].first + x;
      int32_t sum = HALF;
#pragma clang loop vectorize(disable)
      for (int32_t t = 0; t < windows[y].count; t++) sum += weights[stride * y + (size_t)t] * value[row_bytes * (size_t)t];
      *out++ = byte_of(sum);
    }
  }
}

// Blocks of columns keep their sums in registers or the first cache while the rows pass by.
CLONES static void vertical_fast(const uint8_t *restrict source, size_t row_bytes, const audit_resize_window *windows,
                                 const int32_t *weights, size_t stride, size_t height, uint8_t *restrict out) {
  for (size_t y = 0; y < height; y++) {
    const uint8_t *first = source + row_bytes * (size_t)windows[y].first;
    for (size_t x = 0; x < row_bytes; x += BLOCK) {
      const size_t count = row_bytes - x < BLOCK ? row_bytes - x : BLOCK;
      int32_t sums[BLOCK];
      for (size_t i = 0; i < BLOCK; i++) sums[i] = HALF;
      for (int32_t t = 0; t < windows[y].count; t++) {
        const int32_t weight = weights[stride * y + (size_t)t];
        const uint8_t *row = first + row_bytes * (size_t)t + x;
        for (size_t i = 0; i < count; i++) sums[i] += weight * row[i];
      }
      for (size_t i = 0; i < count; i++) out[row_bytes * y + x + i] = byte_of(sums[i]);
    }
  }
}

void audit_resize_vertical(const uint8_t *source, size_t row_bytes, const audit_resize_window *windows,
                           const int32_t *weights, size_t stride, size_t height, uint8_t *out, int scalar) {
  if (scalar) {
    vertical_scalar(source, row_bytes, windows, weights, stride, height, out);
  } else {
    vertical_fast(source, row_bytes, windows, weights, stride, height, out);
  }
}

static inline uint8_t unit_to_byte(float value) {
  const float capped = value > 0.0f ? (value < 1.0f ? value : 1.0f) : 0.0f;
  return (uint8_t)(capped * 255.0f + 0.5f);
}

void audit_resize_enlarge(const float *source, size_t side, const audit_resize_window *windows, const float *weights,
                          size_t stride, size_t size, float *scratch, uint8_t *out, int scalar) {
  (void)scalar;
  for (size_t y = 0; y < side; y++) {
    for (size_t x = 0; x < size; x++) {
      for (size_t channel = 0; channel < 3; channel++) {
        const float *value = source + 3 * (side * y + (size_t)windows[x].first) + channel;
        float sum = 0;
        for (int32_t t = 0; t < windows[x].count; t++) sum += weights[stride * x + (size_t)t] * value[3 * (size_t)t];
        scratch[3 * (size * y + x) + channel] = sum;
      }
    }
  }
  for (size_t y = 0; y < size; y++) {
    for (size_t x = 0; x < 3 * size; x++) {
      const float *value = scratch + 3 * size * (size_t)windows[y].first + x;
      float sum = 0;
      for (int32_t t = 0; t < windows[y].count; t++) sum += weights[stride * y + (size_t)t] * value[3 * size * (size_t)t];
      *out++ = unit_to_byte(sum);
    }
  }
}
