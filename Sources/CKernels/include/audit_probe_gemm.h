#ifndef AUDIT_PROBE_GEMM_H
#define AUDIT_PROBE_GEMM_H

#include <stdbool.h>
#include <stddef.h>

/// c = a b (+ bias), single precision.
///
/// c is m x n with rows `c_row` floats apart; element (i, l) of a is a[i * a_row + l * a_column], so that a
/// matrix and its transpose need no copy; b is k x n with rows `b_row` apart. `bias` holds m values that row i
/// starts from, or is null for 0. c overlaps neither a nor b.
///
/// Every element of c is one sum, taken in the order l = 0, 1, ..., k - 1 with a rounded product and a rounded
/// sum: the result is the same to the bit for every instruction set, tile size and split of the rows and columns
/// over threads. `scalar` takes the plain triple loop, which defines right.
void audit_probe_gemm(float *_Nonnull c, size_t c_row, const float *_Nonnull a, size_t a_row, size_t a_column,
                      const float *_Nonnull b, size_t b_row, size_t m, size_t n, size_t k,
                      const float *_Nullable bias, bool scalar);

/// out[j * out_row + i] = in[i * in_row + j] for i < rows, j < columns. No overlap.
void audit_probe_transpose(float *_Nonnull out, size_t out_row, const float *_Nonnull in, size_t in_row, size_t rows,
                           size_t columns);

#endif
