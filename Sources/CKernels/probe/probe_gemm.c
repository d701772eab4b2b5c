#include "audit_probe_gemm.h"
#include "../kernel_clones.h"

typedef float lanes __attribute__((vector_size(64)));
typedef float loose_lanes __attribute__((vector_size(64), aligned(4)));

// Macros, since a function that takes or returns 64-byte vectors has another calling convention per instruction set.
#define LOAD(from) (*(const loose_lanes *)(from))
#define STORE(to, value) (*(loose_lanes *)(to) = (value))

/// `rows` x 16 * `vectors` of c, from the values that are there if `resumes`. `right` is packed: rows of 16 * `vectors`.
/// Both counts are constants where it is inlined, so that the sums stay in registers.
INLINED void tile(float *c, size_t c_row, const float *a, size_t a_row, size_t a_column, const float *right, size_t k,
                 const float *bias, bool resumes, const int rows, const int vectors) {
  lanes sum[4][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      sum[i][v] = resumes ? LOAD(c + i * c_row + 16 * v) : (lanes){0} + (bias ? bias[i] : 0.0f);
  for (size_t l = 0; l < k; l++) {
    lanes here[2];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) here[v] = LOAD(right + l * 16 * vectors + 16 * v);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      const float left = a[i * a_row + l * a_column];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[i][v] += left * here[v];
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) STORE(c + i * c_row + 16 * v, sum[i][v]);
}

INLINED void plain(float *c, size_t c_row, const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row,
                  size_t m, size_t n, size_t k, const float *bias) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      float sum = bias ? bias[i] : 0.0f;
#pragma clang loop vectorize(disable)
      for (size_t l = 0; l < k; l++) sum += a[i * a_row + l * a_column] * b[l * b_row + j];
      c[i * c_row + j] = sum;
    }
}

// A strip of b of this depth is 32 kB: it is packed once, stays in the first-level cache and serves all rows of c.
enum { DEPTH = 256 };

/// All rows of 16 * `vectors` columns. A sum that is put down in c after DEPTH terms and taken up again is unchanged.
INLINED void strip(float *c, size_t c_row, const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row,
                  size_t m, size_t k, const float *bias, const int vectors) {
  float packed[DEPTH * 32] __attribute__((aligned(64)));
  size_t start = 0;
  do {
    const size_t depth = k - start < DEPTH ? k - start : DEPTH;
    for (size_t l = 0; l < depth; l++)
      for (int v = 0; v < vectors; v++)
        STORE(packed + (l * vectors + v) * 16, LOAD(b + (start + l) * b_row + 16 * v));
    const float *left = a + start * a_column;
    size_t i = 0;
    for (; i + 4 <= m; i += 4)
      tile(c + i * c_row, c_row, left + i * a_row, a_row, a_column, packed, depth, bias ? bias + i : 0, start > 0, 4,
           vectors);
    for (; i < m; i++)
      tile(c + i * c_row, c_row, left + i * a_row, a_row, a_column, packed, depth, bias ? bias + i : 0, start > 0, 1,
           vectors);
    start += depth;
  } while (start < k);
}

INLINED void blocked(float *c, size_t c_row, const float *a, size_t a_row, size_t a_column, const float *b,
                    size_t b_row, size_t m, size_t n, size_t k, const float *bias) {
  size_t j = 0;
  for (; j + 32 <= n; j += 32) strip(c + j, c_row, a, a_row, a_column, b + j, b_row, m, k, bias, 2);
  for (; j + 16 <= n; j += 16) strip(c + j, c_row, a, a_row, a_column, b + j, b_row, m, k, bias, 1);
  if (j < n) plain(c + j, c_row, a, a_row, a_column, b + j, b_row, m, n - j, k, bias);
}

CLONES static void gemm_rows(float *c, size_t c_row, const float *a, size_t a_row, const float *b, size_t b_row,
                             size_t m, size_t n, size_t k, const float *bias) {
  blocked(c, c_row, a, a_row, 1, b, b_row, m, n, k, bias);
}

CLONES static void gemm_columns(float *c, size_t c_row, const float *a, size_t a_column, const float *b, size_t b_row,
                                size_t m, size_t n, size_t k, const float *bias) {
  blocked(c, c_row, a, 1, a_column, b, b_row, m, n, k, bias);
}

void audit_probe_gemm(float *c, size_t c_row, const float *a, size_t a_row, size_t a_column, const float *b,
                      size_t b_row, size_t m, size_t n, size_t k, const float *bias, bool scalar) {
  if (scalar || (a_column != 1 && a_row != 1))
    plain(c, c_row, a, a_row, a_column, b, b_row, m, n, k, bias);
  else if (a_column == 1)
    gemm_rows(c, c_row, a, a_row, b, b_row, m, n, k, bias);
  else
    gemm_columns(c, c_row, a, a_column, b, b_row, m, n, k, bias);
}

void audit_probe_transpose(float *out, size_t out_row, const float *in, size_t in_row, size_t rows, size_t columns) {
  // 16 x 16 blocks: one cache line of either side is used whole before it is left.
  for (size_t i = 0; i < rows; i += 16)
    for (size_t j = 0; j < columns; j += 16) {
      const size_t i_end = i + 16 < rows ? i + 16 : rows;
      const size_t j_end = j + 16 < columns ? j + 16 : columns;
      for (size_t jj = j; jj < j_end; jj++)
        for (size_t ii = i; ii < i_end; ii++) out[jj * out_row + ii] = in[ii * in_row + jj];
    }
}
