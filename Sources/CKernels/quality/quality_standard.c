#include "audit_quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL
#endif

enum { MOST_SIDE = 128, MOST_REACH = 4 };

static size_t mirrored(ptrdiff_t at, size_t count) {
  return (size_t)(at < 0 ? -1 - at : at < (ptrdiff_t)count ? at : 2 * (ptrdiff_t)count - 1 - at);
}

static int32_t lesser(int32_t a, int32_t b) { return a < b ? a : b; }

// Steps by which minima of twice the length are made, until the last reaches over the whole window of 3, 5 or 9.
static size_t widths(size_t reach, size_t steps[4]) {
  size_t count = 0, width = 1;
  for (; 2 * width <= 2 * reach; width *= 2) steps[count++] = width;
  steps[count++] = 2 * reach + 1 - width;
  return count;
}

// row[x] = the smallest of row[x] and of what stands a step later.
KERNEL static void least_later(const int32_t *row, const int32_t *later, size_t count, int32_t *out) {
  for (size_t x = 0; x < count; x++) out[x] = lesser(row[x], later[x]);
}

// The smallest of a square window at every place; `work` holds side (side + 8) values, `out` may be the plane.
static void least_of_window(const int32_t *plane, size_t side, size_t reach, int32_t *work, int32_t *out) {
  size_t steps[4], count = widths(reach, steps), lines = side + 2 * reach;
  int32_t row[MOST_SIDE + 2 * MOST_REACH];
  for (size_t y = 0; y < side; y++) {
    memcpy(row + reach, plane + y * side, side * sizeof *row);
    for (size_t k = 0; k < reach; k++) {
      row[k] = plane[y * side + mirrored((ptrdiff_t)k - (ptrdiff_t)reach, side)];
      row[side + reach + k] = plane[y * side + mirrored((ptrdiff_t)(side + k), side)];
    }
    size_t left = lines;
    for (size_t k = 0; k + 1 < count; k++) {
      left -= steps[k];
      least_later(row, row + steps[k], left, row);
    }
    least_later(row, row + steps[count - 1], side, work + (y + reach) * side);
  }
  for (size_t k = 0; k < reach; k++) {
    memcpy(work + k * side, work + (reach + mirrored((ptrdiff_t)k - (ptrdiff_t)reach, side)) * side,
           side * sizeof *work);
    memcpy(work + (side + reach + k) * side, work + (reach + mirrored((ptrdiff_t)(side + k), side)) * side,
           side * sizeof *work);
  }
  size_t left = lines;
  for (size_t k = 0; k + 1 < count; k++) {
    left -= steps[k];
    least_later(work, work + steps[k] * side, left * side, work);
  }
  least_later(work, work + steps[count - 1] * side, side * side, out);
}

KERNEL static void negate(int32_t *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = -values[i];
}

// What an opening takes away: the smallest, then the largest of that, which is the negative's smallest.
static void top_hat(const int32_t *plane, size_t side, size_t reach, int32_t *hat, int32_t *work) {
  size_t count = side * side;
  least_of_window(plane, side, reach, work, hat);
  negate(hat, count);
  least_of_window(hat, side, reach, work, hat);
  for (size_t i = 0; i < count; i++) hat[i] += plane[i];
}

void audit_quality_top_hats(const int32_t *plane, size_t side, size_t window, int32_t *white, int32_t *black,
                            int32_t *work) {
  size_t count = side * side;
  int32_t *negative = work + side * (side + 2 * MOST_REACH);
  memcpy(negative, plane, count * sizeof *plane);
  negate(negative, count);
  top_hat(plane, side, window / 2, white, work);
  top_hat(negative, side, window / 2, black, work);
}

KERNEL void audit_quality_above(const int32_t *plane, size_t count, int32_t limit, int64_t *sum, int64_t *above) {
  int64_t total = 0, found = 0;
  for (size_t i = 0; i < count; i++) {
    total += plane[i];
    found += plane[i] > limit;
  }
  *sum = total;
  *above = found;
}

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

enum { SMALL = 64, CELLS = 8, BINS = 9 };
static const double full_scale = 255000, pi = 3.14159265358979323846;

// atan of 0...1: halved twice, then Taylor's series, whose first term left out is below 1e-17.
static double arc(double t) {
  t = t / (1 + sqrt(1 + t * t));
  t = t / (1 + sqrt(1 + t * t));
  double z = t * t, sum = 0;
  for (int n = 23; n >= 3; n -= 2) sum = -(sum + 1.0 / n) * z;
  return 4 * (t + t * sum);
}

double audit_quality_orientation(double y, double x) {
  double a = fabs(x), b = fabs(y);
  if (a == 0 && b == 0) return 0;
  double angle = b <= a ? arc(b / a) : pi / 2 - arc(a / b);
  if ((x < 0) != (y < 0)) angle = y == 0 ? 0 : pi - angle;
  double place = angle / pi * BINS;
  return place < BINS ? place : 0;
}

static void vote(double *histogram, double place, double size) {
  if (place >= BINS) place -= BINS;
  size_t low = (size_t)place;
  double rest = place - (double)low;
  histogram[low % BINS] += size * (1 - rest);
  histogram[(low + 1) % BINS] += size * rest;
}

void audit_quality_gradients(const int32_t *luma, double upright[576], double quarter[576]) {
  memset(upright, 0, 576 * sizeof *upright);
  memset(quarter, 0, 576 * sizeof *quarter);
  for (size_t y = 0; y < SMALL; y++) {
    size_t up = y > 0 ? y - 1 : 0, down = y + 1 < SMALL ? y + 1 : y;
    for (size_t x = 0; x < SMALL; x++) {
      size_t left = x > 0 ? x - 1 : 0, right = x + 1 < SMALL ? x + 1 : x;
      double gx = (double)(luma[y * SMALL + right] - luma[y * SMALL + left]) / (double)(right - left);
      double gy = (double)(luma[down * SMALL + x] - luma[up * SMALL + x]) / (double)(down - up);
      if (gx == 0 && gy == 0) continue;
      double size = sqrt(gx * gx + gy * gy) / full_scale, place = audit_quality_orientation(gy, gx);
      size_t cell = (y / CELLS * CELLS + x / CELLS) * BINS;
      vote(upright + cell, place, size);
      vote(quarter + cell, place + 0.5 * BINS, size);
    }
  }
}

void audit_quality_normalise(const double raw[576], double out[576]) {
  double squares[CELLS + 2][CELLS + 2];
  for (size_t y = 0; y < CELLS + 2; y++) {
    for (size_t x = 0; x < CELLS + 2; x++) {
      size_t row = y == 0 ? 0 : y > CELLS ? CELLS - 1 : y - 1, column = x == 0 ? 0 : x > CELLS ? CELLS - 1 : x - 1;
      double sum = 0;
      for (size_t bin = 0; bin < BINS; bin++) {
        double value = raw[(row * CELLS + column) * BINS + bin];
        sum += value * value;
      }
      squares[y][x] = sum;
    }
  }
  for (size_t y = 0; y < CELLS; y++) {
    for (size_t x = 0; x < CELLS; x++) {
      double sum = 0;
      for (size_t dy = 0; dy < 3; dy++) {
        for (size_t dx = 0; dx < 3; dx++) sum += squares[y + dy][x + dx];
      }
      double norm = sqrt(sum) + 1e-3;
      for (size_t bin = 0; bin < BINS; bin++) {
        double value = raw[(y * CELLS + x) * BINS + bin] / norm;
        out[(y * CELLS + x) * BINS + bin] = value < 0.4 ? value : 0.4;
      }
    }
  }
}
