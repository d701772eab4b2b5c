#include "audit_linear_score.h"
#include "../kernel_clones.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { CHUNK = AUDIT_LINEAR_CHUNK, LANES = AUDIT_LINEAR_LANES };

typedef float wide __attribute__((vector_size(4 * AUDIT_LINEAR_LANES), aligned(4)));

CLONES static void centre(const uint8_t *restrict row, const float *restrict mean, size_t length,
                          float *restrict centred) {
  for (size_t i = 0; i < length; i++) {
    centred[i] = (float)row[i] / 255.0f - mean[i];
  }
}

// Lane 0 + lane 1 + ... in double.
static double total(const float *lanes) {
  double sum = 0;
  for (size_t lane = 0; lane < LANES; lane++) {
    sum += (double)lanes[lane];
  }
  return sum;
}

// Rows that pass over the components together: these take longer to come from the second-level cache than to be used.
enum { TOGETHER = 5 };

INLINED void project_together(const float *restrict centred, const float *restrict tiles, size_t chunks, size_t rank,
                              const size_t rows, float *restrict lanes) {
  for (size_t chunk = 0; chunk < chunks; chunk++) {
    wide d[TOGETHER][4];
    for (size_t r = 0; r < rows; r++) {
      const wide *row = (const wide *)(centred + (r * chunks + chunk) * CHUNK);
      for (size_t part = 0; part < 4; part++) d[r][part] = row[part];
    }
    const float *tile = tiles + chunk * rank * CHUNK;
    for (size_t j = 0; j < rank; j++) {
      const wide *v = (const wide *)(tile + j * CHUNK);
      const wide v0 = v[0], v1 = v[1], v2 = v[2], v3 = v[3];
      for (size_t r = 0; r < rows; r++) {
        wide *sum = (wide *)(lanes + (r * rank + j) * LANES);
        *sum += (d[r][0] * v0 + d[r][1] * v1) + (d[r][2] * v2 + d[r][3] * v3);
      }
    }
  }
}

CLONES static void project_fast(const float *restrict centred, const float *restrict tiles, size_t chunks, size_t rank,
                                float *restrict lanes) {
  project_together(centred, tiles, chunks, rank, 1, lanes);
}

CLONES static void project_some(const float *restrict centred, const float *restrict tiles, size_t chunks, size_t rank,
                                float *restrict lanes) {
  project_together(centred, tiles, chunks, rank, TOGETHER, lanes);
}

static void project_scalar(const float *restrict centred, const float *restrict tiles, size_t chunks, size_t rank,
                           float *restrict lanes) {
  for (size_t chunk = 0; chunk < chunks; chunk++) {
    const float *d = centred + chunk * CHUNK;
    const float *tile = tiles + chunk * rank * CHUNK;
    for (size_t j = 0; j < rank; j++) {
      const float *v = tile + j * CHUNK;
#pragma clang loop vectorize(disable)
      for (size_t lane = 0; lane < LANES; lane++) {
        lanes[j * LANES + lane] += (d[lane] * v[lane] + d[lane + 16] * v[lane + 16]) +
                                   (d[lane + 32] * v[lane + 32] + d[lane + 48] * v[lane + 48]);
      }
    }
  }
}

void audit_linear_project(const uint8_t *rows, size_t count, const float *mean, const float *tiles, size_t chunks,
                          size_t rank, float *centred, float *lanes, float *scores, int scalar) {
  const size_t length = chunks * CHUNK;
  memset(lanes, 0, count * rank * LANES * sizeof(float));
  for (size_t row = 0; row < count; row++) {
    centre(rows + row * length, mean, length, centred + row * length);
  }
  for (size_t row = 0; row < count;) {
    const int together = !scalar && row + TOGETHER <= count;
    (scalar ? project_scalar : together ? project_some : project_fast)(centred + row * length, tiles, chunks, rank,
                                                                       lanes + row * rank * LANES);
    row += together ? TOGETHER : 1;
  }
  for (size_t j = 0; j < count * rank; j++) {
    scores[j] = (float)total(lanes + j * LANES);
  }
}

