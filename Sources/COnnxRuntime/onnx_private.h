// What the sources of this target share.
#ifndef AUDIT_ONNX_PRIVATE_H
#define AUDIT_ONNX_PRIVATE_H

#include "audit_onnx.h"
#include "ort_api.h"

struct audit_onnx_library {
  const struct ort_api *api;
  const char *version;
  ort_env *env;
};

struct audit_onnx_session {
  const audit_onnx_library *library;
  ort_session *session;
  ort_allocator *allocator;  // the library's own, never released
  size_t input_count;
  size_t output_count;
  audit_onnx_port *inputs;
  audit_onnx_port *outputs;
  size_t property_count;
  char **property_names;
  char **property_texts;
  ort_value **bound;       // one per input; NULL where not set
  size_t result_count;
  ort_value **results;     // one per output at most
  audit_onnx_output *views;
};

/// Puts the status's text into `message` and releases it; true where there was one.
bool audit_onnx_failed(const audit_onnx_library *library, ort_status *status, char *message);

#endif
