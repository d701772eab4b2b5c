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

// `second` receives (width - 2) (height - 2) values; `columns` width - 1 and `rows` height - 1 sums of steps to the right
// and downwards, `column_bands` and `row_bands` the same by eight bands of rows and of columns, band after band. Band b
// begins at b/8 of the side, rounded down.
audit_quality_sums audit_quality_native(const uint8_t *_Nonnull rgb, const int32_t *_Nonnull luma, size_t width,
                                        size_t height, int32_t *_Nonnull second, int64_t *_Nonnull column_bands,
                                        int64_t *_Nonnull row_bands, int64_t *_Nonnull columns,
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

// How often each value occurs among `count` bytes.
void audit_quality_byte_codes(const uint8_t *_Nonnull bytes, size_t count, int32_t codes[_Nonnull 256]);

// The same of red, green and blue of `count` R G B pixels, one after the other.
void audit_quality_channel_codes(const uint8_t *_Nonnull rgb, size_t count, int32_t codes[_Nonnull 768]);

// Sum and sum of squares of whole numbers.
void audit_quality_squares(const int32_t *_Nonnull values, size_t count, int64_t *_Nonnull sum,
                           int64_t *_Nonnull squares);

// Sums over rings of the power of the spectrum of a 128 x 128 luma less `mean`, in full scale, each row and column
// times `window`. `cosines` and `sines` hold the 128 roots of unity, `work` 2 x 128 x 128 values. `places` lists the
// frequencies (64 across + down, down 0...63) ring by ring; ring r ends before `ends[r]`.
void audit_quality_rings(const int32_t *_Nonnull luma, double mean, const double *_Nonnull window,
                         const double *_Nonnull cosines, const double *_Nonnull sines, const uint16_t *_Nonnull places,
                         const size_t *_Nonnull ends, size_t rings, double *_Nonnull work, double *_Nonnull sums);

// The values at places `first` and `first + 1` of the sorted values, all from 0; the second is the first again at the
// end.
void audit_quality_select(const int32_t *_Nonnull values, size_t count, size_t first, int32_t found[_Nonnull 2]);

// The same where it is known that both lie from `low` to `high`.
void audit_quality_select_within(const int32_t *_Nonnull values, size_t count, size_t first, int32_t low, int32_t high,
                                 int32_t found[_Nonnull 2]);

// Sums of powers of a value over part of a plane.
typedef struct {
  double sum, squares, thirds, fourths;
} audit_quality_moments;

// Grain: a plane less its Gaussian blur of sigma 1, cut at 4, the border mirrored (d c b a | a b c d); exactly 0 where
// the plane is flat. Its moments in nine parts, row by row. Values below 2^20; `work` holds 14 width + 500 values.
void audit_quality_grain(const int32_t *_Nonnull plane, size_t width, size_t height, float *_Nonnull work,
                         audit_quality_moments parts[_Nonnull 9]);

// The same of red less green of R G B pixels; the higher two moments are 0.
void audit_quality_chroma_grain(const uint8_t *_Nonnull rgb, size_t width, size_t height, float *_Nonnull work,
                                audit_quality_moments parts[_Nonnull 9]);

// How often each luma occurs, rounded to 0...255.
void audit_quality_codes(const int32_t *_Nonnull luma, size_t count, int32_t codes[_Nonnull 256]);

// What an opening (bright strokes) or a closing (dark ones) takes away.
typedef struct {
  int64_t sum;
  int64_t above;   // places above the limit
  int32_t at[2];   // the values at places `first` and `first + 1` of the sorted ones; the last again at the end
} audit_quality_strokes;

// Top-hats of a 128 x 128 plane by square windows of 3, 5 and 9 pixels; border mirrored; values are 0...255000. `work`
// holds 5 x 128 x 128 + 16 values.
void audit_quality_top_hats(const int32_t *_Nonnull plane, int32_t limit, size_t first, int32_t *_Nonnull work,
                            audit_quality_strokes bright[_Nonnull 3], audit_quality_strokes dark[_Nonnull 3]);

// Sums and sums of squares of each row and each column of a square plane, and of its cells of 8 x 8; `side` is a multiple
// of 8, at most 256.
void audit_quality_lines(const int32_t *_Nonnull plane, size_t side, int64_t *_Nonnull row_sums,
                         int64_t *_Nonnull row_squares, int64_t *_Nonnull column_sums,
                         int64_t *_Nonnull column_squares, int64_t *_Nonnull cell_sums,
                         int64_t *_Nonnull cell_squares);

// How far a line stands out that two pictures meet at: of the steps across each of `lines` lines, from 7 up, `sums` has
// those in eight bands of the `length` pixels along it, band after band, as `audit_quality_native` has them. In each band
// the mean step, plus 1.5 code values, over the same of the mean of those 2 and 3 lines away, which are mirrored at the
// ends. Found are logarithms: the largest and second largest third weakest of the bands, and the largest fifth weakest.
// `work` holds 8 (lines + 14) values.
void audit_quality_seams(const int64_t *_Nonnull sums, size_t lines, size_t length, double *_Nonnull work,
                         double found[_Nonnull 3]);

// How far lines stand out that were moved: of sums of steps across the 127 lines of a 128 x 128 plane, the logarithm of
// the mean, plus one code value, over the same of the median of the 13 about it; the ends are mirrored (c b a | a b c).
// Found are the fourth and eighth largest, and the standard deviation.
void audit_quality_tears(const int64_t sums[_Nonnull 127], double found[_Nonnull 3]);

// The eight smallest values, in order; infinite where there are fewer.
void audit_quality_least(const double *_Nonnull values, size_t count, double least[_Nonnull 8]);

// Sums over a square plane of values, their squares, and products of a value and the one that stands as far from the
// other end of its row; at most 2^20 values below 2^18.
typedef struct {
  int64_t sum, squares, products;
} audit_quality_mirror;
audit_quality_mirror audit_quality_mirror_sums(const int32_t *_Nonnull plane, size_t side);

// How often luma lies in each of 32 equal steps of 0...255000, below 0.03 and above 0.97 of white.
typedef struct {
  int32_t steps[32];
  int32_t dark, bright;
} audit_quality_tones;
audit_quality_tones audit_quality_tone_counts(const int32_t *_Nonnull luma, size_t count);

// Neighbours of a 64 x 64 picture that differ by at most 2 in each channel: across, down, and rows with eight in a run.
typedef struct {
  int32_t across, down, runs;
} audit_quality_equal;
audit_quality_equal audit_quality_equal_neighbours(const uint8_t *_Nonnull rgb);

// Gradient histograms of a 64 x 64 luma: 8 x 8 cells, 9 orientations, before they are normalised; `upright` as it is
// and `quarter` with every direction a quarter turn further (4.5 bins). Values in full scale.
void audit_quality_gradients(const int32_t *_Nonnull luma, double upright[_Nonnull 576], double quarter[_Nonnull 576]);

// Each cell over the norm of its 3 x 3 cells (borders repeated), clipped at 0.4.
void audit_quality_normalise(const double raw[_Nonnull 576], double out[_Nonnull 576]);

// The angle of (x, y), 0...pi of an undirected line, in units of a ninth of pi; below 9.
double audit_quality_orientation(double y, double x);

#endif
