#include "audit_damage.h"
#include "../kernel_clones.h"

#include <math.h>

static inline uint8_t byte_of(int32_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

// A hash of 32 bits in which every bit of the input moves every bit of the output.
// Source: C. Wellons, "Prospecting for hash functions" (2018), the constants of lowbias32.
static inline uint32_t hashed(uint32_t bits) {
  bits = (bits ^ (bits >> 16)) * 0x7FEB352Du;
  bits = (bits ^ (bits >> 15)) * 0x846CA68Bu;
  return bits ^ (bits >> 16);
}

// The number of a value is spread before the seed enters, so that seeds that differ by little give other sequences.
static inline uint32_t drawn(uint32_t seed, uint32_t number) { return hashed(number * 0x9E3779B1u ^ seed); }

static inline int32_t four_bytes(uint32_t bits) {
  return (int32_t)((bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24)) - 510;
}

static inline uint8_t noisy(uint8_t value, int32_t noise, const int32_t *scale) {
  return byte_of(value + ((noise * scale[value] + 32768) >> 16));
}

CLONES void audit_damage_noise(uint8_t *pixels, size_t count, uint32_t seed, const int32_t scale[256], int is_gray) {
  if (is_gray) {
    for (size_t i = 0; i < count; i++) {
      const int32_t noise = four_bytes(drawn(seed, (uint32_t)i));
      for (size_t c = 0; c < 3; c++) pixels[3 * i + c] = noisy(pixels[3 * i + c], noise, scale);
    }
  } else {
    for (size_t i = 0; i < 3 * count; i++) {
      pixels[i] = noisy(pixels[i], four_bytes(drawn(seed, (uint32_t)i)), scale);
    }
  }
}

void audit_damage_specks(uint8_t *pixels, size_t count, uint32_t seed, uint32_t share) {
  const uint32_t half = share / 2;
  for (size_t i = 0; i < count; i++) {
    const uint32_t place = drawn(seed, (uint32_t)i);
    if (place >= share) continue;
    for (size_t c = 0; c < 3; c++) pixels[3 * i + c] = place < half ? 0 : 255;
  }
}

void audit_damage_look_up(uint8_t *pixels, size_t count, const uint8_t tables[768]) {
  for (size_t i = 0; i < count; i++, pixels += 3) {
    pixels[0] = tables[pixels[0]];
    pixels[1] = tables[256 + pixels[1]];
    pixels[2] = tables[512 + pixels[2]];
  }
}

static inline uint8_t towards(uint32_t from, uint32_t to, uint32_t share) {
  return (uint8_t)((from * (65536 - share) + to * share + 32768) >> 16);
}

CLONES void audit_damage_gray(uint8_t *pixels, size_t count, uint32_t share) {
  for (size_t i = 0; i < count; i++, pixels += 3) {
    const uint32_t luma = (19595u * pixels[0] + 38470u * pixels[1] + 7471u * pixels[2] + 32768) >> 16;
    for (size_t c = 0; c < 3; c++) pixels[c] = towards(pixels[c], luma, share);
  }
}

CLONES void audit_damage_mix(uint8_t *restrict bytes, const uint8_t *restrict other, size_t count, uint32_t share) {
  for (size_t i = 0; i < count; i++) bytes[i] = towards(bytes[i], other[i], share);
}

void audit_damage_ink(uint8_t *pixels, const uint8_t *cover, size_t count, uint32_t opacity, const uint8_t ink[3]) {
  for (size_t i = 0; i < count; i++, pixels += 3) {
    if (cover[i] == 0) continue;
    const uint32_t share = (cover[i] * opacity * 65536 / 255 + 128) >> 8;
    for (size_t c = 0; c < 3; c++) pixels[c] = towards(pixels[c], ink[c], share);
  }
}

// First and last pixel that a stroke between two places can touch; empty where last < first.
static inline void reach_of(float a, float b, float radius, size_t length, ptrdiff_t *first, ptrdiff_t *last) {
  const float low = (a < b ? a : b) - radius - 1, high = (a < b ? b : a) + radius + 1;
  *first = low > 0 ? low < (float)length ? (ptrdiff_t)low : (ptrdiff_t)length : 0;
  *last = high < 0 ? -1 : high < (float)(length - 1) ? (ptrdiff_t)high : (ptrdiff_t)length - 1;
}

void audit_damage_stroke(uint8_t *plane, size_t width, size_t height, float x0, float y0, float x1, float y1,
                         float radius) {
  ptrdiff_t left, right, top, bottom;
  reach_of(x0, x1, radius, width, &left, &right);
  reach_of(y0, y1, radius, height, &top, &bottom);
  const float dx = x1 - x0, dy = y1 - y0, square = dx * dx + dy * dy;
  for (ptrdiff_t y = top; y <= bottom; y++) {
    for (ptrdiff_t x = left; x <= right; x++) {
      const float px = (float)x - x0, py = (float)y - y0;
      float along = square > 0 ? (px * dx + py * dy) / square : 0;
      along = along < 0 ? 0 : along > 1 ? 1 : along;
      const float ox = px - along * dx, oy = py - along * dy;
      const float cover = radius + 0.5f - sqrtf(ox * ox + oy * oy);
      const uint8_t value = cover <= 0 ? 0 : cover >= 1 ? 255 : (uint8_t)(255 * cover + 0.5f);
      uint8_t *place = plane + width * (size_t)y + (size_t)x;
      if (value > *place) *place = value;
    }
  }
}

// Where along a grid the middle of a pixel lies: the cell before it, and how far on to the next.
static inline float grid_place(size_t pixel, size_t length, size_t side, size_t *cell) {
  float place = ((float)pixel + 0.5f) * (float)side / (float)length - 0.5f;
  if (place < 0) place = 0;
  if (place > (float)(side - 1)) place = (float)(side - 1);
  *cell = (size_t)place < side - 1 ? (size_t)place : side - 2;
  return place - (float)*cell;
}

// Columns whose places are found once for all rows.
enum { COLUMNS = 256 };

void audit_damage_add_grid(float *plane, size_t width, size_t height, const float *grid, size_t side, float *line) {
  for (size_t first = 0; first < width; first += COLUMNS) {
    const size_t columns = width - first < COLUMNS ? width - first : COLUMNS;
    size_t cells[COLUMNS];
    float across[COLUMNS];
    for (size_t i = 0; i < columns; i++) across[i] = grid_place(first + i, width, side, cells + i);
    for (size_t y = 0; y < height; y++) {
      size_t cell;
      const float down = grid_place(y, height, side, &cell);
      const float *upper = grid + side * cell, *lower = upper + side;
      for (size_t i = 0; i < side; i++) line[i] = upper[i] + down * (lower[i] - upper[i]);
      float *row = plane + width * y + first;
      for (size_t i = 0; i < columns; i++) {
        row[i] += line[cells[i]] + across[i] * (line[cells[i] + 1] - line[cells[i]]);
      }
    }
  }
}

void audit_damage_stretch(const float *plane, size_t count, uint8_t *out) {
  float low = plane[0], high = plane[0];
  for (size_t i = 1; i < count; i++) {
    if (plane[i] < low) low = plane[i];
    if (plane[i] > high) high = plane[i];
  }
  const float scale = high > low ? 255 / (high - low) : 0;
  for (size_t i = 0; i < count; i++) out[i] = (uint8_t)((plane[i] - low) * scale + 0.5f);
}
