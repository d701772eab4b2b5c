// Gradients and derivatives of images and residuals.

enum { GRADIENT_STRIP = 64 };

KERNEL void framed_sums(const float *restrict plane, size_t width, size_t height, float *restrict out) {
  size_t columns = (width + 1) / 2, rows = (height + 1) / 2, stride = columns + 2;
  for (size_t x = 0; x < stride; x++) out[x] = out[(rows + 1) * stride + x] = 0;
  for (size_t y = 0; y < rows; y++) {
    const float *upper = plane + 2 * y * width;
    float *restrict row = out + (y + 1) * stride + 1;
    row[-1] = row[columns] = 0;
    if (2 * y + 1 < height) {
      const float *lower = upper + width;
      LOOP for (size_t x = 0; x < width / 2; x++)
        row[x] = (upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1]);
      if (width % 2) row[columns - 1] = upper[width - 1] + lower[width - 1];
    } else {
      LOOP for (size_t x = 0; x < width / 2; x++) row[x] = upper[2 * x] + upper[2 * x + 1];
      if (width % 2) row[columns - 1] = upper[width - 1];
    }
  }
}

INLINE double gradient(const float *restrict a, const float *restrict b, const float *restrict c, size_t x) {
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

// Signed 5 x 5 gradients of one plane. The kernels are mirror images along one axis and odd along the other, so a row
// first gives sums and differences of mirrored pixels (whole numbers, exact in float); weighted, they are kept for the
// five rows that use them.
typedef struct __attribute__((aligned(64))) {
  // Of each row: for the gradient along y as a near and as a far row, along x as the centre, a near and a far row.
  double rows[5][5][GRADIENT_STRIP];
} gradient_strip;

INLINE void gradient_row(const float *restrict p, size_t n, const double *restrict taps,
                         double (*restrict out)[GRADIENT_STRIP]) {
  double t0 = taps[0], t1 = taps[1], t2 = taps[2], t3 = taps[3], t4 = taps[4], t5 = taps[5];
  double near[GRADIENT_STRIP], far[GRADIENT_STRIP], side[GRADIENT_STRIP], outer[GRADIENT_STRIP];
  // Apart, so that no loop reads neighbours at distance one: carried from step to step they would keep it scalar.
  LOOP for (size_t x = 0; x < n; x++) {
    far[x] = p[x] + p[x + 4];
    outer[x] = p[x] - p[x + 4];
  }
  LOOP for (size_t x = 0; x < n; x++) {
    near[x] = p[x + 1] + p[x + 3];
    side[x] = p[x + 1] - p[x + 3];
  }
  LOOP for (size_t x = 0; x < n; x++) {
    double centre = p[x + 2];
    out[0][x] = t0 * centre + t1 * near[x] + t2 * far[x];
    out[1][x] = t3 * centre + t4 * near[x] + t5 * far[x];
    out[2][x] = t0 * side[x] + t3 * outer[x];
    out[3][x] = t1 * side[x] + t4 * outer[x];
    out[4][x] = t2 * side[x] + t5 * outer[x];
  }
}

INLINE void directional_columns(const float *restrict image, const float *restrict reference, size_t stride,
                                size_t height, size_t n, const double *restrict taps, double c,
                                double *restrict first, double *restrict second) {
  gradient_strip s, r;
  double down[GRADIENT_STRIP], across[GRADIENT_STRIP], squares[GRADIENT_STRIP];
  for (size_t y = 0; y < height + 4; y++) {
    gradient_row(image + y * stride, n, taps, s.rows[y % 5]);
    gradient_row(reference + y * stride, n, taps, r.rows[y % 5]);
    if (y < 4) continue;
    size_t a = (y + 1) % 5, b = (y + 2) % 5, m = (y + 3) % 5, d = (y + 4) % 5, e = y % 5;
#define DOWN(t) ((t.rows[b][0][x] - t.rows[d][0][x]) + (t.rows[a][1][x] - t.rows[e][1][x]))
#define ACROSS(t) (t.rows[m][2][x] + (t.rows[b][3][x] + t.rows[d][3][x]) + (t.rows[a][4][x] + t.rows[e][4][x]))
    LOOP for (size_t x = 0; x < n; x++) {
      double g = DOWN(s), h = DOWN(r), p = ACROSS(s), q = ACROSS(r);
      double below = g * g + h * h + c, beside = p * p + q * q + c, inverse = 1.0 / (below * beside);
      double u = (g - h) * (g - h) * (beside * inverse), v = (p - q) * (p - q) * (below * inverse);
      down[x] = u;
      across[x] = v;
      squares[x] = u * u + v * v;
    }
    add_lanes(first, down, n);
    add_lanes(first, across, n);
    add_lanes(second, squares, n);
  }
}

KERNEL void directional_dissimilarity(const float *restrict image, const float *restrict reference, size_t width,
                                      size_t height, const double *restrict taps, double c, double *restrict sums) {
  double first[LANES] = {0}, second[LANES] = {0};
  for (size_t x = 0; x < width; x += GRADIENT_STRIP)
    directional_columns(image + x, reference + x, width + 4, height, smaller(GRADIENT_STRIP, width - x), taps, c, first,
                        second);
  sums[0] = total(first);
  sums[1] = total(second);
}

INLINE uint16_t magnitude(int value) { return (uint16_t)(value < 0 ? -value : value); }

KERNEL void derivative_sums(const int16_t *restrict framed, size_t width, size_t height, const double *restrict half,
                            const double *restrict whole, const double *restrict quarter, double *restrict sums) {
  size_t stride = width + 2;
  double straight[LANES] = {0}, mixed[LANES] = {0}, values[BLOCK], diagonals[BLOCK];
  uint16_t dx[BLOCK], dy[BLOCK], dxx[BLOCK], dyy[BLOCK], dxy[BLOCK];
  int16_t sides[BLOCK];
  for (size_t y = 0; y < height; y++) {
    for (size_t start = 0; start < width; start += BLOCK) {
      size_t n = smaller(BLOCK, width - start);
      const int16_t *up = framed + y * stride + start, *row = up + stride, *low = row + stride;
      // Two loops, so that none reads neighbours at distance one: the compiler would carry those from step to step,
      // and then not use vectors.
      LOOP for (size_t x = 0; x < n; x++) {
        sides[x] = (int16_t)(row[x + 2] + row[x]);
        dx[x] = magnitude(row[x + 2] - row[x]);
        dxy[x] = magnitude(low[x + 2] + up[x] - up[x + 2] - low[x]);
      }
      LOOP for (size_t x = 0; x < n; x++) {
        int centre = 2 * row[x + 1];
        dy[x] = magnitude(low[x + 1] - up[x + 1]);
        dxx[x] = magnitude(sides[x] - centre);
        dyy[x] = magnitude(low[x + 1] + up[x + 1] - centre);
      }
      LOOKUP for (size_t x = 0; x < n; x++) {
        values[x] = (half[dx[x]] + half[dy[x]]) + (whole[dxx[x]] + whole[dyy[x]]);
        diagonals[x] = quarter[dxy[x]];
      }
      add_lanes(straight, values, n);
      add_lanes(mixed, diagonals, n);
    }
  }
  sums[0] = total(straight);
  sums[1] = total(mixed);
}