CLONES static void reconstruct_fast(const float *restrict centred, const float *restrict mean,
                                    const float *restrict tiles, size_t chunks, size_t rank,
                                    const float *restrict scores, float *restrict reconstruction,
                                    float *restrict residual, float *restrict lanes) {
  wide squares = {0};
  for (size_t chunk = 0; chunk < chunks; chunk++) {
    wide sum0 = {0}, sum1 = {0}, sum2 = {0}, sum3 = {0};
    const float *tile = tiles + chunk * rank * CHUNK;
    for (size_t j = 0; j < rank; j++) {
      const wide *v = (const wide *)(tile + j * CHUNK);
      float score = scores[j];
      sum0 += score * v[0];
      sum1 += score * v[1];
      sum2 += score * v[2];
      sum3 += score * v[3];
    }
    const wide sums[4] = {sum0, sum1, sum2, sum3};
    for (size_t part = 0; part < 4; part++) {
      size_t place = chunk * CHUNK + part * LANES;
      wide rest = *(const wide *)(centred + place) - sums[part];
      *(wide *)(reconstruction + place) = *(const wide *)(mean + place) + sums[part];
      *(wide *)(residual + place) = rest;
      squares += rest * rest;
    }
  }
  *(wide *)lanes = squares;
}

static void reconstruct_scalar(const float *restrict centred, const float *restrict mean, const float *restrict tiles,
                               size_t chunks, size_t rank, const float *restrict scores,
                               float *restrict reconstruction, float *restrict residual, float *restrict lanes) {
  memset(lanes, 0, LANES * sizeof(float));
  for (size_t chunk = 0; chunk < chunks; chunk++) {
    const float *tile = tiles + chunk * rank * CHUNK;
#pragma clang loop vectorize(disable)
    for (size_t k = 0; k < CHUNK; k++) {
      float sum = 0;
#pragma clang loop vectorize(disable)
      for (size_t j = 0; j < rank; j++) {
        sum += scores[j] * tile[j * CHUNK + k];
      }
      size_t place = chunk * CHUNK + k;
      float rest = centred[place] - sum;
      reconstruction[place] = mean[place] + sum;
      residual[place] = rest;
      lanes[k % LANES] += rest * rest;
    }
  }
}

double audit_linear_reconstruct(const float *centred, const float *mean, const float *tiles, size_t chunks,
                                size_t rank, const float *scores, float *reconstruction, float *residual,
                                int scalar) {
  float lanes[LANES];
  (scalar ? reconstruct_scalar : reconstruct_fast)(centred, mean, tiles, chunks, rank, scores, reconstruction,
                                                   residual, lanes);
  return total(lanes);
}

typedef double wide_double __attribute__((vector_size(64), aligned(8)));

CLONES static void four_vectors(const double *restrict row, const double *restrict mean,
                                const double *restrict components, size_t length, size_t columns,
                                double *restrict scores) {
  wide_double sum0 = {0}, sum1 = {0}, sum2 = {0}, sum3 = {0};
  for (size_t k = 0; k < length; k++) {
    const wide_double *v = (const wide_double *)(components + k * columns);
    double apart = row[k] - mean[k];
    sum0 += apart * v[0];
    sum1 += apart * v[1];
    sum2 += apart * v[2];
    sum3 += apart * v[3];
  }
  wide_double *out = (wide_double *)scores;
  out[0] = sum0;
  out[1] = sum1;
  out[2] = sum2;
  out[3] = sum3;
}

CLONES static void one_vector(const double *restrict row, const double *restrict mean,
                              const double *restrict components, size_t length, size_t columns,
                              double *restrict scores) {
  wide_double sum = {0};
  for (size_t k = 0; k < length; k++) {
    sum += (row[k] - mean[k]) * *(const wide_double *)(components + k * columns);
  }
  *(wide_double *)scores = sum;
}

CLONES static double squared_distance(const double *restrict row, const double *restrict mean, size_t length) {
  double lanes[8] = {0};
  size_t whole = length / 8 * 8;
  for (size_t k = 0; k < whole; k += 8) {
    for (size_t lane = 0; lane < 8; lane++) {
      double apart = row[k + lane] - mean[k + lane];
      lanes[lane] += apart * apart;
    }
  }
  for (size_t k = whole; k < length; k++) {
    lanes[k - whole] += (row[k] - mean[k]) * (row[k] - mean[k]);
  }
  double sum = 0;
  for (size_t lane = 0; lane < 8; lane++) {
    sum += lanes[lane];
  }
  return sum;
}

double audit_linear_row_scores(const double *row, const double *mean, const double *components, size_t length,
                               size_t columns, double *scores) {
  size_t column = 0;
  for (; column + 32 <= columns; column += 32) {
    four_vectors(row, mean, components + column, length, columns, scores + column);
  }
  for (; column < columns; column += 8) {
    one_vector(row, mean, components + column, length, columns, scores + column);
  }
  return squared_distance(row, mean, length);
}

CLONES void audit_linear_squared_distances(const double *restrict columns, size_t count, size_t length,
                                           const double *restrict row, double *restrict out) {
  // So many sums stay in the first-level cache while all columns pass.
  enum { BAND = 512 };
  memset(out, 0, count * sizeof(double));
  for (size_t start = 0; start < count; start += BAND) {
    size_t end = count - start < BAND ? count : start + BAND;
    for (size_t k = 0; k < length; k++) {
      const double *column = columns + k * count;
      double value = row[k];
      for (size_t i = start; i < end; i++) {
        double apart = value - column[i];
        out[i] += apart * apart;
      }
    }
  }
}

