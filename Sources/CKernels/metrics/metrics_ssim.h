// Structural similarity.

enum { STRIP = 64, TAPS = 11, REACH = 5 };

// Whole vectors: n is a multiple of 8. `in` begins five pixels before the first output and has 24 more than n. About
// half of the shifted inputs are put together from registers: on wide vectors the loads, each of which crosses a cache
// line, would be the bottleneck.
INLINE void filter_row(const double *restrict in, double *restrict out, size_t n, const double *restrict w) {
  lanes a = LOAD(in), b = LOAD(in + 8);
  for (size_t x = 0; x < n; x += LANES) {
    const double *p = in + x;
    lanes c = LOAD(p + 16);
    lanes sum = MUL(SPLAT(w[0]), SHIFT(a, b, 5));
    sum = ADD(sum, MUL(SPLAT(w[1]), ADD(SHIFT(a, b, 4), LOAD(p + 6))));
    sum = ADD(sum, MUL(SPLAT(w[2]), ADD(SHIFT(a, b, 3), LOAD(p + 7))));
    sum = ADD(sum, MUL(SPLAT(w[3]), ADD(SHIFT(a, b, 2), b)));
    sum = ADD(sum, MUL(SPLAT(w[4]), ADD(SHIFT(a, b, 1), LOAD(p + 9))));
    sum = ADD(sum, MUL(SPLAT(w[5]), ADD(a, LOAD(p + 10))));
    STORE(out + x, sum);
    a = b;
    b = c;
  }
}

// Eight values of quantity q, filtered along y from eleven rows, the oldest first.
INLINE void filter_column(const double (*const rows[TAPS])[STRIP], size_t q, size_t x, const double *restrict w,
                          lanes *restrict out) {
  lanes sum = MUL(SPLAT(w[0]), LOAD(rows[5][q] + x));
  sum = ADD(sum, MUL(SPLAT(w[1]), ADD(LOAD(rows[4][q] + x), LOAD(rows[6][q] + x))));
  sum = ADD(sum, MUL(SPLAT(w[2]), ADD(LOAD(rows[3][q] + x), LOAD(rows[7][q] + x))));
  sum = ADD(sum, MUL(SPLAT(w[3]), ADD(LOAD(rows[2][q] + x), LOAD(rows[8][q] + x))));
  sum = ADD(sum, MUL(SPLAT(w[4]), ADD(LOAD(rows[1][q] + x), LOAD(rows[9][q] + x))));
  *out = ADD(sum, MUL(SPLAT(w[5]), ADD(LOAD(rows[0][q] + x), LOAD(rows[10][q] + x))));
}

// What one strip keeps: the last eleven rows of four quantities, filtered along x.
// Aligned, as a vector that crosses a cache line costs two loads.
typedef struct __attribute__((aligned(64))) {
  double rows[TAPS][4][STRIP];
  double in[4][STRIP + 3 * LANES];
  double contrast[STRIP], similarity[STRIP];
} ssim_strip;

INLINE void ssim_row(ssim_strip *restrict strip, size_t y, size_t n, const double *restrict w, double c1, double c2) {
  const double(*rows[TAPS])[STRIP];
  for (size_t k = 0; k < TAPS; k++) rows[k] = strip->rows[(y + 1 + k) % TAPS];
  for (size_t x = 0; x < n; x += LANES) {
    lanes r, s, squares, product;
    filter_column(rows, 0, x, w, &r);
    filter_column(rows, 1, x, w, &s);
    filter_column(rows, 2, x, w, &squares);
    filter_column(rows, 3, x, w, &product);
    lanes rr_ss = ADD(MUL(r, r), MUL(s, s)), rs = MUL(r, s);
    lanes luminance = ADD(rr_ss, SPLAT(c1)), contrast = ADD(SUB(squares, rr_ss), SPLAT(c2));
    // l = 1 - (r - s)^2 / luminance, cs = 1 - (v + v' - 2 k) / contrast: exactly 1 for equal images, and one division
    // serves both.
    lanes apart = MUL(SUB(r, s), SUB(r, s));
    lanes variance = SUB(SUB(squares, rr_ss), MUL(SPLAT(2), SUB(product, rs)));
    lanes contrast_loss = MUL(variance, luminance);
    lanes both = SUB(ADD(MUL(apart, contrast), contrast_loss), MUL(apart, variance));
    lanes inverse = DIV(SPLAT(1), MUL(luminance, contrast));
    STORE(strip->contrast + x, MUL(contrast_loss, inverse));
    STORE(strip->similarity + x, MUL(both, inverse));
  }
}

