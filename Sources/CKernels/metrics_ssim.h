// Structural similarity.

enum { STRIP = 64, TAPS = 11, REACH = 5 };

INLINE void filter_row(const double *restrict in, double *restrict out, size_t n,
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

INLINE void ssim_row(ssim_strip *restrict strip, size_t y, size_t n,
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

INLINE void ssim_columns(const float *restrict image,
                                                               const float *restrict reference, size_t stride,
                                                               size_t height, size_t n, size_t whole,
                                                               const double *restrict window, double c1, double c2,
                                                               double *restrict contrast,
                                                               double *restrict similarity) {
  ssim_strip strip;
  size_t inputs = n + 2 * REACH;
  for (size_t q = 0; q < 4; q++)
    for (size_t x = inputs; x < STRIP + 2 * LANES; x++) strip.in[q][x] = 0;
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
                            size_t height,
                            const double *restrict window, double c1, double c2) {
  double contrast[LANES] = {0}, similarity[LANES] = {0};
  size_t outputs = width - 2 * REACH;
  // Strips as narrow as this keep their eleven rows in the first cache.
  for (size_t x = 0; x < outputs; x += STRIP) {
    size_t n = smaller(STRIP, outputs - x);
    // Whole vectors only: what lies beyond n is computed from zeros and not added.
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
