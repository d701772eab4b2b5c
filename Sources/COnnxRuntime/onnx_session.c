#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onnx_private.h"

#define FAILED(call) audit_onnx_failed(session->library, (call), message)

static bool out_of_memory(char *message) {
  snprintf(message, AUDIT_ONNX_MESSAGE, "out of memory");
  return false;
}

/// A copy that `free` takes back; the library's string goes back to the library.
static char *taken(const audit_onnx_session *session, char *text) {
  char *copy = strdup(text);
  audit_onnx_failed(session->library, session->library->api->allocator_free(session->allocator, text),
                    (char[AUDIT_ONNX_MESSAGE]){0});
  return copy;
}

static bool read_shape(const audit_onnx_session *session, const ort_tensor_info *info, int32_t *type, size_t *rank,
                       int64_t *shape, char *message) {
  const struct ort_api *api = session->library->api;
  int element = 0;
  if (FAILED(api->element_type(info, &element)) || FAILED(api->dimension_count(info, rank))) return false;
  *type = element;
  size_t known = *rank < AUDIT_ONNX_MAX_RANK ? *rank : AUDIT_ONNX_MAX_RANK;
  return !FAILED(api->dimensions(info, shape, known));
}

static bool describe(audit_onnx_session *session, bool output, size_t index, audit_onnx_port *port, char *message) {
  const struct ort_api *api = session->library->api;
  char *name = NULL;
  if (FAILED((output ? api->output_name : api->input_name)(session->session, index, session->allocator, &name))) {
    return false;
  }
  port->name = taken(session, name);
  if (port->name == NULL) return out_of_memory(message);
  ort_type_info *type = NULL;
  if (FAILED((output ? api->output_type : api->input_type)(session->session, index, &type))) return false;
  const ort_tensor_info *info = NULL;
  bool failed = FAILED(api->cast_to_tensor_info(type, &info));
  // A sequence or a map: no tensor, which element type 0 says.
  if (!failed && info != NULL) {
    failed = !read_shape(session, info, &port->element_type, &port->rank, port->shape, message);
  }
  api->release_type_info(type);
  return !failed;
}

static bool read_ports(audit_onnx_session *session, char *message) {
  const struct ort_api *api = session->library->api;
  size_t input_count = 0;
  size_t output_count = 0;
  if (FAILED(api->input_count(session->session, &input_count))) return false;
  if (FAILED(api->output_count(session->session, &output_count))) return false;
  session->inputs = calloc(input_count + 1, sizeof *session->inputs);
  session->outputs = calloc(output_count + 1, sizeof *session->outputs);
  session->bound = calloc(input_count + 1, sizeof *session->bound);
  session->results = calloc(output_count + 1, sizeof *session->results);
  session->views = calloc(output_count + 1, sizeof *session->views);
  if (!session->inputs || !session->outputs || !session->bound || !session->results || !session->views) {
    return out_of_memory(message);
  }
  session->input_count = input_count;
  session->output_count = output_count;
  for (size_t i = 0; i < input_count; i++) {
    if (!describe(session, false, i, &session->inputs[i], message)) return false;
  }
  for (size_t i = 0; i < output_count; i++) {
    if (!describe(session, true, i, &session->outputs[i], message)) return false;
  }
  return true;
}

static bool read_properties(audit_onnx_session *session, char *message) {
  const struct ort_api *api = session->library->api;
  ort_metadata *metadata = NULL;
  if (FAILED(api->metadata(session->session, &metadata))) return false;
  char **keys = NULL;
  int64_t count = 0;
  bool good = !FAILED(api->metadata_keys(metadata, session->allocator, &keys, &count));
  if (good && count > 0) {
    session->property_names = calloc((size_t)count, sizeof(char *));
    session->property_texts = calloc((size_t)count, sizeof(char *));
    good = session->property_names && session->property_texts ? true : out_of_memory(message);
    for (int64_t i = 0; i < count; i++) {
      char *text = NULL;
      if (good && !FAILED(api->metadata_lookup(metadata, session->allocator, keys[i], &text)) && text != NULL) {
        session->property_texts[session->property_count] = taken(session, text);
        session->property_names[session->property_count] = strdup(keys[i]);
        session->property_count++;
      }
      audit_onnx_failed(session->library, api->allocator_free(session->allocator, keys[i]),
                        (char[AUDIT_ONNX_MESSAGE]){0});
    }
    audit_onnx_failed(session->library, api->allocator_free(session->allocator, keys), (char[AUDIT_ONNX_MESSAGE]){0});
  }
  api->release_metadata(metadata);
  return good;
}

static bool load(audit_onnx_session *session, const char *path, char *message) {
  const struct ort_api *api = session->library->api;
  ort_session_options *options = NULL;
  if (FAILED(api->create_session_options(&options))) return false;
  // One thread: audit's parallelism is several workers, and results must not depend on how many there are.
  bool good = !FAILED(api->set_intra_op_threads(options, 1)) && !FAILED(api->set_inter_op_threads(options, 1)) &&
              !FAILED(api->set_log_severity(options, ORT_LOG_FATAL)) &&
              !FAILED(api->default_allocator(&session->allocator)) &&
              !FAILED(api->create_session(session->library->env, path, options, &session->session));
  api->release_session_options(options);
  return good;
}