INLINE void ssim_columns(const float *restrict image, const float *restrict reference, size_t stride, size_t height,
                         size_t n, size_t whole, const double *restrict window, double c1, double c2,
                         double *restrict contrast, double *restrict similarity) {
  ssim_strip strip;
  // Whole vectors again: the last may reach up to seven pixels past the strip, into what is not added.
  size_t inputs = (whole + 2 * REACH + LANES - 1) / LANES * LANES;
  for (size_t q = 0; q < 4; q++)
    for (size_t x = inputs; x < STRIP + 3 * LANES; x++) strip.in[q][x] = 0;
  for (size_t y = 0; y < height; y++) {
    const float *s = image + y * stride, *r = reference + y * stride;
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

KERNEL audit_ssim_sums ssim(const float *restrict image, const float *restrict reference, size_t stride, size_t width,
                            size_t height, const double *restrict window, double c1, double c2) {
  double contrast[LANES] = {0}, similarity[LANES] = {0};
  size_t outputs = width - 2 * REACH;
  // Strips as narrow as this keep their eleven rows in the first cache.
  for (size_t x = 0; x < outputs; x += STRIP) {
    size_t n = smaller(STRIP, outputs - x);
    // Whole vectors only: what lies beyond n is not added.
    size_t whole = (n + LANES - 1) / LANES * LANES;
    if (whole == STRIP)
      ssim_columns(image + x, reference + x, stride, height, n, STRIP, window, c1, c2, contrast, similarity);
    else
      ssim_columns(image + x, reference + x, stride, height, n, whole, window, c1, c2, contrast, similarity);
  }
  return (audit_ssim_sums){total(contrast), total(similarity)};
}

enum { BOX = 7 };

INLINE void uniform_columns(const uint8_t *restrict image, const uint8_t *restrict reference, size_t stride,
                            size_t height, size_t n, double c1, double c2, double *restrict sums) {
  // Per column: sums over seven rows of image, reference, both squares and the product. The rest stays 0.
  int32_t column[4][STRIP + 16] = {{0}};
  double similarity[STRIP];
  size_t inputs = n + BOX - 1;
  double luminance = 49.0 * 49.0 * c1, contrast = 49.0 * 48.0 * c2;
  for (size_t y = 0; y < height; y++) {
    const uint8_t *s = image + y * stride, *r = reference + y * stride;
    LOOP for (size_t x = 0; x < inputs; x++) {
      int32_t a = s[x], b = r[x];
      column[0][x] += a;
      column[1][x] += b;
      column[2][x] += a * a + b * b;
      column[3][x] += a * b;
    }
    if (y + 1 < BOX) continue;
    int32_t window[4][STRIP];
    for (size_t q = 0; q < 4; q++) {
      const int32_t *restrict c = column[q];
      LOOP for (size_t x = 0; x < STRIP; x++)
        window[q][x] = ((c[x] + c[x + 1]) + (c[x + 2] + c[x + 3])) + ((c[x + 4] + c[x + 5]) + c[x + 6]);
    }
    // All 64 positions, a count that is known when this is compiled; those beyond n are not added.
    LOOP for (size_t x = 0; x < STRIP; x++) {
      // Whole numbers below 2^31.
      int32_t a = window[0][x], b = window[1][x], product = 2 * a * b, squares = a * a + b * b;
      int32_t covariance = 98 * window[3][x] - product, variances = 49 * window[2][x] - squares;
      similarity[x] = (((double)product + luminance) * ((double)covariance + contrast)) /
                      (((double)squares + luminance) * ((double)variances + contrast));
    }
    add_lanes(sums, similarity, n);
    const uint8_t *old_s = s - (BOX - 1) * stride, *old_r = r - (BOX - 1) * stride;
    LOOP for (size_t x = 0; x < inputs; x++) {
      int32_t a = old_s[x], b = old_r[x];
      column[0][x] -= a;
      column[1][x] -= b;
      column[2][x] -= a * a + b * b;
      column[3][x] -= a * b;
    }
  }
}

KERNEL double uniform_ssim(const uint8_t *restrict image, const uint8_t *restrict reference, size_t width,
                           size_t height, double c1, double c2) {
  double sums[LANES] = {0};
  size_t outputs = width - (BOX - 1);
  for (size_t x = 0; x < outputs; x += STRIP)
    uniform_columns(image + x, reference + x, width, height, smaller(STRIP, outputs - x), c1, c2, sums);
  return total(sums);
}

KERNEL void halve(const float *restrict plane, size_t width, size_t height, float *restrict out) {
  size_t columns = (width + 1) / 2, rows = (height + 1) / 2;
  for (size_t y = 0; y < rows; y++) {
    const float *upper = plane + 2 * y * width, *lower = 2 * y + 1 < height ? upper + width : upper;
    float *restrict row = out + y * columns;
    LOOP for (size_t x = 0; x < width / 2; x++)
      row[x] = 0.25f * ((upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1]));
    if (width % 2) row[columns - 1] = 0.5f * (upper[width - 1] + lower[width - 1]);
  }
}
