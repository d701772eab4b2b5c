// The kernels of audit_metrics_kernels.h. Included by metrics_kernels.c and metrics_scalar.c, which define
//   KERNEL    what stands before a kernel (vector widths, or nothing)
//   LOOP      what stands before a loop that may be vectorised (nothing, or a ban)
//   add_lanes how a row is added to eight lanes
// No include guard: the two are one source compiled twice.

#include "audit_metrics_kernels.h"

enum { LANES = 8, BLOCK = 256, STRIP = 64, TAPS = 11, REACH = 5 };

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static inline double total(const double lanes[LANES]) {
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

KERNEL void split(const uint8_t *restrict rgb, size_t count, uint8_t *restrict red, uint8_t *restrict green,
                  uint8_t *restrict blue) {
  LOOP for (size_t i = 0; i < count; i++) {
    red[i] = rgb[3 * i];
    green[i] = rgb[3 * i + 1];
    blue[i] = rgb[3 * i + 2];
  }
}

KERNEL void widen(const uint8_t *restrict codes, size_t count, float *restrict out) {
  LOOP for (size_t i = 0; i < count; i++) out[i] = codes[i];
}

KERNEL void histogram(const uint8_t *restrict image, const uint8_t *restrict reference, size_t count,
                      uint32_t *restrict bins) {
  // Four tables, so that equal neighbouring residuals do not wait for one another's store.
  uint32_t tables[4][512] = {{0}};
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    tables[0][255 + image[i] - reference[i]]++;
    tables[1][255 + image[i + 1] - reference[i + 1]]++;
    tables[2][255 + image[i + 2] - reference[i + 2]]++;
    tables[3][255 + image[i + 3] - reference[i + 3]]++;
  }
  for (; i < count; i++) tables[0][255 + image[i] - reference[i]]++;
  LOOP for (size_t k = 0; k < 511; k++) bins[k] += tables[0][k] + tables[1][k] + tables[2][k] + tables[3][k];
}

KERNEL audit_ratio_sums ratios(const uint8_t *restrict image, const uint8_t *restrict reference, size_t count) {
  double one[LANES] = {0}, two[LANES] = {0}, three[LANES] = {0};
  double first[BLOCK], second[BLOCK], third[BLOCK];
  for (size_t start = 0; start < count; start += BLOCK) {
    size_t n = smaller(BLOCK, count - start);
    const uint8_t *s = image + start, *r = reference + start;
    LOOP for (size_t i = 0; i < n; i++) {
      int residual = s[i] - r[i], sum = s[i] + r[i], floor = r[i] > 0 ? r[i] : 1;
      int magnitude = residual < 0 ? -residual : residual, both = sum > 0 ? sum : 1;
      // One division serves both denominators.
      double inverse = 1.0 / ((double)floor * (double)both);
      first[i] = (double)residual * ((double)both * inverse);
      second[i] = (double)magnitude * ((double)both * inverse);
      third[i] = (double)magnitude * ((double)floor * inverse);
    }
    add_lanes(one, first, n);
    add_lanes(two, second, n);
    add_lanes(three, third, n);
  }
  return (audit_ratio_sums){total(one), total(two), total(three)};
}

KERNEL uint64_t neighbours(const uint8_t *restrict codes, size_t width, size_t height) {
  uint64_t sum = 0;
  for (size_t y = 0; y < height; y++) {
    const uint8_t *row = codes + y * width;
    uint32_t part = 0;
    LOOP for (size_t x = 0; x + 1 < width; x++) part += (uint32_t)(row[x + 1] > row[x] ? row[x + 1] - row[x] : row[x] - row[x + 1]);
    sum += part;
    if (y == 0) continue;
    const uint8_t *above = row - width;
    part = 0;
    LOOP for (size_t x = 0; x < width; x++) part += (uint32_t)(above[x] > row[x] ? above[x] - row[x] : row[x] - above[x]);
    sum += part;
  }
  return sum;
}

KERNEL void luma(const uint8_t *restrict red, const uint8_t *restrict green, const uint8_t *restrict blue, size_t count,
                 float *restrict out) {
  LOOP for (size_t i = 0; i < count; i++) out[i] = (float)(299 * red[i] + 587 * green[i] + 114 * blue[i]);
}

