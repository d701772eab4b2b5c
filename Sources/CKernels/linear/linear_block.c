#include "audit_linear_block.h"
#include "../kernel_clones.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef double lanes __attribute__((vector_size(64), aligned(8)));

// The block's rows that one pass uses. They are packed eight columns together, so that what a tile reads lies in one
// piece: 256 x 8 doubles are 16 kB of the first-level cache, and 64 rows of the matrix 128 kB of the second.
enum { DEPTH = 256, BAND = 64, PACKED = 8 * DEPTH };

// Each product is added with one rounding, which costs half of what two do; it is asked for by name, so that every
// instruction set gives the same sums. Where there is no such instruction the mathematical library does it, slowly.
#define SPLAT(x) {x, x, x, x, x, x, x, x}

// Adds matrix[R rows][depth] * packed[V][depth][8 columns] to R x V registers that came from `out`.
#define TILE(R, V)                                                              \
  {                                                                             \
    lanes sum[R][V];                                                            \
    for (size_t r = 0; r < R; r++) {                                            \
      for (size_t v = 0; v < V; v++) {                                          \
        sum[r][v] = *(const lanes *)(out + r * columns + v * 8);                \
      }                                                                         \
    }                                                                           \
    for (size_t k = 0; k < depth; k++) {                                        \
      lanes right[V];                                                           \
      for (size_t v = 0; v < V; v++) {                                          \
        right[v] = *(const lanes *)(packed + v * PACKED + k * 8);               \
      }                                                                         \
      for (size_t r = 0; r < R; r++) {                                          \
        lanes left = SPLAT(matrix[r * stride + k]);                             \
        for (size_t v = 0; v < V; v++) {                                        \
          sum[r][v] = __builtin_elementwise_fma(left, right[v], sum[r][v]);     \
        }                                                                       \
      }                                                                         \
    }                                                                           \
    for (size_t r = 0; r < R; r++) {                                            \
      for (size_t v = 0; v < V; v++) {                                          \
        *(lanes *)(out + r * columns + v * 8) = sum[r][v];                      \
      }                                                                         \
    }                                                                           \
  }

#define DEFINE_TILE(NAME, TARGET, R, V)                                                                           \
  TARGET static void NAME(const double *restrict matrix, size_t stride, size_t depth, const double *restrict packed, \
                          size_t columns, double *restrict out) TILE(R, V)

#if defined(__x86_64__)
DEFINE_TILE(tile_avx512_4x3, __attribute__((target("avx512f"))), 4, 3)
DEFINE_TILE(tile_avx512_4x1, __attribute__((target("avx512f"))), 4, 1)
DEFINE_TILE(tile_avx512_1x1, __attribute__((target("avx512f"))), 1, 1)
DEFINE_TILE(tile_avx2_4x1, __attribute__((target("avx2,fma"))), 4, 1)
DEFINE_TILE(tile_avx2_1x1, __attribute__((target("avx2,fma"))), 1, 1)
#endif
DEFINE_TILE(tile_plain_4x1, , 4, 1)
DEFINE_TILE(tile_plain_1x1, , 1, 1)

static void tile_scalar(const double *restrict matrix, size_t stride, size_t depth, const double *restrict packed,
                        size_t columns, double *restrict out) {
  (void)stride;
  (void)columns;
  for (size_t v = 0; v < 8; v++) {
    double sum = out[v];
#pragma clang loop vectorize(disable)
    for (size_t k = 0; k < depth; k++) {
      sum = fma(matrix[k], packed[k * 8 + v], sum);
    }
    out[v] = sum;
  }
}

typedef void (*tile)(const double *matrix, size_t stride, size_t depth, const double *packed, size_t columns,
                     double *out);

// The tile for four rows and `wide` vectors of eight columns, for four rows and one, for one row and one.
typedef struct {
  size_t wide;
  tile four_wide, four, one;
} tiles;

static tiles fastest(int scalar) {
  if (scalar) {
    return (tiles){1, NULL, NULL, tile_scalar};
  }
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) {
    return (tiles){3, tile_avx512_4x3, tile_avx512_4x1, tile_avx512_1x1};
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return (tiles){1, tile_avx2_4x1, tile_avx2_4x1, tile_avx2_1x1};
  }
#endif
  return (tiles){1, tile_plain_4x1, tile_plain_4x1, tile_plain_1x1};
}

