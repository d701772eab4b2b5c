#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "onnx_private.h"

bool audit_onnx_failed(const audit_onnx_library *library, ort_status *status, char *message) {
  if (status == NULL) return false;
  snprintf(message, AUDIT_ONNX_MESSAGE, "%s", library->api->get_error_message(status));
  library->api->release_status(status);
  return true;
}

audit_onnx_library *audit_onnx_library_open(const char *path, char *message) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    const char *cause = dlerror();
    snprintf(message, AUDIT_ONNX_MESSAGE, "%s", cause ? cause : "cannot be loaded");
    return NULL;
  }
  const struct ort_base *(*base_of)(void) = (const struct ort_base *(*)(void))dlsym(handle, "OrtGetApiBase");
  const struct ort_base *base = base_of ? base_of() : NULL;
  if (base == NULL) {
    snprintf(message, AUDIT_ONNX_MESSAGE, "is a library, but not ONNX Runtime");
    dlclose(handle);
    return NULL;
  }
  const struct ort_api *api = base->get_api(ORT_INTERFACE);
  if (api == NULL) {
    snprintf(message, AUDIT_ONNX_MESSAGE, "is ONNX Runtime %s; 1.11 or newer is needed", base->version());
    return NULL;
  }
  audit_onnx_library *library = calloc(1, sizeof *library);
  if (library == NULL) {
    snprintf(message, AUDIT_ONNX_MESSAGE, "out of memory");
    return NULL;
  }
  library->api = api;
  library->version = base->version();
  // Only what ends the process may be printed by the library: errors come back as text.
  if (audit_onnx_failed(library, api->create_env(ORT_LOG_FATAL, "audit", &library->env), message)) {
    free(library);
    return NULL;
  }
  return library;
}

const char *audit_onnx_library_version(const audit_onnx_library *library) { return library->version; }