static inline __attribute__((always_inline)) void filter_row(const double *restrict in, double *restrict out, size_t n,
                                                             const double *restrict w) {
  double w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3], w4 = w[4], w5 = w[5];
  LOOP for (size_t x = 0; x < n; x++) {
    out[x] = w0 * in[x + 5] + w1 * (in[x + 4] + in[x + 6]) + w2 * (in[x + 3] + in[x + 7]) +
             w3 * (in[x + 2] + in[x + 8]) + w4 * (in[x + 1] + in[x + 9]) + w5 * (in[x] + in[x + 10]);
  }
}

#define COLUMN(q) \
  (w0 * r5[q][x] + w1 * (r4[q][x] + r6[q][x]) + w2 * (r3[q][x] + r7[q][x]) + w3 * (r2[q][x] + r8[q][x]) + \
   w4 * (r1[q][x] + r9[q][x]) + w5 * (r0[q][x] + r10[q][x]))

// What one strip keeps: the last eleven rows of four quantities, filtered along x.
typedef struct {
  double rows[TAPS][4][STRIP];
  double in[4][STRIP + 2 * LANES];
  double contrast[STRIP], similarity[STRIP];
} ssim_strip;

static inline __attribute__((always_inline)) void ssim_row(ssim_strip *restrict strip, size_t y, size_t n,
                                                           const double *restrict w, double c1, double c2) {
  double w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3], w4 = w[4], w5 = w[5];
  const double(*r0)[STRIP] = strip->rows[(y + 1) % TAPS], (*r1)[STRIP] = strip->rows[(y + 2) % TAPS],
  (*r2)[STRIP] = strip->rows[(y + 3) % TAPS], (*r3)[STRIP] = strip->rows[(y + 4) % TAPS],
  (*r4)[STRIP] = strip->rows[(y + 5) % TAPS], (*r5)[STRIP] = strip->rows[(y + 6) % TAPS],
  (*r6)[STRIP] = strip->rows[(y + 7) % TAPS], (*r7)[STRIP] = strip->rows[(y + 8) % TAPS],
  (*r8)[STRIP] = strip->rows[(y + 9) % TAPS], (*r9)[STRIP] = strip->rows[(y + 10) % TAPS],
  (*r10)[STRIP] = strip->rows[y % TAPS];
  double *restrict contrast = strip->contrast, *restrict similarity = strip->similarity;
  LOOP for (size_t x = 0; x < n; x++) {
    double r = COLUMN(0), s = COLUMN(1), squares = COLUMN(2), product = COLUMN(3);
    double rs = r * s, rr_ss = r * r + s * s;
    double luminance_above = 2.0 * rs + c1, luminance_below = rr_ss + c1;
    double contrast_above = 2.0 * (product - rs) + c2, contrast_below = (squares - rr_ss) + c2;
    contrast[x] = contrast_above / contrast_below;
    similarity[x] = (luminance_above * contrast_above) / (luminance_below * contrast_below);
  }
}

static inline __attribute__((always_inline)) void ssim_columns(const float *restrict image,
                                                               const float *restrict reference, size_t width,
                                                               size_t height, size_t n, size_t whole,
                                                               const double *restrict window, double c1, double c2,
                                                               double *restrict contrast,
                                                               double *restrict similarity) {
  ssim_strip strip;
  size_t inputs = n + 2 * REACH;
  for (size_t q = 0; q < 4; q++)
    for (size_t x = inputs; x < STRIP + 2 * LANES; x++) strip.in[q][x] = 0;
  for (size_t y = 0; y < height; y++) {
    const float *s = image + y * width, *r = reference + y * width;
    LOOP for (size_t x = 0; x < inputs; x++) {
      double a = r[x], b = s[x];
      strip.in[0][x] = a;
      strip.in[1][x] = b;
      strip.in[2][x] = a * a + b * b;
      strip.in[3][x] = a * b;
    }
    for (size_t q = 0; q < 4; q++) filter_row(strip.in[q], strip.rows[y % TAPS][q], whole, window);
    if (y + 1 < TAPS) continue;
    ssim_row(&strip, y, whole, window, c1, c2);
    add_lanes(contrast, strip.contrast, n);
    add_lanes(similarity, strip.similarity, n);
  }
}