// Adds what `wide` vectors of eight columns of the packed rows make of the rows [0, rows) of the matrix.
static void column_group(tiles chosen, size_t wide, size_t rows, const double *matrix, size_t stride, size_t depth,
                         const double *packed, size_t columns, double *out) {
  size_t row = 0;
  if (chosen.four != NULL) {
    tile four = wide == chosen.wide ? chosen.four_wide : chosen.four;
    for (; row + 4 <= rows; row += 4) {
      four(matrix + row * stride, stride, depth, packed, columns, out + row * columns);
    }
  }
  for (; row < rows; row++) {
    for (size_t v = 0; v < wide; v++) {
      chosen.one(matrix + row * stride, stride, depth, packed + v * PACKED, columns, out + row * columns + v * 8);
    }
  }
}

static void pack(const double *block, size_t depth, size_t columns, double *packed) {
  for (size_t column = 0; column < columns; column += 8) {
    for (size_t k = 0; k < depth; k++) {
      memcpy(packed + column / 8 * PACKED + k * 8, block + k * columns + column, 8 * sizeof(double));
    }
  }
}

void audit_linear_product(const double *matrix, size_t stride, size_t first, size_t last, size_t inner,
                          const double *block, size_t columns, double *out, int scalar) {
  tiles chosen = fastest(scalar);
  double *packed = aligned_alloc(64, columns / 8 * PACKED * sizeof(double));
  if (packed == NULL) {
    abort();
  }
  memset(out + first * columns, 0, (last - first) * columns * sizeof(double));
  for (size_t start = 0; start < inner; start += DEPTH) {
    size_t depth = inner - start < DEPTH ? inner - start : DEPTH;
    pack(block + start * columns, depth, columns, packed);
    for (size_t row = first; row < last; row += BAND) {
      size_t rows = last - row < BAND ? last - row : BAND;
      for (size_t column = 0; column < columns;) {
        size_t wide = columns - column >= 8 * chosen.wide ? chosen.wide : 1;
        column_group(chosen, wide, rows, matrix + row * stride + start, stride, depth, packed + column / 8 * PACKED,
                     columns, out + row * columns + column);
        column += 8 * wide;
      }
    }
  }
  free(packed);
}

// The same in single precision: the sums of one depth are singles, and are added to `out` in double precision.
typedef float singles __attribute__((vector_size(32), aligned(4)));

#define ROUGH_TILE(R, V)                                                        \
  {                                                                             \
    singles sum[R][V] = {0};                                                    \
    for (size_t k = 0; k < depth; k++) {                                        \
      singles right[V];                                                         \
      for (size_t v = 0; v < V; v++) {                                          \
        right[v] = *(const singles *)(packed + v * PACKED + k * 8);             \
      }                                                                         \
      for (size_t r = 0; r < R; r++) {                                          \
        singles left = SPLAT(matrix[r * stride + k]);                           \
        for (size_t v = 0; v < V; v++) {                                        \
          sum[r][v] = __builtin_elementwise_fma(left, right[v], sum[r][v]);     \
        }                                                                       \
      }                                                                         \
    }                                                                           \
    for (size_t r = 0; r < R; r++) {                                            \
      for (size_t v = 0; v < V; v++) {                                          \
        lanes part = __builtin_convertvector(sum[r][v], lanes);                 \
        *(lanes *)(out + r * columns + v * 8) += part;                          \
      }                                                                         \
    }                                                                           \
  }

#define DEFINE_ROUGH_TILE(NAME, TARGET, R, V)                                                                    \
  TARGET static void NAME(const float *restrict matrix, size_t stride, size_t depth, const float *restrict packed, \
                          size_t columns, double *restrict out) ROUGH_TILE(R, V)

#if defined(__x86_64__)
DEFINE_ROUGH_TILE(rough_avx2_4x2, __attribute__((target("avx2,fma"))), 4, 2)
DEFINE_ROUGH_TILE(rough_avx2_4x1, __attribute__((target("avx2,fma"))), 4, 1)
DEFINE_ROUGH_TILE(rough_avx2_1x1, __attribute__((target("avx2,fma"))), 1, 1)

// Eight rows and sixteen columns, two packed vectors in one register: every column is summed as in the narrower tiles.
typedef float wide_singles __attribute__((vector_size(64), aligned(4)));

