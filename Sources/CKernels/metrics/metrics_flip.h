// FLIP: colour differences after the eye's contrast sensitivity, weighted by differences of edges and points.
// Everything here is in float; the sums are in double.

KERNEL void flip_decode(const uint8_t *restrict red, const uint8_t *restrict green, const uint8_t *restrict blue,
                        size_t count, const float *restrict table, const float *restrict w, float *restrict luminance,
                        float *restrict red_green, float *restrict yellow_blue) {
  float r[BLOCK], g[BLOCK], b[BLOCK];
  for (size_t start = 0; start < count; start += BLOCK) {
    size_t n = smaller(BLOCK, count - start);
    for (size_t i = 0; i < n; i++) {
      r[i] = table[red[start + i]];
      g[i] = table[green[start + i]];
      b[i] = table[blue[start + i]];
    }
    LOOP for (size_t i = 0; i < n; i++) {
      float x = w[0] * r[i] + w[1] * g[i] + w[2] * b[i];
      float y = w[3] * r[i] + w[4] * g[i] + w[5] * b[i];
      float z = w[6] * r[i] + w[7] * g[i] + w[8] * b[i];
      luminance[start + i] = y;
      red_green[start + i] = x - y;
      yellow_blue[start + i] = y - z;
    }
  }
}

// 64 outputs; `lines[k]` and `mirrored[k]` are the inputs at distance k before and after.
#define FILTER_64(BEFORE, AFTER)                                                                     \
  for (size_t v = 0; v < 64; v += 16) {                                                              \
    wide centre = WIDE_LOAD(middle + v), sum = WIDE_SPLAT(0);                                        \
    if (kind == 0) sum = MUL(centre, WIDE_SPLAT(taps[0]));                                           \
    wide twice = ADD(centre, centre);                                                                \
    for (size_t k = 1; k <= radius; k++) {                                                           \
      wide before = WIDE_LOAD((BEFORE) + v), after = WIDE_LOAD((AFTER) + v), term;                   \
      if (kind == 1)                                                                                 \
        term = SUB(after, before);                                                                   \
      else                                                                                           \
        term = ADD(before, after);                                                                   \
      if (kind == 2) term = SUB(term, twice);                                                        \
      sum = ADD(sum, MUL(term, WIDE_SPLAT(taps[k])));                                                \
    }                                                                                                \
    if (adds) sum = ADD(sum, WIDE_LOAD(target + v));                                                 \
    WIDE_STORE(target + v, sum);                                                                     \
  }

INLINE void across_rows(const float *restrict plane, size_t width, size_t height, const float *restrict taps,
                        size_t radius, int kind, float *restrict scratch, float *restrict out) {
  enum { adds = 0 };
  float rest[64];
  for (size_t y = 0; y < height; y++) {
    const float *in = plane + y * width;
    float *inner = scratch + radius;
    LOOP for (size_t x = 0; x < width; x++) inner[x] = in[x];
    for (size_t k = 0; k < radius; k++) scratch[k] = in[0];
    for (size_t k = 0; k < radius + 64; k++) inner[width + k] = in[width - 1];
    for (size_t x = 0; x < width; x += 64) {
      const float *middle = inner + x;
      float *target = x + 64 <= width ? out + y * width + x : rest;
      FILTER_64(middle - k, middle + k)
      if (target != rest) continue;
      for (size_t j = 0; j < width - x; j++) out[y * width + x + j] = rest[j];
    }
  }
}

INLINE void down_columns(const float *restrict plane, size_t width, size_t height, const float *restrict taps,
                         size_t radius, int kind, int adds, float *restrict out) {
  float rest[64];
  for (size_t y = 0; y < height; y++) {
    for (size_t x = 0; x < width; x += 64) {
      const float *column = plane + x, *middle = column + y * width;
      float *target = x + 64 <= width ? out + y * width + x : rest;
      for (size_t j = 0; adds && x + 64 > width && j < width - x; j++) rest[j] = out[y * width + x + j];
      FILTER_64(column + (y < k ? 0 : y - k) * width, column + smaller(y + k, height - 1) * width)
      if (target != rest) continue;
      for (size_t j = 0; j < width - x; j++) out[y * width + x + j] = rest[j];
    }
  }
}

KERNEL void filter_across(const float *restrict plane, size_t width, size_t height, const float *restrict taps,
                          size_t radius, int kind, float *restrict scratch, float *restrict out) {
  if (kind == 0) across_rows(plane, width, height, taps, radius, 0, scratch, out);
  if (kind == 1) across_rows(plane, width, height, taps, radius, 1, scratch, out);
  if (kind == 2) across_rows(plane, width, height, taps, radius, 2, scratch, out);
}

KERNEL void filter_down(const float *restrict plane, size_t width, size_t height, const float *restrict taps,
                        size_t radius, int kind, int adds, float *restrict out) {
  if (kind == 0 && !adds) down_columns(plane, width, height, taps, radius, 0, 0, out);
  if (kind == 0 && adds) down_columns(plane, width, height, taps, radius, 0, 1, out);
  if (kind == 1) down_columns(plane, width, height, taps, radius, 1, adds, out);
  if (kind == 2) down_columns(plane, width, height, taps, radius, 2, adds, out);
}

INLINE float length2(float a, float b) { return __builtin_elementwise_sqrt(a * a + b * b); }

