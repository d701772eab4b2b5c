// The Laplacian pyramid.

INLINE double blurred_at(const double *restrict in, size_t width, size_t x, const double *restrict taps) {
  size_t last = width - 1;
  return taps[0] * in[x] + taps[1] * (in[x < 1 ? 0 : x - 1] + in[smaller(x + 1, last)]) +
         taps[2] * (in[x < 2 ? 0 : x - 2] + in[smaller(x + 2, last)]);
}

INLINE void blur_row(const double *restrict in, size_t width, const double *restrict taps, double *restrict out) {
  lanes t0 = SPLAT(taps[0]), t1 = SPLAT(taps[1]), t2 = SPLAT(taps[2]);
  size_t x = 0;
  for (; x < smaller(2, width); x++) out[x] = blurred_at(in, width, x, taps);
  for (; x + 2 + LANES <= width; x += LANES) {
    const double *p = in + x;
    lanes sum = ADD(MUL(t0, LOAD(p)), MUL(t1, ADD(LOAD(p - 1), LOAD(p + 1))));
    STORE(out + x, ADD(sum, MUL(t2, ADD(LOAD(p - 2), LOAD(p + 2)))));
  }
  for (; x < width; x++) out[x] = blurred_at(in, width, x, taps);
}

KERNEL double pyramid_level(const double *restrict plane, size_t width, size_t height, const double *restrict taps,
                            double *restrict scratch, double *restrict half) {
  // Rows begin on cache lines.
  size_t stride = (width + LANES - 1) / LANES * LANES;
  double *restrict band = scratch, *restrict low = scratch + stride, *restrict rows = scratch + 3 * stride;
  double sums[LANES] = {0}, t0 = taps[0], t1 = taps[1], t2 = taps[2];
  size_t filtered = 0;
  for (size_t y = 0; y < height; y++) {
    // Rows filtered along x, five of them kept.
    for (; filtered < smaller(y + 3, height); filtered++)
      blur_row(plane + filtered * width, width, taps, rows + filtered % 5 * stride);
    const double *a = rows + (y < 2 ? 0 : y - 2) % 5 * stride, *b = rows + (y < 1 ? 0 : y - 1) % 5 * stride;
    const double *c = rows + y % 5 * stride, *d = rows + smaller(y + 1, height - 1) % 5 * stride;
    const double *e = rows + smaller(y + 2, height - 1) % 5 * stride, *in = plane + y * width;
    double *restrict blurred = low + y % 2 * stride;
    LOOP for (size_t x = 0; x < width; x++) {
      double value = t0 * c[x] + t1 * (b[x] + d[x]) + t2 * (a[x] + e[x]), difference = in[x] - value;
      blurred[x] = value;
      band[x] = difference < 0 ? -difference : difference;
    }
    add_lanes(sums, band, width);
    if (y % 2 == 0) continue;
    double *restrict out = half + y / 2 * (width / 2);
    LOOP for (size_t x = 0; x < width / 2; x++)
      out[x] = 0.25 * ((low[2 * x] + low[2 * x + 1]) + (low[stride + 2 * x] + low[stride + 2 * x + 1]));
  }
  return total(sums);
}
