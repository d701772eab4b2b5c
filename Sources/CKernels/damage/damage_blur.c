#include "audit_damage.h"
#include "../kernel_clones.h"

#include <string.h>

enum { HALF = 1 << 23 };

typedef uint8_t bytes4 __attribute__((vector_size(4)));
typedef uint32_t lanes4 __attribute__((vector_size(16)));

INLINED lanes4 load4(const uint8_t *pixel) {
  bytes4 bytes;
  memcpy(&bytes, pixel, 4);
  return __builtin_convertvector(bytes, lanes4);
}

// A row with its border going on for `pad` pixels, four bytes a pixel.
static void lay_row(const uint8_t *row, size_t width, size_t pad, uint8_t *line) {
  for (size_t i = 0; i < width + 2 * pad; i++) {
    const size_t x = i < pad ? 0 : i - pad < width ? i - pad : width - 1;
    memcpy(line + 4 * i, row + 3 * x, 3);
    line[4 * i + 3] = 0;
  }
}

CLONES static void blur_row(uint8_t *row, size_t width, audit_damage_box box, uint8_t *line) {
  const size_t span = 2 * box.reach + 1;
  lay_row(row, width, box.reach + 1, line);
  lanes4 sum = {0, 0, 0, 0};
  for (size_t i = 1; i <= span; i++) sum += load4(line + 4 * i);
  for (size_t x = 0; x < width; x++) {
    const lanes4 before = load4(line + 4 * x), after = load4(line + 4 * (x + span + 1));
    const bytes4 mean =
        __builtin_convertvector((sum * box.inner + (before + after) * box.edge + HALF) >> 24, bytes4);
    memcpy(row + 3 * x, &mean, 3);
    sum += after - load4(line + 4 * (x + 1));
  }
}

static const uint8_t *row_of(const uint8_t *pixels, size_t row_bytes, size_t height, int64_t y) {
  const int64_t last = (int64_t)height - 1;
  return pixels + row_bytes * (size_t)(y < 0 ? 0 : y > last ? last : y);
}

CLONES static void add_row(const uint8_t *restrict row, size_t count, uint32_t *restrict sums) {
  for (size_t i = 0; i < count; i++) sums[i] += row[i];
}

CLONES static void mean_and_move(const uint8_t *before, const uint8_t *first, const uint8_t *after, size_t count,
                                 audit_damage_box box, uint32_t *restrict sums, uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) {
    out[i] = (uint8_t)((sums[i] * box.inner + ((uint32_t)before[i] + after[i]) * box.edge + HALF) >> 24);
    sums[i] += (uint32_t)after[i] - first[i];
  }
}

static void blur_columns(const uint8_t *pixels, size_t row_bytes, size_t height, audit_damage_box box, uint32_t *sums,
                         uint8_t *out) {
  const int64_t reach = (int64_t)box.reach;
  memset(sums, 0, row_bytes * sizeof *sums);
  for (int64_t y = -reach; y <= reach; y++) add_row(row_of(pixels, row_bytes, height, y), row_bytes, sums);
  for (int64_t y = 0; y < (int64_t)height; y++) {
    mean_and_move(row_of(pixels, row_bytes, height, y - reach - 1), row_of(pixels, row_bytes, height, y - reach),
                  row_of(pixels, row_bytes, height, y + reach + 1), row_bytes, box, sums,
                  out + row_bytes * (size_t)y);
  }
}

void audit_damage_blur(uint8_t *pixels, size_t width, size_t height, audit_damage_box box, int passes, uint8_t *work,
                       uint32_t *sums) {
  uint8_t *other = work + 4 * (width + 2 * box.reach + 2);
  for (size_t y = 0; y < height; y++) {
    for (int pass = 0; pass < passes; pass++) blur_row(pixels + 3 * width * y, width, box, work);
  }
  for (int pass = 0; pass < passes; pass++) {
    blur_columns(pixels, 3 * width, height, box, sums, other);
    memcpy(pixels, other, 3 * width * height);
  }
}

// The picture with its border going on for `reach` pixels on every side.
static void lay_picture(const uint8_t *pixels, size_t width, size_t height, size_t reach, uint8_t *wide) {
  for (size_t y = 0; y < height + 2 * reach; y++) {
    const uint8_t *row = row_of(pixels, 3 * width, height, (int64_t)y - (int64_t)reach);
    for (size_t x = 0; x < reach; x++, wide += 3) memcpy(wide, row, 3);
    memcpy(wide, row, 3 * width);
    wide += 3 * width;
    for (size_t x = 0; x < reach; x++, wide += 3) memcpy(wide, row + 3 * (width - 1), 3);
  }
}

enum { BLOCK = 256 };

CLONES static void smear_block(const uint8_t *first, const ptrdiff_t *steps, size_t count, size_t length,
                               uint8_t *restrict out) {
  uint16_t sums[BLOCK] = {0};
  for (size_t t = 0; t < count; t++) {
    const uint8_t *moved = first + steps[t];
    for (size_t i = 0; i < length; i++) sums[i] += moved[i];
  }
  const uint32_t factor = (uint32_t)((1 << 24) / count);
  for (size_t i = 0; i < length; i++) out[i] = (uint8_t)((sums[i] * factor + HALF) >> 24);
}

void audit_damage_smear(uint8_t *pixels, size_t width, size_t height, const int32_t *across, const int32_t *down,
                        size_t count, size_t reach, uint8_t *work) {
  const size_t stride = 3 * (width + 2 * reach);
  ptrdiff_t steps[256];
  lay_picture(pixels, width, height, reach, work);
  for (size_t t = 0; t < count; t++) steps[t] = 3 * (ptrdiff_t)across[t] + (ptrdiff_t)stride * down[t];
  for (size_t y = 0; y < height; y++) {
    for (size_t x = 0; x < 3 * width; x += BLOCK) {
      const size_t length = 3 * width - x < BLOCK ? 3 * width - x : BLOCK;
      smear_block(work + stride * (y + reach) + 3 * reach + x, steps, count, length, pixels + 3 * width * y + x);
    }
  }
}
