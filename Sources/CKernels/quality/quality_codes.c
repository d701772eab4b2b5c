#include "audit_quality.h"
#include "../kernel_clones.h"

#include <string.h>

// Tables by turns, so that equal neighbours do not wait for one another's store; bytes that are read at once.
enum { TABLES = 8, WORD = 8, CODES = 256, CHANNELS = 3, CHANNEL_TABLES = 4 };

static uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

static void count_codes(const uint8_t *bytes, size_t count, int32_t tables[TABLES][CODES]) {
  size_t i = 0;
  for (; i + WORD <= count; i += WORD) {
    uint64_t word = word_at(bytes + i);
    for (size_t k = 0; k < WORD; k++) tables[k][(uint8_t)(word >> 8 * k)]++;
  }
  for (; i < count; i++) tables[0][bytes[i]]++;
}

CLONES static void add_tables(const int32_t tables[][CODES], size_t count, int32_t codes[CODES]) {
  memcpy(codes, tables[0], CODES * sizeof *codes);
  for (size_t k = 1; k < count; k++) {
    for (size_t code = 0; code < CODES; code++) codes[code] += tables[k][code];
  }
}

void audit_quality_byte_codes(const uint8_t *bytes, size_t count, int32_t codes[256]) {
  int32_t tables[TABLES][CODES] = {{0}};
  count_codes(bytes, count, tables);
  add_tables((const int32_t(*)[CODES])tables, TABLES, codes);
}

void audit_quality_channel_codes(const uint8_t *rgb, size_t count, int32_t codes[768]) {
  // Eight pixels fill three words.
  enum { PIXELS = 8, WORDS = CHANNELS * PIXELS / WORD };
  int32_t tables[CHANNELS][CHANNEL_TABLES][CODES] = {{{0}}};
  size_t i = 0;
  for (; i + PIXELS <= count; i += PIXELS) {
    for (size_t w = 0; w < WORDS; w++) {
      uint64_t word = word_at(rgb + CHANNELS * i + WORD * w);
      for (size_t k = 0; k < WORD; k++) {
        size_t place = WORD * w + k;
        tables[place % CHANNELS][place / CHANNELS % CHANNEL_TABLES][(uint8_t)(word >> 8 * k)]++;
      }
    }
  }
  for (; i < count; i++) {
    for (size_t c = 0; c < CHANNELS; c++) tables[c][0][rgb[CHANNELS * i + c]]++;
  }
  for (size_t c = 0; c < CHANNELS; c++) {
    add_tables((const int32_t(*)[CODES])tables[c], CHANNEL_TABLES, codes + CODES * c);
  }
}

enum { PIECE = 4096, SCALE = 1000 };

CLONES static void rounded(const int32_t *luma, size_t count, uint8_t *restrict codes) {
  for (size_t i = 0; i < count; i++) codes[i] = (uint8_t)((luma[i] + SCALE / 2) / SCALE);
}

void audit_quality_codes(const int32_t *luma, size_t count, int32_t codes[256]) {
  int32_t tables[TABLES][CODES] = {{0}};
  for (size_t start = 0; start < count; start += PIECE) {
    size_t piece = count - start < PIECE ? count - start : PIECE;
    uint8_t bytes[PIECE];
    rounded(luma + start, piece, bytes);
    count_codes(bytes, piece, tables);
  }
  add_tables((const int32_t(*)[CODES])tables, TABLES, codes);
}

enum { STEPS = 32, WHITE = 255000 };

CLONES static void tones_of(const int32_t *luma, size_t count, uint8_t *restrict steps, audit_quality_tones *tones) {
  int32_t dark = 0, bright = 0;
  for (size_t i = 0; i < count; i++) {
    int32_t step = luma[i] * STEPS / WHITE;
    steps[i] = (uint8_t)(step < STEPS ? step : STEPS - 1);
    dark += luma[i] < 3 * WHITE / 100;
    bright += luma[i] > 97 * (WHITE / 100);
  }
  tones->dark += dark;
  tones->bright += bright;
}

audit_quality_tones audit_quality_tone_counts(const int32_t *luma, size_t count) {
  audit_quality_tones tones = {{0}, 0, 0};
  int32_t tables[TABLES][CODES] = {{0}}, codes[CODES];
  for (size_t start = 0; start < count; start += PIECE) {
    size_t piece = count - start < PIECE ? count - start : PIECE;
    uint8_t bytes[PIECE];
    tones_of(luma + start, piece, bytes, &tones);
    count_codes(bytes, piece, tables);
  }
  add_tables((const int32_t(*)[CODES])tables, TABLES, codes);
  memcpy(tones.steps, codes, sizeof tones.steps);
  return tones;
}
