#include "audit_resize.h"
#include "kernel_clones.h"

#include <string.h>

enum { HALF = 1 << (AUDIT_RESIZE_BITS - 1), BLOCK = 128, NARROW = 32 };

// A pixel in four lanes, the fourth being its neighbour's first channel: loaded and stored with it, never used.
typedef uint8_t bytes4 __attribute__((vector_size(4)));
typedef int32_t lanes4 __attribute__((vector_size(16)));
typedef float floats4 __attribute__((vector_size(16)));

static inline uint8_t byte_of(int32_t sum) {
  const int32_t value = sum >> AUDIT_RESIZE_BITS;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void horizontal_scalar(const uint8_t *source, size_t source_width, size_t rows, audit_resize_axis axis,
                              size_t width, uint8_t *out) {
  for (size_t y = 0; y < rows; y++) {
    const uint8_t *row = source + 3 * source_width * y;
    for (size_t x = 0; x < width; x++) {
      for (size_t channel = 0; channel < 3; channel++) {
        const uint8_t *value = row + 3 * (size_t)axis.windows[x].first + channel;
        int32_t sum = HALF;
#pragma clang loop vectorize(disable) interleave(disable)
        for (int32_t t = 0; t < axis.windows[x].count; t++) {
          sum += axis.weights[axis.stride * x + (size_t)t] * value[3 * t];
        }
        *out++ = byte_of(sum);
      }
    }
  }
}

static inline lanes4 load_pixel(const uint8_t *pixel) {
  bytes4 bytes;
  memcpy(&bytes, pixel, 4);
  return __builtin_convertvector(bytes, lanes4);
}

static inline void store_pixel(lanes4 sum, uint8_t *out) {
  const lanes4 darkest = {0, 0, 0, 0}, brightest = {255, 255, 255, 255};
  const lanes4 value =
      __builtin_elementwise_min(__builtin_elementwise_max(sum >> AUDIT_RESIZE_BITS, darkest), brightest);
  const bytes4 bytes = __builtin_convertvector(value, bytes4);
  memcpy(out, &bytes, 4);
}

// Reads and writes one byte beyond each pixel: for all rows but the last.
CLONES static void horizontal_fast(const uint8_t *source, size_t source_width, size_t rows, audit_resize_axis axis,
                                   size_t width, uint8_t *out) {
  for (size_t y = 0; y < rows; y++) {
    const uint8_t *row = source + 3 * source_width * y;
    for (size_t x = 0; x < width; x++, out += 3) {
      const uint8_t *pixel = row + 3 * (size_t)axis.windows[x].first;
      const int32_t *weight = axis.weights + axis.stride * x;
      const int32_t count = axis.windows[x].count;
      lanes4 sum;
      if (axis.means) {
        sum = load_pixel(pixel);
        for (int32_t t = 1; t < count; t++) sum += load_pixel(pixel + 3 * t);
        sum = sum * weight[0] + HALF;
      } else {
        sum = (lanes4){HALF, HALF, HALF, HALF};
        for (int32_t t = 0; t < count; t++) sum += load_pixel(pixel + 3 * t) * weight[t];
      }
      store_pixel(sum, out);
    }
  }
}

// Four pixels of 12 bytes in 16, the last four being those of the next one.
typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint8_t bytes32 __attribute__((vector_size(32)));
typedef uint32_t lanes16 __attribute__((vector_size(64)));

#define SIDE_BY_SIDE(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
                          24, 25, 26, 27, 28, 29, 30, 31)
// Of 16 bytes from `i` on: four of each channel, and four that nobody looks at.
#define BY_CHANNEL(i) i, i + 3, i + 6, i + 9, i + 1, i + 4, i + 7, i + 10, i + 2, i + 5, i + 8, i + 11, i, i, i, i

