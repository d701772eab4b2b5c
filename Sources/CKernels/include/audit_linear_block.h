#ifndef AUDIT_LINEAR_BLOCK_H
#define AUDIT_LINEAR_BLOCK_H

#include <stddef.h>

// Blocks are `rows` x `columns` doubles, row by row; columns is a multiple of 8. Every element of a result is a sum in
// the order of the inner index, so that neither the instruction set nor the number of threads changes a bit.

/// out = matrix * block for the rows [first, last) of a matrix with `inner` columns that lie `stride` apart.
///
/// block: inner x columns. out: row `first` of the matrix becomes row `first` of out.
/// scalar: 1 takes the plain loops.
void audit_linear_product(const double *_Nonnull matrix, size_t stride, size_t first, size_t last, size_t inner,
                          const double *_Nonnull block, size_t columns, double *_Nonnull out, int scalar);

/// The same by a matrix in single precision: the numbers of the block are rounded to singles, products are added up as
/// singles over 256 of the inner index at a time, and these sums in double precision.
void audit_linear_rough_product(const float *_Nonnull matrix, size_t stride, size_t first, size_t last, size_t inner,
                                const double *_Nonnull block, size_t columns, double *_Nonnull out, int scalar);

/// out = values, rounded to single precision.
void audit_linear_singles(const double *_Nonnull values, size_t count, float *_Nonnull out);

/// out = left' * right: left_columns x right_columns.
void audit_linear_inner(const double *_Nonnull left, size_t left_columns, const double *_Nonnull right,
                        size_t right_columns, size_t rows, double *_Nonnull out);

/// out[j] = sum over i of left[i][j] * right[i][j].
void audit_linear_column_products(const double *_Nonnull left, const double *_Nonnull right, size_t rows,
                                  size_t columns, double *_Nonnull out);

/// out[j] = sum over i of weight[i] * block[i][j].
void audit_linear_weighted_sums(const double *_Nonnull block, size_t rows, size_t columns,
                                const double *_Nonnull weight, double *_Nonnull out);

/// block -= weight * sums': takes out what lies along the unit vector `weight` when sums are its weighted sums.
void audit_linear_subtract_outer(double *_Nonnull block, size_t rows, size_t columns, const double *_Nonnull weight,
                                 const double *_Nonnull sums);

/// out[i][j] = factor[i] * block[i][j]; out may be block.
void audit_linear_scale_rows(const double *_Nonnull block, size_t rows, size_t columns, const double *_Nonnull factor,
                             double *_Nonnull out);

/// block[i][j] *= factor[j].
void audit_linear_scale_columns(double *_Nonnull block, size_t rows, size_t columns, const double *_Nonnull factor);

/// out = alpha * first + beta * second + gamma * third, element by element; out may be any of them.
void audit_linear_combine(double alpha, const double *_Nonnull first, double beta, const double *_Nonnull second,
                          double gamma, const double *_Nonnull third, size_t count, double *_Nonnull out);

/// One step of a Chebyshev filter on what it adds to vectors: out = ratio (scale image - 2 now + 2 residual - earlier
/// before), where ratio and earlier belong to the columns; out may be any of the blocks.
void audit_linear_filter_step(const double *_Nonnull image, const double *_Nonnull now,
                              const double *_Nonnull residual, const double *_Nonnull before, double scale,
                              const double *_Nonnull earlier, const double *_Nonnull ratio, size_t rows,
                              size_t columns, double *_Nonnull out);

/// out[j] = sum over i of (image[i][j] - value[j] * vector[i][j])^2: squared residuals of eigenpairs.
void audit_linear_residuals(const double *_Nonnull image, const double *_Nonnull vector, const double *_Nonnull value,
                            size_t rows, size_t columns, double *_Nonnull out);

/// Fills the columns [first, columns) of a block with numbers in -1...1 from a linear congruential generator.
void audit_linear_fill(double *_Nonnull block, size_t rows, size_t columns, size_t first, size_t last);

/// Copies the listed rows: out[i] = block[index[i]].
void audit_linear_gather(const double *_Nonnull block, size_t columns, const size_t *_Nonnull index, size_t count,
                         double *_Nonnull out);

/// The part of a matrix with the listed rows and columns.
void audit_linear_submatrix(const double *_Nonnull matrix, size_t stride, const size_t *_Nonnull rows,
                            size_t row_count, const size_t *_Nonnull columns, size_t column_count,
                            double *_Nonnull out);

/// All eigenpairs of a small symmetric matrix by cyclic Jacobi rotations, the largest first.
///
/// matrix: order x order in rows `stride` apart, destroyed. vectors: order x order in rows `stride` apart; column j
/// belongs to values[j]. Returns the number of sweeps.
int audit_linear_jacobi(double *_Nonnull matrix, size_t order, size_t stride, double *_Nonnull values,
                        double *_Nonnull vectors);

/// Median of count > 0 numbers without NaN: the mean of the two in the middle of an even count. Reorders them.
double audit_linear_median(double *_Nonnull values, size_t count);

#endif
