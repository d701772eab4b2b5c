#include "audit_duplicates.h"
#include "../kernel_clones.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("popcnt", "default")))
#else
#define KERNEL
#endif

enum { SIDE = 128, COLUMNS = 17, ROWS = 16, SMALL = AUDIT_SMALL_SIDE, PIXELS = SMALL * SMALL, LINE = 3 * SMALL };

// Where part `i` of `parts` of `length` begins, to the nearest pixel.
static size_t bound(size_t i, size_t parts, size_t length) { return (2 * i * length + parts) / (2 * parts); }

void audit_difference_hash(const int32_t *luma, size_t inset, uint64_t upright[4], uint64_t mirrored[4]) {
  size_t length = SIDE - 2 * inset;
  memset(upright, 0, AUDIT_HASH_WORDS * sizeof *upright);
  memset(mirrored, 0, AUDIT_HASH_WORDS * sizeof *mirrored);
  for (size_t y = 0; y < ROWS; y++) {
    int32_t lines[SIDE] = {0};
    for (size_t row = inset + bound(y, ROWS, length); row < inset + bound(y + 1, ROWS, length); row++) {
      for (size_t x = 0; x < SIDE; x++) lines[x] += luma[row * SIDE + x];
    }
    int64_t sums[COLUMNS], widths[COLUMNS];
    for (size_t x = 0; x < COLUMNS; x++) {
      size_t first = inset + bound(x, COLUMNS, length), end = inset + bound(x + 1, COLUMNS, length);
      sums[x] = 0;
      for (size_t column = first; column < end; column++) sums[x] += lines[column];
      widths[x] = (int64_t)(end - first);
    }
    for (size_t x = 0; x + 1 < COLUMNS; x++) {
      int64_t left = sums[x] * widths[x + 1], right = sums[x + 1] * widths[x];
      size_t word = y / 4, bit = y % 4 * 16;
      upright[word] |= (uint64_t)(left > right) << (bit + x);
      mirrored[word] |= (uint64_t)(right > left) << (bit + 15 - x);
    }
  }
}

KERNEL size_t audit_hashes_near(const uint64_t hash[4], const uint64_t *hashes, size_t count, unsigned radius,
                                uint32_t *found) {
  size_t number = 0;
  for (size_t i = 0; i < count; i++) {
    const uint64_t *other = hashes + 4 * i;
    unsigned distance =
        (unsigned)(__builtin_popcountll(hash[0] ^ other[0]) + __builtin_popcountll(hash[1] ^ other[1]) +
                   __builtin_popcountll(hash[2] ^ other[2]) + __builtin_popcountll(hash[3] ^ other[3]));
    found[number] = (uint32_t)(distance << 16 | i);
    number += distance <= radius;
  }
  return number;
}

static void sort_pass(const uint64_t *from, size_t count, unsigned shift, unsigned bits, uint64_t *to) {
  size_t starts[2049] = {0};
  uint64_t mask = (1u << bits) - 1;
  for (size_t i = 0; i < count; i++) starts[(from[i] >> shift & mask) + 1]++;
  for (size_t digit = 0; digit <= mask; digit++) starts[digit + 1] += starts[digit];
  for (size_t i = 0; i < count; i++) to[starts[from[i] >> shift & mask]++] = from[i];
}

void audit_sort_by_upper_half(uint64_t *values, size_t count, uint64_t *scratch) {
  sort_pass(values, count, 32, 11, scratch);
  sort_pass(scratch, count, 43, 11, values);
  sort_pass(values, count, 54, 10, scratch);
  memcpy(values, scratch, count * sizeof *values);
}

