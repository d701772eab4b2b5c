#include "audit_quality.h"
#include "../kernel_clones.h"

#include <string.h>

// So many values are added in single precision before double precision takes them over.
enum { REACH = 4, LINES = 2 * REACH + 1, PIECE = 128, VECTOR = 16 };

// e^(-k^2 / 2) for k = 1...4 over the sum of all nine.
static const float blur[REACH] = {0.24197144565660077f, 0.053991127420704416f, 0.004431861620031266f,
                                  0.00013383062461474189f};

// The first whole vector; what lies before it is less than one.
static float *aligned(float *work) {
  size_t beyond = (uintptr_t)work / sizeof *work % VECTOR;
  return beyond > 0 ? work + VECTOR - beyond : work;
}

static size_t mirrored(ptrdiff_t at, size_t count) {
  if (at >= 0 && at < (ptrdiff_t)count) return (size_t)at;
  ptrdiff_t period = 2 * (ptrdiff_t)count, place = ((at % period) + period) % period;
  return (size_t)(place < (ptrdiff_t)count ? place : period - 1 - place);
}

// REACH mirrored values on both sides of a row.
static void widen(float *row, size_t width) {
  for (size_t k = 1; k <= REACH; k++) {
    row[-(ptrdiff_t)k] = row[k <= width ? k - 1 : mirrored(-(ptrdiff_t)k, width)];
    row[width - 1 + k] = row[k <= width ? width - k : mirrored((ptrdiff_t)(width - 1 + k), width)];
  }
}

CLONES static void converted(const int32_t *row, size_t width, float *restrict out) {
  for (size_t x = 0; x < width; x++) out[x] = (float)row[x];
}

// Red less green.
CLONES static void chroma(const uint8_t *rgb, size_t width, float *restrict out) {
  for (size_t x = 0; x < width; x++) out[x] = (float)((int32_t)rgb[3 * x] - (int32_t)rgb[3 * x + 1]);
}

// What the blur across the rows takes away, as a sum of w (x - neighbour): flat columns give exactly 0.
CLONES static void down(const float *restrict row, const float *const near[2 * REACH], size_t width,
                        float *restrict rough) {
  const float *restrict a1 = near[0], *restrict b1 = near[1], *restrict a2 = near[2], *restrict b2 = near[3];
  const float *restrict a3 = near[4], *restrict b3 = near[5], *restrict a4 = near[6], *restrict b4 = near[7];
  for (size_t x = 0; x < width; x++) {
    float twice = 2 * row[x], sum = blur[0] * (twice - (a1[x] + b1[x]));
    sum += blur[1] * (twice - (a2[x] + b2[x]));
    sum += blur[2] * (twice - (a3[x] + b3[x]));
    sum += blur[3] * (twice - (a4[x] + b4[x]));
    rough[x] = sum;
  }
}

// Sums of powers of the grain, column by column.
typedef struct {
  float *sums, *squares, *thirds, *fourths;
} columns;

// The grain: what the blur across the rows took away, and what the blur along the row takes away of the rest as well. That
// is row - rough; differences of the rows themselves are exact, so that what is left is as exact as it is small.
INLINED float grain(const float *row, const float *rough) {
  float value = rough[0];
  for (ptrdiff_t k = 1; k <= REACH; k++) {
    float rows = 2 * row[0] - (row[-k] + row[k]), roughs = 2 * rough[0] - (rough[-k] + rough[k]);
    value += blur[k - 1] * (rows - roughs);
  }
  return value;
}

CLONES static void along(const float *restrict row, const float *restrict rough, size_t width,
                         float *restrict sums, float *restrict squares, float *restrict thirds,
                         float *restrict fourths) {
  for (size_t x = 0; x < width; x++) {
    float value = grain(row + x, rough + x), square = value * value;
    sums[x] += value;
    squares[x] += square;
    thirds[x] += square * value;
    fourths[x] += square * square;
  }
}

// The same without the higher powers.
CLONES static void along_briefly(const float *restrict row, const float *restrict rough, size_t width,
                                 float *restrict sums, float *restrict squares) {
  for (size_t x = 0; x < width; x++) {
    float value = grain(row + x, rough + x);
    sums[x] += value;
    squares[x] += value * value;
  }
}

// Gives the sums of columns to the thirds of the width, and sets them to 0.
static void hand_over(columns *columns, size_t width, size_t powers, audit_quality_moments parts[3]) {
  for (size_t part = 0; part < 3; part++) {
    for (size_t x = part * width / 3; x < (part + 1) * width / 3; x++) {
      parts[part].sum += (double)columns->sums[x];
      parts[part].squares += (double)columns->squares[x];
      if (powers == 2) continue;
      parts[part].thirds += (double)columns->thirds[x];
      parts[part].fourths += (double)columns->fourths[x];
    }
  }
  memset(columns->sums, 0, powers * width * sizeof(float));
}

// Of the plane, or where there is none of red less green.
static void grain_of(const int32_t *plane, const uint8_t *rgb, size_t width, size_t height, size_t powers, float *work,
                     audit_quality_moments parts[9]) {
  // The rows that the blur of one row reaches, by turns, and what it takes away downwards, all wide and each at the
  // beginning of a vector; sums by column.
  size_t wide = (width + 2 * REACH + VECTOR - 1) / VECTOR * VECTOR + VECTOR;
  float *rows = aligned(work) + VECTOR, *rough = rows + LINES * wide, *first = rough + wide - VECTOR;
  columns sums = {first, first + width, first + 2 * width, first + 3 * width};
  memset(first, 0, powers * width * sizeof *first);
  memset(parts, 0, 9 * sizeof *parts);
  size_t made = 0, third = 0, added = 0;
  for (size_t y = 0; y < height; y++) {
    for (; made < height && made <= y + REACH; made++) {
      float *row = rows + made % LINES * wide;
      if (plane) {
        converted(plane + made * width, width, row);
      } else {
        chroma(rgb + 3 * made * width, width, row);
      }
      widen(row, width);
    }
    const float *row = rows + y % LINES * wide, *near[2 * REACH];
    for (size_t k = 1; k <= REACH; k++) {
      near[2 * k - 2] = rows + mirrored((ptrdiff_t)y - (ptrdiff_t)k, height) % LINES * wide;
      near[2 * k - 1] = rows + mirrored((ptrdiff_t)(y + k), height) % LINES * wide;
    }
    down(row, near, width, rough);
    widen(rough, width);
    while (y >= (third + 1) * height / 3) third++;
    if (powers == 2) {
      along_briefly(row, rough, width, sums.sums, sums.squares);
    } else {
      along(row, rough, width, sums.sums, sums.squares, sums.thirds, sums.fourths);
    }
    added++;
    if (added < PIECE && y + 1 < (third + 1) * height / 3) continue;
    hand_over(&sums, width, powers, parts + 3 * third);
    added = 0;
  }
}

void audit_quality_grain(const int32_t *plane, size_t width, size_t height, float *work,
                         audit_quality_moments parts[9]) {
  grain_of(plane, NULL, width, height, 4, work, parts);
}

void audit_quality_chroma_grain(const uint8_t *rgb, size_t width, size_t height, float *work,
                                audit_quality_moments parts[9]) {
  grain_of(NULL, rgb, width, height, 2, work, parts);
}
