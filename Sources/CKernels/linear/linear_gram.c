#include "audit_linear_gram.h"
#include "../kernel_clones.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A tile of 32 x 32 rows and 3072 columns as 16-bit numbers: 2 x 192 kB, inside a second-level cache.
enum { TILE = 32, DEPTH = 3072, GROUP = 4 };

typedef void (*group_products)(const int16_t *a, const int16_t *b, size_t depth, int32_t *sums, size_t stride);

// Adds the products of 4 rows a with 4 rows b (each DEPTH apart) to a 4 x 4 corner of `sums`.
static void group_scalar(const int16_t *a, const int16_t *b, size_t depth, int32_t *sums, size_t stride) {
  for (size_t i = 0; i < GROUP; i++) {
    for (size_t j = 0; j < GROUP; j++) {
      int32_t sum = 0;
      const int16_t *left = a + i * DEPTH;
      const int16_t *right = b + j * DEPTH;
#pragma clang loop vectorize(disable)
      for (size_t k = 0; k < depth; k++) {
        sum += (int32_t)left[k] * right[k];
      }
      sums[i * stride + j] += sum;
    }
  }
}

static void group_plain(const int16_t *a, const int16_t *b, size_t depth, int32_t *sums, size_t stride) {
  for (size_t i = 0; i < GROUP; i++) {
    for (size_t j = 0; j < GROUP; j++) {
      int32_t sum = 0;
      const int16_t *left = a + i * DEPTH;
      const int16_t *right = b + j * DEPTH;
      for (size_t k = 0; k < depth; k++) {
        sum += (int32_t)left[k] * right[k];
      }
      sums[i * stride + j] += sum;
    }
  }
}

#if defined(__x86_64__)
// Pairs of 16-bit products are added in one instruction; sums of whole numbers are the same in any order.
__attribute__((target("avx512f,avx512bw"))) static void group_avx512(const int16_t *a, const int16_t *b, size_t depth,
                                                                     int32_t *sums, size_t stride) {
  __m512i sum[GROUP][GROUP];
  for (size_t i = 0; i < GROUP; i++) {
    for (size_t j = 0; j < GROUP; j++) {
      sum[i][j] = _mm512_setzero_si512();
    }
  }
  for (size_t k = 0; k < depth; k += 32) {
    __m512i right[GROUP];
    for (size_t j = 0; j < GROUP; j++) {
      right[j] = _mm512_loadu_si512(b + j * DEPTH + k);
    }
    for (size_t i = 0; i < GROUP; i++) {
      __m512i left = _mm512_loadu_si512(a + i * DEPTH + k);
      for (size_t j = 0; j < GROUP; j++) {
        sum[i][j] = _mm512_add_epi32(sum[i][j], _mm512_madd_epi16(left, right[j]));
      }
    }
  }
  for (size_t i = 0; i < GROUP; i++) {
    for (size_t j = 0; j < GROUP; j++) {
      sums[i * stride + j] += _mm512_reduce_add_epi32(sum[i][j]);
    }
  }
}

// 2 x 4 rows at a time, because there are 16 registers.
__attribute__((target("avx2"))) static void group_avx2(const int16_t *a, const int16_t *b, size_t depth, int32_t *sums,
                                                       size_t stride) {
  for (size_t half = 0; half < GROUP; half += 2) {
    __m256i sum[2][GROUP];
    for (size_t i = 0; i < 2; i++) {
      for (size_t j = 0; j < GROUP; j++) {
        sum[i][j] = _mm256_setzero_si256();
      }
    }
    for (size_t k = 0; k < depth; k += 16) {
      __m256i left[2];
      for (size_t i = 0; i < 2; i++) {
        left[i] = _mm256_loadu_si256((const __m256i *)(a + (half + i) * DEPTH + k));
      }
      for (size_t j = 0; j < GROUP; j++) {
        __m256i right = _mm256_loadu_si256((const __m256i *)(b + j * DEPTH + k));
        for (size_t i = 0; i < 2; i++) {
          sum[i][j] = _mm256_add_epi32(sum[i][j], _mm256_madd_epi16(left[i], right));
        }
      }
    }
    for (size_t i = 0; i < 2; i++) {
      for (size_t j = 0; j < GROUP; j++) {
        int32_t lanes[8];
        _mm256_storeu_si256((__m256i *)lanes, sum[i][j]);
        int32_t total = 0;
        for (size_t lane = 0; lane < 8; lane++) {
          total += lanes[lane];
        }
        sums[(half + i) * stride + j] += total;
      }
    }
  }
}
#endif

