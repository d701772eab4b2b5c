#include "audit_damage.h"
#include "../kernel_clones.h"

#include <string.h>

// Rows of two blocks side by side, one number a lane. A block is a square of SIDE.
enum { SIDE = 8, LANES = 2 * SIDE, MIDDLE = 128 };
typedef int32_t lanes __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef float singles __attribute__((vector_size(4 * LANES)));
typedef uint8_t codes __attribute__((vector_size(LANES), aligned(1), may_alias));

// MARK: Tables

// ITU-T T.81, annex K, tables K.1 and K.2.
static const uint8_t luma_steps[SIDE * SIDE] = {
    16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,  14, 13, 16, 24, 40, 57,
    69, 56, 14, 17, 22,  29,  51,  87,  80, 62, 18, 22, 37,  56,  68,  109, 103, 77, 24, 35, 55, 64,
    81, 104, 113, 92, 49, 64, 78,  87,  103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};
static const uint8_t chroma_steps[SIDE * SIDE] = {
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99,
    99, 99, 47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

// For each row of frequencies, twice: steps, half of them, and what a number is multiplied with in place of dividing it;
// both of frequencies that are eight times too large.
typedef struct {
  lanes step[SIDE], half[SIDE];
  singles inverse[SIDE];
} quantiser;

static void scale(const uint8_t *steps, int quality, quantiser *out) {
  const int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  for (size_t row = 0; row < SIDE; row++) {
    for (size_t lane = 0; lane < LANES; lane++) {
      int step = (steps[row * SIDE + lane % SIDE] * percent + 50) / 100;
      step = step < 1 ? 1 : step > 255 ? 255 : step;
      out->step[row][lane] = step;
      out->half[row][lane] = 4 * step;
      out->inverse[row][lane] = 1.0f / (float)(8 * step);
    }
  }
}

// MARK: Transforms

// Cosines with 13 bits behind the point, by the number that they stand for.
enum {
  POINT = 13,
  EXTRA = 2,  // bits that are kept between both passes
  C0_298 = 2446, C0_390 = 3196, C0_541 = 4433, C0_765 = 6270, C0_899 = 7373, C1_175 = 9633,
  C1_501 = 12299, C1_847 = 15137, C1_961 = 16069, C2_053 = 16819, C2_562 = 20995, C3_072 = 25172
};

#define ROUNDED(value, bits) (((value) + (1 << ((bits) - 1))) >> (bits))

// Rows become columns, in each block by itself.
INLINED void transpose(lanes v[SIDE]) {
  lanes pairs[SIDE], fours[SIDE];
  for (size_t i = 0; i < SIDE; i += 2) {
    pairs[i] = __builtin_shufflevector(v[i], v[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
    pairs[i + 1] = __builtin_shufflevector(v[i], v[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
  }
  for (size_t i = 0; i < SIDE; i += 4) {
    for (size_t k = 0; k < 2; k++) {
      const lanes a = pairs[i + k], b = pairs[i + k + 2];
      fours[i + 2 * k] = __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
      fours[i + 2 * k + 1] = __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
  }
  for (size_t i = 0; i < 4; i++) {
    const lanes a = fours[i], b = fours[i + 4];
    v[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
    v[i + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
  }
}

// The odd half of either transform: four numbers to four sums of products with cosines.
INLINED void odd(const lanes in[4], lanes out[4]) {
  const lanes outer = (in[0] + in[3]) * -C0_899, inner = (in[1] + in[2]) * -C2_562;
  const lanes all = (in[0] + in[1] + in[2] + in[3]) * C1_175;
  const lanes even = (in[0] + in[2]) * -C1_961 + all, uneven = (in[1] + in[3]) * -C0_390 + all;
  out[0] = in[0] * C0_298 + outer + even;
  out[1] = in[1] * C2_053 + inner + uneven;
  out[2] = in[2] * C3_072 + inner + even;
  out[3] = in[3] * C1_501 + outer + uneven;
}

// Eight values to eight frequencies, sqrt(8) times too large. The first pass leaves EXTRA bits, the second takes them away.
INLINED void forward(lanes v[SIDE], int isFirst) {
  const int bits = isFirst ? POINT - EXTRA : POINT + EXTRA;
  const lanes sum[4] = {v[0] + v[7], v[1] + v[6], v[2] + v[5], v[3] + v[4]};
  const lanes apart[4] = {v[3] - v[4], v[2] - v[5], v[1] - v[6], v[0] - v[7]};
  const lanes outer = sum[0] + sum[3], inner = sum[1] + sum[2], far = sum[0] - sum[3], near = sum[1] - sum[2];
  v[0] = isFirst ? (outer + inner) * (1 << EXTRA) : ROUNDED(outer + inner, EXTRA);
  v[4] = isFirst ? (outer - inner) * (1 << EXTRA) : ROUNDED(outer - inner, EXTRA);
  const lanes both = (near + far) * C0_541;
  v[2] = ROUNDED(both + far * C0_765, bits);
  v[6] = ROUNDED(both - near * C1_847, bits);
  lanes uneven[4];
  odd(apart, uneven);
  for (size_t k = 0; k < 4; k++) v[7 - 2 * k] = ROUNDED(uneven[k], bits);
}

INLINED void backward(lanes v[SIDE], int isFirst) {
  const int bits = isFirst ? POINT - EXTRA : POINT + EXTRA + 3;
  const lanes both = (v[2] + v[6]) * C0_541, low = both - v[6] * C1_847, high = both + v[2] * C0_765;
  const lanes sum = (v[0] + v[4]) * (1 << POINT), apart = (v[0] - v[4]) * (1 << POINT);
  const lanes even[4] = {sum + high, apart + low, apart - low, sum - high};
  const lanes in[4] = {v[7], v[5], v[3], v[1]};
  lanes uneven[4];
  odd(in, uneven);
  for (size_t k = 0; k < 4; k++) {
    v[k] = ROUNDED(even[k] + uneven[3 - k], bits);
    v[7 - k] = ROUNDED(even[k] - uneven[3 - k], bits);
  }
}

// The nearest whole number of steps. Half a step is added to the size; a half more than that keeps a whole quotient away
// from where the rounding of a single would take it down.
INLINED void round_to_steps(lanes v[SIDE], const quantiser *table) {
  for (size_t k = 0; k < SIDE; k++) {
    const lanes isNegative = v[k] >> 31, size = ((v[k] ^ isNegative) - isNegative) + table->half[k];
    const singles steps = (__builtin_convertvector(size, singles) + 0.5f) * table->inverse[k];
    const lanes whole = __builtin_convertvector(steps, lanes) * table->step[k];
    v[k] = (whole ^ isNegative) - isNegative;
  }
}

// What is left of each block of a plane. `width` is a multiple of LANES, `height` of SIDE.
CLONES static void quantise(uint8_t *plane, size_t width, size_t height, const quantiser *table) {
  for (size_t y = 0; y < height; y += SIDE) {
    for (size_t x = 0; x < width; x += LANES) {
      uint8_t *block = plane + y * width + x;
      lanes v[SIDE];
      for (size_t k = 0; k < SIDE; k++) v[k] = __builtin_convertvector(*(codes *)(block + k * width), lanes) - MIDDLE;
      transpose(v);
      forward(v, 1);
      transpose(v);
      forward(v, 0);
      round_to_steps(v, table);
      backward(v, 1);
      transpose(v);
      backward(v, 0);
      transpose(v);
      for (size_t k = 0; k < SIDE; k++) {
        const lanes none = {0}, value = __builtin_elementwise_max(v[k] + MIDDLE, none);
        *(codes *)(block + k * width) = __builtin_convertvector(__builtin_elementwise_min(value, none + 255), codes);
      }
    }
  }
}

// MARK: Colour

enum { BITS = 16, ONE_HALF = 1 << (BITS - 1) };

// Luma, blue and red difference of a row of pixels.
CLONES static void split(const uint8_t *restrict rgb, size_t width, uint8_t *restrict luma, uint8_t *restrict blue,
                         uint8_t *restrict red) {
  const int32_t middle = (MIDDLE << BITS) + ONE_HALF - 1;
  for (size_t x = 0; x < width; x++) {
    const int32_t r = rgb[3 * x], g = rgb[3 * x + 1], b = rgb[3 * x + 2];
    luma[x] = (uint8_t)((19595 * r + 38470 * g + 7471 * b + ONE_HALF) >> BITS);
    blue[x] = (uint8_t)((-11059 * r - 21709 * g + 32768 * b + middle) >> BITS);
    red[x] = (uint8_t)((32768 * r - 27439 * g - 5329 * b + middle) >> BITS);
  }
}

INLINED uint8_t code(int32_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

CLONES static void join(const uint8_t *restrict luma, const uint8_t *restrict blue, const uint8_t *restrict red,
                        size_t width, uint8_t *restrict rgb) {
  for (size_t x = 0; x < width; x++) {
    const int32_t y = luma[x], b = blue[x] - MIDDLE, r = red[x] - MIDDLE;
    rgb[3 * x] = code(y + ((91881 * r + ONE_HALF) >> BITS));
    rgb[3 * x + 1] = code(y + ((-22554 * b - 46802 * r + ONE_HALF) >> BITS));
    rgb[3 * x + 2] = code(y + ((116130 * b + ONE_HALF) >> BITS));
  }
}

// Means of two neighbours, or of those of two rows; halves go down and up by turns.
CLONES static void halve(const uint8_t *above, const uint8_t *below, size_t count, int isSquare, uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) {
    const int32_t sum = above[2 * i] + above[2 * i + 1], turn = (int32_t)(i % 2);
    out[i] = (uint8_t)(isSquare ? (sum + below[2 * i] + below[2 * i + 1] + 1 + turn) >> 2 : (sum + turn) >> 1);
  }
}

// How a colour row is made twice as wide: the near one counts three times as much as the next, also downwards.
typedef struct {
  int32_t near, far, left, right, shift;
} widening;

CLONES static void widen(const uint8_t *near, const uint8_t *far, size_t count, widening by, uint8_t *restrict out) {
#define MIXED(i) (by.near * near[i] + by.far * far[i])
  const size_t last = count - 1;
  out[0] = (uint8_t)((4 * MIXED(0) + by.left) >> by.shift);
  for (size_t i = 0; i < last; i++) {
    out[2 * i + 1] = (uint8_t)((3 * MIXED(i) + MIXED(i + 1) + by.right) >> by.shift);
    out[2 * i + 2] = (uint8_t)((3 * MIXED(i + 1) + MIXED(i) + by.left) >> by.shift);
  }
  out[2 * last + 1] = (uint8_t)((4 * MIXED(last) + by.right) >> by.shift);
#undef MIXED
}

static void repeat(const uint8_t *near, size_t count, uint8_t *out) {
  for (size_t i = 0; i < count; i++) out[2 * i] = out[2 * i + 1] = near[i];
}

// MARK: Pictures

// Planes as wide and high as whole blocks are, and rows of colour that is not yet, or no more, shared.
typedef struct {
  size_t width, height, colour_width, colour_height;  // with what fills the last blocks
  size_t columns, rows;                               // of colour
  size_t across, down;                                // pixels that share a colour
  uint8_t *luma, *colour[2], *wide[4];
} planes;

static size_t whole(size_t count, size_t of) { return (count + of - 1) / of * of; }

static planes laid_out(size_t width, size_t height, audit_damage_sampling sampling, uint8_t *work) {
  planes p = {.across = sampling == AUDIT_DAMAGE_FULL ? 1 : 2, .down = sampling == AUDIT_DAMAGE_QUARTER ? 2 : 1};
  p.width = whole(width, 2 * LANES);
  p.height = whole(height, SIDE);
  p.columns = (width + p.across - 1) / p.across;
  p.rows = (height + p.down - 1) / p.down;
  p.colour_width = p.width / p.across;
  p.colour_height = whole(p.rows, SIDE);
  p.luma = work;
  p.colour[0] = p.luma + p.width * p.height;
  p.colour[1] = p.colour[0] + p.colour_width * p.colour_height;
  for (size_t k = 0; k < 4; k++) p.wide[k] = p.colour[1] + p.colour_width * p.colour_height + k * p.width;
  return p;
}

// The last row again and again.
static void fill(uint8_t *plane, size_t width, size_t rows, size_t height) {
  for (size_t y = rows; y < height; y++) memcpy(plane + y * width, plane + (rows - 1) * width, width);
}

static void take_apart(const uint8_t *pixels, size_t width, size_t height, const planes *p) {
  for (size_t y = 0; y < height; y++) {
    // Of two rows that share colour the second may be missing.
    uint8_t *luma = p->luma + y * p->width, *const *row = p->wide + 2 * (y % p->down);
    split(pixels + 3 * width * y, width, luma, row[0], row[1]);
    memset(luma + width, luma[width - 1], p->width - width);
    for (size_t c = 0; c < 2; c++) memset(row[c] + width, row[c][width - 1], p->width - width);
    if (y % p->down + 1 < p->down && y + 1 < height) continue;
    for (size_t c = 0; c < 2; c++) {
      uint8_t *out = p->colour[c] + y / p->down * p->colour_width;
      if (p->across == 1) {
        memcpy(out, row[c], p->width);
      } else {
        halve(p->wide[c], row[c], p->colour_width, p->down == 2, out);
      }
    }
  }
  fill(p->luma, p->width, height, p->height);
  for (size_t c = 0; c < 2; c++) fill(p->colour[c], p->colour_width, p->rows, p->colour_height);
}

// A row of colour for every pixel of a row.
static const uint8_t *colour_row(const planes *p, size_t c, size_t y) {
  static const widening along = {1, 0, 1, 2, 2}, both = {3, 1, 8, 7, 4};
  const uint8_t *near = p->colour[c] + y / p->down * p->colour_width, *far = near;
  if (p->across == 1) return near;
  if (p->columns <= 2) {
    repeat(near, p->columns, p->wide[c]);
  } else {
    if (p->down == 2 && y % 2 == 0 && y > 0) far = near - p->colour_width;
    if (p->down == 2 && y % 2 == 1 && y / 2 + 1 < p->rows) far = near + p->colour_width;
    widen(near, far, p->columns, p->down == 2 ? both : along, p->wide[c]);
  }
  return p->wide[c];
}

void audit_damage_jpeg(uint8_t *pixels, size_t width, size_t height, int quality, audit_damage_sampling sampling,
                       uint8_t *work) {
  const planes p = laid_out(width, height, sampling, work);
  take_apart(pixels, width, height, &p);
  quantiser table;
  scale(luma_steps, quality, &table);
  quantise(p.luma, p.width, p.height, &table);
  scale(chroma_steps, quality, &table);
  for (size_t c = 0; c < 2; c++) quantise(p.colour[c], p.colour_width, p.colour_height, &table);
  for (size_t y = 0; y < height; y++) {
    join(p.luma + y * p.width, colour_row(&p, 0, y), colour_row(&p, 1, y), width, pixels + 3 * width * y);
  }
}
