#include <stdio.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "CImageCodecs.h"

// The length that the RIFF header claims, with the header itself; 0 where there is none.
static uint64_t claimed_length(const uint8_t *file, size_t length) {
  if (length < 8) return 0;
  return 8 + ((uint64_t)file[4] | (uint64_t)file[5] << 8 | (uint64_t)file[6] << 16 | (uint64_t)file[7] << 24);
}

static audit_status judge(VP8StatusCode code, const uint8_t *file, size_t length, audit_header *header) {
  static const char *const words[] = {
      "", "out of memory", "invalid parameter", "bitstream error", "unsupported feature", "suspended", "user abort",
      "not enough data",
  };
  if (code == VP8_STATUS_OK) return AUDIT_OK;
  const size_t index = (size_t)code;
  snprintf(header->message, 200, "%s", index < sizeof words / sizeof *words ? words[index] : "unknown error");
  if (code == VP8_STATUS_OUT_OF_MEMORY) return AUDIT_NO_MEMORY;
  if (code == VP8_STATUS_UNSUPPORTED_FEATURE) return AUDIT_UNSUPPORTED;
  if (code == VP8_STATUS_NOT_ENOUGH_DATA || code == VP8_STATUS_SUSPENDED || claimed_length(file, length) > length) {
    return AUDIT_TRUNCATED;
  }
  return AUDIT_CORRUPT;
}

audit_status audit_webp_header(const uint8_t *file, size_t length, audit_header *header) {
  WebPBitstreamFeatures features;
  memset(header, 0, sizeof *header);
  const VP8StatusCode code = WebPGetFeatures(file, length, &features);
  if (code != VP8_STATUS_OK) return judge(code, file, length, header);
  header->width = (uint32_t)features.width;
  header->height = (uint32_t)features.height;
  header->colour = AUDIT_RGB;
  header->bits_per_channel = 8;
  header->has_alpha = features.has_alpha != 0;
  header->frames = features.has_animation ? 2 : 1;
  return AUDIT_OK;
}

// The first frame may cover only a part of the canvas; libwebp's animation decoder lays it on transparent black.
static audit_status decode_first_frame(const uint8_t *file, size_t length, uint8_t *pixels, audit_header *header) {
  const WebPData data = {file, length};
  const audit_status failed = claimed_length(file, length) > length ? AUDIT_TRUNCATED : AUDIT_CORRUPT;
  WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, NULL);
  if (decoder == NULL) {
    snprintf(header->message, 200, "the animation's structure is damaged");
    return failed;
  }
  WebPAnimInfo animation;
  uint8_t *canvas = NULL;
  int time = 0;
  audit_status status = failed;
  if (WebPAnimDecoderGetInfo(decoder, &animation) && animation.canvas_width == header->width &&
      animation.canvas_height == header->height && WebPAnimDecoderGetNext(decoder, &canvas, &time)) {
    header->frames = animation.frame_count;
    const size_t count = (size_t)header->width * header->height;
    for (size_t i = 0; i < count; i++) memcpy(pixels + 3 * i, canvas + 4 * i, 3);
    status = AUDIT_OK;
  } else {
    snprintf(header->message, 200, "the first frame of the animation is damaged");
  }
  WebPAnimDecoderDelete(decoder);
  return status;
}

audit_status audit_webp_decode(const uint8_t *file, size_t length, uint8_t *pixels, size_t capacity,
                               audit_header *header) {
  const audit_status read = audit_webp_header(file, length, header);
  if (read != AUDIT_OK) return read;
  if (header->height > capacity / 3 / header->width) {
    snprintf(header->message, 200, "the picture is larger than its header said");
    return AUDIT_CORRUPT;
  }
  if (header->frames > 1) return decode_first_frame(file, length, pixels, header);
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) {
    snprintf(header->message, 200, "libwebp's version differs from its header's");
    return AUDIT_UNSUPPORTED;
  }
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)(3 * header->width);
  config.output.u.RGBA.size = capacity;
  const VP8StatusCode code = WebPDecode(file, length, &config);
  WebPFreeDecBuffer(&config.output);
  return judge(code, file, length, header);
}
