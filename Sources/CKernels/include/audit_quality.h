#ifndef AUDIT_QUALITY_H
#define AUDIT_QUALITY_H

#include <stddef.h>
#include <stdint.h>

// Sums and planes that the picture statistics are made from.
//
// Luma is 299 r + 587 g + 114 b of the bytes, 0...255000: whole numbers, so that sums and differences are exact and the
// same on every instruction set. Planes are row by row, no padding. Pictures have at most 2^20 pixels.

// Luma of `count` R G B pixels.
void audit_quality_luma(const uint8_t *_Nonnull rgb, size_t count, int32_t *_Nonnull luma);

// What is summed over a picture at its own size.
typedef struct {
  int64_t laplacian;          // 4 x - left - right - above - below, over the inside
  int64_t laplacian_squares;
  int64_t second;             // |second mixed difference|, over the inside
  int64_t flat_steps;         // horizontal steps below one code value
  int64_t horizontal;         // |step| over all horizontal neighbours
  int64_t vertical;
  int64_t lags[6];            // |difference| of pixels 1, 2, 3, 4, 6 and 8 apart, both ways
  int64_t lag_counts[2][6];   // how many of them across, down
  int64_t lags_down[6];       // of `lags` the part of pixels one below the other
  int64_t low[3], high[3];    // bytes up to 1 and from 254, per channel
} audit_quality_sums;

// `second` receives (width - 2) (height - 2) values; `columns` width - 1 and `rows` height - 1 sums of steps.
audit_quality_sums audit_quality_native(const uint8_t *_Nonnull rgb, const int32_t *_Nonnull luma, size_t width,
                                        size_t height, int32_t *_Nonnull second, int64_t *_Nonnull columns,
                                        int64_t *_Nonnull rows);

// Sums of |step| to the right for each of width - 1 columns and downwards for each of height - 1 rows.
void audit_quality_steps(const int32_t *_Nonnull plane, size_t width, size_t height, int64_t *_Nonnull columns,
                         int64_t *_Nonnull rows);

// Sums of the channels r, g, b and of their products rr, gg, bb, rg, rb, gb.
typedef struct {
  int64_t sums[3];
  int64_t products[6];
} audit_quality_colours;

// `saturation` receives the largest less the smallest byte of each of `count` R G B pixels.
audit_quality_colours audit_quality_colour_sums(const uint8_t *_Nonnull rgb, size_t count,
                                                uint8_t *_Nonnull saturation);

// How often each value occurs among `count` bytes, each `step` after the one before.
void audit_quality_byte_codes(const uint8_t *_Nonnull bytes, size_t count, size_t step, int32_t codes[_Nonnull 256]);

// Sum and sum of squares of whole numbers.
void audit_quality_squares(const int32_t *_Nonnull values, size_t count, int64_t *_Nonnull sum,
                           int64_t *_Nonnull squares);

// Power of the 128 x 128 spectrum of a plane, frequencies 0...127 down and 0...63 across: 128 x 64 values.
// `cosines` and `sines` hold the 128 roots of unity, `work` 2 x 128 x 128 values.
void audit_quality_power(const double *_Nonnull plane, const double *_Nonnull cosines, const double *_Nonnull sines,
                         double *_Nonnull work, double *_Nonnull power);

// The values at places `first` and `first + 1` of the sorted values, all 0...2^22 - 1; the second is the first again
// at the end.
void audit_quality_select(const int32_t *_Nonnull values, size_t count, size_t first, int32_t found[_Nonnull 2]);

// A plane less its Gaussian blur of sigma 1, cut at 4, the border mirrored (d c b a | a b c d); exactly 0 where the
// plane is flat. `work` holds width x height values.
void audit_quality_grain(const int32_t *_Nonnull plane, size_t width, size_t height, double *_Nonnull work,
                         double *_Nonnull grain);

// Red less green of `count` pixels.
void audit_quality_chroma(const uint8_t *_Nonnull rgb, size_t count, int32_t *_Nonnull chroma);

// Sum, sum of squares and of fourth powers about `centre` of a part of a plane, added column by column.
typedef struct {
  double sum, squares, fourths;
} audit_quality_moments;
audit_quality_moments audit_quality_part(const double *_Nonnull plane, size_t stride, size_t left, size_t right,
                                         size_t top, size_t bottom, double centre);

// How often each luma occurs, rounded to 0...255.
void audit_quality_codes(const int32_t *_Nonnull luma, size_t count, int32_t codes[_Nonnull 256]);

// What thin bright (white) and dark (black) strokes a `window` x `window` opening and closing take away; border
// mirrored; the side is at most 128 and the window 3, 5 or 9. `work` holds side (2 side + 16) values.
void audit_quality_top_hats(const int32_t *_Nonnull plane, size_t side, size_t window, int32_t *_Nonnull white,
                            int32_t *_Nonnull black, int32_t *_Nonnull work);

// Sum and number above `limit` of a plane.
void audit_quality_above(const int32_t *_Nonnull plane, size_t count, int32_t limit, int64_t *_Nonnull sum,
                         int64_t *_Nonnull above);

// Sums and sums of squares of each row and each column of a square plane, and of its cells of 8 x 8.
void audit_quality_lines(const int32_t *_Nonnull plane, size_t side, int64_t *_Nonnull row_sums,
                         int64_t *_Nonnull row_squares, int64_t *_Nonnull column_sums,
                         int64_t *_Nonnull column_squares, int64_t *_Nonnull cell_sums,
                         int64_t *_Nonnull cell_squares);

// Gradient histograms of a 64 x 64 luma: 8 x 8 cells, 9 orientations, before they are normalised; `upright` as it is
// and `quarter` with every direction a quarter turn further (4.5 bins). Values in full scale.
void audit_quality_gradients(const int32_t *_Nonnull luma, double upright[_Nonnull 576], double quarter[_Nonnull 576]);

// Each cell over the norm of its 3 x 3 cells (borders repeated), clipped at 0.4.
void audit_quality_normalise(const double raw[_Nonnull 576], double out[_Nonnull 576]);

// The angle of (x, y), 0...pi of an undirected line, in units of a ninth of pi; below 9.
double audit_quality_orientation(double y, double x);

#endif