CLONES double audit_linear_squared_length(const float *restrict row, size_t length) {
  double lanes[LANES] = {0};
  size_t whole = length / LANES * LANES;
  for (size_t k = 0; k < whole; k += LANES) {
    for (size_t lane = 0; lane < LANES; lane++) {
      lanes[lane] += (double)row[k + lane] * (double)row[k + lane];
    }
  }
  for (size_t k = whole; k < length; k++) {
    lanes[k - whole] += (double)row[k] * (double)row[k];
  }
  double sum = 0;
  for (size_t lane = 0; lane < LANES; lane++) {
    sum += lanes[lane];
  }
  return sum;
}

static int32_t product_scalar(const uint8_t *restrict left, const int16_t *restrict right, size_t length) {
  int32_t sum = 0;
#pragma clang loop vectorize(disable)
  for (size_t k = 0; k < length; k++) {
    sum += (int32_t)left[k] * right[k];
  }
  return sum;
}

static int32_t product_plain(const uint8_t *restrict left, const int16_t *restrict right, size_t length) {
  int32_t sum = 0;
  for (size_t k = 0; k < length; k++) {
    sum += (int32_t)left[k] * right[k];
  }
  return sum;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw"))) static int32_t product_avx512(const uint8_t *left, const int16_t *right,
                                                                          size_t length) {
  __m512i sum[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
  size_t k = 0;
  for (; k + 128 <= length; k += 128) {
    for (size_t part = 0; part < 4; part++) {
      __m512i a = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(left + k + 32 * part)));
      __m512i b = _mm512_loadu_si512(right + k + 32 * part);
      sum[part] = _mm512_add_epi32(sum[part], _mm512_madd_epi16(a, b));
    }
  }
  __m512i all = _mm512_add_epi32(_mm512_add_epi32(sum[0], sum[1]), _mm512_add_epi32(sum[2], sum[3]));
  return _mm512_reduce_add_epi32(all) + product_plain(left + k, right + k, length - k);
}

__attribute__((target("avx2"))) static int32_t product_avx2(const uint8_t *left, const int16_t *right, size_t length) {
  __m256i sum[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
  size_t k = 0;
  for (; k + 64 <= length; k += 64) {
    for (size_t part = 0; part < 4; part++) {
      __m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(left + k + 16 * part)));
      __m256i b = _mm256_loadu_si256((const __m256i *)(right + k + 16 * part));
      sum[part] = _mm256_add_epi32(sum[part], _mm256_madd_epi16(a, b));
    }
  }
  int32_t lanes[8];
  _mm256_storeu_si256((__m256i *)lanes,
                      _mm256_add_epi32(_mm256_add_epi32(sum[0], sum[1]), _mm256_add_epi32(sum[2], sum[3])));
  int32_t all = 0;
  for (size_t lane = 0; lane < 8; lane++) {
    all += lanes[lane];
  }
  return all + product_plain(left + k, right + k, length - k);
}
#endif

typedef int32_t (*row_product)(const uint8_t *left, const int16_t *right, size_t length);

static row_product fastest(int scalar) {
  if (scalar) {
    return product_scalar;
  }
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw")) {
    return product_avx512;
  }
  if (__builtin_cpu_supports("avx2")) {
    return product_avx2;
  }
#endif
  return product_plain;
}

int64_t audit_linear_nearest_row(const uint8_t *rows, const int32_t *squares, size_t count, size_t length,
                                 const int16_t *row, size_t left_out, int64_t above, int scalar) {
  row_product product = fastest(scalar);
  int64_t own = 0;
  for (size_t k = 0; k < length; k++) {
    own += (int64_t)row[k] * row[k];
  }
  int64_t best = INT64_MAX;
  for (size_t i = 0; i < count; i++) {
    if (i == left_out) {
      continue;
    }
    int64_t distance = own + squares[i] - 2 * (int64_t)product(rows + i * length, row, length);
    if (distance > above && distance < best) {
      best = distance;
    }
  }
  return best;
}

CLONES void audit_linear_squares(const uint8_t *restrict rows, size_t count, size_t length,
                                 int32_t *restrict squares) {
  for (size_t i = 0; i < count; i++) {
    int32_t sum = 0;
    for (size_t k = 0; k < length; k++) {
      int32_t value = rows[i * length + k];
      sum += value * value;
    }
    squares[i] = sum;
  }
}
