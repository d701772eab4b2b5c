#include "audit_quality.h"

#include <string.h>

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL
#endif

enum { REACH = 4, LINES = 2 * REACH + 1, LANES = 16, PIECE = 4096 };

// e^(-k^2 / 2) for k = 1...4 over the sum of all nine.
static const float blur[REACH] = {0.24197144565660077f, 0.053991127420704416f, 0.004431861620031266f,
                                  0.00013383062461474189f};

static size_t mirrored(ptrdiff_t at, size_t count) {
  ptrdiff_t period = 2 * (ptrdiff_t)count, place = ((at % period) + period) % period;
  return (size_t)(place < (ptrdiff_t)count ? place : period - 1 - place);
}

// REACH mirrored values on both sides of a row.
static void widen(float *row, size_t width) {
  for (size_t k = 1; k <= REACH; k++) {
    row[-(ptrdiff_t)k] = row[mirrored(-(ptrdiff_t)k, width)];
    row[width - 1 + k] = row[mirrored((ptrdiff_t)(width - 1 + k), width)];
  }
}

KERNEL static void converted(const int32_t *row, size_t width, float *restrict out) {
  for (size_t x = 0; x < width; x++) out[x] = (float)row[x];
}

// What the blur across the rows takes away, as a sum of w (x - neighbour): flat columns give exactly 0.
KERNEL static void down(const float *row, const float *const near[2 * REACH], size_t width, float *restrict out) {
  const float *a1 = near[0], *b1 = near[1], *a2 = near[2], *b2 = near[3];
  const float *a3 = near[4], *b3 = near[5], *a4 = near[6], *b4 = near[7];
  for (size_t x = 0; x < width; x++) {
    float twice = 2 * row[x], sum = blur[0] * (twice - a1[x] - b1[x]);
    sum += blur[1] * (twice - a2[x] - b2[x]);
    sum += blur[2] * (twice - a3[x] - b3[x]);
    sum += blur[3] * (twice - a4[x] - b4[x]);
    out[x] = sum;
  }
}

// What the blur along the row takes away of the blurred rows as well. These are row - rough; differences of the rows
// themselves are exact, so that what is left is as exact as it is small.
KERNEL static void along(const float *row, const float *rough, size_t width, float *restrict out) {
  for (size_t x = 0; x < width; x++) {
    const float *place = row + x, *less = rough + x;
    float sum = less[0];
    for (size_t k = 1; k <= REACH; k++) {
      float rows = 2 * place[0] - *(place - k) - place[k], roughs = 2 * less[0] - *(less - k) - less[k];
      sum += blur[k - 1] * (rows - roughs);
    }
    out[x] = sum;
  }
}

// Lanes of fixed number, so that every instruction set adds in the same order.
KERNEL static void add(const float *values, size_t count, audit_quality_moments *moments) {
  float sums[LANES] = {0}, squares[LANES] = {0}, thirds[LANES] = {0}, fourths[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (size_t lane = 0; lane < LANES; lane++) {
      float value = values[i + lane], square = value * value;
      sums[lane] += value;
      squares[lane] += square;
      thirds[lane] += square * value;
      fourths[lane] += square * square;
    }
  }
  for (size_t lane = 0; i < count; i++, lane++) {
    float value = values[i], square = value * value;
    sums[lane] += value;
    squares[lane] += square;
    thirds[lane] += square * value;
    fourths[lane] += square * square;
  }
  for (size_t lane = 0; lane < LANES; lane++) {
    moments->sum += (double)sums[lane];
    moments->squares += (double)squares[lane];
    moments->thirds += (double)thirds[lane];
    moments->fourths += (double)fourths[lane];
  }
}

// Parts of a row: its thirds, in pieces that single precision adds well.
static void add_thirds(const float *row, size_t width, audit_quality_moments parts[3]) {
  for (size_t part = 0; part < 3; part++) {
    size_t end = (part + 1) * width / 3;
    for (size_t start = part * width / 3; start < end; start += PIECE) {
      add(row + start, end - start < PIECE ? end - start : PIECE, parts + part);
    }
  }
}

void audit_quality_grain(const int32_t *plane, size_t width, size_t height, float *work,
                         audit_quality_moments parts[9]) {
  // The rows that the blur of one row reaches, by turns; what it takes away downwards; the grain. All but that are wide.
  size_t wide = width + 2 * REACH;
  float *rows = work + REACH, *rough = rows + LINES * wide, *grain = rough + wide;
  memset(parts, 0, 9 * sizeof *parts);
  size_t made = 0, third = 0;
  for (size_t y = 0; y < height; y++) {
    for (; made < height && made <= y + REACH; made++) {
      converted(plane + made * width, width, rows + made % LINES * wide);
      widen(rows + made % LINES * wide, width);
    }
    const float *row = rows + y % LINES * wide, *near[2 * REACH];
    for (size_t k = 1; k <= REACH; k++) {
      near[2 * k - 2] = rows + mirrored((ptrdiff_t)y - (ptrdiff_t)k, height) % LINES * wide;
      near[2 * k - 1] = rows + mirrored((ptrdiff_t)(y + k), height) % LINES * wide;
    }
    down(row, near, width, rough);
    widen(rough, width);
    along(row, rough, width, grain);
    while (y >= (third + 1) * height / 3) third++;
    add_thirds(grain, width, parts + 3 * third);
  }
}

KERNEL void audit_quality_chroma(const uint8_t *rgb, size_t count, int32_t *chroma) {
  for (size_t i = 0; i < count; i++) chroma[i] = (int32_t)rgb[3 * i] - (int32_t)rgb[3 * i + 1];
}
