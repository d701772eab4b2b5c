#include "audit_quality.h"
#include "../kernel_clones.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { SCALE = 1000, LAG_COUNT = 6 };
static const size_t lags[LAG_COUNT] = {1, 2, 3, 4, 6, 8};

CLONES static void luma_of(const uint8_t *restrict rgb, size_t count, int32_t *restrict luma) {
  for (size_t i = 0; i < count; i++) luma[i] = 299 * rgb[3 * i] + 587 * rgb[3 * i + 1] + 114 * rgb[3 * i + 2];
}

#if defined(__x86_64__)
// Sixteen pixels at a time, four to a quarter of a vector: pairs of red and green, and blue, become words that are
// multiplied and added. Reads up to 16 bytes beyond these pixels. Returns how many pixels are done.
__attribute__((target("avx512f,avx512bw"))) static size_t luma_avx512(const uint8_t *rgb, size_t count,
                                                                      int32_t *luma) {
  enum { STEP = 16, READ = 22 };
  const __m512i quarters = _mm512_setr_epi32(0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12);
  const __m512i pairs = _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
  const __m512i blues = _mm512_broadcast_i32x4(
      _mm_setr_epi8(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
  const __m512i weights = _mm512_set1_epi32(587 << 16 | 299), weight = _mm512_set1_epi32(114);
  size_t i = 0;
  for (; i + READ <= count; i += STEP) {
    __m512i bytes = _mm512_permutexvar_epi32(quarters, _mm512_loadu_si512(rgb + 3 * i));
    __m512i red_green = _mm512_madd_epi16(_mm512_shuffle_epi8(bytes, pairs), weights);
    __m512i blue = _mm512_madd_epi16(_mm512_shuffle_epi8(bytes, blues), weight);
    _mm512_storeu_si512(luma + i, _mm512_add_epi32(red_green, blue));
  }
  return i;
}
#endif

void audit_quality_luma(const uint8_t *rgb, size_t count, int32_t *luma) {
  size_t done = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw")) done = luma_avx512(rgb, count, luma);
#endif
  luma_of(rgb + 3 * done, count - done, luma + done);
}

// Sixteen values of a plane, from any place on.
enum { LANES = 16 };
typedef int32_t lanes __attribute__((vector_size(LANES * sizeof(int32_t)), aligned(4), may_alias));
typedef int64_t halves __attribute__((vector_size(LANES * sizeof(int32_t))));
#define LOAD(from) (*(const lanes *)(from))
#define APART(a, b) __builtin_elementwise_abs((a) - (b))

// Lanes from the first on that an overlapping vector has to itself.
static const int32_t own_lanes[2 * LANES] = {0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
                                             -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

// A row of at most 2^12 differences of at most 255000 fits 31 bits; longer rows go in pieces. Pictures as high have at
// most 2^8 columns.
enum { PIECE = 4096, MOST_HIGH = 256 };

CLONES static int64_t difference(const int32_t *restrict a, const int32_t *restrict b, size_t count) {
  int64_t total = 0;
  for (size_t start = 0; start < count; start += PIECE) {
    size_t end = start + PIECE < count ? start + PIECE : count;
    int32_t sum = 0;
    for (size_t i = start; i < end; i++) sum += abs(a[i] - b[i]);
    total += sum;
  }
  return total;
}

// Sums of differences from lag 2 on, across and down, of so many vectors of places that have a value at every lag; at most
// 2^9 vectors, since sixteen of these sums have to fit 31 bits.
enum { PART = 512 };
CLONES static void lag_part(const int32_t *at, size_t width, size_t vectors, int64_t across[LAG_COUNT],
                            int64_t down[LAG_COUNT]) {
  lanes a1 = {0}, a2 = {0}, a3 = {0}, a4 = {0}, a5 = {0}, d1 = {0}, d2 = {0}, d3 = {0}, d4 = {0}, d5 = {0};
  for (size_t v = 0; v < vectors; v++, at += LANES) {
    lanes here = LOAD(at);
    a1 += APART(here, LOAD(at + 2));
    a2 += APART(here, LOAD(at + 3));
    a3 += APART(here, LOAD(at + 4));
    a4 += APART(here, LOAD(at + 6));
    a5 += APART(here, LOAD(at + 8));
    d1 += APART(here, LOAD(at + 2 * width));
    d2 += APART(here, LOAD(at + 3 * width));
    d3 += APART(here, LOAD(at + 4 * width));
    d4 += APART(here, LOAD(at + 6 * width));
    d5 += APART(here, LOAD(at + 8 * width));
  }
  across[1] += __builtin_reduce_add(a1), across[2] += __builtin_reduce_add(a2), across[3] += __builtin_reduce_add(a3);
  across[4] += __builtin_reduce_add(a4), across[5] += __builtin_reduce_add(a5);
  down[1] += __builtin_reduce_add(d1), down[2] += __builtin_reduce_add(d2), down[3] += __builtin_reduce_add(d3);
  down[4] += __builtin_reduce_add(d4), down[5] += __builtin_reduce_add(d5);
}

// Sums of differences at every lag but 1, across and down. The plane is gone through as one line: pairs of the end of a
// row and the beginning of the next are taken off again.
static void lag_sums(const int32_t *plane, size_t width, size_t height, int64_t across[LAG_COUNT],
                     int64_t down[LAG_COUNT]) {
  const size_t longest = lags[LAG_COUNT - 1];
  size_t vectors = height > longest ? (height - longest) * width / LANES : 0;
  for (size_t first = 0; first < vectors; first += PART) {
    size_t count = vectors - first < PART ? vectors - first : PART;
    lag_part(plane + first * LANES, width, count, across, down);
  }
  for (size_t k = 1; k < LAG_COUNT; k++) {
    size_t lag = lags[k], done = vectors * LANES, count = width * height;
    if (height > lag) down[k] += difference(plane + done, plane + done + lag * width, (height - lag) * width - done);
    if (width <= lag) {
      across[k] = 0;
      continue;
    }
    across[k] += difference(plane + done, plane + done + lag, count - lag - done);
    for (size_t y = 1; y < height; y++) {
      const int32_t *row = plane + y * width;
      for (size_t x = 0; x < lag; x++) across[k] -= abs(*(row + x - lag) - row[x]);
    }
  }
}

// Some rows of the inside, at least a vector wide; the last vector of a row overlaps the one before. `start` is the first
// pixel that has all neighbours.
CLONES static void inside_rows(const int32_t *start, size_t width, size_t rows, int32_t *second,
                               audit_quality_sums *sums) {
  lanes laplacian = {0}, mixed = {0}, all = LOAD(own_lanes + LANES);
  halves squares = {0};
  size_t wide = width - 2, vectors = (wide + LANES - 1) / LANES;
  lanes rest = LOAD(own_lanes + LANES - (vectors * LANES - wide));
  for (size_t y = 0; y < rows; y++) {
    for (size_t v = 0; v < vectors; v++) {
      size_t x = v + 1 < vectors ? v * LANES : wide - LANES;
      const int32_t *at = start + y * width + x;
      lanes here = LOAD(at), beside = LOAD(at - 1) + LOAD(at + 1), upright = LOAD(at - width) + LOAD(at + width);
      lanes corners = LOAD(at - width - 1) + LOAD(at - width + 1) + LOAD(at + width - 1) + LOAD(at + width + 1);
      lanes cross = 4 * here - upright - beside, own = v + 1 < vectors ? all : rest;
      lanes size = __builtin_elementwise_abs(corners - 2 * (upright + beside) + 4 * here);
      *(lanes *)(second + y * wide + x) = size;
      cross &= own;
      // Of the values at even and at odd places.
      halves pairs = (halves)cross, even = pairs << 32 >> 32, odd = pairs >> 32;
      squares += even * even + odd * odd;
      laplacian += cross;
      mixed += size & own;
    }
  }
  sums->laplacian += __builtin_reduce_add(laplacian);
  sums->laplacian_squares += __builtin_reduce_add(squares);
  sums->second += __builtin_reduce_add(mixed);
}

// The same for less than a vector.
static void inside_narrow(const int32_t *start, size_t width, size_t rows, int32_t *second, audit_quality_sums *sums) {
  for (size_t y = 0; y < rows; y++) {
    for (size_t x = 0; x + 2 < width; x++) {
      const int32_t *at = start + y * width + x, *above = at - width, *below = at + width;
      int32_t beside = at[-1] + at[1], upright = above[0] + below[0];
      int32_t corners = above[-1] + above[1] + below[-1] + below[1];
      int32_t cross = 4 * at[0] - upright - beside, size = abs(corners - 2 * (upright + beside) + 4 * at[0]);
      second[y * (width - 2) + x] = size;
      sums->laplacian += cross;
      sums->laplacian_squares += (int64_t)cross * cross;
      sums->second += size;
    }
  }
}

// So many values of at most 2040000 fit 31 bits.
enum { MOST_ADDED = 1024 };

static void inside(const int32_t *plane, size_t width, size_t height, int32_t *second, audit_quality_sums *sums) {
  if (width < 3 || height < 3) return;
  size_t rows = MOST_ADDED / (width + LANES);
  int is_wide = width >= LANES + 2 && rows > 0;
  for (size_t y = 0; y < height - 2; y += is_wide ? rows : 1) {
    const int32_t *start = plane + (y + 1) * width + 1;
    int32_t *out = second + y * (width - 2);
    if (is_wide) {
      inside_rows(start, width, height - 2 - y < rows ? height - 2 - y : rows, out, sums);
    } else {
      inside_narrow(start, width, 1, out, sums);
    }
  }
}

// Columns whose sums stay in registers while the rows pass by.
enum { STRIP = 4 * LANES };

// Sums of steps to the right by column, of rows of which each column sums to less than 2^31; the columns from the first of
// `own` on also count steps below one code value, which is what is returned. `count` vectors of columns.
INLINED int64_t strip_steps(const int32_t *plane, size_t width, size_t height, const size_t count, const lanes *own,
                            int64_t *columns) {
  lanes sums[STRIP / LANES] = {{0}}, near[STRIP / LANES] = {{0}};
  for (size_t y = 0; y < height; y++, plane += width) {
    for (size_t v = 0; v < count; v++) {
      lanes step = APART(LOAD(plane + v * LANES + 1), LOAD(plane + v * LANES));
      sums[v] += step;
      near[v] -= step < SCALE;
    }
  }
  int64_t flat = 0;
  for (size_t v = 0; v < count; v++) {
    flat += __builtin_reduce_add(v == 0 ? near[v] & *own : near[v]);
    for (size_t i = 0; i < LANES; i++) columns[v * LANES + i] = sums[v][i];
  }
  return flat;
}

// The same of all columns, of which there is at least a vector; the last vector overlaps the one before.
CLONES static int64_t steps_of(const int32_t *plane, size_t width, size_t height, int64_t *columns) {
  const lanes all = LOAD(own_lanes + LANES);
  int64_t flat = 0;
  size_t x = 0;
  for (; x + STRIP < width; x += STRIP) {
    flat += strip_steps(plane + x, width, height, STRIP / LANES, &all, columns + x);
  }
  for (; x + LANES < width; x += LANES) flat += strip_steps(plane + x, width, height, 1, &all, columns + x);
  if (x + 1 == width) return flat;
  const lanes rest = LOAD(own_lanes + (width - 1 - x));
  x = width - 1 - LANES;
  return flat + strip_steps(plane + x, width, height, 1, &rest, columns + x);
}

// The same for less than a vector.
static int64_t steps_of_narrow(const int32_t *plane, size_t width, size_t height, int64_t *columns) {
  int64_t flat = 0;
  for (size_t x = 0; x + 1 < width; x++) {
    columns[x] = 0;
    for (size_t y = 0; y < height; y++) {
      int32_t step = abs(plane[y * width + x + 1] - plane[y * width + x]);
      columns[x] += step;
      flat += step < SCALE;
    }
  }
  return flat;
}

// Returns how many steps to the right are below one code value; `columns` receives their sums.
static int64_t steps(const int32_t *plane, size_t width, size_t height, int64_t *columns) {
  if (width <= LANES) return width < 2 ? 0 : steps_of_narrow(plane, width, height, columns);
  if (height <= PIECE) return steps_of(plane, width, height, columns);
  int64_t flat = 0;
  for (size_t x = 0; x + 1 < width; x++) columns[x] = 0;
  for (size_t y = 0; y < height; y += PIECE) {
    // Few columns are as high.
    int64_t piece[MOST_HIGH];
    flat += steps_of(plane + y * width, width, height - y < PIECE ? height - y : PIECE, piece);
    for (size_t x = 0; x + 1 < width; x++) columns[x] += piece[x];
  }
  return flat;
}

// Bytes up to 1 and from 254 in each place of a block of whole pixels; at most 255 blocks.
enum { BLOCK = 96, MOST_BLOCKS = 255 };
CLONES static void extremes_of_blocks(const uint8_t *bytes, size_t blocks, uint8_t low[BLOCK], uint8_t high[BLOCK]) {
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

enum { BANDS = 8 };

// Steps downwards between two rows in a band of columns, at least a vector of them and at most PIECE.
INLINED int32_t band_difference(const int32_t *row, size_t width, size_t count) {
  lanes sum = {0};
  size_t x = 0;
  for (; x + LANES <= count; x += LANES) sum += APART(LOAD(row + width + x), LOAD(row + x));
  const lanes own = LOAD(own_lanes + (count - x));
  x = count - LANES;
  return __builtin_reduce_add(sum + (APART(LOAD(row + width + x), LOAD(row + x)) & own));
}

// Steps downwards between two rows in each band of columns.
CLONES static void band_differences(const int32_t *row, size_t width, const size_t ends[BANDS + 1], size_t apart,
                                    int64_t *sums) {
  for (size_t band = 0; band < BANDS; band++) {
    size_t first = ends[band], count = ends[band + 1] - first;
    if (count >= LANES && count <= PIECE) {
      sums[band * apart] = band_difference(row + first, width, count);
      continue;
    }
    int64_t total = 0;
    for (size_t x = first; x < first + count; x++) total += abs(row[x + width] - row[x]);
    sums[band * apart] = total;
  }
}

// Returns how many steps to the right are below one code value.
static int64_t band_steps(const int32_t *plane, size_t width, size_t height, int64_t *columns, int64_t *rows) {
  int64_t flat = 0;
  size_t ends[BANDS + 1];
  for (size_t band = 0; band <= BANDS; band++) ends[band] = band * width / BANDS;
  for (size_t band = 0; band < BANDS; band++) {
    size_t top = band * height / BANDS, bottom = (band + 1) * height / BANDS;
    flat += steps(plane + top * width, width, bottom - top, columns + band * (width - 1));
  }
  for (size_t y = 0; y + 1 < height; y++) band_differences(plane + y * width, width, ends, height - 1, rows + y);
  return flat;
}

// The sum of what the bands have for each line, and of all lines.
static int64_t add_bands(const int64_t *bands, size_t lines, int64_t *sums) {
  int64_t total = 0;
  for (size_t line = 0; line < lines; line++) {
    sums[line] = 0;
    for (size_t band = 0; band < BANDS; band++) sums[line] += bands[band * lines + line];
    total += sums[line];
  }
  return total;
}

audit_quality_sums audit_quality_native(const uint8_t *rgb, const int32_t *luma, size_t width, size_t height,
                                        int32_t *second, int64_t *column_bands, int64_t *row_bands, int64_t *columns,
                                        int64_t *rows) {
  audit_quality_sums sums;
  memset(&sums, 0, sizeof sums);
  extremes(rgb, width * height, &sums);
  inside(luma, width, height, second, &sums);
  sums.flat_steps = band_steps(luma, width, height, column_bands, row_bands);
  int64_t across[LAG_COUNT] = {0};
  sums.horizontal = across[0] = add_bands(column_bands, width - 1, columns);
  sums.vertical = sums.lags_down[0] = add_bands(row_bands, height - 1, rows);
  lag_sums(luma, width, height, across, sums.lags_down);
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

// Products of bytes of at most 2^15 pixels fit 31 bits.
enum { COLOUR_PIECE = 1 << 15 };

CLONES static void colour_piece(const uint8_t *rgb, size_t count, uint8_t *restrict saturation,
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

CLONES void audit_quality_squares(const int32_t *values, size_t count, int64_t *sum, int64_t *squares) {
  int64_t total = 0, square = 0;
  for (size_t i = 0; i < count; i++) {
    total += values[i];
    square += (int64_t)values[i] * values[i];
  }
  *sum = total;
  *squares = square;
}