static group_products fastest(int scalar) {
  if (scalar) {
    return group_scalar;
  }
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw")) {
    return group_avx512;
  }
  if (__builtin_cpu_supports("avx2")) {
    return group_avx2;
  }
#endif
  return group_plain;
}

// Widens `used` rows to 16 bits; rows and columns beyond the matrix are zero and add nothing.
static void widen(const uint8_t *rows, size_t length, size_t row, size_t used, size_t start, size_t depth,
                  int16_t *panel) {
  size_t padded = (depth + 31) / 32 * 32;
  for (size_t i = 0; i < TILE; i++) {
    int16_t *out = panel + i * DEPTH;
    if (i >= used) {
      memset(out, 0, padded * sizeof(int16_t));
      continue;
    }
    const uint8_t *in = rows + (row + i) * length + start;
    for (size_t k = 0; k < depth; k++) {
      out[k] = in[k];
    }
    memset(out + depth, 0, (padded - depth) * sizeof(int16_t));
  }
}

void audit_linear_gram(const uint8_t *rows, size_t count, size_t length, size_t first, size_t last, int32_t *products,
                       int scalar) {
  static const size_t panel_size = (size_t)TILE * DEPTH * sizeof(int16_t);
  int16_t *left = aligned_alloc(64, panel_size);
  int16_t *right = aligned_alloc(64, panel_size);
  if (left == NULL || right == NULL) {
    abort();
  }
  group_products group = fastest(scalar);
  for (size_t row = first; row < last; row += TILE) {
    size_t used = last - row < TILE ? last - row : TILE;
    for (size_t column = 0; column < last; column += TILE) {
      if (column >= row + used) {
        break;
      }
      size_t across = last - column < TILE ? last - column : TILE;
      int32_t sums[TILE * TILE] = {0};
      for (size_t start = 0; start < length; start += DEPTH) {
        size_t depth = length - start < DEPTH ? length - start : DEPTH;
        size_t padded = (depth + 31) / 32 * 32;
        widen(rows, length, row, used, start, depth, left);
        const int16_t *other = left;
        if (column != row) {
          widen(rows, length, column, across, start, depth, right);
          other = right;
        }
        for (size_t i = 0; i < used; i += GROUP) {
          for (size_t j = 0; j < across; j += GROUP) {
            group(left + i * DEPTH, other + j * DEPTH, padded, sums + i * TILE + j, TILE);
          }
        }
      }
      for (size_t i = 0; i < used; i++) {
        memcpy(products + (row + i) * count + column, sums + i * TILE, across * sizeof(int32_t));
      }
    }
  }
  free(left);
  free(right);
}

void audit_linear_mirror(int32_t *products, size_t count) {
  enum { SQUARE = 64 };
  for (size_t i0 = 0; i0 < count; i0 += SQUARE) {
    for (size_t j0 = 0; j0 <= i0; j0 += SQUARE) {
      for (size_t i = i0; i < count && i < i0 + SQUARE; i++) {
        for (size_t j = j0; j < i && j < j0 + SQUARE; j++) {
          products[j * count + i] = products[i * count + j];
        }
      }
    }
  }
}

