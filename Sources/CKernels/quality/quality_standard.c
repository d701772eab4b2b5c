#include "audit_quality.h"

#include <string.h>

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL
#endif

KERNEL void audit_quality_lines(const int32_t *plane, size_t side, int64_t *row_sums, int64_t *row_squares,
                                int64_t *column_sums, int64_t *column_squares, int64_t *cell_sums,
                                int64_t *cell_squares) {
  size_t cells = side / 8;
  memset(column_sums, 0, side * sizeof *column_sums);
  memset(column_squares, 0, side * sizeof *column_squares);
  memset(cell_sums, 0, cells * cells * sizeof *cell_sums);
  memset(cell_squares, 0, cells * cells * sizeof *cell_squares);
  for (size_t y = 0; y < side; y++) {
    row_sums[y] = row_squares[y] = 0;
    for (size_t cell = 0; cell < cells; cell++) {
      int64_t sum = 0, squares = 0;
      for (size_t x = 8 * cell; x < 8 * cell + 8; x++) {
        int64_t value = plane[y * side + x];
        sum += value;
        squares += value * value;
        column_sums[x] += value;
        column_squares[x] += value * value;
      }
      row_sums[y] += sum;
      row_squares[y] += squares;
      cell_sums[y / 8 * cells + cell] += sum;
      cell_squares[y / 8 * cells + cell] += squares;
    }
  }
}

enum { STEPS = 32, WHITE = 255000, PIECE = 4096 };

KERNEL static void tones_of(const int32_t *luma, size_t count, uint8_t *restrict steps, audit_quality_tones *tones) {
  int32_t dark = 0, bright = 0;
  for (size_t i = 0; i < count; i++) {
    int32_t step = luma[i] * STEPS / WHITE;
    steps[i] = (uint8_t)(step < STEPS ? step : STEPS - 1);
    dark += luma[i] < 3 * WHITE / 100;
    bright += luma[i] > 97 * (WHITE / 100);
  }
  tones->dark += dark;
  tones->bright += bright;
}

audit_quality_tones audit_quality_tone_counts(const int32_t *luma, size_t count) {
  audit_quality_tones tones;
  memset(&tones, 0, sizeof tones);
  for (size_t start = 0; start < count; start += PIECE) {
    size_t piece = count - start < PIECE ? count - start : PIECE;
    uint8_t steps[PIECE];
    int32_t codes[256];
    tones_of(luma + start, piece, steps, &tones);
    audit_quality_byte_codes(steps, piece, 1, codes);
    for (size_t step = 0; step < STEPS; step++) tones.steps[step] += codes[step];
  }
  return tones;
}

enum { SMALL = 64, ROW = 3 * SMALL, RUN = 8, NEAR = 2 };

// Of each pixel, whether all three bytes are near those of the other.
KERNEL static void equal(const uint8_t *restrict a, const uint8_t *restrict b, size_t pixels, uint8_t *restrict out) {
  uint8_t bytes[ROW];
  for (size_t i = 0; i < 3 * pixels; i++) {
    uint8_t more = a[i] > b[i] ? a[i] : b[i], less = a[i] > b[i] ? b[i] : a[i];
    bytes[i] = (uint8_t)(more - less) <= NEAR;
  }
  for (size_t x = 0; x < pixels; x++) out[x] = bytes[3 * x] & bytes[3 * x + 1] & bytes[3 * x + 2];
}

audit_quality_equal audit_quality_equal_neighbours(const uint8_t *rgb) {
  audit_quality_equal found = {0, 0, 0};
  for (size_t y = 0; y < SMALL; y++) {
    const uint8_t *row = rgb + y * ROW;
    uint8_t are_equal[SMALL];
    equal(row, row + 3, SMALL - 1, are_equal);
    int32_t run = 0, longest = 0;
    for (size_t x = 0; x + 1 < SMALL; x++) {
      run = are_equal[x] ? run + 1 : 0;
      longest = run > longest ? run : longest;
      found.across += are_equal[x];
    }
    found.runs += longest >= RUN;
    if (y + 1 == SMALL) break;
    equal(row, row + ROW, SMALL, are_equal);
    for (size_t x = 0; x < SMALL; x++) found.down += are_equal[x];
  }
  return found;
}