audit_onnx_session *audit_onnx_session_open(audit_onnx_library *library, const char *path, char *message) {
  audit_onnx_session *session = calloc(1, sizeof *session);
  if (session == NULL) {
    out_of_memory(message);
    return NULL;
  }
  session->library = library;
  if (load(session, path, message) && read_ports(session, message) && read_properties(session, message)) return session;
  audit_onnx_session_close(session);
  return NULL;
}

static void drop_results(audit_onnx_session *session) {
  for (size_t i = 0; i < session->result_count; i++) {
    if (session->results[i]) session->library->api->release_value(session->results[i]);
    session->results[i] = NULL;
  }
  session->result_count = 0;
}

void audit_onnx_session_close(audit_onnx_session *session) {
  const struct ort_api *api = session->library->api;
  drop_results(session);
  for (size_t i = 0; i < session->input_count; i++) {
    if (session->bound[i]) api->release_value(session->bound[i]);
    free((char *)session->inputs[i].name);
  }
  for (size_t i = 0; i < session->output_count; i++) free((char *)session->outputs[i].name);
  for (size_t i = 0; i < session->property_count; i++) {
    free(session->property_names[i]);
    free(session->property_texts[i]);
  }
  free(session->property_names);
  free(session->property_texts);
  free(session->inputs);
  free(session->outputs);
  free(session->bound);
  free(session->results);
  free(session->views);
  if (session->session) api->release_session(session->session);
  free(session);
}

size_t audit_onnx_input_count(const audit_onnx_session *session) { return session->input_count; }
size_t audit_onnx_output_count(const audit_onnx_session *session) { return session->output_count; }
const audit_onnx_port *audit_onnx_input_port(const audit_onnx_session *session, size_t index) {
  return &session->inputs[index];
}
const audit_onnx_port *audit_onnx_output_port(const audit_onnx_session *session, size_t index) {
  return &session->outputs[index];
}
size_t audit_onnx_property_count(const audit_onnx_session *session) { return session->property_count; }
const char *audit_onnx_property_name(const audit_onnx_session *session, size_t index) {
  return session->property_names[index] ? session->property_names[index] : "";
}
const char *audit_onnx_property_text(const audit_onnx_session *session, size_t index) {
  return session->property_texts[index] ? session->property_texts[index] : "";
}

bool audit_onnx_set_input(audit_onnx_session *session, size_t index, const int64_t *shape, size_t rank,
                          const float *values, size_t count, char *message) {
  const struct ort_api *api = session->library->api;
  if (session->bound[index]) api->release_value(session->bound[index]);
  session->bound[index] = NULL;
  if (FAILED(api->create_tensor(session->allocator, shape, rank, AUDIT_ONNX_FLOAT, &session->bound[index]))) {
    return false;
  }
  void *place = NULL;
  if (FAILED(api->tensor_data(session->bound[index], &place))) return false;
  memcpy(place, values, count * sizeof(float));
  return true;
}

static bool view(audit_onnx_session *session, ort_value *value, audit_onnx_output *out, char *message) {
  const struct ort_api *api = session->library->api;
  memset(out, 0, sizeof *out);
  int is_tensor = 0;
  if (FAILED(api->is_tensor(value, &is_tensor))) return false;
  ort_tensor_info *info = NULL;
  if (!is_tensor) {
    snprintf(message, AUDIT_ONNX_MESSAGE, "the output is no tensor");
    return false;
  }
  if (FAILED(api->tensor_info(value, &info))) return false;
  int32_t type = 0;
  bool good = read_shape(session, info, &type, &out->rank, out->shape, message) &&
              !FAILED(api->element_count(info, &out->count));
  api->release_tensor_info(info);
  if (good && (type != AUDIT_ONNX_FLOAT || out->rank > AUDIT_ONNX_MAX_RANK)) {
    snprintf(message, AUDIT_ONNX_MESSAGE, "the output holds no 32-bit floats, or has more than %d dimensions",
             AUDIT_ONNX_MAX_RANK);
    return false;
  }
  void *values = NULL;
  if (!good || FAILED(api->tensor_data(value, &values))) return false;
  out->values = values;
  return true;
}

bool audit_onnx_run(audit_onnx_session *session, const size_t *outputs, size_t output_count, char *message) {
  drop_results(session);
  const char **names = calloc(session->input_count + output_count + 1, sizeof *names);
  if (names == NULL) return out_of_memory(message);
  const char **output_names = names + session->input_count;
  for (size_t i = 0; i < session->input_count; i++) names[i] = session->inputs[i].name;
  for (size_t i = 0; i < output_count; i++) output_names[i] = session->outputs[outputs[i]].name;
  session->result_count = output_count;
  bool good = !FAILED(session->library->api->run(session->session, NULL, names,
                                                 (const ort_value *const *)session->bound, session->input_count,
                                                 output_names, output_count, session->results));
  free(names);
  for (size_t i = 0; good && i < output_count; i++) {
    good = view(session, session->results[i], &session->views[i], message);
  }
  return good;
}

audit_onnx_output audit_onnx_result(const audit_onnx_session *session, size_t position) {
  return session->views[position];
}
