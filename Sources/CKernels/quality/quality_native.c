#include "audit_quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL
#endif

enum { SCALE = 1000, LAG_COUNT = 6 };
static const size_t lags[LAG_COUNT] = {1, 2, 3, 4, 6, 8};

KERNEL void audit_quality_luma(const uint8_t *rgb, size_t count, int32_t *luma) {
  for (size_t i = 0; i < count; i++) luma[i] = 299 * rgb[3 * i] + 587 * rgb[3 * i + 1] + 114 * rgb[3 * i + 2];
}

KERNEL void audit_quality_chroma(const uint8_t *rgb, size_t count, int32_t *chroma) {
  for (size_t i = 0; i < count; i++) chroma[i] = (int32_t)rgb[3 * i] - (int32_t)rgb[3 * i + 1];
}

// A row of at most 2^12 differences of at most 255000 fits 31 bits; longer rows go in pieces.
enum { PIECE = 4096 };

KERNEL static int64_t difference(const int32_t *restrict a, const int32_t *restrict b, size_t count) {
  int64_t total = 0;
  for (size_t start = 0; start < count; start += PIECE) {
    size_t end = start + PIECE < count ? start + PIECE : count;
    int32_t sum = 0;
    for (size_t i = start; i < end; i++) sum += abs(a[i] - b[i]);
    total += sum;
  }
  return total;
}

KERNEL static void inside(const int32_t *above, const int32_t *here, const int32_t *below, size_t count,
                          int32_t *restrict second, audit_quality_sums *sums) {
  int64_t laplacian = 0, squares = 0, mixed = 0;
  for (size_t i = 1; i < count - 1; i++) {
    int32_t l = 4 * here[i] - above[i] - below[i] - here[i - 1] - here[i + 1];
    int32_t m = above[i - 1] - 2 * above[i] + above[i + 1] - 2 * here[i - 1] + 4 * here[i] - 2 * here[i + 1] +
                below[i - 1] - 2 * below[i] + below[i + 1];
    int32_t size = abs(m);
    second[i - 1] = size;
    laplacian += l;
    squares += (int64_t)l * l;
    mixed += size;
  }
  sums->laplacian += laplacian;
  sums->laplacian_squares += squares;
  sums->second += mixed;
}

KERNEL static int64_t steps(const int32_t *restrict row, size_t count, int64_t *restrict columns) {
  int64_t flat = 0;
  for (size_t i = 0; i + 1 < count; i++) {
    int32_t step = abs(row[i + 1] - row[i]);
    columns[i] += step;
    flat += step < SCALE;
  }
  return flat;
}

KERNEL static void extremes(const uint8_t *rgb, size_t count, audit_quality_sums *sums) {
  int32_t low[3] = {0}, high[3] = {0};
  for (size_t i = 0; i < count; i++) {
    for (size_t c = 0; c < 3; c++) {
      low[c] += rgb[3 * i + c] <= 1;
      high[c] += rgb[3 * i + c] >= 254;
    }
  }
  for (size_t c = 0; c < 3; c++) {
    sums->low[c] = low[c];
    sums->high[c] = high[c];
  }
}

audit_quality_sums audit_quality_native(const uint8_t *rgb, const int32_t *luma, size_t width, size_t height,
                                        int32_t *second, int64_t *columns, int64_t *rows) {
  audit_quality_sums sums;
  memset(&sums, 0, sizeof sums);
  extremes(rgb, width * height, &sums);
  if (width > 1) memset(columns, 0, (width - 1) * sizeof *columns);
  for (size_t y = 0; y < height; y++) {
    const int32_t *row = luma + y * width;
    sums.flat_steps += steps(row, width, columns);
    if (y + 1 < height) sums.vertical += rows[y] = difference(row, row + width, width);
    if (y > 0 && y + 1 < height && width > 2) {
      inside(row - width, row, row + width, width, second + (y - 1) * (width - 2), &sums);
    }
    for (size_t k = 0; k < LAG_COUNT; k++) {
      if (width > lags[k]) sums.lags[k] += difference(row, row + lags[k], width - lags[k]);
    }
  }
  for (size_t i = 0; i + 1 < width; i++) sums.horizontal += columns[i];
  for (size_t k = 0; k < LAG_COUNT; k++) {
    size_t lag = lags[k];
    sums.lag_counts[0][k] = width > lag ? (int64_t)((width - lag) * height) : 0;
    sums.lag_counts[1][k] = height > lag ? (int64_t)((height - lag) * width) : 0;
    if (height > lag) sums.lags_down[k] = difference(luma, luma + lag * width, (height - lag) * width);
    sums.lags[k] += sums.lags_down[k];
  }
  return sums;
}

