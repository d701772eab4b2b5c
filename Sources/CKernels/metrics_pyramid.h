// The Laplacian pyramid.

INLINE void blur_row(const double *restrict in, size_t width, const double *restrict taps, double *restrict padded,
                     double *restrict out) {
  double *restrict inner = padded + 2;
  LOOP for (size_t x = 0; x < width; x++) inner[x] = in[x];
  padded[0] = padded[1] = in[0];
  inner[width] = inner[width + 1] = in[width - 1];
  double t0 = taps[0], t1 = taps[1], t2 = taps[2];
  LOOP for (size_t x = 0; x < width; x++)
    out[x] = t0 * padded[x + 2] + t1 * (padded[x + 1] + padded[x + 3]) + t2 * (padded[x] + padded[x + 4]);
}

KERNEL double pyramid_level(const double *restrict plane, size_t width, size_t height, const double *restrict taps,
                            double *restrict scratch, double *restrict half) {
  size_t stride = width + 20;
  double *restrict padded = scratch, *restrict band = scratch + stride, *restrict low = scratch + 2 * stride;
  double *restrict rows = scratch + 4 * stride;
  double sums[LANES] = {0}, t0 = taps[0], t1 = taps[1], t2 = taps[2];
  size_t filtered = 0;
  for (size_t y = 0; y < height; y++) {
    // Rows filtered along x, five of them kept.
    for (; filtered < smaller(y + 3, height); filtered++)
      blur_row(plane + filtered * width, width, taps, padded, rows + filtered % 5 * stride);
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