// Adds four pixels that stand beside each other, at four places, to four sums of four lanes each.
INLINED void add_four(const uint8_t *pixels, size_t apart, lanes16 *sums) {
  const bytes16 a = *(const bytes16 *)pixels, b = *(const bytes16 *)(pixels + apart);
  const bytes16 c = *(const bytes16 *)(pixels + 2 * apart), d = *(const bytes16 *)(pixels + 3 * apart);
  const bytes32 ab = SIDE_BY_SIDE(a, b), cd = SIDE_BY_SIDE(c, d);
  const lanes16 fours =
      (lanes16)__builtin_shufflevector(ab, cd, BY_CHANNEL(0), BY_CHANNEL(16), BY_CHANNEL(32), BY_CHANNEL(48));
  const lanes16 twos = (fours & 0x00ff00ff) + (fours >> 8 & 0x00ff00ff);
  *sums += (twos & 0xffff) + (twos >> 16);
}

// Means of the next 2^bits pixels, from 4 up, four at a time; the last four of a row overlap those before. Reads and
// writes four bytes beyond a row: for all rows but the last.
CLONES static void horizontal_means(const uint8_t *source, size_t source_width, size_t rows, unsigned bits,
                                    size_t width, uint8_t *out) {
  const size_t apart = (size_t)3 << bits;
  const bytes16 none = {0};
  for (size_t y = 0; y < rows; y++, source += 3 * source_width, out += 3 * width) {
    for (size_t done = 0; done < width; done += 4) {
      const size_t x = done + 4 <= width ? done : width - 4;
      lanes16 sums = (lanes16){0} + (1u << bits >> 1);
      for (size_t t = 0; t < apart; t += 12) add_four(source + apart * x + t, apart, &sums);
      const bytes16 bytes = __builtin_convertvector(sums >> bits, bytes16);
      *(bytes16 *)(out + 3 * x) =
          __builtin_shufflevector(bytes, none, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 16, 16, 16);
    }
  }
}

enum { MOST_BITS = 8 };

// Where each of at least four positions is made from the next 2^bits, 2 to MOST_BITS of them: these bits; otherwise 0.
// The mean is then a shift: weights of whole powers are exact.
static unsigned bits_of_means(audit_resize_axis axis, size_t width) {
  const int32_t count = axis.windows[0].count;
  unsigned bits = 2;
  while (bits < MOST_BITS && 1 << bits < count) bits++;
  if (!axis.means || width < 4 || 1 << bits != count || axis.weights[0] != 1 << (AUDIT_RESIZE_BITS - bits)) return 0;
  for (size_t x = 0; x < width; x++) {
    if (axis.windows[x].first != (int32_t)x * count || axis.windows[x].count != count) return 0;
  }
  return bits;
}

void audit_resize_horizontal(const uint8_t *source, size_t source_width, size_t rows, audit_resize_axis axis,
                             size_t width, uint8_t *out, int scalar) {
  const size_t fast = scalar || rows == 0 ? 0 : rows - 1;
  const unsigned bits = fast > 0 ? bits_of_means(axis, width) : 0;
  if (bits > 0) {
    horizontal_means(source, source_width, fast, bits, width, out);
  } else {
    horizontal_fast(source, source_width, fast, axis, width, out);
  }
  horizontal_scalar(source + 3 * source_width * fast, source_width, rows - fast, axis, width, out + 3 * width * fast);
}

static void vertical_scalar(const uint8_t *source, size_t row_bytes, audit_resize_axis axis, size_t height,
                            uint8_t *out) {
  for (size_t y = 0; y < height; y++) {
    const int32_t *weight = axis.weights + axis.stride * y;
    for (size_t x = 0; x < row_bytes; x++) {
      const uint8_t *value = source + row_bytes * (size_t)axis.windows[y].first + x;
      int32_t sum = HALF;
#pragma clang loop vectorize(disable) interleave(disable)
      for (int32_t t = 0; t < axis.windows[y].count; t++) sum += weight[t] * value[row_bytes * (size_t)t];
      *out++ = byte_of(sum);
    }
  }
}