__attribute__((target("avx512f"))) static void rough_avx512_8x2(const float *restrict matrix, size_t stride,
                                                                size_t depth, const float *restrict packed,
                                                                size_t columns, double *restrict out) {
  wide_singles sum[8] = {0};
  for (size_t k = 0; k < depth; k++) {
    singles low = *(const singles *)(packed + k * 8), high = *(const singles *)(packed + PACKED + k * 8);
    wide_singles right = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (size_t r = 0; r < 8; r++) {
      float value = matrix[r * stride + k];
      wide_singles left = {value, value, value, value, value, value, value, value,
                           value, value, value, value, value, value, value, value};
      sum[r] = __builtin_elementwise_fma(left, right, sum[r]);
    }
  }
  for (size_t r = 0; r < 8; r++) {
    singles low = __builtin_shufflevector(sum[r], sum[r], 0, 1, 2, 3, 4, 5, 6, 7);
    singles high = __builtin_shufflevector(sum[r], sum[r], 8, 9, 10, 11, 12, 13, 14, 15);
    lanes *to = (lanes *)(out + r * columns);
    to[0] += __builtin_convertvector(low, lanes);
    to[1] += __builtin_convertvector(high, lanes);
  }
}
#endif
DEFINE_ROUGH_TILE(rough_plain_4x1, , 4, 1)
DEFINE_ROUGH_TILE(rough_plain_1x1, , 1, 1)

static void rough_scalar(const float *restrict matrix, size_t stride, size_t depth, const float *restrict packed,
                         size_t columns, double *restrict out) {
  (void)stride;
  (void)columns;
  for (size_t v = 0; v < 8; v++) {
    float sum = 0;
#pragma clang loop vectorize(disable)
    for (size_t k = 0; k < depth; k++) {
      sum = fmaf(matrix[k], packed[k * 8 + v], sum);
    }
    out[v] += (double)sum;
  }
}

typedef void (*rough_tile)(const float *matrix, size_t stride, size_t depth, const float *packed, size_t columns,
                           double *out);

// The tile for eight rows and two vectors of eight columns, for four rows and two, for four and one, for one and one.
typedef struct {
  rough_tile eight_two, four_two, four, one;
} rough_tiles;

static rough_tiles fastest_rough(int scalar) {
  if (scalar) {
    return (rough_tiles){NULL, NULL, NULL, rough_scalar};
  }
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    rough_tile eight = __builtin_cpu_supports("avx512f") ? rough_avx512_8x2 : NULL;
    return (rough_tiles){eight, rough_avx2_4x2, rough_avx2_4x1, rough_avx2_1x1};
  }
#endif
  return (rough_tiles){NULL, NULL, rough_plain_4x1, rough_plain_1x1};
}

static void pack_rough(const double *block, size_t depth, size_t columns, float *packed) {
  for (size_t column = 0; column < columns; column += 8) {
    for (size_t k = 0; k < depth; k++) {
      for (size_t v = 0; v < 8; v++) {
        packed[column / 8 * PACKED + k * 8 + v] = (float)block[k * columns + column + v];
      }
    }
  }
}

void audit_linear_rough_product(const float *matrix, size_t stride, size_t first, size_t last, size_t inner,
                                const double *block, size_t columns, double *out, int scalar) {
  rough_tiles chosen = fastest_rough(scalar);
  float *packed = aligned_alloc(64, columns / 8 * PACKED * sizeof(float));
  if (packed == NULL) {
    abort();
  }
  memset(out + first * columns, 0, (last - first) * columns * sizeof(double));
  for (size_t start = 0; start < inner; start += DEPTH) {
    size_t depth = inner - start < DEPTH ? inner - start : DEPTH;
    pack_rough(block + start * columns, depth, columns, packed);
    for (size_t row = first; row < last; row += BAND) {
      size_t rows = last - row < BAND ? last - row : BAND;
      for (size_t column = 0; column < columns;) {
        size_t wide = chosen.four_two != NULL && columns - column >= 16 ? 2 : 1;
        const float *part = packed + column / 8 * PACKED;
        const float *left = matrix + row * stride + start;
        double *to = out + row * columns + column;
        size_t done = 0;
        for (; wide == 2 && chosen.eight_two != NULL && done + 8 <= rows; done += 8) {
          chosen.eight_two(left + done * stride, stride, depth, part, columns, to + done * columns);
        }
        rough_tile four = wide == 2 ? chosen.four_two : chosen.four;
        for (; four != NULL && done + 4 <= rows; done += 4) {
          four(left + done * stride, stride, depth, part, columns, to + done * columns);
        }
        for (; done < rows; done++) {
          for (size_t v = 0; v < wide; v++) {
            chosen.one(left + done * stride, stride, depth, part + v * PACKED, columns, to + done * columns + v * 8);
          }
        }
        column += 8 * wide;
      }
    }
  }
  free(packed);
}

