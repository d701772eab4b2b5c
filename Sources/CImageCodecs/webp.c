#include <stdio.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

#include "source.h"

// The length that the RIFF header claims, with the header itself; 0 where there is none.
static uint64_t claimed_length(const uint8_t *file, size_t length) {
  if (length < 8) return 0;
  return 8 + ((uint64_t)file[4] | (uint64_t)file[5] << 8 | (uint64_t)file[6] << 16 | (uint64_t)file[7] << 24);
}

// How long the head of the file says that it is, and how long it is.
static int is_cut(const audit_input *input) {
  return claimed_length(input->file.bytes, (size_t)input->file.length) > input->file.length;
}

static audit_status judge(VP8StatusCode code, const audit_input *input, audit_header *header) {
  static const char *const words[] = {
      "", "out of memory", "invalid parameter", "bitstream error", "unsupported feature", "suspended", "user abort",
      "not enough data",
  };
  if (code == VP8_STATUS_OK) return AUDIT_OK;
  const size_t index = (size_t)code;
  snprintf(header->message, 200, "%s", index < sizeof words / sizeof *words ? words[index] : "unknown error");
  if (code == VP8_STATUS_OUT_OF_MEMORY) return AUDIT_NO_MEMORY;
  if (code == VP8_STATUS_UNSUPPORTED_FEATURE) return AUDIT_UNSUPPORTED;
  if (code == VP8_STATUS_NOT_ENOUGH_DATA || code == VP8_STATUS_SUSPENDED || is_cut(input)) {
    return AUDIT_TRUNCATED;
  }
  return AUDIT_CORRUPT;
}

// What the lossless decoder keeps for the whole picture: 4 bytes a pixel. The lossy one keeps some rows, but an alpha
// plane comes by way of the lossless one, a byte a pixel.
static uint64_t work_bytes(const WebPBitstreamFeatures *features) {
  const uint64_t pixels = (uint64_t)features->width * (uint64_t)features->height;
  return features->format == 1 ? (features->has_alpha ? 2 * pixels : 0) : 4 * pixels;
}

audit_status audit_webp_header(const audit_input *input, audit_header *header) {
  WebPBitstreamFeatures features;
  memset(header, 0, sizeof *header);
  const VP8StatusCode code = WebPGetFeatures(input->file.bytes, (size_t)input->file.length, &features);
  if (code != VP8_STATUS_OK) return judge(code, input, header);
  header->width = (uint32_t)features.width;
  header->height = (uint32_t)features.height;
  header->colour = AUDIT_RGB;
  header->bits_per_channel = 8;
  header->has_alpha = features.has_alpha != 0;
  header->frames = features.has_animation ? 2 : 1;
  header->work_bytes = work_bytes(&features);
  return AUDIT_OK;
}

// Bytes that the decoder is given between two questions to the watch.
enum { STEP = 1 << 16 };

// Decodes a bitstream (a file that is no animation, or a frame) to `pixels`, `width` x `height`, `stride` pixels apart.
static audit_status decode_stream(const audit_input *input, const uint8_t *bytes, size_t length, uint8_t *pixels,
                                  size_t capacity, size_t stride, audit_header *header) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) {
    snprintf(header->message, 200, "libwebp's version differs from its header's");
    return AUDIT_UNSUPPORTED;
  }
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)(3 * stride);
  config.output.u.RGBA.size = capacity;
  VP8StatusCode code = VP8_STATUS_SUSPENDED;
  if (length <= STEP) {
    code = WebPDecode(bytes, length, &config);
  } else {
    WebPIDecoder *decoder = WebPIDecode(NULL, 0, &config);
    if (decoder == NULL) return judge(VP8_STATUS_OUT_OF_MEMORY, input, header);
    for (size_t given = 0; given < length && code == VP8_STATUS_SUSPENDED;) {
      if (audit_asked(&input->watch)) {
        WebPIDelete(decoder);
        WebPFreeDecBuffer(&config.output);
        return AUDIT_STOPPED;
      }
      given = length - given > STEP ? given + STEP : length;
      code = WebPIUpdate(decoder, bytes, given);
    }
    WebPIDelete(decoder);
  }
  WebPFreeDecBuffer(&config.output);
  return judge(code, input, header);
}