// Blocks of columns keep their sums in registers or the first cache while the rows pass by. A last block that is not
// full is made of the last columns, some of them for the second time.
INLINED void vertical_blocks(const uint8_t *restrict source, size_t row_bytes, audit_resize_axis axis, size_t height,
                             const size_t block, uint8_t *restrict out) {
  for (size_t y = 0; y < height; y++) {
    const uint8_t *first = source + row_bytes * (size_t)axis.windows[y].first;
    const int32_t *weight = axis.weights + axis.stride * y;
    const int32_t count = axis.windows[y].count;
    for (size_t done = 0; done < row_bytes; done += block) {
      const size_t x = done + block <= row_bytes ? done : row_bytes - block;
      int32_t sums[BLOCK];
      if (axis.means) {
        for (size_t i = 0; i < block; i++) sums[i] = first[x + i];
        for (int32_t t = 1; t < count; t++) {
          const uint8_t *row = first + row_bytes * (size_t)t + x;
          for (size_t i = 0; i < block; i++) sums[i] += row[i];
        }
        for (size_t i = 0; i < block; i++) sums[i] = sums[i] * weight[0] + HALF;
      } else {
        for (size_t i = 0; i < block; i++) sums[i] = HALF;
        for (int32_t t = 0; t < count; t++) {
          const uint8_t *row = first + row_bytes * (size_t)t + x;
          for (size_t i = 0; i < block; i++) sums[i] += weight[t] * row[i];
        }
      }
      uint8_t *line = out + row_bytes * y + x;
      for (size_t i = 0; i < block; i++) line[i] = byte_of(sums[i]);
    }
  }
}

CLONES static void vertical_fast(const uint8_t *source, size_t row_bytes, audit_resize_axis axis, size_t height,
                                 uint8_t *out) {
  vertical_blocks(source, row_bytes, axis, height, BLOCK, out);
}

CLONES static void vertical_narrow(const uint8_t *source, size_t row_bytes, audit_resize_axis axis, size_t height,
                                   uint8_t *out) {
  vertical_blocks(source, row_bytes, axis, height, NARROW, out);
}

void audit_resize_vertical(const uint8_t *source, size_t row_bytes, audit_resize_axis axis, size_t height,
                           uint8_t *out, int scalar) {
  if (scalar || row_bytes < NARROW) {
    vertical_scalar(source, row_bytes, axis, height, out);
  } else if (row_bytes < BLOCK) {
    vertical_narrow(source, row_bytes, axis, height, out);
  } else {
    vertical_fast(source, row_bytes, axis, height, out);
  }
}

CLONES void audit_resize_add_rows(const uint8_t *restrict rows, size_t row_bytes, size_t count,
                                  uint32_t *restrict sums) {
  for (size_t y = 0; y < count; y++, rows += row_bytes) {
    for (size_t x = 0; x < row_bytes; x++) sums[x] += rows[x];
  }
}

void audit_resize_weigh(const uint32_t *sums, size_t row_bytes, int32_t weight, uint8_t *out) {
  for (size_t x = 0; x < row_bytes; x++) out[x] = byte_of((int32_t)sums[x] * weight + HALF);
}

static inline uint8_t mean_of_two(uint8_t a, uint8_t b) { return (uint8_t)((a + b + 1) >> 1); }

// Means of all neighbours are taken, for which loads and stores are contiguous, then every second pixel is kept.
CLONES static void mean_of_squares(const uint8_t *restrict upper, const uint8_t *restrict lower, size_t count,
                                   uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) {
    out[i] = mean_of_two(mean_of_two(upper[i], upper[i + 3]), mean_of_two(lower[i], lower[i + 3]));
  }
}

void audit_resize_halve(const uint8_t *source, size_t width, size_t height, uint8_t *scratch, uint8_t *out) {
  for (size_t y = 0; y < height; y++, out += 3 * width) {
    const uint8_t *upper = source + 12 * width * y;
    mean_of_squares(upper, upper + 6 * width, 6 * width - 3, scratch);
    for (size_t x = 0; x + 1 < width; x++) memcpy(out + 3 * x, scratch + 6 * x, 4);
    memcpy(out + 3 * (width - 1), scratch + 6 * (width - 1), 3);
  }
}