void audit_linear_twice_medians(const uint8_t *rows, size_t count, size_t length, uint16_t *twice_medians) {
  // 16 columns at a time: their histograms stay in the first-level cache and a cache line is used whole.
  enum { BAND = 16 };
  size_t low_place = (count - 1) / 2;
  size_t high_place = count / 2;
  for (size_t start = 0; start < length; start += BAND) {
    size_t band = length - start < BAND ? length - start : BAND;
    uint32_t counts[BAND][256] = {{0}};
    for (size_t i = 0; i < count; i++) {
      const uint8_t *row = rows + i * length + start;
      for (size_t k = 0; k < band; k++) {
        counts[k][row[k]]++;
      }
    }
    for (size_t k = 0; k < band; k++) {
      size_t seen = 0;
      uint16_t low = 0;
      uint16_t high = 0;
      int low_found = 0;
      for (uint16_t value = 0; value < 256; value++) {
        seen += counts[k][value];
        if (!low_found && seen > low_place) {
          low = value;
          low_found = 1;
        }
        if (seen > high_place) {
          high = value;
          break;
        }
      }
      twice_medians[start + k] = low + high;
    }
  }
}

CLONES void audit_linear_row_products(const uint8_t *restrict rows, size_t count, size_t length,
                                      const uint16_t *restrict factors, int64_t *restrict products) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t *row = rows + i * length;
    int64_t total = 0;
    for (size_t start = 0; start < length; start += 4096) {
      size_t end = length - start < 4096 ? length : start + 4096;
      int32_t sum = 0;
      for (size_t k = start; k < end; k++) {
        sum += (int32_t)row[k] * factors[k];
      }
      total += sum;
    }
    products[i] = total;
  }
}

void audit_linear_nearest(const int32_t *products, size_t count, int64_t above, int64_t *squared) {
  for (size_t i = 0; i < count; i++) {
    const int32_t *row = products + i * count;
    int64_t own = row[i];
    int64_t best = INT64_MAX;
    for (size_t j = 0; j < count; j++) {
      int64_t distance = own + products[j * count + j] - 2 * (int64_t)row[j];
      if (j != i && distance > above && distance < best) {
        best = distance;
      }
    }
    squared[i] = best;
  }
}

CLONES static void centred_row(const int32_t *restrict products, size_t count, const int64_t *restrict twice, double own,
                               double *restrict row) {
  for (size_t j = 0; j < count; j++) {
    row[j] = ((double)products[j] + (own - 0.5 * (double)twice[j])) / 65025.0;
  }
}

void audit_linear_centred_gram(size_t count, const int64_t *twice, int64_t four, void *matrix) {
  int32_t *products = malloc(count * sizeof(int32_t));
  if (products == NULL) {
    abort();
  }
  double middle = 0.25 * (double)four;
  double *gram = matrix;
  const char *second_half = (const char *)matrix + count * count * sizeof(int32_t);
  // Row i ends at byte 8 (i + 1) count, and the products of the next one begin at 4 (i + 1 + count) count: never before.
  for (size_t i = 0; i < count; i++) {
    memcpy(products, second_half + i * count * sizeof(int32_t), count * sizeof(int32_t));
    centred_row(products, count, twice, middle - 0.5 * (double)twice[i], gram + i * count);
  }
  free(products);
}

CLONES void audit_linear_byte_combination(const uint8_t *restrict rows, size_t count, size_t length,
                                          const double *restrict factors, size_t columns, double *restrict sums) {
  enum { BAND = 16 };
  memset(sums, 0, length * columns * sizeof(double));
  // A band of columns keeps its sums in the first-level cache while all rows pass.
  for (size_t start = 0; start < length; start += BAND) {
    size_t end = length - start < BAND ? length : start + BAND;
    for (size_t i = 0; i < count; i++) {
      const double *factor = factors + i * columns;
      for (size_t k = start; k < end; k++) {
        double value = rows[i * length + k];
        double *sum = sums + k * columns;
        for (size_t j = 0; j < columns; j++) {
          sum[j] += value * factor[j];
        }
      }
    }
  }
}
