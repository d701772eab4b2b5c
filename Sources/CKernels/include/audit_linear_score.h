#ifndef AUDIT_LINEAR_SCORE_H
#define AUDIT_LINEAR_SCORE_H

#include <stddef.h>
#include <stdint.h>

// A row of 64 * chunks bytes against a frozen low-rank model. The components lie in tiles: for each chunk of 64 numbers
// the `rank` components one after the other, so that both passes read them once from front to back. Sums run in 16
// lanes that are added in one order: the result does not depend on the instruction set.

enum { AUDIT_LINEAR_CHUNK = 64, AUDIT_LINEAR_LANES = 16 };

/// scores = V' (row / 255 - mean) of `count` rows, one after the other; several together cost less than each by itself.
///
/// Of each row: centred: 64 * chunks numbers out, row / 255 - mean. lanes: 16 * rank numbers of working space.
/// scalar: 1 takes the plain loops.
void audit_linear_project(const uint8_t *_Nonnull rows, size_t count, const float *_Nonnull mean,
                          const float *_Nonnull tiles, size_t chunks, size_t rank, float *_Nonnull centred,
                          float *_Nonnull lanes, float *_Nonnull scores, int scalar);

/// reconstruction = mean + V scores, residual = row / 255 - reconstruction; returns |residual|^2.
double audit_linear_reconstruct(const float *_Nonnull centred, const float *_Nonnull mean,
                                const float *_Nonnull tiles, size_t chunks, size_t rank,
                                const float *_Nonnull scores, float *_Nonnull reconstruction,
                                float *_Nonnull residual, int scalar);

/// scores = V' (row - mean); returns |row - mean|^2.
///
/// components: length x columns doubles, row by row; columns is a multiple of 8.
/// Every score is a sum in the order of the row; the squares run in 8 lanes that are added in one order.
double audit_linear_row_scores(const double *_Nonnull row, const double *_Nonnull mean,
                               const double *_Nonnull components, size_t length, size_t columns,
                               double *_Nonnull scores);

/// out[i] = sum over k of (row[k] - columns[k * count + i])^2, summed in the order of k.
void audit_linear_squared_distances(const double *_Nonnull columns, size_t count, size_t length,
                                    const double *_Nonnull row, double *_Nonnull out);

/// |row|^2 of numbers in single precision, summed in double in 16 lanes that are added in one order.
double audit_linear_squared_length(const float *_Nonnull row, size_t length);

/// The smallest squared distance, in code values, of a row to count rows of `length` bytes; INT64_MAX for none.
///
/// squares: |x|^2 of each row. row: `length` numbers 0...255. left_out: a row that does not count, or `count`.
/// above: squared distances up to this one do not count; -1 counts all. length <= 33025.
int64_t audit_linear_nearest_row(const uint8_t *_Nonnull rows, const int32_t *_Nonnull squares, size_t count,
                                 size_t length, const int16_t *_Nonnull row, size_t left_out, int64_t above,
                                 int scalar);

/// |x|^2 of each row of bytes.
void audit_linear_squares(const uint8_t *_Nonnull rows, size_t count, size_t length, int32_t *_Nonnull squares);

#endif
