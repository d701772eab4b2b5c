// Loops over 8-bit codes: planes, histograms, sums.

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

KERNEL void residuals(const uint8_t *restrict image, const uint8_t *restrict reference, size_t width, size_t height,
                      int16_t *restrict out) {
  size_t stride = width + 2;
  for (size_t y = 0; y < height; y++) {
    int16_t *restrict row = out + (y + 1) * stride + 1;
    const uint8_t *s = image + y * width, *r = reference + y * width;
    LOOP for (size_t x = 0; x < width; x++) row[x] = (int16_t)(s[x] - r[x]);
    row[-1] = row[0];
    row[width] = row[width - 1];
  }
  for (size_t x = 0; x < stride; x++) {
    out[x] = out[stride + x];
    out[(height + 1) * stride + x] = out[height * stride + x];
  }
}

KERNEL void widen_residuals(const int16_t *restrict in, size_t stride, size_t width, size_t height,
                            double *restrict out) {
  for (size_t y = 0; y < height; y++) {
    LOOP for (size_t x = 0; x < width; x++) out[y * width + x] = in[y * stride + x];
  }
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
  double directed[LANES] = {0}, absolute[LANES] = {0}, symmetric[LANES] = {0};
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
    add_lanes(directed, first, n);
    add_lanes(absolute, second, n);
    add_lanes(symmetric, third, n);
  }
  return (audit_ratio_sums){total(directed), total(absolute), total(symmetric)};
}

KERNEL uint64_t neighbours(const uint8_t *restrict codes, size_t width, size_t height) {
  uint64_t sum = 0;
  for (size_t y = 0; y < height; y++) {
    const uint8_t *row = codes + y * width;
    uint32_t part = 0;
    LOOP for (size_t x = 0; x + 1 < width; x++) part += (uint32_t)__builtin_abs(row[x + 1] - row[x]);
    sum += part;
    if (y == 0) continue;
    const uint8_t *above = row - width;
    part = 0;
    LOOP for (size_t x = 0; x < width; x++) part += (uint32_t)__builtin_abs(above[x] - row[x]);
    sum += part;
  }
  return sum;
}

KERNEL void luma(const uint8_t *restrict red, const uint8_t *restrict green, const uint8_t *restrict blue, size_t count,
                 float *restrict out) {
  LOOP for (size_t i = 0; i < count; i++) out[i] = (float)(299 * red[i] + 587 * green[i] + 114 * blue[i]);
}

KERNEL double power_sum(const double *restrict values, size_t count, double centre, int power) {
  double sums[LANES] = {0}, block[BLOCK];
  for (size_t start = 0; start < count; start += BLOCK) {
    size_t n = smaller(BLOCK, count - start);
    if (power == 1) {
      LOOP for (size_t i = 0; i < n; i++) block[i] = values[start + i] - centre;
    } else {
      LOOP for (size_t i = 0; i < n; i++) block[i] = (values[start + i] - centre) * (values[start + i] - centre);
    }
    add_lanes(sums, block, n);
  }
  return total(sums);
}

KERNEL double magnitude_sum(const double *restrict values, size_t count) {
  double sums[LANES] = {0}, block[BLOCK];
  for (size_t start = 0; start < count; start += BLOCK) {
    size_t n = smaller(BLOCK, count - start);
    LOOP for (size_t i = 0; i < n; i++) block[i] = __builtin_fabs(values[start + i]);
    add_lanes(sums, block, n);
  }
  return total(sums);
}
