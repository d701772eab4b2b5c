#include "audit_quality.h"

#include <string.h>

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL
#endif
#define INLINED static inline __attribute__((always_inline))

enum { SIDE = 128, COUNT = SIDE * SIDE, MOST_REACH = 4, LINES = 2 * MOST_REACH + 1 };

INLINED int32_t outer(int32_t a, int32_t b, const int largest) { return (a < b) == largest ? b : a; }

// Of the values that stand up to 2 `reach` behind each.
INLINED void along(const int32_t *restrict row, const size_t reach, const int largest, int32_t *restrict out) {
  for (size_t x = 0; x < SIDE; x++) {
    int32_t found = row[x];
    for (size_t k = 1; k <= 2 * reach; k++) found = outer(found, row[x + k], largest);
    out[x] = found;
  }
}

// Of 2 `reach` + 1 rows.
INLINED void across(const int32_t *const *lines, const size_t reach, const int largest, int32_t *restrict out) {
  for (size_t x = 0; x < SIDE; x++) {
    int32_t found = lines[0][x];
    for (size_t k = 1; k <= 2 * reach; k++) found = outer(found, lines[k][x], largest);
    out[x] = found;
  }
}

// The smallest or largest of a square window around every place, as much of it as lies inside. Those of a mirrored
// border are the same: it holds nothing that the window does not. `out` may be the plane.
INLINED void extreme(const int32_t *plane, const size_t reach, const int largest, int32_t *out) {
  int32_t lines[LINES][SIDE], row[SIDE + 2 * MOST_REACH];
  for (size_t y = 0; y < SIDE + reach; y++) {
    if (y < SIDE) {
      memcpy(row + reach, plane + y * SIDE, SIDE * sizeof *row);
      for (size_t k = 0; k < reach; k++) {
        row[k] = row[reach];
        row[SIDE + reach + k] = row[SIDE + reach - 1];
      }
      along(row, reach, largest, lines[y % LINES]);
    }
    if (y < reach) continue;
    const int32_t *near[LINES];
    for (size_t k = 0; k <= 2 * reach; k++) {
      size_t line = y + k < 2 * reach ? 0 : y + k - 2 * reach;
      near[k] = lines[(line < SIDE ? line : SIDE - 1) % LINES];
    }
    across(near, reach, largest, out + (y - reach) * SIDE);
  }
}

KERNEL static void smallest(const int32_t *plane, size_t reach, int32_t *out) {
  switch (reach) {
    case 1: extreme(plane, 1, 0, out); break;
    case 2: extreme(plane, 2, 0, out); break;
    default: extreme(plane, 4, 0, out);
  }
}

KERNEL static void largest(const int32_t *plane, size_t reach, int32_t *out) {
  switch (reach) {
    case 1: extreme(plane, 1, 1, out); break;
    case 2: extreme(plane, 2, 1, out); break;
    default: extreme(plane, 4, 1, out);
  }
}

KERNEL static void subtract(const int32_t *minuend, const int32_t *subtrahend, int32_t *restrict out) {
  for (size_t i = 0; i < COUNT; i++) out[i] = minuend[i] - subtrahend[i];
}

KERNEL static void measure(const int32_t *plane, int32_t limit, audit_quality_strokes *strokes) {
  strokes->sum = strokes->above = 0;
  for (size_t start = 0; start < COUNT; start += SIDE) {
    int32_t total = 0, found = 0;
    for (size_t x = start; x < start + SIDE; x++) {
      total += plane[x];
      found += plane[x] > limit;
    }
    strokes->sum += total;
    strokes->above += found;
  }
}

enum { STRIPES = 16, CRESTS = COUNT / STRIPES };

// The largest of every STRIPES values that stand CRESTS apart.
KERNEL static void crests(const int32_t *plane, int32_t *restrict out) {
  memcpy(out, plane, CRESTS * sizeof *out);
  for (size_t start = CRESTS; start < COUNT; start += CRESTS) {
    for (size_t i = 0; i < CRESTS; i++) out[i] = plane[start + i] > out[i] ? plane[start + i] : out[i];
  }
}

// The values from `least` on, of which there are few.
KERNEL static size_t not_below(const int32_t *plane, int32_t least, int32_t *restrict out) {
  size_t kept = 0;
  for (size_t start = 0; start < COUNT; start += STRIPES) {
    int32_t any = 0;
    for (size_t i = start; i < start + STRIPES; i++) any |= plane[i] >= least;
    if (!any) continue;
    for (size_t i = start; i < start + STRIPES; i++) {
      out[kept] = plane[i];
      kept += plane[i] >= least;
    }
  }
  return kept;
}

// As `audit_quality_select` of a place near the end: what lies below the crest that has as many above it as the place
// has values above cannot stand there. `work` holds a value more than the plane.
static void select_high(const int32_t *plane, size_t first, int32_t *work, int32_t found[2]) {
  size_t above = COUNT - first;
  if (above > CRESTS) return audit_quality_select(plane, COUNT, first, found);
  crests(plane, work);
  audit_quality_select(work, CRESTS, CRESTS - above, found);
  size_t kept = not_below(plane, found[0], work);
  audit_quality_select(work, kept, kept - above, found);
}

static void describe(const int32_t *minuend, const int32_t *subtrahend, int32_t limit, size_t first, int32_t *work,
                     audit_quality_strokes *strokes) {
  int32_t *hat = work, *rest = work + COUNT;
  subtract(minuend, subtrahend, hat);
  measure(hat, limit, strokes);
  select_high(hat, first, rest, strokes->at);
}

void audit_quality_top_hats(const int32_t *plane, int32_t limit, size_t first, int32_t *work,
                            audit_quality_strokes bright[3], audit_quality_strokes dark[3]) {
  static const size_t reaches[3] = {1, 2, 4}, further[3] = {1, 1, 2};
  int32_t *low = work, *high = low + COUNT, *whole = high + COUNT, *rest = whole + COUNT;
  for (size_t size = 0; size < 3; size++) {
    // A window of 9 is one of 5 within one of 5, that one of 3 within one of 3.
    smallest(size ? low : plane, further[size], low);
    largest(low, reaches[size], whole);
    describe(plane, whole, limit, first, rest, bright + size);
    largest(size ? high : plane, further[size], high);
    smallest(high, reaches[size], whole);
    describe(whole, plane, limit, first, rest, dark + size);
  }
}