void audit_quality_steps(const int32_t *plane, size_t width, size_t height, int64_t *columns, int64_t *rows) {
  if (width > 1) memset(columns, 0, (width - 1) * sizeof *columns);
  for (size_t y = 0; y < height; y++) {
    steps(plane + y * width, width, columns);
    if (y + 1 < height) rows[y] = difference(plane + y * width, plane + (y + 1) * width, width);
  }
}

// Products of bytes of at most 2^15 pixels fit 31 bits.
enum { COLOUR_PIECE = 1 << 15 };

KERNEL static void colour_piece(const uint8_t *rgb, size_t count, uint8_t *restrict saturation,
                                audit_quality_colours *colours) {
  int32_t r1 = 0, g1 = 0, b1 = 0, rr = 0, gg = 0, bb = 0, rg = 0, rb = 0, gb = 0;
  for (size_t i = 0; i < count; i++) {
    int32_t r = rgb[3 * i], g = rgb[3 * i + 1], b = rgb[3 * i + 2];
    int32_t most = r > g ? r : g, least = r < g ? r : g;
    saturation[i] = (uint8_t)((most > b ? most : b) - (least < b ? least : b));
    r1 += r, g1 += g, b1 += b;
    rr += r * r, gg += g * g, bb += b * b;
    rg += r * g, rb += r * b, gb += g * b;
  }
  int32_t sums[3] = {r1, g1, b1}, products[6] = {rr, gg, bb, rg, rb, gb};
  for (size_t c = 0; c < 3; c++) colours->sums[c] += sums[c];
  for (size_t c = 0; c < 6; c++) colours->products[c] += products[c];
}

audit_quality_colours audit_quality_colour_sums(const uint8_t *rgb, size_t count, uint8_t *work) {
  audit_quality_colours colours;
  memset(&colours, 0, sizeof colours);
  for (size_t start = 0; start < count; start += COLOUR_PIECE) {
    size_t piece = count - start < COLOUR_PIECE ? count - start : COLOUR_PIECE;
    colour_piece(rgb + 3 * start, piece, work + start, &colours);
  }
  return colours;
}

void audit_quality_byte_codes(const uint8_t *bytes, size_t count, size_t step, int32_t codes[256]) {
  // Four tables, so that equal neighbours do not wait for one another's store.
  int32_t tables[4][256];
  memset(tables, 0, sizeof tables);
  for (size_t i = 0; i < count; i++) tables[i % 4][bytes[step * i]]++;
  for (size_t code = 0; code < 256; code++) {
    codes[code] = tables[0][code] + tables[1][code] + tables[2][code] + tables[3][code];
  }
}

KERNEL void audit_quality_squares(const int32_t *values, size_t count, int64_t *sum, int64_t *squares) {
  int64_t total = 0, square = 0;
  for (size_t i = 0; i < count; i++) {
    total += values[i];
    square += (int64_t)values[i] * values[i];
  }
  *sum = total;
  *squares = square;
}

void audit_quality_select(const int32_t *values, size_t count, size_t first, int32_t found[2]) {
  enum { BITS = 11, BINS = 1 << BITS };
  // Two tables by turns: neighbours are alike, and counting one place twice in a row waits for memory.
  uint32_t coarse[BINS] = {0}, other[BINS] = {0}, fine[BINS];
  size_t pairs = count & ~(size_t)1;
  for (size_t i = 0; i < pairs; i += 2) {
    coarse[values[i] >> BITS]++;
    other[values[i + 1] >> BITS]++;
  }
  if (pairs < count) coarse[values[pairs] >> BITS]++;
  for (size_t i = 0; i < BINS; i++) coarse[i] += other[i];
  size_t before = 0, bin = 0;
  while (before + coarse[bin] <= first) before += coarse[bin++];
  memset(fine, 0, sizeof fine);
  for (size_t i = 0; i < count; i++) {
    if ((size_t)(values[i] >> BITS) == bin) fine[values[i] & (BINS - 1)]++;
  }
  size_t low = 0;
  while (before + fine[low] <= first) before += fine[low++];
  found[0] = (int32_t)(bin << BITS | low);
  if (before + fine[low] > first + 1) {
    found[1] = found[0];
    return;
  }
  for (low++; low < BINS; low++) {
    if (fine[low]) {
      found[1] = (int32_t)(bin << BITS | low);
      return;
    }
  }
  // The next value lies in a later bin, where there is one.
  int32_t after = INT32_MAX;
  for (size_t i = 0; i < count; i++) {
    if ((size_t)(values[i] >> BITS) > bin && values[i] < after) after = values[i];
  }
  found[1] = after == INT32_MAX ? found[0] : after;
}

enum { REACH = 4 };
// e^(-k^2 / 2) for k = 1...4 over the sum of all nine.
static const double blur[REACH] = {0.24197144565660077, 0.053991127420704416, 0.004431861620031266,
                                   0.00013383062461474189};