// Both halves of a full product, folded: each bit of either factor reaches every bit of the result.
static uint64_t mixed(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

// Odd constants: the fractions of the golden ratio and of roots of small primes.
static const uint64_t KEYS[8] = {0x9e3779b97f4a7c15, 0x6a09e667f3bcc909, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                 0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b};

void audit_digest(const uint8_t *bytes, size_t count, uint64_t seed, uint64_t digest[2]) {
  // Four chains that do not wait for one another; a chain takes 16 bytes a step.
  uint64_t state[4] = {seed ^ KEYS[0], seed ^ KEYS[1], seed ^ KEYS[2], seed ^ KEYS[3]};
  size_t at = 0;
  for (; at + 64 <= count; at += 64) {
    for (size_t lane = 0; lane < 4; lane++) {
      const uint8_t *block = bytes + at + 16 * lane;
      state[lane] = mixed(state[lane] ^ word_at(block), word_at(block + 8) ^ KEYS[4 + lane]) + KEYS[lane] +
                    (state[lane] << 23 | state[lane] >> 41);
    }
  }
  uint8_t rest[64] = {0};
  memcpy(rest, bytes + at, count - at);
  for (size_t lane = 0; lane < 4; lane++) {
    state[lane] = mixed(state[lane] ^ word_at(rest + 16 * lane), word_at(rest + 16 * lane + 8) ^ KEYS[4 + lane]) +
                  KEYS[lane] + (state[lane] << 23 | state[lane] >> 41);
  }
  uint64_t length = (uint64_t)count;
  digest[0] = mixed(mixed(state[0] ^ KEYS[4], state[1] ^ KEYS[5]) ^ length, mixed(state[2] ^ KEYS[6], state[3] ^ KEYS[7]));
  digest[1] = mixed(mixed(state[2] ^ KEYS[0], state[0] ^ KEYS[1]) ^ length, mixed(state[3] ^ KEYS[2], state[1] ^ KEYS[3]));
}

// Spread of the pixels about the channels' means, which are `sums` over the pixels.
CLONES static double spread(const uint8_t *picture, int32_t sums[3]) {
  // Column by column first, side by side; 1,024 squares of bytes fit 27 bits.
  int32_t columns[LINE] = {0}, column_squares[LINE] = {0}, squares[3] = {0};
  for (size_t y = 0; y < SMALL; y++) {
    for (size_t i = 0; i < LINE; i++) {
      int32_t value = picture[LINE * y + i];
      columns[i] += value;
      column_squares[i] += value * value;
    }
  }
  sums[0] = sums[1] = sums[2] = 0;
  for (size_t i = 0; i < LINE; i++) {
    sums[i % 3] += columns[i];
    squares[i % 3] += column_squares[i];
  }
  int64_t deviation = 0;
  for (size_t c = 0; c < 3; c++) deviation += (int64_t)squares[c] * PIXELS - (int64_t)sums[c] * sums[c];
  return sqrt((double)deviation / ((double)PIXELS * PIXELS * 3));
}

double audit_small_contrast(const uint8_t *picture) {
  int32_t sums[3];
  return spread(picture, sums);
}

// Takes the channels' means away and brings the spread to 1; a picture of one colour stays 0. Returns the spread.
CLONES static double normalise(const uint8_t *picture, int mirrored, double *out) {
  int32_t sums[3];
  double contrast = spread(picture, sums);
  double scale = contrast > 0 ? 1 / contrast : 0;
  double means[LINE];
  for (size_t i = 0; i < LINE; i++) means[i] = (double)sums[i % 3] / PIXELS;
  for (size_t y = 0; y < SMALL; y++) {
    const uint8_t *line = picture + LINE * y;
    uint8_t turned[LINE];
    if (mirrored) {
      for (size_t i = 0; i < LINE; i++) turned[i] = line[3 * (SMALL - 1 - i / 3) + i % 3];
      line = turned;
    }
    for (size_t i = 0; i < LINE; i++) out[LINE * y + i] = ((double)line[i] - means[i]) * scale;
  }
  return contrast;
}

// Solves a symmetric positive definite system of four by elimination; `g` is lost and `p` becomes the solution.
static void solve(double g[4][4], double p[4]) {
  for (size_t k = 0; k < 4; k++) {
    for (size_t i = k + 1; i < 4; i++) {
      double factor = g[i][k] / g[k][k];
      for (size_t j = k; j < 4; j++) g[i][j] -= factor * g[k][j];
      p[i] -= factor * p[k];
    }
  }
  for (size_t k = 4; k-- > 0;) {
    for (size_t j = k + 1; j < 4; j++) p[k] -= g[k][j] * p[j];
    p[k] /= g[k][k];
  }
}

// Eight sums side by side, added up in this order on every instruction set.
typedef double lanes __attribute__((vector_size(64), aligned(8)));

#define LANES_AT(values) (*(const lanes *)(values))

INLINED double sum(const lanes *sums) {
  const lanes s = *sums;
  return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}

// Place of a pixel from the middle, -1...1.
static double offset(size_t place) { return ((double)place - (SMALL - 1) / 2.0) / ((SMALL - 1) / 2.0); }

// What the best motion of the pixels inside of the border follows from, of every `step`th row: `g` is upper triangular, in the
// order right, below, right times across, below times down. Returns the squared difference of these rows.
CLONES static double moments(const double *difference, const double *twice, size_t step, double g[4][4], double p[4]) {
  double across[LINE], inside[LINE];
  for (size_t i = 0; i < LINE; i++) {
    across[i] = offset(i / 3);
    inside[i] = i >= 3 && i < LINE - 3;
  }
  double energy = 0;
  for (size_t y = 1; y + 1 < SMALL; y += step) {
    lanes rr = {0}, rra = {0}, rraa = {0}, rb = {0}, rba = {0}, bb = {0}, rd = {0}, rda = {0}, bd = {0}, dd = {0};
    for (size_t i = 0; i < LINE; i += 8) {
      const double *at = twice + LINE * y + i;
      lanes a = LANES_AT(across + i), in = LANES_AT(inside + i), d = LANES_AT(difference + LINE * y + i) * in;
      lanes right = (LANES_AT(at + 3) - LANES_AT(at - 3)) * 0.25 * in;
      lanes below = (LANES_AT(at + LINE) - LANES_AT(at - LINE)) * 0.25 * in;
      lanes far = right * a;
      rr += right * right, rra += right * far, rraa += far * far, rb += right * below, rba += far * below;
      bb += below * below, rd += right * d, rda += far * d, bd += below * d, dd += d * d;
    }
    double down = offset(y), rows_bb = sum(&bb), rows_rb = sum(&rb), rows_rba = sum(&rba), rows_bd = sum(&bd);
    g[0][0] += sum(&rr), g[0][1] += rows_rb, g[0][2] += sum(&rra), g[0][3] += down * rows_rb;
    g[1][1] += rows_bb, g[1][2] += rows_rba, g[1][3] += down * rows_bb;
    g[2][2] += sum(&rraa), g[2][3] += down * rows_rba, g[3][3] += down * down * rows_bb;
    p[0] += sum(&rd), p[1] += rows_bd, p[2] += sum(&rda), p[3] += down * rows_bd;
    energy += sum(&dd);
  }
  return energy;
}

// Sum of squares.
CLONES static double squares(const double *values) {
  lanes s = {0};
  for (size_t i = 0; i < 3 * PIXELS; i += 8) s += LANES_AT(values + i) * LANES_AT(values + i);
  return sum(&s);
}

// A hair of regularisation: where nothing changes in a direction nothing moves along it.
static const double hair = 1e-2;

// Makes the sums of `moments` a whole matrix and solves for the motion.
static void solve_motion(double g[4][4], const double moment[4], double full[4][4], double p[4]) {
  for (size_t i = 0; i < 4; i++) {
    for (size_t j = 0; j < i; j++) g[i][j] = g[j][i];
    g[i][i] += hair;
  }
  memcpy(full, g, 16 * sizeof **g);
  memcpy(p, moment, 4 * sizeof *p);
  solve(g, p);
}

// A bound from below, from a quarter of the rows, of what any motion of at most `most_shift` leaves of the squared
// difference of all: no motion suits these rows better than the one that is best for them alone.
static double least_left(const double *difference, const double *twice, double most_shift) {
  double g[4][4] = {{0}}, moment[4] = {0}, full[4][4], p[4];
  double left = moments(difference, twice, 4, g, moment);
  solve_motion(g, moment, full, p);
  for (size_t i = 0; i < 4; i++) left -= p[i] * moment[i];
  return left - 2 * hair * most_shift * most_shift;
}

// Makes `one` the other less itself, and `other` the sum of both.
CLONES static void part(double *restrict one, double *restrict other) {
  for (size_t i = 0; i < 3 * PIXELS; i++) {
    double difference = other[i] - one[i];
    other[i] += one[i];
    one[i] = difference;
  }
}

audit_picture_difference audit_compare_small(const uint8_t *picture, const uint8_t *other, int mirrored,
                                             double most_aligned, double most_shift) {
  double a[3 * PIXELS], b[3 * PIXELS];
  audit_picture_difference result = {{normalise(picture, 0, a), normalise(other, mirrored, b)}, 0, 0, 0};
  part(a, b);
  // From here `a` is the difference and `b` twice the mean of the two.
  result.plain = sqrt(squares(a) / (3 * PIXELS));
  const double inner = 3 * (SMALL - 2) * (SMALL - 2);
  if (least_left(a, b, most_shift) > inner * most_aligned * most_aligned) {
    result.aligned = result.shift = INFINITY;
    return result;
  }
  double g[4][4] = {{0}}, moment[4] = {0}, full[4][4], p[4];
  double left = moments(a, b, 1, g, moment);
  solve_motion(g, moment, full, p);
  for (size_t i = 0; i < 4; i++) {
    left -= 2 * p[i] * moment[i];
    for (size_t j = 0; j < 4; j++) left += p[i] * p[j] * (full[i][j] - (i == j ? hair : 0));
  }
  result.aligned = sqrt(left > 0 ? left / inner : 0);
  result.shift = fmax(fabs(p[0]) + fabs(p[2]), fabs(p[1]) + fabs(p[3]));
  return result;
}