CLONES void audit_linear_inner(const double *restrict left, size_t left_columns, const double *restrict right,
                               size_t right_columns, size_t rows, double *restrict out) {
  // Four rows of the result and eight columns stay in registers while all rows of the blocks pass.
  for (size_t a = 0; a < left_columns; a += 4) {
    for (size_t b = 0; b < right_columns; b += 8) {
      lanes sum[4] = {0};
      for (size_t i = 0; i < rows; i++) {
        lanes other = *(const lanes *)(right + i * right_columns + b);
        for (size_t r = 0; r < 4; r++) {
          sum[r] += left[i * left_columns + a + r] * other;
        }
      }
      for (size_t r = 0; r < 4; r++) {
        *(lanes *)(out + (a + r) * right_columns + b) = sum[r];
      }
    }
  }
}

CLONES void audit_linear_column_products(const double *restrict left, const double *restrict right, size_t rows,
                                         size_t columns, double *restrict out) {
  memset(out, 0, columns * sizeof(double));
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) {
      out[j] += left[i * columns + j] * right[i * columns + j];
    }
  }
}

CLONES void audit_linear_weighted_sums(const double *restrict block, size_t rows, size_t columns,
                                       const double *restrict weight, double *restrict out) {
  memset(out, 0, columns * sizeof(double));
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) {
      out[j] += weight[i] * block[i * columns + j];
    }
  }
}

CLONES void audit_linear_subtract_outer(double *restrict block, size_t rows, size_t columns,
                                        const double *restrict weight, const double *restrict sums) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) {
      block[i * columns + j] -= weight[i] * sums[j];
    }
  }
}

CLONES void audit_linear_scale_rows(const double *block, size_t rows, size_t columns, const double *factor,
                                    double *out) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) {
      out[i * columns + j] = factor[i] * block[i * columns + j];
    }
  }
}

CLONES void audit_linear_scale_columns(double *restrict block, size_t rows, size_t columns,
                                       const double *restrict factor) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) {
      block[i * columns + j] *= factor[j];
    }
  }
}

CLONES void audit_linear_combine(double alpha, const double *first, double beta, const double *second, double gamma,
                                 const double *third, size_t count, double *out) {
  for (size_t i = 0; i < count; i++) {
    out[i] = alpha * first[i] + beta * second[i] + gamma * third[i];
  }
}

CLONES void audit_linear_residuals(const double *restrict image, const double *restrict vector,
                                   const double *restrict value, size_t rows, size_t columns, double *restrict out) {
  memset(out, 0, columns * sizeof(double));
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) {
      double residual = image[i * columns + j] - value[j] * vector[i * columns + j];
      out[j] += residual * residual;
    }
  }
}

CLONES void audit_linear_filter_step(const double *image, const double *now, const double *residual,
                                     const double *before, double scale, const double *earlier, const double *ratio,
                                     size_t rows, size_t columns, double *out) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) {
      size_t at = i * columns + j;
      out[at] = ratio[j] * (scale * image[at] - 2 * now[at] + 2 * residual[at] - earlier[j] * before[at]);
    }
  }
}

void audit_linear_fill(double *block, size_t rows, size_t columns, size_t first, size_t last) {
  uint64_t state = 0x9E3779B97F4A7C15u;
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = first; j < last; j++) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      block[i * columns + j] = (double)(int64_t)state / 9223372036854775808.0;
    }
  }
}

CLONES void audit_linear_singles(const double *restrict values, size_t count, float *restrict out) {
  for (size_t i = 0; i < count; i++) {
    out[i] = (float)values[i];
  }
}

void audit_linear_gather(const double *block, size_t columns, const size_t *index, size_t count, double *out) {
  for (size_t i = 0; i < count; i++) {
    memcpy(out + i * columns, block + index[i] * columns, columns * sizeof(double));
  }
}

void audit_linear_submatrix(const double *matrix, size_t stride, const size_t *rows, size_t row_count,
                            const size_t *columns, size_t column_count, double *out) {
  for (size_t i = 0; i < row_count; i++) {
    const double *row = matrix + rows[i] * stride;
    for (size_t j = 0; j < column_count; j++) {
      out[i * column_count + j] = row[columns[j]];
    }
  }
}