static size_t mirrored(ptrdiff_t at, size_t count) {
  ptrdiff_t period = 2 * (ptrdiff_t)count, place = ((at % period) + period) % period;
  return (size_t)(place < (ptrdiff_t)count ? place : period - 1 - place);
}

// The difference to the blur along a row: sum of w (x - neighbour), so that a flat row gives exactly 0.
KERNEL static void rough_inside(const int32_t *restrict row, size_t start, size_t end, double *restrict out) {
  for (size_t x = start; x < end; x++) {
    double sum = 0;
    for (size_t k = 1; k <= REACH; k++) sum += blur[k - 1] * (double)(2 * row[x] - row[x - k] - row[x + k]);
    out[x] = sum;
  }
}

static double rough(const int32_t *row, size_t x, size_t width) {
  double sum = 0;
  for (ptrdiff_t k = 1; k <= REACH; k++) {
    int32_t left = row[mirrored((ptrdiff_t)x - k, width)], right = row[mirrored((ptrdiff_t)x + k, width)];
    sum += blur[k - 1] * (double)(2 * row[x] - left - right);
  }
  return sum;
}

KERNEL static void rough_down(const int32_t *restrict row, const double *restrict own, const int32_t *const *near,
                              const double *const *near_rough, size_t width, double *restrict out) {
  for (size_t x = 0; x < width; x++) {
    // The blurred row is x - rough; how it differs from the blurred rows above and below is what remains.
    double blurred = (double)row[x] - own[x], sum = own[x];
    for (size_t k = 0; k < REACH; k++) {
      double above = (double)near[2 * k][x] - near_rough[2 * k][x];
      double below = (double)near[2 * k + 1][x] - near_rough[2 * k + 1][x];
      sum += blur[k] * ((blurred - above) + (blurred - below));
    }
    out[x] = sum;
  }
}

void audit_quality_grain(const int32_t *plane, size_t width, size_t height, double *work, double *grain) {
  size_t edge = width < REACH ? width : REACH;
  for (size_t y = 0; y < height; y++) {
    const int32_t *row = plane + y * width;
    double *out = work + y * width;
    for (size_t x = 0; x < edge; x++) out[x] = rough(row, x, width);
    if (width > 2 * REACH) rough_inside(row, REACH, width - REACH, out);
    for (size_t x = width > 2 * REACH ? width - REACH : edge; x < width; x++) out[x] = rough(row, x, width);
  }
  for (size_t y = 0; y < height; y++) {
    const int32_t *near[2 * REACH];
    const double *near_rough[2 * REACH];
    for (ptrdiff_t k = 1; k <= REACH; k++) {
      size_t above = mirrored((ptrdiff_t)y - k, height), below = mirrored((ptrdiff_t)y + k, height);
      near[2 * k - 2] = plane + above * width;
      near[2 * k - 1] = plane + below * width;
      near_rough[2 * k - 2] = work + above * width;
      near_rough[2 * k - 1] = work + below * width;
    }
    rough_down(plane + y * width, work + y * width, near, near_rough, width, grain + y * width);
  }
}

// Lanes of fixed number, so that every instruction set adds in the same order.
enum { LANES = 16 };

KERNEL static void add_row(const double *restrict row, size_t count, double centre, double *restrict sums,
                           double *restrict squares, double *restrict fourths) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (size_t lane = 0; lane < LANES; lane++) {
      double value = row[i + lane] - centre, square = value * value;
      sums[lane] += value;
      squares[lane] += square;
      fourths[lane] += square * square;
    }
  }
  for (; i < count; i++) {
    double value = row[i] - centre, square = value * value;
    sums[i % LANES] += value;
    squares[i % LANES] += square;
    fourths[i % LANES] += square * square;
  }
}

audit_quality_moments audit_quality_part(const double *plane, size_t stride, size_t left, size_t right, size_t top,
                                         size_t bottom, double centre) {
  double sums[LANES] = {0}, squares[LANES] = {0}, fourths[LANES] = {0};
  for (size_t y = top; y < bottom; y++) {
    add_row(plane + y * stride + left, right - left, centre, sums, squares, fourths);
  }
  audit_quality_moments total = {0, 0, 0};
  for (size_t lane = 0; lane < LANES; lane++) {
    total.sum += sums[lane];
    total.squares += squares[lane];
    total.fourths += fourths[lane];
  }
  return total;
}

void audit_quality_codes(const int32_t *luma, size_t count, int32_t codes[256]) {
  // Four tables, so that equal neighbours do not wait for one another's store.
  int32_t tables[4][256];
  memset(tables, 0, sizeof tables);
  for (size_t i = 0; i < count; i++) tables[i % 4][(luma[i] + SCALE / 2) / SCALE]++;
  for (size_t code = 0; code < 256; code++) {
    codes[code] = tables[0][code] + tables[1][code] + tables[2][code] + tables[3][code];
  }
}
