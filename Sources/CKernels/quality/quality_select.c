#include "audit_quality.h"
#include "../kernel_clones.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

CLONES static size_t below(const int32_t *values, size_t count, int32_t limit) {
  int32_t found = 0;
  for (size_t i = 0; i < count; i++) found += values[i] < limit;
  return (size_t)found;
}

CLONES static int32_t largest(const int32_t *values, size_t count) {
  int32_t found = 0;
  for (size_t i = 0; i < count; i++) found = values[i] > found ? values[i] : found;
  return found;
}

CLONES static int32_t least_above(const int32_t *values, size_t count, int32_t limit) {
  int32_t least = INT32_MAX;
  for (size_t i = 0; i < count; i++) {
    int32_t value = values[i] > limit ? values[i] : INT32_MAX;
    least = value < least ? value : least;
  }
  return least;
}

// The largest number from `low` to `high` that no more than `first` values lie below, bit by bit: no table, no branch on
// a value. No more than that lie below `low`.
static void select_between(const int32_t *values, size_t count, size_t first, int32_t low, int32_t high,
                           int32_t found[2]) {
  int32_t bit = 1, value = low;
  while (bit <= (high - low) / 2) bit *= 2;
  for (; bit > 0; bit /= 2) {
    if (value <= high - bit && below(values, count, value + bit) <= first) value += bit;
  }
  found[0] = found[1] = value;
  if (below(values, count, value + 1) > first + 1) return;
  int32_t next = least_above(values, count, value);
  if (next != INT32_MAX) found[1] = next;
}

static void select_among(const int32_t *values, size_t count, size_t first, int32_t found[2]) {
  select_between(values, count, first, 0, largest(values, count), found);
}

// Of so many values, evenly spread, the places wanted lie within MARGIN places of where they lie among all: three
// standard deviations of what chance does.
enum { SAMPLE = 2048, MARGIN = 68, MANY = 4 * SAMPLE, MOST_BETWEEN = 16384 };

typedef struct {
  size_t below, between;
} parts;

// How many values lie below `low`, and those from there to `high`, which are kept while there is room.
static parts part(const int32_t *values, size_t count, int32_t low, int32_t high, int32_t *out) {
  parts found = {0, 0};
  for (size_t i = 0; i < count; i++) {
    found.below += values[i] < low;
    int isBetween = values[i] >= low && values[i] <= high;
    if (found.between < MOST_BETWEEN) out[found.between] = values[i];
    found.between += isBetween;
  }
  return found;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,popcnt"))) static parts part_avx512(const int32_t *values, size_t count, int32_t low,
                                                                   int32_t high, int32_t *out) {
  const __m512i lows = _mm512_set1_epi32(low), highs = _mm512_set1_epi32(high);
  parts found = {0, 0};
  size_t i = 0;
  for (; i + 16 <= count && found.between + 16 <= MOST_BETWEEN; i += 16) {
    __m512i piece = _mm512_loadu_si512(values + i);
    __mmask16 isBelow = _mm512_cmplt_epi32_mask(piece, lows);
    __mmask16 isBetween = _mm512_mask_cmple_epi32_mask((__mmask16)~isBelow, piece, highs);
    _mm512_storeu_si512(out + found.between, _mm512_maskz_compress_epi32(isBetween, piece));
    found.below += (size_t)__builtin_popcount(isBelow);
    found.between += (size_t)__builtin_popcount(isBetween);
  }
  if (i + 16 <= count) return (parts){0, MOST_BETWEEN + 1};
  for (; i < count; i++) {
    found.below += values[i] < low;
    if (values[i] < low || values[i] > high) continue;
    if (found.between < MOST_BETWEEN) out[found.between] = values[i];
    found.between++;
  }
  return found;
}
#endif

static parts part_of(const int32_t *values, size_t count, int32_t low, int32_t high, int32_t *out) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return part_avx512(values, count, low, high, out);
#endif
  return part(values, count, low, high, out);
}

// Whether both places are among the values from `low` to `high` and these are few; then they are found.
static int select_part(const int32_t *values, size_t count, size_t first, int32_t low, int32_t high, int32_t found[2]) {
  int32_t kept[MOST_BETWEEN];
  parts parts = part_of(values, count, low, high, kept);
  size_t last = first + 1 < count ? first + 1 : first;
  if (parts.between > MOST_BETWEEN || first < parts.below || last >= parts.below + parts.between) return 0;
  select_between(kept, parts.between, first - parts.below, low, high, found);
  return 1;
}

void audit_quality_select(const int32_t *values, size_t count, size_t first, int32_t found[2]) {
  if (count < MANY) return select_among(values, count, first, found);
  int32_t sample[SAMPLE], low[2], high[2];
  for (size_t i = 0; i < SAMPLE; i++) sample[i] = values[i * count / SAMPLE];
  size_t place = first * SAMPLE / count;
  select_among(sample, SAMPLE, place > MARGIN ? place - MARGIN : 0, low);
  select_among(sample, SAMPLE, place + MARGIN + 1 < SAMPLE ? place + MARGIN : SAMPLE - 2, high);
  if (select_part(values, count, first, low[0], high[1], found)) return;
  // Many are equal, or the sample misled.
  if (below(values, count, low[0]) <= first && below(values, count, high[1] + 1) > first) {
    return select_between(values, count, first, low[0], high[1], found);
  }
  select_among(values, count, first, found);
}

void audit_quality_select_within(const int32_t *values, size_t count, size_t first, int32_t low, int32_t high,
                                 int32_t found[2]) {
  if (!select_part(values, count, first, low, high, found)) select_between(values, count, first, low, high, found);
}