// The first frame may cover only a part of the canvas; the rest is transparent black.
static audit_status decode_first_frame(const audit_input *input, const audit_canvas *canvas, audit_header *header) {
  const WebPData data = {input->file.bytes, (size_t)input->file.length};
  const audit_status failed = is_cut(input) ? AUDIT_TRUNCATED : AUDIT_CORRUPT;
  WebPDemuxer *demuxer = WebPDemux(&data);
  if (demuxer == NULL) {
    snprintf(header->message, 200, "the animation's structure is damaged");
    return failed;
  }
  WebPIterator frame;
  audit_status status = failed;
  if (WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH) == header->width &&
      WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT) == header->height && WebPDemuxGetFrame(demuxer, 1, &frame)) {
    header->frames = WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT);
    const size_t width = header->width, size = (size_t)3 * width * header->height;
    const size_t first = 3 * ((size_t)frame.y_offset * width + (size_t)frame.x_offset);
    memset(canvas->pixels, 0, size);
    if (frame.complete && frame.x_offset >= 0 && frame.y_offset >= 0 && frame.width > 0 && frame.height > 0 &&
        (size_t)frame.x_offset + (size_t)frame.width <= width &&
        (size_t)frame.y_offset + (size_t)frame.height <= header->height) {
      status = decode_stream(input, frame.fragment.bytes, frame.fragment.size, canvas->pixels + first, size - first,
                             width, header);
    }
    WebPDemuxReleaseIterator(&frame);
  }
  if (status != AUDIT_OK && status != AUDIT_STOPPED) {
    snprintf(header->message, 200, "the first frame of the animation is damaged");
    status = failed;
  }
  WebPDemuxDelete(demuxer);
  return status;
}

audit_status audit_webp_decode(const audit_input *input, const audit_canvas *canvas, audit_header *header) {
  const audit_status read = audit_webp_header(input, header);
  if (read != AUDIT_OK) return read;
  if (!audit_canvas_holds(canvas, header->width, header->height) || canvas->start != 0 || canvas->right != 1 ||
      canvas->down != header->width) {
    snprintf(header->message, 200, "the picture is larger than its header said");
    return AUDIT_CORRUPT;
  }
  if (header->frames > 1) return decode_first_frame(input, canvas, header);
  return decode_stream(input, input->file.bytes, (size_t)input->file.length, canvas->pixels, canvas->capacity,
                       header->width, header);
}

audit_status audit_webp_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int quality,
                               audit_encoded *encoded, char message[200]) {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter file;
  encoded->bytes = NULL;
  encoded->length = 0;
  message[0] = 0;
  if (width > WEBP_MAX_DIMENSION || height > WEBP_MAX_DIMENSION) {
    snprintf(message, 200, "a side is longer than %d pixels", WEBP_MAX_DIMENSION);
    return AUDIT_EXCESSIVE;
  }
  if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) {
    snprintf(message, 200, "libwebp is another version than its header");
    return AUDIT_UNSUPPORTED;
  }
  config.quality = (float)quality;
  config.method = 0;
  picture.width = (int)width;
  picture.height = (int)height;
  WebPMemoryWriterInit(&file);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &file;
  const int is_encoded = WebPPictureImportRGB(&picture, pixels, 3 * (int)width) && WebPEncode(&config, &picture);
  WebPPictureFree(&picture);
  if (!is_encoded) {
    snprintf(message, 200, "libwebp could not encode the picture (error %d)", (int)picture.error_code);
    WebPMemoryWriterClear(&file);
    return AUDIT_NO_MEMORY;
  }
  encoded->bytes = file.mem;
  encoded->length = file.size;
  return AUDIT_OK;
}
