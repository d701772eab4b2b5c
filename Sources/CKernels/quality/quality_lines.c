#include "audit_quality.h"

#include "audit_metrics_elementary.h"
#include "../kernel_clones.h"

#include <math.h>
#include <string.h>

// Eight lines side by side.
enum { LANES = 8, BANDS = 8, REACH = 3, WINDOW = 13, HALF_WINDOW = WINDOW / 2, SIDE = 128, LINES = SIDE - 1 };
typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8), may_alias));
typedef int64_t places __attribute__((vector_size(LANES * sizeof(double))));
#define LOAD(from) (*(const lanes *)(from))

static const double code_value = 1000;
// Code values that are added to steps, so that flat parts do not divide by 0.
static const double flat = 1.5;

// The smaller comes first.
INLINED void order(lanes *a, lanes *b) {
  lanes less = __builtin_elementwise_min(*a, *b), more = __builtin_elementwise_max(*a, *b);
  *a = less;
  *b = more;
}

// Neighbours change places until all are in order: as many rounds as there are values.
INLINED void sort(lanes *values, const size_t count) {
  for (size_t round = 0; round < count; round++) {
    for (size_t i = round % 2; i + 1 < count; i += 2) order(values + i, values + i + 1);
  }
}

CLONES static void mean_steps(const int64_t *sums, size_t lines, double pixels, double *restrict means) {
  for (size_t line = 0; line < lines; line++) means[line] = (double)sums[line] / pixels / code_value;
}

// The two largest of a lane's values so far, and the largest fifth ones.
CLONES static void strongest(const double *means, size_t lines, size_t apart, lanes *first, lanes *second,
                             lanes *fifth) {
  const places lane = {0, 1, 2, 3, 4, 5, 6, 7};
  lanes most = {0}, next = {0}, broad = {0};
  for (size_t line = 0; line < lines; line += LANES) {
    lanes ratios[BANDS];
    for (size_t band = 0; band < BANDS; band++) {
      const double *at = means + band * apart + line;
      lanes about = LOAD(at - 3) + LOAD(at - 2) + LOAD(at + 2) + LOAD(at + 3);
      ratios[band] = (LOAD(at) + flat) / (about / 4 + flat);
    }
    sort(ratios, BANDS);
    // Beyond the last line nothing stands out.
    const places own = lane < (int64_t)(lines - line);
    lanes third = (lanes)((places)ratios[2] & own), middle = (lanes)((places)ratios[4] & own);
    next = __builtin_elementwise_max(next, __builtin_elementwise_min(most, third));
    most = __builtin_elementwise_max(most, third);
    broad = __builtin_elementwise_max(broad, middle);
  }
  *first = most;
  *second = next;
  *fifth = broad;
}

void audit_quality_seams(const int64_t *sums, size_t lines, size_t length, double *work, double found[3]) {
  const size_t apart = lines + 2 * REACH + LANES;
  for (size_t band = 0; band < BANDS; band++) {
    double *means = work + band * apart + REACH;
    double pixels = (double)((band + 1) * length / BANDS - band * length / BANDS);
    mean_steps(sums + band * lines, lines, pixels, means);
    for (size_t k = 1; k <= REACH; k++) {
      *(means - k) = means[k];
      means[lines - 1 + k] = means[lines - 1 - k];
    }
    memset(means + lines + REACH, 0, LANES * sizeof *means);
  }
  lanes first, second, fifth;
  strongest(work + REACH, lines, apart, &first, &second, &fifth);
  memset(found, 0, 3 * sizeof *found);
  for (size_t k = 0; k < LANES; k++) {
    found[1] = fmax(found[1], fmin(found[0], first[k]));
    found[0] = fmax(found[0], first[k]);
    found[1] = fmax(found[1], second[k]);
    found[2] = fmax(found[2], fifth[k]);
  }
  for (size_t k = 0; k < 3; k++) found[k] = audit_log(found[k]);
}

// The medians of the WINDOW values about each; the values stand WINDOW / 2 within what is mirrored.
CLONES static void running_medians(const double *values, double *restrict medians) {
  for (size_t line = 0; line < LINES; line += LANES) {
    size_t first = line + LANES <= LINES ? line : LINES - LANES;
    lanes window[WINDOW];
    for (size_t k = 0; k < WINDOW; k++) window[k] = LOAD(values + first + k);
    sort(window, WINDOW);
    *(lanes *)(medians + first) = window[HALF_WINDOW];
  }
}

void audit_quality_least(const double *values, size_t count, double least[8]) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    if (kept == 8 && values[i] >= least[7]) continue;
    size_t at = kept < 8 ? kept++ : 7;
    for (; at > 0 && least[at - 1] > values[i]; at--) least[at] = least[at - 1];
    least[at] = values[i];
  }
  for (; kept < 8; kept++) least[kept] = INFINITY;
}

void audit_quality_tears(const int64_t sums[127], double found[3]) {
  double values[LINES + 2 * HALF_WINDOW], medians[LINES], *means = values + HALF_WINDOW;
  mean_steps(sums, LINES, SIDE, means);
  for (size_t k = 0; k < HALF_WINDOW; k++) {
    *(means - 1 - k) = means[k];
    means[LINES + k] = means[LINES - 1 - k];
  }
  running_medians(values, medians);
  double ratios[LINES], less[LINES], least[8], sum = 0, variance = 0;
  for (size_t line = 0; line < LINES; line++) {
    ratios[line] = audit_log((means[line] + 1) / (medians[line] + 1));
    less[line] = -ratios[line];
    sum += ratios[line];
  }
  double mean = sum / LINES;
  for (size_t line = 0; line < LINES; line++) variance += (ratios[line] - mean) * (ratios[line] - mean);
  audit_quality_least(less, LINES, least);
  found[0] = -least[3];
  found[1] = -least[7];
  found[2] = sqrt(variance / LINES);
}