// Rows p and q of a matrix: p' = c p - s q, q' = s p + c q.
INLINED void rotate_rows(double *restrict p, double *restrict q, size_t count, double c, double s) {
  for (size_t k = 0; k < count; k++) {
    double a = p[k];
    double b = q[k];
    p[k] = c * a - s * b;
    q[k] = s * a + c * b;
  }
}

INLINED double off_diagonal(const double *matrix, size_t order, size_t stride) {
  double sum = 0;
  for (size_t i = 0; i < order; i++) {
    for (size_t j = 0; j < i; j++) {
      sum += matrix[i * stride + j] * matrix[i * stride + j];
    }
  }
  return sum;
}

CLONES int audit_linear_jacobi(double *matrix, size_t order, size_t stride, double *values, double *vectors) {
  enum { SWEEPS = 40 };
  // The rotations are gathered in `turned`, whose rows are the eigenvectors, so that every inner loop is contiguous.
  double *turned = calloc(order * order, sizeof(double));
  size_t *place = malloc(order * sizeof(size_t));
  if (turned == NULL || place == NULL) {
    abort();
  }
  double scale = 0;
  for (size_t i = 0; i < order; i++) {
    turned[i * order + i] = 1;
    place[i] = i;
    for (size_t j = 0; j < order; j++) {
      scale += matrix[i * stride + j] * matrix[i * stride + j];
    }
  }
  int sweep = 0;
  for (; sweep < SWEEPS; sweep++) {
    if (off_diagonal(matrix, order, stride) <= scale * 1e-32) {
      break;
    }
    for (size_t p = 0; p + 1 < order; p++) {
      for (size_t q = p + 1; q < order; q++) {
        double across = matrix[p * stride + q];
        double first = matrix[p * stride + p];
        double second = matrix[q * stride + q];
        // Below the last bit of both diagonal elements, or of nothing at all.
        if (fabs(across) <= 1e-18 * (fabs(first) + fabs(second)) || across == 0) {
          continue;
        }
        double theta = (second - first) / (2 * across);
        double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
        double c = 1 / sqrt(t * t + 1);
        double s = t * c;
        rotate_rows(matrix + p * stride, matrix + q * stride, order, c, s);
        for (size_t k = 0; k < order; k++) {
          matrix[k * stride + p] = matrix[p * stride + k];
          matrix[k * stride + q] = matrix[q * stride + k];
        }
        matrix[p * stride + p] = first - t * across;
        matrix[q * stride + q] = second + t * across;
        matrix[p * stride + q] = 0;
        matrix[q * stride + p] = 0;
        rotate_rows(turned + p * order, turned + q * order, order, c, s);
      }
    }
  }
  // Insertion sort, stable: equal values keep their order.
  for (size_t i = 1; i < order; i++) {
    size_t moved = place[i];
    double value = matrix[moved * stride + moved];
    size_t j = i;
    for (; j > 0 && matrix[place[j - 1] * stride + place[j - 1]] < value; j--) {
      place[j] = place[j - 1];
    }
    place[j] = moved;
  }
  for (size_t j = 0; j < order; j++) {
    values[j] = matrix[place[j] * stride + place[j]];
    for (size_t i = 0; i < order; i++) {
      vectors[i * stride + j] = turned[place[j] * order + i];
    }
  }
  free(turned);
  free(place);
  return sweep;
}

// Puts the number that belongs at `place` there, smaller ones before it and larger ones after it.
static double select_place(double *values, size_t count, size_t place) {
  size_t low = 0;
  size_t high = count - 1;
  while (low < high) {
    double pivot = values[low + (high - low) / 2];
    size_t i = low;
    size_t j = high;
    for (;;) {
      while (values[i] < pivot) {
        i++;
      }
      while (values[j] > pivot) {
        j--;
      }
      if (i >= j) {
        break;
      }
      double kept = values[i];
      values[i++] = values[j];
      values[j--] = kept;
    }
    // Everything up to j is at most the pivot, everything from j + 1 at least.
    if (place <= j) {
      high = j;
    } else {
      low = j + 1;
    }
  }
  return values[place];
}

double audit_linear_median(double *values, size_t count) {
  double high = select_place(values, count, count / 2);
  if (count % 2 == 1) {
    return high;
  }
  double low = values[0];
  for (size_t i = 1; i < count / 2; i++) {
    low = values[i] > low ? values[i] : low;
  }
  return 0.5 * (low + high);
}
