#include "audit_quality.h"
#include "../kernel_clones.h"

#include <string.h>

// Rows of a cell, and the widest plane.
enum { CELL = 8, WIDEST = 256 };

// Adds a row of whole cells to sums and sums of squares by column.
CLONES static void add_row(const int32_t *restrict row, size_t side, int32_t *restrict sums, int64_t *restrict squares,
                           int64_t *row_sum, int64_t *row_squares) {
  int32_t sum = 0;
  int64_t square = 0;
  for (size_t x = 0; x < side; x++) {
    int64_t value = row[x];
    sum += row[x];
    square += value * value;
    sums[x] += row[x];
    squares[x] += value * value;
  }
  *row_sum = sum;
  *row_squares = square;
}

void audit_quality_lines(const int32_t *plane, size_t side, int64_t *row_sums, int64_t *row_squares,
                         int64_t *column_sums, int64_t *column_squares, int64_t *cell_sums, int64_t *cell_squares) {
  memset(column_sums, 0, side * sizeof *column_sums);
  memset(column_squares, 0, side * sizeof *column_squares);
  for (size_t top = 0; top < side; top += CELL) {
    int32_t sums[WIDEST] = {0};
    int64_t squares[WIDEST] = {0};
    for (size_t y = top; y < top + CELL; y++) {
      add_row(plane + y * side, side, sums, squares, row_sums + y, row_squares + y);
    }
    for (size_t left = 0; left < side; left += CELL) {
      int64_t sum = 0, square = 0;
      for (size_t x = left; x < left + CELL; x++) {
        sum += sums[x];
        square += squares[x];
        column_sums[x] += sums[x];
        column_squares[x] += squares[x];
      }
      *cell_sums++ = sum;
      *cell_squares++ = square;
    }
  }
}

enum { SMALL = 64, ROW = 3 * SMALL, RUN = 8, NEAR = 2 };

// Of each pixel, whether all three bytes are near those of the other.
CLONES static void equal(const uint8_t *restrict a, const uint8_t *restrict b, size_t pixels, uint8_t *restrict out) {
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

// Products of a row and itself from behind.
CLONES static int64_t row_products(const int32_t *row, size_t side) {
  int64_t products = 0;
  for (size_t x = 0; x < side; x++) products += (int64_t)row[x] * row[side - 1 - x];
  return products;
}

audit_quality_mirror audit_quality_mirror_sums(const int32_t *plane, size_t side) {
  audit_quality_mirror found = {0, 0, 0};
  audit_quality_squares(plane, side * side, &found.sum, &found.squares);
  for (size_t y = 0; y < side; y++) found.products += row_products(plane + y * side, side);
  return found;
}
