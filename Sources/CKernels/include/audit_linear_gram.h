#ifndef AUDIT_LINEAR_GRAM_H
#define AUDIT_LINEAR_GRAM_H

#include <stddef.h>
#include <stdint.h>

/// Inner products of byte rows, exact in 32 bits.
///
/// rows: count x length bytes, row by row; length <= 33025, so that length * 255 * 255 fits in int32.
/// products: count x count; the call fills the row band [first, last) from column 0 to last - 1 and mirrors nothing.
/// Bands may run on several threads at once: each writes only its own rows.
/// scalar: 1 takes the plain loops, 0 the widest instructions of this processor; both give the same integers.
void audit_linear_gram(const uint8_t *_Nonnull rows, size_t count, size_t length, size_t first, size_t last,
                       int32_t *_Nonnull products, int scalar);

/// Copies the lower triangle of a count x count matrix to the upper one.
void audit_linear_mirror(int32_t *_Nonnull products, size_t count);

/// Twice the median of each of `length` columns of count x length bytes: a half-integer median stays a whole number.
void audit_linear_twice_medians(const uint8_t *_Nonnull rows, size_t count, size_t length,
                                uint16_t *_Nonnull twice_medians);

/// Inner product of each byte row with whole numbers below 1024 (twice the medians), exact.
void audit_linear_row_products(const uint8_t *_Nonnull rows, size_t count, size_t length,
                               const uint16_t *_Nonnull factors, int64_t *_Nonnull products);

/// Squared distance of each row to the nearest row that is not itself, from exact inner products.
///
/// above: squared distances up to this one are those of copies and do not count; -1 counts all. INT64_MAX where none
/// is left.
void audit_linear_nearest(const int32_t *_Nonnull products, size_t count, int64_t above, int64_t *_Nonnull squared);

/// The Gram matrix about a centre, in full scale squared, in the place of its products.
///
/// With h_i = x_i . 2m and the products p of the raw rows, entry (i, j) is (p_ij - h_i / 2 - h_j / 2 + mm4 / 4) / 255^2.
/// twice: h; four: (2m) . (2m). All whole numbers below 2^53, so that only the last division rounds.
/// matrix: 8 count^2 bytes; in, p as count x count int32 in the second half; out, count x count doubles.
void audit_linear_centred_gram(size_t count, const int64_t *_Nonnull twice, int64_t four, void *_Nonnull matrix);

/// sums = rows' * factors: count x length bytes, count x columns doubles, length x columns doubles out.
///
/// columns is a multiple of 8. Every element is a sum over the rows in their order.
void audit_linear_byte_combination(const uint8_t *_Nonnull rows, size_t count, size_t length,
                                   const double *_Nonnull factors, size_t columns, double *_Nonnull sums);

#endif