static inline uint8_t unit_to_byte(float value) {
  const float capped = value > 0.0f ? (value < 1.0f ? value : 1.0f) : 0.0f;
  return (uint8_t)(int32_t)(capped * 255.0f + 0.5f);
}

static void enlarge_rows_scalar(const float *source, size_t side, const audit_resize_window *windows,
                                const float *weights, size_t stride, size_t size, size_t rows, float *out) {
  for (size_t y = 0; y < rows; y++) {
    for (size_t x = 0; x < size; x++) {
      for (size_t channel = 0; channel < 3; channel++) {
        const float *value = source + 3 * (side * y + (size_t)windows[x].first) + channel;
        float sum = 0;
#pragma clang loop vectorize(disable) interleave(disable)
        for (int32_t t = 0; t < windows[x].count; t++) sum += weights[stride * x + (size_t)t] * value[3 * t];
        *out++ = sum;
      }
    }
  }
}

// Reads one float beyond each pixel: for all rows but the last. What it writes beyond, `out` has room for.
CLONES static void enlarge_rows_fast(const float *source, size_t side, const audit_resize_window *windows,
                                     const float *weights, size_t stride, size_t size, size_t rows, float *out) {
  for (size_t y = 0; y < rows; y++) {
    for (size_t x = 0; x < size; x++, out += 3) {
      const float *pixel = source + 3 * (side * y + (size_t)windows[x].first);
      const float *weight = weights + stride * x;
      floats4 sum = {0, 0, 0, 0};
      for (int32_t t = 0; t < windows[x].count; t++) {
        floats4 value;
        memcpy(&value, pixel + 3 * t, 16);
        sum += weight[t] * value;
      }
      memcpy(out, &sum, 16);
    }
  }
}

static void enlarge_columns_scalar(const float *source, const audit_resize_window *windows, const float *weights,
                                   size_t stride, size_t size, uint8_t *out) {
  for (size_t y = 0; y < size; y++) {
    for (size_t x = 0; x < 3 * size; x++) {
      const float *value = source + 3 * size * (size_t)windows[y].first + x;
      float sum = 0;
#pragma clang loop vectorize(disable) interleave(disable)
      for (int32_t t = 0; t < windows[y].count; t++) sum += weights[stride * y + (size_t)t] * value[3 * size * (size_t)t];
      *out++ = unit_to_byte(sum);
    }
  }
}

CLONES static void enlarge_columns_fast(const float *restrict source, const audit_resize_window *windows,
                                        const float *weights, size_t stride, size_t size, uint8_t *restrict out) {
  const size_t row_values = 3 * size;
  for (size_t y = 0; y < size; y++) {
    const float *weight = weights + stride * y;
    for (size_t done = 0; done < row_values; done += BLOCK) {
      const size_t x = done + BLOCK <= row_values ? done : row_values - BLOCK;
      const float *first = source + row_values * (size_t)windows[y].first + x;
      float sums[BLOCK];
      for (size_t i = 0; i < BLOCK; i++) sums[i] = 0;
      for (int32_t t = 0; t < windows[y].count; t++) {
        const float *row = first + row_values * (size_t)t;
        for (size_t i = 0; i < BLOCK; i++) sums[i] += weight[t] * row[i];
      }
      uint8_t *line = out + row_values * y + x;
      for (size_t i = 0; i < BLOCK; i++) line[i] = unit_to_byte(sums[i]);
    }
  }
}

void audit_resize_enlarge(const float *source, size_t side, const audit_resize_window *windows, const float *weights,
                          size_t stride, size_t size, float *scratch, uint8_t *out, int scalar) {
  const int plain = scalar || 3 * size < BLOCK;
  const size_t fast = plain ? 0 : side - 1;
  enlarge_rows_fast(source, side, windows, weights, stride, size, fast, scratch);
  enlarge_rows_scalar(source + 3 * side * fast, side, windows, weights, stride, size, side - fast,
                      scratch + 3 * size * fast);
  if (plain) {
    enlarge_columns_scalar(scratch, windows, weights, stride, size, out);
  } else {
    enlarge_columns_fast(scratch, windows, weights, stride, size, out);
  }
}