KERNEL void flip_features(const float *restrict image, const float *restrict reference, size_t count,
                          size_t distance, float *restrict out) {
  const float *s0 = image, *s1 = s0 + distance, *s2 = s1 + distance, *s3 = s2 + distance;
  const float *r0 = reference, *r1 = r0 + distance, *r2 = r1 + distance, *r3 = r2 + distance;
  LOOP for (size_t i = 0; i < count; i++) {
    float edge = length2(s0[i], s1[i]) - length2(r0[i], r1[i]);
    float point = length2(s2[i], s3[i]) - length2(r2[i], r3[i]);
    edge = edge < 0 ? -edge : edge;
    point = point < 0 ? -point : point;
    float most = edge > point ? edge : point;
    out[i] = __builtin_elementwise_sqrt(most * 0.70710678f);
  }
}

INLINE float from_bits(int32_t bits) {
  union {
    int32_t bits;
    float value;
  } both = {bits};
  return both.value;
}

INLINE int32_t to_bits(float value) {
  union {
    float value;
    int32_t bits;
  } both = {value};
  return both.bits;
}

// Cube root of a positive number: a third of the exponent, then two of Halley's steps; relative error below 3e-7.
INLINE float cube_root(float x) {
  float y = from_bits((int32_t)((float)to_bits(x) * (1.0f / 3)) + 709921077);
  float cube = y * y * y;
  y = y * (cube + (x + x)) / ((cube + cube) + x);
  cube = y * y * y;
  return y * (cube + (x + x)) / ((cube + cube) + x);
}

// x^y for x from 1e-30, |y log2 x| < 126; 0 below. Relative error below 1e-6.
INLINE float power(float x, float y) {
  float safe = x > 1e-30f ? x : 1.0f;
  int32_t bits = to_bits(safe) - 0x3f3504f3;
  int32_t exponent = bits >> 23;
  float m = from_bits((bits & 0x7fffff) + 0x3f3504f3), f = (m - 1.0f) / (m + 1.0f), z = f * f;
  float series = f * (2.88539008f + z * (0.961796694f + z * (0.577078016f + z * (0.412198583f + z * 0.320598898f))));
  float t = ((float)exponent + series) * y;
  int32_t whole = (int32_t)(t + 128.5f) - 128;
  float r = (t - (float)whole) * 0.693147181f;
  float e = 1.0f + r * (1.0f + r * (0.5f + r * (0.166666667f + r * (0.0416666667f + r * (0.00833333333f +
            r * (0.00138888889f + r * 0.000198412698f))))));
  float result = e * from_bits((whole + 127) << 23);
  return x > 1e-30f ? result : 0.0f;
}

INLINE float lab_curve(float x) {
  // Cube root above (6/29)^3, a line below.
  float line = x * 7.787037037f + 0.137931034f, root = cube_root(x > 0.008f ? x : 0.008f);
  return x > 0.00885645168f ? root : line;
}

INLINE float unit(float x) { return x < 0 ? 0 : x > 1 ? 1 : x; }

// Filtered luminance and opponents to CIELAB with Hunt's adjustment. `m` turns x, y, z relative to white into linear
// RGB, `w` back.
INLINE void flip_lab(const float *restrict filtered, size_t distance, size_t n, const float *restrict m,
                     const float *restrict w, float *restrict light, float *restrict a, float *restrict b) {
  const float *p0 = filtered, *p1 = p0 + distance, *p2 = p1 + distance;
  LOOP for (size_t i = 0; i < n; i++) {
    float y = p0[i], x = y + p1[i], z = y - p2[i];
    float red = unit(m[0] * x + m[1] * y + m[2] * z);
    float green = unit(m[3] * x + m[4] * y + m[5] * z);
    float blue = unit(m[6] * x + m[7] * y + m[8] * z);
    float fx = lab_curve(w[0] * red + w[1] * green + w[2] * blue);
    float fy = lab_curve(w[3] * red + w[4] * green + w[5] * blue);
    float fz = lab_curve(w[6] * red + w[7] * green + w[8] * blue);
    float lightness = 116.0f * fy - 16.0f;
    light[i] = lightness;
    a[i] = 5.0f * lightness * (fx - fy);
    b[i] = 2.0f * lightness * (fy - fz);
  }
}

KERNEL double flip_map(const float *restrict image, const float *restrict reference, const float *restrict features,
                       size_t count, size_t distance, const float *restrict to_rgb, const float *restrict to_xyz,
                       float limit, float largest) {
  double sums[LANES] = {0}, map[BLOCK];
  float light[BLOCK], a[BLOCK], b[BLOCK], light2[BLOCK], a2[BLOCK], b2[BLOCK];
  float below = 0.95f / limit, above = 0.05f / (largest - limit);
  for (size_t start = 0; start < count; start += BLOCK) {
    size_t n = smaller(BLOCK, count - start);
    flip_lab(image + start, distance, n, to_rgb, to_xyz, light, a, b);
    flip_lab(reference + start, distance, n, to_rgb, to_xyz, light2, a2, b2);
    LOOP for (size_t i = 0; i < n; i++) {
      float dl = light[i] - light2[i], da = a[i] - a2[i], db = b[i] - b2[i];
      float difference = power((dl < 0 ? -dl : dl) + length2(da, db), 0.7f);
      float colour = difference < limit ? difference * below : 0.95f + (difference - limit) * above;
      map[i] = power(colour, 1.0f - features[start + i]);
    }
    add_lanes(sums, map, n);
  }
  return total(sums);
}