KERNEL audit_ssim_sums ssim(const float *restrict image, const float *restrict reference, size_t width, size_t height,
                            const double *restrict window, double c1, double c2) {
  double contrast[LANES] = {0}, similarity[LANES] = {0};
  size_t outputs = width - 2 * REACH;
  // Strips as narrow as this keep their eleven rows in the first cache.
  for (size_t x = 0; x < outputs; x += STRIP) {
    size_t n = smaller(STRIP, outputs - x);
    // Whole vectors only: what lies beyond n is computed from zeros and not added.
    size_t whole = (n + LANES - 1) / LANES * LANES;
    if (whole == STRIP)
      ssim_columns(image + x, reference + x, width, height, n, STRIP, window, c1, c2, contrast, similarity);
    else
      ssim_columns(image + x, reference + x, width, height, n, whole, window, c1, c2, contrast, similarity);
  }
  return (audit_ssim_sums){total(contrast), total(similarity)};
}

KERNEL void framed_sums(const float *restrict plane, size_t width, size_t height, float *restrict out) {
  size_t columns = (width + 1) / 2, rows = (height + 1) / 2, stride = columns + 2;
  for (size_t x = 0; x < stride; x++) out[x] = out[(rows + 1) * stride + x] = 0;
  for (size_t y = 0; y < rows; y++) {
    const float *upper = plane + 2 * y * width;
    float *restrict row = out + (y + 1) * stride + 1;
    row[-1] = row[columns] = 0;
    if (2 * y + 1 < height) {
      const float *lower = upper + width;
      LOOP for (size_t x = 0; x < width / 2; x++) row[x] = (upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1]);
      if (width % 2) row[columns - 1] = upper[width - 1] + lower[width - 1];
    } else {
      LOOP for (size_t x = 0; x < width / 2; x++) row[x] = upper[2 * x] + upper[2 * x + 1];
      if (width % 2) row[columns - 1] = upper[width - 1];
    }
  }
}

static inline __attribute__((always_inline)) double gradient(const float *restrict a, const float *restrict b,
                                                             const float *restrict c, size_t x) {
  // Whole numbers below 2^24: exact in float.
  float across = (a[x + 2] + b[x + 2] + c[x + 2]) - (a[x] + b[x] + c[x]);
  float down = (c[x] + c[x + 1] + c[x + 2]) - (a[x] + a[x + 1] + a[x + 2]);
  return __builtin_elementwise_sqrt((double)across * (double)across + (double)down * (double)down);
}

KERNEL void gradient_dissimilarity(const float *restrict image, const float *restrict reference, size_t width,
                                   size_t height, double c, double *restrict out) {
  size_t stride = width + 2;
  for (size_t y = 0; y < height; y++) {
    const float *s = image + y * stride, *r = reference + y * stride;
    double *restrict row = out + y * width;
    LOOP for (size_t x = 0; x < width; x++) {
      double g = gradient(s, s + stride, s + 2 * stride, x), h = gradient(r, r + stride, r + 2 * stride, x);
      row[x] = (g - h) * (g - h) / (g * g + h * h + c);
    }
  }
}

KERNEL double power_sum(const double *restrict values, size_t count, double centre, int power) {
  double lanes[LANES] = {0}, block[BLOCK];
  for (size_t start = 0; start < count; start += BLOCK) {
    size_t n = smaller(BLOCK, count - start);
    if (power == 1) {
      LOOP for (size_t i = 0; i < n; i++) block[i] = values[start + i] - centre;
    } else {
      LOOP for (size_t i = 0; i < n; i++) block[i] = (values[start + i] - centre) * (values[start + i] - centre);
    }
    add_lanes(lanes, block, n);
  }
  return total(lanes);
}

#define TABLE \
  { split, widen, histogram, ratios, neighbours, luma, ssim, framed_sums, gradient_dissimilarity, power_sum }
