// Gradients and derivatives of images and residuals.

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

INLINE double gradient(const float *restrict a, const float *restrict b,
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

INLINE double antisymmetric(const double *restrict taps, double near0, double near1, double near2, double far0,
                            double far1, double far2) {
  return (taps[0] * near0 + taps[1] * near1 + taps[2] * near2) + (taps[3] * far0 + taps[4] * far1 + taps[5] * far2);
}

// Down the columns: lines above minus lines below, which are sums of mirrored pixels.
INLINE double gradient_down(const float *restrict p, size_t stride, size_t x, const double *restrict taps) {
  const float *a = p + x, *b = a + stride, *d = b + 2 * stride, *e = d + stride;
  return antisymmetric(taps, b[2] - d[2], (b[1] + b[3]) - (d[1] + d[3]), (b[0] + b[4]) - (d[0] + d[4]), a[2] - e[2],
                       (a[1] + a[3]) - (e[1] + e[3]), (a[0] + a[4]) - (e[0] + e[4]));
}

INLINE double gradient_across(const float *restrict p, size_t stride, size_t x, const double *restrict taps) {
  const float *a = p + x, *b = a + stride, *c = b + stride, *d = c + stride, *e = d + stride;
  return antisymmetric(taps, c[1] - c[3], (b[1] + d[1]) - (b[3] + d[3]), (a[1] + e[1]) - (a[3] + e[3]), c[0] - c[4],
                       (b[0] + d[0]) - (b[4] + d[4]), (a[0] + e[0]) - (a[4] + e[4]));
}

KERNEL void directional_dissimilarity(const float *restrict image, const float *restrict reference, size_t width,
                                      size_t height, const double *restrict taps, double c, double *restrict sums) {
  size_t stride = width + 4;
  double first[LANES] = {0}, second[LANES] = {0}, down[BLOCK], across[BLOCK], squares[BLOCK];
  for (size_t y = 0; y < height; y++) {
    for (size_t start = 0; start < width; start += BLOCK) {
      size_t n = smaller(BLOCK, width - start);
      const float *s = image + y * stride + start, *r = reference + y * stride + start;
      LOOP for (size_t x = 0; x < n; x++) {
        double a = gradient_down(s, stride, x, taps), b = gradient_down(r, stride, x, taps);
        double p = gradient_across(s, stride, x, taps), q = gradient_across(r, stride, x, taps);
        double u = (a - b) * (a - b) / (a * a + b * b + c), v = (p - q) * (p - q) / (p * p + q * q + c);
        down[x] = u;
        across[x] = v;
        squares[x] = u * u + v * v;
      }
      add_lanes(first, down, n);
      add_lanes(first, across, n);
      add_lanes(second, squares, n);
    }
  }
  sums[0] = total(first);
  sums[1] = total(second);
}

KERNEL void derivative_histograms(const int16_t *restrict framed, size_t width, size_t height,
                                  uint32_t *restrict first, uint32_t *restrict second, uint32_t *restrict mixed) {
  size_t stride = width + 2;
  // Several tables, so that equal neighbouring values do not wait for one another's store.
  uint32_t tables[6][1024] = {{0}};
  uint16_t dx[BLOCK], dy[BLOCK], dxx[BLOCK], dyy[BLOCK], dxy[BLOCK];
  for (size_t y = 0; y < height; y++) {
    for (size_t start = 0; start < width; start += BLOCK) {
      size_t n = smaller(BLOCK, width - start);
      const int16_t *up = framed + y * stride + start, *row = up + stride, *low = row + stride;
      LOOP for (size_t x = 0; x < n; x++) {
        int16_t centre = (int16_t)(2 * row[x + 1]), value;
        value = (int16_t)(row[x + 2] - row[x]);
        dx[x] = (uint16_t)(value < 0 ? -value : value);
        value = (int16_t)(low[x + 1] - up[x + 1]);
        dy[x] = (uint16_t)(value < 0 ? -value : value);
        value = (int16_t)(row[x + 2] + row[x] - centre);
        dxx[x] = (uint16_t)(value < 0 ? -value : value);
        value = (int16_t)(low[x + 1] + up[x + 1] - centre);
        dyy[x] = (uint16_t)(value < 0 ? -value : value);
        value = (int16_t)(low[x + 2] + up[x] - up[x + 2] - low[x]);
        dxy[x] = (uint16_t)(value < 0 ? -value : value);
      }
      for (size_t x = 0; x < n; x++) {
        tables[0][dx[x]]++;
        tables[1][dy[x]]++;
        tables[2][dxx[x]]++;
        tables[3][dyy[x]]++;
        tables[4 + x % 2][dxy[x]]++;
      }
    }
  }
  LOOP for (size_t k = 0; k < 1024; k++) {
    first[k] += tables[0][k] + tables[1][k];
    second[k] += tables[2][k] + tables[3][k];
    mixed[k] += tables[4][k] + tables[5][k];
  }
}
