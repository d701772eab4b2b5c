#include "audit_quality.h"

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

// The same to the values at each lag behind, of at most PIECE values that have all of them.
KERNEL static void differences(const int32_t *restrict a, size_t step, size_t count, int64_t totals[LAG_COUNT]) {
  int32_t sums[LAG_COUNT] = {0};
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < LAG_COUNT; k++) sums[k] += abs(a[i] - a[i + step * lags[k]]);
  }
  for (size_t k = 0; k < LAG_COUNT; k++) totals[k] += sums[k];
}

// Sums of differences at every lag between the values of a line whose members stand `step` apart, for `count` lines
// side by side, from member `y` of `length` on.
static void lag_sums(const int32_t *plane, size_t step, size_t count, size_t y, size_t length,
                     int64_t totals[LAG_COUNT]) {
  for (size_t start = 0; start < count; start += PIECE) {
    size_t piece = count - start < PIECE ? count - start : PIECE;
    if (y + lags[LAG_COUNT - 1] < length) {
      differences(plane + start, step, piece, totals);
      continue;
    }
    for (size_t k = 0; k < LAG_COUNT && y + lags[k] < length; k++) {
      totals[k] += difference(plane + start, plane + start + step * lags[k], piece);
    }
  }
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

// Sums of steps to the right by column and how many are below one code value, of rows of which each column sums to
// less than 2^31.
KERNEL static int64_t steps_of(const int32_t *plane, size_t width, size_t height, int64_t *restrict columns) {
  int64_t flat = 0;
  for (size_t start = 0; start < width - 1; start += PIECE) {
    size_t count = width - 1 - start < PIECE ? width - 1 - start : PIECE;
    int32_t sums[PIECE] = {0};
    for (size_t y = 0; y < height; y++) {
      const int32_t *row = plane + y * width + start;
      int32_t near = 0;
      for (size_t i = 0; i < count; i++) {
        int32_t step = abs(row[i + 1] - row[i]);
        sums[i] += step;
        near += step < SCALE;
      }
      flat += near;
    }
    for (size_t i = 0; i < count; i++) columns[start + i] += sums[i];
  }
  return flat;
}

static int64_t steps(const int32_t *plane, size_t width, size_t height, int64_t *columns) {
  int64_t flat = 0;
  if (width < 2) return flat;
  memset(columns, 0, (width - 1) * sizeof *columns);
  for (size_t y = 0; y < height; y += PIECE) {
    flat += steps_of(plane + y * width, width, height - y < PIECE ? height - y : PIECE, columns);
  }
  return flat;
}

// Bytes up to 1 and from 254 in each place of a block of whole pixels; at most 255 blocks.
enum { BLOCK = 96, MOST_BLOCKS = 255 };
KERNEL static void extremes_of_blocks(const uint8_t *bytes, size_t blocks, uint8_t low[BLOCK], uint8_t high[BLOCK]) {
  for (size_t block = 0; block < blocks; block++) {
    for (size_t i = 0; i < BLOCK; i++) {
      low[i] = (uint8_t)(low[i] + (bytes[block * BLOCK + i] <= 1));
      high[i] = (uint8_t)(high[i] + (bytes[block * BLOCK + i] >= 254));
    }
  }
}

static void extremes(const uint8_t *rgb, size_t count, audit_quality_sums *sums) {
  size_t bytes = 3 * count, done = 0;
  while (done + BLOCK <= bytes) {
    size_t blocks = (bytes - done) / BLOCK < MOST_BLOCKS ? (bytes - done) / BLOCK : MOST_BLOCKS;
    uint8_t low[BLOCK] = {0}, high[BLOCK] = {0};
    extremes_of_blocks(rgb + done, blocks, low, high);
    for (size_t i = 0; i < BLOCK; i++) {
      sums->low[i % 3] += low[i];
      sums->high[i % 3] += high[i];
    }
    done += blocks * BLOCK;
  }
  for (; done < bytes; done++) {
    sums->low[done % 3] += rgb[done] <= 1;
    sums->high[done % 3] += rgb[done] >= 254;
  }
}

audit_quality_sums audit_quality_native(const uint8_t *rgb, const int32_t *luma, size_t width, size_t height,
                                        int32_t *second, int64_t *columns, int64_t *rows) {
  audit_quality_sums sums;
  memset(&sums, 0, sizeof sums);
  extremes(rgb, width * height, &sums);
  sums.flat_steps = steps(luma, width, height, columns);
  int64_t across[LAG_COUNT] = {0};
  size_t whole = width > lags[LAG_COUNT - 1] ? width - lags[LAG_COUNT - 1] : 0;
  for (size_t y = 0; y < height; y++) {
    const int32_t *row = luma + y * width;
    if (y > 0 && y + 1 < height && width > 2) {
      inside(row - width, row, row + width, width, second + (y - 1) * (width - 2), &sums);
    }
    lag_sums(row, 1, whole, 0, width, across);
    for (size_t k = 0; k < LAG_COUNT && whole + lags[k] < width; k++) {
      across[k] += difference(row + whole, row + whole + lags[k], width - whole - lags[k]);
    }
    int64_t down[LAG_COUNT] = {0};
    lag_sums(row, width, width, y, height, down);
    if (y + 1 < height) rows[y] = down[0];
    for (size_t k = 0; k < LAG_COUNT; k++) sums.lags_down[k] += down[k];
  }
  sums.horizontal = across[0];
  sums.vertical = sums.lags_down[0];
  for (size_t k = 0; k < LAG_COUNT; k++) {
    size_t lag = lags[k];
    sums.lag_counts[0][k] = width > lag ? (int64_t)((width - lag) * height) : 0;
    sums.lag_counts[1][k] = height > lag ? (int64_t)((height - lag) * width) : 0;
    sums.lags[k] = across[k] + sums.lags_down[k];
  }
  return sums;
}

void audit_quality_steps(const int32_t *plane, size_t width, size_t height, int64_t *columns, int64_t *rows) {
  steps(plane, width, height, columns);
  for (size_t y = 0; y + 1 < height; y++) {
    rows[y] = difference(plane + y * width, plane + (y + 1) * width, width);
  }
}

enum { BANDS = 8 };

void audit_quality_band_steps(const int32_t *plane, size_t width, size_t height, int64_t *columns, int64_t *rows) {
  for (size_t band = 0; band < BANDS; band++) {
    size_t top = band * height / BANDS, bottom = (band + 1) * height / BANDS;
    steps(plane + top * width, width, bottom - top, columns + band * (width - 1));
    size_t left = band * width / BANDS, right = (band + 1) * width / BANDS;
    for (size_t y = 0; y + 1 < height; y++) {
      const int32_t *row = plane + y * width + left;
      rows[band * (height - 1) + y] = difference(row, row + width, right - left);
    }
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
  // Tables by turns, so that equal neighbours do not wait for one another's store.
  enum { TABLES = 8 };
  int32_t tables[TABLES][256];
  memset(tables, 0, sizeof tables);
  size_t i = 0;
  for (; i + TABLES <= count; i += TABLES) {
    for (size_t k = 0; k < TABLES; k++) tables[k][bytes[step * (i + k)]]++;
  }
  for (; i < count; i++) tables[0][bytes[step * i]]++;
  memset(codes, 0, 256 * sizeof *codes);
  for (size_t k = 0; k < TABLES; k++) {
    for (size_t code = 0; code < 256; code++) codes[code] += tables[k][code];
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

KERNEL static size_t below(const int32_t *values, size_t count, int32_t limit) {
  int32_t found = 0;
  for (size_t i = 0; i < count; i++) found += values[i] < limit;
  return (size_t)found;
}

KERNEL static int32_t largest(const int32_t *values, size_t count) {
  int32_t found = 0;
  for (size_t i = 0; i < count; i++) found = values[i] > found ? values[i] : found;
  return found;
}

KERNEL static int32_t least_above(const int32_t *values, size_t count, int32_t limit) {
  int32_t least = INT32_MAX;
  for (size_t i = 0; i < count; i++) {
    int32_t value = values[i] > limit ? values[i] : INT32_MAX;
    least = value < least ? value : least;
  }
  return least;
}

void audit_quality_select(const int32_t *values, size_t count, size_t first, int32_t found[2]) {
  int32_t most = largest(values, count), bit = 1, value = 0;
  while (bit <= most / 2) bit *= 2;
  // The largest number that no more than `first` values lie below, bit by bit: no table, no branch on a value.
  for (; bit > 0; bit /= 2) {
    if (below(values, count, value + bit) <= first) value += bit;
  }
  found[0] = found[1] = value;
  if (below(values, count, value + 1) > first + 1) return;
  int32_t next = least_above(values, count, value);
  if (next != INT32_MAX) found[1] = next;
}

KERNEL static void rounded(const int32_t *luma, size_t count, uint8_t *restrict codes) {
  for (size_t i = 0; i < count; i++) codes[i] = (uint8_t)((luma[i] + SCALE / 2) / SCALE);
}

void audit_quality_codes(const int32_t *luma, size_t count, int32_t codes[256]) {
  uint8_t bytes[PIECE];
  int32_t piece[256];
  memset(codes, 0, 256 * sizeof *codes);
  for (size_t start = 0; start < count; start += PIECE) {
    size_t length = count - start < PIECE ? count - start : PIECE;
    rounded(luma + start, length, bytes);
    audit_quality_byte_codes(bytes, length, 1, piece);
    for (size_t code = 0; code < 256; code++) codes[code] += piece[code];
  }
}
